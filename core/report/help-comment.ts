// The reply to `/kin`: how the task stands in one line, and the commands that do something now.
import type { TaskStatus } from "../model/record.ts";
import { ReturnCategory } from "../model/return.ts";
import { workOf } from "../pipeline/state.ts";
import { table } from "./frame.ts";
import { currentOf, headline } from "./headline.ts";
import type { TaskView } from "./view.ts";
import { liveRows } from "./workers.ts";

export const helpComment = (view: TaskView): string =>
  [
    headline(view),
    table(
      ["Command", "What it does"],
      COMMANDS.filter(command => command.when(view)).map(command => [
        `\`${command.form}\``,
        command.does(view),
      ]),
    ),
    `<sub>A command is the first word of a comment, by somebody with write access. Categories of a return: ${ReturnCategory.options.map(name => `\`${name}\``).join(", ")}.</sub>`,
  ].join("\n\n");

interface Described {
  readonly form: string;
  readonly does: (view: TaskView) => string;
  readonly when: (view: TaskView) => boolean;
}

const has =
  (...statuses: readonly TaskStatus[]) =>
  (view: TaskView): boolean =>
    statuses.includes(view.task.status);

const COMMANDS: readonly Described[] = [
  { form: "/kin", does: () => "Shows this.", when: () => true },
  {
    form: "/kin stop",
    does: () => "Ends the running pipeline.",
    when: has("running"),
  },
  {
    form: "/kin approve",
    does: () => "Starts the work, where a plan waits; else approves what is there.",
    when: has("review", "needs_info"),
  },
  {
    form: "/kin tell <text>",
    does: () => "Says something to whoever is at work.",
    when: has("running"),
  },
  {
    form: "/kin tell <worker> <text>",
    does: view =>
      `Says something to a worker (${workersAtWork(view).join(", ")}) alone; \`/kin stop <worker>\` stops it.`,
    when: view => workersAtWork(view).length > 0,
  },
  {
    form: "/kin rerun",
    does: view => `${reopen(view)}Reads the issue anew, plans and starts again, on the same branch.`,
    when: has("review", "needs_info", "blocked", "done", "cancelled"),
  },
  {
    form: "/kin rerun from <step>",
    does: view =>
      `${reopen(view)}Keeps the plan and the answers before that step (1 to ${lastOfWork(view)}).`,
    when: view => lastOfWork(view) > 1 && has("review", "needs_info", "blocked", "done")(view),
  },
  {
    form: "/kin return <category> <text>",
    does: () => "Rejects the work with a reason, and starts a pipeline that deals with it.",
    when: view => view.pipelines.length > 0 && has("running", "review", "needs_info", "blocked")(view),
  },
  {
    form: "/kin mode auto|review",
    does: () => "How this task completes: asking nobody, or asking for a review.",
    when: has("running", "review", "needs_info", "blocked"),
  },
  {
    form: "/kin escalate [head]",
    does: () => "Hands the task to a department head.",
    when: view =>
      view.task.task_type === "standard" &&
      view.pipelines.length > 0 &&
      has("running", "review", "needs_info", "blocked")(view),
  },
  {
    form: "/kin decide <text>",
    does: () => "Makes a decision that Kin holds to from then on.",
    when: () => true,
  },
  {
    form: "/kin decide <number>",
    does: () => "Puts a proposed decision in force; `/kin decide drop <number>` takes one back.",
    when: () => true,
  },
  { form: "/kin plan", does: () => "Shows the plan with its briefs.", when: view => lastStep(view) > 0 },
  { form: "/kin workers", does: () => "Shows who is at work.", when: has("running") },
];

const workersAtWork = (view: TaskView): readonly string[] => {
  const pipeline = currentOf(view)?.pipeline;
  return pipeline === undefined ? [] : liveRows(pipeline).map(({ id }) => id);
};

/** Kin closes what is done, and works on open issues only. */
const reopen = ({ task }: TaskView): string => (task.status === "done" ? "Reopen the issue first. " : "");

/** Nothing can be started from the steps that come afterwards. */
const lastOfWork = (view: TaskView): number => {
  const pipeline = currentOf(view)?.pipeline;
  return pipeline === undefined ? 0 : workOf(pipeline).length;
};

const lastStep = (view: TaskView): number => (currentOf(view)?.pipeline.steps.length ?? 1) - 1;
