// The message of a commit that Kin makes: what it does, for which task, and the trailer by which Kin recognises it.

import { joined } from "../model/joined.ts";
import { type Pipeline, type Step, workerIn } from "../model/pipeline.ts";
import type { TaskRecord } from "../model/record.ts";
import { sources } from "../model/sources.ts";
import { closesNothing } from "../text/closing.ts";
import { plain } from "../text/plain.ts";
import { firstSentence, shorten } from "./format.ts";
import { partsOf, writersOf } from "./work.ts";

/** The task that a commit is for. */
interface Of {
  readonly task: Pick<TaskRecord, "title" | "issue">;
}

export const commitMessage = ({
  view,
  pipeline,
  step,
  run = null,
}: {
  readonly view: Of;
  readonly pipeline: Pipeline;
  readonly step: Step;
  /** The address of the run that wrote it. */
  readonly run?: string | null;
}): string =>
  [
    // guard: closing-words-across-parts
    closesNothing(
      joined("\n\n", [subjectOf(writersIn(pipeline, step), view), bodyOf(writersIn(pipeline, step))]),
    ),
    trailersOf(pipeline, { step, run }),
  ].join("\n\n");

/** Who asked for it, by name and without a mention. */
const trailersOf = (
  pipeline: Pipeline,
  { step, run }: { readonly step: Step; readonly run: string | null },
): string =>
  [
    ...(run === null ? [] : [`Asked-by: ${plain(pipeline.opening.task.asked_by)}`, `Kin-Run: ${run}`]),
    `Kin-Step: ${stepKey(pipeline, step)}`,
    ...(workerIn(step) === null ? [] : [`Kin-Role: ${step.role}`]),
  ].join("\n");

/** The trailer's value. */
const stepKey = (pipeline: Pipeline, step: Step): string => {
  const worker = workerIn(step);
  const attempt = worker === null ? step.attempts.length : (step.attempts.at(-1)?.number ?? 1);
  return sources.point({
    ...{ pipeline: pipeline.opening.pipeline, step: step.number },
    ...{ attempt: Math.max(1, attempt), worker: worker?.worker },
  });
};

const SUBJECT = 72;
const WIDTH = 72;
const MOST_PLACES = 20;

/** A worker's commit is about it alone, any other about all who wrote. */
const writersIn = (pipeline: Pipeline, step: Step): readonly Step[] =>
  workerIn(step) === null ? writersOf(pipeline) : [step];

export const whatWasDone = (pipeline: Pipeline): string => doneBy(writersOf(pipeline));

/**
 * The first sentence of the last writer who said it; empty if none did. One of several that worked side by side does not
 * speak for the whole.
 */
const doneBy = (writers: readonly Step[]): string =>
  writers
    .filter(step => !isPart(step) || writers.filter(isPart).length === 1)
    .map(step => plain(firstSentence(partsOf(step).proof?.what_was_done ?? "")).replace(/\.$/, ""))
    .findLast(text => text !== "") ?? "";

const isPart = (step: Step): boolean => workerIn(step) !== null || step.beside === true;

/** What was done, in the writer's words, shortened if too long; the task's title if there are none. */
const subjectOf = (writers: readonly Step[], view: Of): string => {
  const done = doneBy(writers);
  return shorten(done || plain(view.task.title) || `Work on issue ${view.task.issue}`, SUBJECT);
};

const bodyOf = (steps: readonly Step[]): string => {
  const writers = steps.map(partsOf);
  const causes = writers.map(work => plain(shorten(work.root_cause, 600))).filter(text => text !== "");
  const places = writers
    .flatMap(work => [...work.fixes, ...work.changes, ...work.new_files])
    .slice(0, MOST_PLACES)
    .map(place => wrap(`${plain(place.file)}: ${plain(shorten(place.description ?? "", 300))}`, "  ", "- "));
  return joined("\n\n", [...causes.map(text => wrap(text)), places.join("\n")]);
};

/** Lines of 72 characters; a longer word is not broken. */
const wrap = (text: string, indent = "", first = indent): string => {
  const lines: string[] = [];
  let line = first;
  for (const word of text.split(" ")) {
    const isEmpty = line.trim() === "" || line === first;
    if (!isEmpty && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = `${indent}${word}`;
    } else {
      line = isEmpty ? `${line}${word}` : `${line} ${word}`;
    }
  }
  return [...lines, line].join("\n");
};
