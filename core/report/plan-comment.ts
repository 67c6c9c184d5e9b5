// The replies to `/kin plan` and `/kin workers`: what is to be done, and who is at it.
import { type Pipeline, type Step, secondsOfAttempt } from "../model/pipeline.ts";
import { MOST_WORKERS } from "../pipeline/orders.ts";
import { currentSteps } from "../pipeline/state.ts";
import { COMMENT_LIMIT, safe, safeInline } from "../text/safe.ts";
import { currentText } from "./current.ts";
import { costAhead } from "./estimate-text.ts";
import { duration, plural } from "./format.ts";
import { numbered, section, table } from "./frame.ts";
import { currentOf, headline } from "./headline.ts";
import { resultOf } from "./step-result.ts";
import { nameOf } from "./term.ts";
import type { TaskView } from "./view.ts";
import { within } from "./within.ts";
import { workersAtWork, workersBefore } from "./workers-table.ts";

export const planComment = (view: TaskView): string => {
  const pipeline = currentOf(view)?.pipeline;
  if (pipeline?.plan == null) return `${headline(view)}\n\nThere is no plan yet.`;
  const steps = pipeline.steps.slice(1).map(step => {
    const { sign, words } = resultOf(step, pipeline);
    return numbered(step.number, {
      title: `${sign} **${nameOf(step.role)}** (${words})`,
      text: briefOf(step, 1500),
    });
  });
  return within(
    [
      { rank: 0, text: headline(view) },
      { rank: 0, text: costAhead(view) },
      { rank: 2, text: safe(pipeline.plan.analysis, { limit: 4000, block: true }) },
      { rank: 1, text: section("Plan", steps.join("\n")) },
    ],
    COMMENT_LIMIT,
  );
};

/** Keeps its line breaks. */
export const briefOf = ({ brief }: Pick<Step, "brief">, limit: number): string =>
  brief.trim().includes("\n") ? safe(brief.trim(), { limit, block: true }) : safeInline(brief, { limit });

/** The conversation under way, and those that work for it. */
export const workersComment = (view: TaskView): string => {
  const pipeline = currentOf(view)?.pipeline;
  return within(
    [
      { rank: 0, text: headline(view) },
      { rank: 0, text: underWay(view, pipeline) },
      ...(pipeline === undefined
        ? []
        : [
            { rank: 1, text: workersAtWork(pipeline, MOST_WORKERS) },
            { rank: 2, text: workersBefore(pipeline) },
          ]),
    ],
    COMMENT_LIMIT,
  );
};

const underWay = (view: TaskView, pipeline: Pipeline | undefined): string => {
  const steps = pipeline === undefined || pipeline.outcome !== null ? [] : currentSteps(pipeline);
  const rows = steps.flatMap(step => {
    const attempt = step.attempts.at(-1);
    if (attempt === undefined || attempt.finished !== null) return [];
    return [
      [
        `${step.number}/${attempt.number}`,
        nameOf(step.role),
        "running",
        duration(secondsOfAttempt(attempt)),
        plural(attempt.turns.length, "turn"),
        safeInline(step.brief, { limit: 50 }),
      ],
    ];
  });
  if (rows.length === 0) return aboutToWork(view);
  return table(["Conversation", "Role", "Status", ">Time", ">Turns", "Brief"], rows);
};

/**
 * The journal only hears of a conversation when its first turn is over; until then it is known from the run that holds the
 * pipeline.
 */
const aboutToWork = (view: TaskView): string => {
  const { pipeline, record } = currentOf(view) ?? {};
  const isDriven = record?.state === "running" && pipeline?.paused === null && !pipeline.held;
  const at = pipeline === undefined || pipeline.outcome !== null ? null : currentText(pipeline, nameOf);
  if (at === null || pipeline === undefined || !isDriven) return "Nobody is at work just now.";
  const waits = pipeline.setup === null ? "the checkout is being set up" : "waiting for its first reply";
  return `${at}: ${waits}.`;
};
