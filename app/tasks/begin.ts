// Makes an issue a task, once: if asked for again, it keeps its history.
import type { FactOf } from "../../core/model/fact.ts";
import type { TaskRecord } from "../../core/model/record.ts";
import type { GitHubIssue, GitHubUser } from "../github/port.ts";
import type { InProject } from "../intake/incoming.ts";
import type { Plane } from "../plane.ts";
import { stateFact } from "./state.ts";

interface Asked extends Pick<InProject, "plane" | "project"> {
  readonly by: GitHubUser;
}

export const taskOf = (
  { number, title, html_url }: GitHubIssue,
  { plane, project, by }: Asked,
): Promise<TaskRecord> =>
  begin(
    {
      project_id: project.id,
      issue: number,
      title,
      url: html_url,
      asked_by: by.login,
      asked_by_id: by.id,
      trigger_id: null,
      task_type: "standard",
      parent_task_id: null,
    },
    plane,
  );

export const begin = async (
  begun: Omit<FactOf<"begun">, "kind">,
  plane: Pick<Plane, "store" | "clock">,
): Promise<TaskRecord> => {
  const made = await plane.store.beginTask({ ...begun, kind: "begun" }, plane.clock.now());
  if (made !== null) return made;
  const { project_id, issue, title, url, asked_by, asked_by_id, trigger_id } = begun;
  const before = await plane.store.findTask({ project_id, issue });
  const again = { kind: "asked_again", title, url, asked_by, asked_by_id, trigger_id } as const;
  if (before === null) throw new Error(`The task of issue #${issue} is there, and is not.`);
  return (await stateFact(before, again, { plane })) ?? before;
};
