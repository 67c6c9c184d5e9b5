// `/kin …` in an issue comment: from somebody with write access it is a command, from anybody else it is ignored.

import { keys } from "../../core/model/keys.ts";
import { nearest } from "../../core/model/nearest.ts";
import { show } from "../../core/model/new-job.ts";
import { ReturnCategory } from "../../core/model/return.ts";
import { sources } from "../../core/model/sources.ts";
import type { Waiting } from "../jobs/done.ts";
import { approve } from "../tasks/approve.ts";
import { may, wordsOf } from "../tasks/authority.ts";
import { decide, judge } from "../tasks/decide.ts";
import { escalate } from "../tasks/escalate.ts";
import { confirm, type Order, once, refuse } from "../tasks/order.ts";
import { unlessOver } from "../tasks/over.ts";
import { rerun } from "../tasks/rerun.ts";
import { recordReturn } from "../tasks/returned.ts";
import { stateFact } from "../tasks/state.ts";
import { stopPipeline } from "../tasks/stop.ts";
import { stopWorker, tell } from "../tasks/words.ts";
import type { Incoming } from "./incoming.ts";
import { COMMAND_NAMES, type PersonCommand, parseCommand } from "./parse-command.ts";

export const onComment = async (incoming: Incoming): Promise<Waiting | null> => {
  const { signal, plane, project, github } = incoming;
  if (signal.comment === null || signal.issue === null) return null;
  const comment = await github.issueComment(signal.comment);
  const command = comment === null ? null : parseCommand(comment.body);
  if (comment === null || command === null) return null;
  const task =
    (await plane.store.findTask({ project_id: project.id, issue: signal.issue })) ??
    (await plane.store.findTask({ project_id: project.id, pr_number: signal.issue }));
  if (task === null) return null;
  const { id, user: by, created_at: at } = comment;
  const state = wordsOf({ ...comment, at }, github);
  if (!(await may(deedOf(command), { by, github, plane, state })).allowed) return null; // guard: comment-is-asked
  const said = { ...incoming, task, source: sources.issueComment(id), by, at, place: signal.issue };
  return once(said, async order => {
    await github.react({ id: comment.id, kind: "issue_comment" }, "eyes");
    return obey(command, order);
  });
};

export const deedOf = ({ kind }: PersonCommand): "return" | "command" =>
  kind === "return" ? "return" : "command";

/** Waits if it asks for a pipeline that cannot begin yet. */
export const obey = async (command: PersonCommand, order: Order): Promise<unknown> => {
  const { plane, task, source } = order;
  switch (command.kind) {
    case "rerun":
      return rerun({ ...order, from: command.from });
    case "approve":
      return unlessOver(order, () => approve(order));
    case "help":
      return plane.store.ask([show(keys.help(source), { task_id: task.id, what: "help" })]);
    case "unknown":
      return refuse(order, {
        kind: "no_such_command",
        asked: command.word,
        meant: nearest(command.word, COMMAND_NAMES),
      });
    case "no_category":
      return refuse(order, {
        kind: "no_such_category",
        asked: command.word,
        meant: nearest(command.word, ReturnCategory.options),
      });
    case "misused":
      return refuse(order, { kind: "misused", command: command.command });
    case "stop":
      return command.worker === undefined ? stopAsAsked(order) : stopWorker(order, command.worker);
    case "tell":
      return unlessOver(order, () => tell(order, command));
    case "mode":
      await stateFact(task, { kind: "mode_set", execution_mode: command.mode }, { plane });
      return confirm(order, { kind: "mode", mode: command.mode });
    case "escalate":
      return unlessOver(order, () => escalate(order, command.head));
    case "decide":
      return decide(order, command.text);
    case "judge":
      return judge(order, command);
    case "plan":
    case "workers":
      return plane.store.ask([show(keys.show(source), { task_id: task.id, what: command.kind })]);
    case "return":
      if (command.text === "") return refuse(order, { kind: "no_text" });
      return recordReturn({ ...order, category: command.category, text: command.text, findings: [] });
    default:
      return command satisfies never;
  }
};

const stopAsAsked = async (order: Order): Promise<void> => {
  const { plane, task, source, by, last } = order;
  const stop = { plane, by: by.login, reason: "Stopped with `/kin stop`.", source };
  if (!last?.open || !(await stopPipeline(task, { ...stop, pipeline: last.id })))
    return refuse(order, { kind: "nothing_runs" });
  if (last.dry) return;
  await stateFact(task, { kind: "stopped", of: last.number, by: by.login }, { plane });
};
