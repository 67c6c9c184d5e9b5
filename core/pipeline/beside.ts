// Steps that work at the same time, each on its own tree. What they wrote becomes the pipeline's work in the plan's order,
// whoever ended first.

import { isBlocked } from "../model/answer.ts";
import { combineChanges, type FileChange } from "../model/change.ts";
import type { EventOf } from "../model/event.ts";
import { collisions } from "../model/patch/patch-rules.ts";
import { foldPath } from "../model/patch/path-rules.ts";
import {
  type Apart,
  type Attempt,
  type Base,
  type Laid,
  type Pipeline,
  type Step,
  workerIn,
} from "../model/pipeline.ts";
import { isSame } from "../model/same.ts";
import { illegal } from "./illegal.ts";
import { tooMuch } from "./patch.ts";
import { attemptState } from "./state.ts";
import { endOf, talkOf, unjoined } from "./workers.ts";
import { changesOf, workBefore } from "./written.ts";

/** What an attempt that begins now works on. `joins`: how many there were when its conversation was opened; absent: all. */
export const baseOfNext = (pipeline: Pipeline, step: Step, joins = joinsIn(pipeline)): Base => {
  const since = joinsIn(pipeline) - joins;
  const work =
    since > 0 ? workBefore(pipeline, since) : { tree: pipeline.tree ?? "", changes: changesOf(pipeline) };
  return { ...work, carried: leftOf(step, work.changes), turns: 0 };
};

/** What earlier attempts of a step wrote that is not in the work `now`, except what others have changed there since. */
export const leftOf = (step: Step, now: readonly FileChange[]): readonly FileChange[] => {
  const apart = apartIn(step);
  if (apart === null) return [];
  const lost = new Set(clashes(apart, now));
  return unjoined(apart).filter(({ path }) => !lost.has(path));
};

/** What was not joined when the pipeline ended: the next one goes on with it, in the plan's order and as far as it fits. */
export const leftOver = (pipeline: Pipeline): readonly FileChange[] => {
  const work = changesOf(pipeline);
  const left: FileChange[] = [];
  for (const step of pipeline.steps) {
    const taken = meetings(left.map(({ path }) => path));
    const own = leftOf(step, work).filter(({ path }) => !taken(path));
    if (own.length > 0 && misfit(own, [...work, ...left]) === null) left.push(...own);
  }
  return left;
};

/** Why what a step or a worker wrote cannot be joined; null if it can. */
export const whyNotJoined = (pipeline: Pipeline, apart: Apart): string | null => {
  const work = changesOf(pipeline);
  const paths = clashes(apart, work);
  return paths.length === 0
    ? misfit(unjoined(apart), work)
    : `Steps beside this one changed the same files: ${paths.slice(0, MOST_NAMED).join(", ")}. Theirs stand in the tree now.`;
};

const MOST_NAMED = 20;

/** Each alone is within the limits of a patch; together they may not be. */
const misfit = (own: readonly FileChange[], work: readonly FileChange[]): string | null => {
  const all = combineChanges([work, own]);
  const total = tooMuch(all);
  const colliding = (some: readonly FileChange[]) =>
    collisions(filesIn(own.filter(({ in_base }) => !in_base)), filesIn(some));
  // Collisions among its own files were checked where the whole tree is at hand.
  const alone = colliding(own);
  const collision = [...colliding(all)].find(([path]) => !alone.has(path));
  if (total !== null) return `With what others wrote beside it, the patch would have ${total}.`;
  return collision === undefined
    ? null
    : `Beside what others wrote, ${collision[0]} cannot be: ${collision[1]}.`;
};

const filesIn = (changes: readonly FileChange[]): readonly string[] =>
  changes.flatMap(({ path, content }) => (content === null ? [] : [path]));

/** How often something was joined of steps that work beside others. Each join comes after all that was written before. */
export const joinsIn = ({ steps }: Pick<Pipeline, "steps">): number =>
  steps.flatMap(({ attempts }) => attempts.filter(({ joined }) => joined != null)).length;

