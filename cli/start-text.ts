// What `kin start` says before and after the story.
import type { SandboxFound } from "../core/adapters/workbench/workbench.ts";
import type { TaskRecord } from "../core/model/record.ts";
import type { Store } from "../core/ports.ts";
import { plural } from "../core/report/format.ts";
import { STORIES } from "../local/example.ts";
import { MAINTAINER, type World } from "../local/world.ts";
import { branchDiff } from "./patch.ts";

export interface OpeningText {
  readonly world: World;
  readonly dataDir: string;
  readonly project: string;
  readonly sandbox: SandboxFound;
  readonly isExample: boolean;
  /** Directory of the scripted model's answers; null where a real one is asked. */
  readonly answers: string | null;
  readonly model: { readonly baseUrl: string | null } | null;
}

export const opening = ({ world, dataDir, project, sandbox, ...playing }: OpeningText): string =>
  [
    "Kin: the embedded world",
    `  GitHub   ${world.github.url}/${MAINTAINER}/${project}`,
    `  App      ${world.appUrl}`,
    `  Data     ${dataDir}`,
    `  Model    ${modelLine(playing)}`,
    `  Sandbox  ${sandbox.ok ? "bubblewrap" : `none: ${sandbox.reason}. The scripted model runs without; a real one would not. ${sandbox.hint}`}`,
    "",
  ].join("\n");

const modelLine = ({ model, answers, isExample }: Pick<OpeningText, "model" | "answers" | "isExample">) => {
  if (model !== null)
    return model.baseUrl === null
      ? "the Anthropic API (ANTHROPIC_API_KEY is set)"
      : `${model.baseUrl} (ANTHROPIC_BASE_URL is set)`;
  if (isExample) return "scripted: a script plays the model; set ANTHROPIC_API_KEY for a real one";
  return Object.values(STORIES).includes(answers ?? "")
    ? "scripted, with the script of another project: set ANTHROPIC_API_KEY, or write answers (docs/embedded-world.md)"
    : `scripted: ${answers}`;
};

export interface ClosingText {
  readonly world: World;
  readonly store: Store;
  readonly task: TaskRecord | null;
  readonly project: string;
  readonly dataDir: string;
  readonly once: boolean;
}

export const closing = async ({
  world,
  store,
  task,
  project,
  dataDir,
  once,
}: ClosingText): Promise<string> => {
  if (task === null) return "Ended before the task was.";
  const at = `${world.github.url}/${MAINTAINER}/${project}`;
  const fresh = (await store.task(task.id)) ?? task;
  const pipelines = await store.pipelines(task.id);
  const usd = pipelines.reduce((sum, pipeline) => sum + pipeline.usd, 0);
  const diff =
    fresh.branch === null || fresh.head_sha === null
      ? ""
      : branchDiff({ dataDir, project_id: fresh.project_id, branch: fresh.branch });
  return [
    "",
    `${fresh.status === "review" ? "Ready for review" : fresh.status.replace("_", " ")}: ${plural(pipelines.length, "pipeline")}, ${plural(fresh.return_count, "return")}, $${usd.toFixed(3)}${world.scripted ? " (scripted model: at list prices)" : ""}`,
    ...(fresh.status_reason === "" ? [] : [fresh.status_reason]),
    ...(fresh.pr_number === null ? [] : ["", `Pull request  ${at}/pull/${fresh.pr_number}`]),
    `Issue         ${at}/issues/${fresh.issue}`,
    `Page          ${world.appUrl}`,
    ...(diff === "" ? [] : ["", diff.trimEnd()]),
    "",
    `Try: npx kin patch ${fresh.issue} · npx kin sql 'select * from task_returns'${once ? "" : " · comment `/kin` on the issue · Ctrl-C ends the world"}`,
  ].join("\n");
};
