// `/kin …` in an issue comment: by somebody with write access it is a command, by anybody else it is silence.

import type { TaskRecord } from "../../core/model/record.ts";
import { publish } from "../../core/pipeline/consequences.ts";
import type { Refusal } from "../../core/report/refusal.ts";
import type { Plane } from "../plane.ts";
import { mayCommand } from "./authority.ts";
import type { Incoming } from "./handle.ts";
import { type PersonCommand, parseCommand } from "./parse-command.ts";
import { rerun } from "./rerun.ts";
import { recordReturn } from "./returned.ts";
import { stopPipeline } from "./stop.ts";

export const onComment = async (incoming: Incoming): Promise<void> => {
  const { signal, plane, project, github } = incoming;
  if (signal.comment === null || signal.issue === null) return;
  const comment = await github.issueComment(signal.comment);
  const command = comment === null ? null : parseCommand(comment.body);
  if (comment === null || command === null) return;
  const task =
    (await plane.store.findTask({ project_id: project.id, issue: signal.issue })) ??
    (await plane.store.findTask({ project_id: project.id, pr_number: signal.issue }));
  if (task === null || !(await mayCommand(comment.user, { github, plane }))) return;
  const source = `issue_comment:${comment.id}`;
  await once(source, plane, async () => {
    await github.react({ id: comment.id, kind: "issue_comment" }, "eyes");
    await obey(command, { incoming, task, source, by: comment.user });
  });
};

/** A delivery that comes again, soon or weeks later, finds its mark and does nothing. */
export const once = async (source: string, plane: Plane, work: () => Promise<void>): Promise<void> => {
  if ((await plane.store.job(`heard:${source}`)) !== null) return;
  await work();
  await plane.store.useOnce(`heard:${source}`, { kind: "heard", now: plane.clock.now() });
};

export interface Order {
  readonly incoming: Incoming;
  readonly task: TaskRecord;
  /** What makes the command happen once. */
  readonly source: string;
  readonly by: { readonly id: number; readonly login: string };
}

/** Says on the issue why nothing happened. */
export const refuse = ({ incoming, task, source }: Order, why: Refusal): Promise<void> =>
  incoming.plane.store.ask([{ key: `refuse:${source}`, kind: "refuse", data: { task_id: task.id, why } }]);

export const obey = async (command: PersonCommand, order: Order): Promise<void> => {
  const { incoming, task, source, by } = order;
  const { plane } = incoming;
  switch (command.kind) {
    case "help":
      return plane.store.ask([{ key: `help:${source}`, kind: "help", data: { task_id: task.id } }]);
    case "unknown":
      return refuse(order, { kind: "no_such_command", asked: command.word });
    case "stop":
      if (
        !(await stopPipeline(task, {
          plane,
          stop: { by: by.login, reason: "Stopped with `/kin stop`.", source },
        }))
      ) {
        return refuse(order, { kind: "nothing_runs" });
      }
      await plane.store.updateTask(
        task.id,
        { status: "blocked", status_reason: `Stopped with \`/kin stop\` (${by.login}).` },
        plane.clock.now(),
      );
      return plane.store.askAgain([publish(task.id)]);
    case "rerun":
      await rerun({ ...order, from: command.from });
      return;
    case "return":
      return recordReturn({ ...order, category: command.category, text: command.text, findings: [] });
    default:
      return command satisfies never;
  }
};