/** The joins in the work that a conversation starts from; for a worker, its coordinator's. */
export const joinsBefore = (step: Step, pipeline: Pick<Pipeline, "steps">): number =>
  workerIn(step) === null
    ? joinsIn(pipeline)
    : (pipeline.steps[step.number]?.attempts.at(-1)?.crew?.joins.length ?? 0);

export const apartIn = (step: Step): Apart | null => (step.from === undefined ? null : (step as Apart));

/** It answered beside others, and what it wrote waits to be joined. */
export const hasToJoin = (step: Step): boolean => {
  const [attempt, apart] = [step.attempts.at(-1), apartIn(step)];
  const answer = attempt?.turns.at(-1)?.submitted ?? null;
  return (
    attempt?.joined === null &&
    apart !== null &&
    attemptState(attempt) === "to_settle" &&
    answer !== null &&
    // A question to people does not depend on what is in the tree.
    !isBlocked(answer) &&
    unjoined(apart).length > 0
  );
};

/** It answered beside others and is not joined yet: if people say more, its conversation goes on. */
export const canGoOn = (step: Step, pipeline: Pipeline): boolean => {
  const attempt = step.attempts.at(-1);
  const last = attempt?.turns.at(-1);
  return (
    attempt?.joined === null &&
    attemptState(attempt) === "to_settle" &&
    // In older journals its answer has no result, and nothing can be said after it.
    last?.results.length !== 0 &&
    endOf(step, pipeline) === null
  );
};

/**
 * Which of its own paths others have changed differently since it began: the same file, or one that is a directory of the
 * other.
 */
export const clashes = (step: Apart, work: readonly FileChange[]): readonly string[] => {
  const before = new Map(step.from.changes.map(change => [change.path, change]));
  const now = new Map(work.map(change => [change.path, change]));
  const changed = [...new Set([...before.keys(), ...now.keys()])].filter(
    path => !isSame(before.get(path), now.get(path)),
  );
  return unjoined(step)
    .filter(change => !isSame(change, now.get(change.path)))
    .map(({ path }) => path)
    .filter(meetings(changed));
};

/** Whether a path equals one of these, or one lies in the other, as seen by file systems that ignore letter case. */
const meetings = (paths: readonly string[]): ((path: string) => boolean) => {
  const folded = paths.map(foldPath);
  const [theirs, above] = [new Set(folded), new Set(folded.flatMap(parentsOf))];
  return path => {
    const own = foldPath(path);
    return [own, ...parentsOf(own)].some(name => theirs.has(name)) || above.has(own);
  };
};

const parentsOf = (path: string): readonly string[] => {
  const names = path.split("/");
  return names.slice(1).map((_, index) => names.slice(0, index + 1).join("/"));
};

/** The tree is taken from the runner's word. */
export const joinStep = (pipeline: Pipeline, data: EventOf<"joined">): Step => {
  const step = pipeline.steps[data.step];
  const apart = step === undefined ? null : apartIn(step);
  const attempt = step?.attempts.at(-1);
  const isToJoin = apart !== null && attempt?.number === data.attempt && hasToJoin(apart);
  if (!isToJoin) throw illegal(`step ${data.step} has nothing to join`); // guard: joined-once
  const joined: Laid = { tree: data.tree, changes: unjoined(apart) };
  return {
    ...apart,
    attempts: [...apart.attempts.slice(0, -1), { ...attempt, joined }],
    from: baseBehind(joined, { pipeline, apart }),
  };
};

/** What somebody works on whose own work was just joined. */
export const baseBehind = (
  { tree, changes }: Laid,
  { pipeline, apart }: { readonly pipeline: Pipeline; readonly apart: Apart },
): Base => ({
  tree,
  changes: combineChanges([changesOf(pipeline), changes]),
  carried: [],
  turns: talkOf(apart)?.turns.length ?? 0,
});

/** It worked beside others, so what it ran may not have run on what is kept, unless the join left its last tree. */
export const isMoved = ({ joined, turns }: Attempt): boolean =>
  joined !== undefined &&
  (joined === null || joined.tree !== turns.findLast(({ wrote }) => wrote !== null)?.wrote?.tree);
