// `/kin …` in an issue comment: by somebody with write access it is a command, by anybody else it is silence.

import { publish } from "../../core/pipeline/consequences.ts";
import { mayCommand } from "./authority.ts";
import type { Incoming } from "./incoming.ts";
import { type Order, once, refuse } from "./order.ts";
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
