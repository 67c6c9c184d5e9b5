// Steps that work at the same time, each on a tree of its own. What they wrote becomes the pipeline's work in the plan's
// order, whoever ended first.
import { combineChanges, type FileChange } from "../model/change.ts";
import type { EventOf } from "../model/event.ts";
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
import { attemptState } from "./state.ts";
import { unjoined } from "./workers.ts";
import { changesOf, workBefore } from "./written.ts";

/** What an attempt that begins now works on. `joins`: so many had come when its conversation was opened; absent: all. */
export const baseOfNext = (pipeline: Pipeline, step: Step, joins = joinsIn(pipeline)): Base => {
  const since = joinsIn(pipeline) - joins;
  const work =
    since > 0 ? workBefore(pipeline, since) : { tree: pipeline.tree ?? "", changes: changesOf(pipeline) };
  return { ...work, carried: leftOf(pipeline, step), turns: 0 };
};

/** What earlier attempts of a step wrote that is in no tree of the pipeline's, but for what others changed meanwhile. */
export const leftOf = (pipeline: Pipeline, step: Step): readonly FileChange[] => {
  const apart = apartIn(step);
  if (apart === null) return [];
  const lost = new Set(clashes(pipeline, apart));
  return unjoined(apart).filter(({ path }) => !lost.has(path));
};

/** What was not joined when the pipeline ended: the next one goes on with it. Of two who wrote one file, the first one's. */
export const leftOver = (pipeline: Pipeline): readonly FileChange[] => {
  const left = new Map<string, FileChange>();
  for (const step of pipeline.steps) {
    const own = leftOf(pipeline, step);
    const taken = meetings([...left.keys()]);
    for (const change of own) if (!taken(change.path)) left.set(change.path, change);
  }
  return [...left.values()];
};

/** How often something of steps that work beside others was joined. Each join is behind all that was written before. */
export const joinsIn = ({ steps }: Pick<Pipeline, "steps">): number =>
  steps.flatMap(({ attempts }) => attempts.filter(({ joined }) => joined != null)).length;

/** Those that a conversation which begins now has in its work: a worker's are its coordinator's. */
export const joinsBefore = (step: Step, pipeline: Pick<Pipeline, "steps">): number =>
  workerIn(step) === null
    ? joinsIn(pipeline)
    : (pipeline.steps[step.number]?.attempts.at(-1)?.crew?.joins.length ?? 0);

export const apartIn = (step: Step): Apart | null => (step.from === undefined ? null : (step as Apart));

/** It answered beside others, and what it wrote waits to be joined. */
export const hasToJoin = (step: Step): boolean => {
  const [attempt, apart] = [step.attempts.at(-1), apartIn(step)];
  return (
    attempt?.joined === null &&
    apart !== null &&
    attemptState(attempt) === "to_settle" &&
    attempt.turns.at(-1)?.submitted != null &&
    unjoined(apart).length > 0
  );
};

/** The paths of its own that others changed since it began: as files, or one a directory where the other is a file. */
export const clashes = (pipeline: Pipeline, step: Apart): readonly string[] => {
  const before = new Map(step.from.changes.map(change => [change.path, change]));
  const now = new Map(changesOf(pipeline).map(change => [change.path, change]));
  const changed = [...new Set([...before.keys(), ...now.keys()])].filter(
    path => !isSame(before.get(path), now.get(path)),
  );
  return unjoined(step)
    .map(({ path }) => path)
    .filter(meetings(changed));
};

/** Whether a path is one of others', or the one lies in the other; as file systems see it that make no difference of letter case. */
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

/** The tree that a runner says it makes. */
export const joinStep = (pipeline: Pipeline, data: EventOf<"joined">): Step => {
  const step = pipeline.steps[data.step];
  const apart = step === undefined ? null : apartIn(step);
  const attempt = step?.attempts.at(-1);
  const isToJoin = apart !== null && attempt?.number === data.attempt && hasToJoin(apart);
  // guard: joined-once-and-free
  if (!isToJoin || clashes(pipeline, apart).length > 0)
    throw illegal(`step ${data.step} has nothing to join`);
  const changes = unjoined(apart);
  const joined: Laid = { tree: data.tree, changes };
  return {
    ...apart,
    attempts: [...apart.attempts.slice(0, -1), { ...attempt, joined }],
    from: {
      tree: data.tree,
      changes: combineChanges([changesOf(pipeline), changes]),
      carried: [],
      turns: attempt.turns.length,
    },
  };
};

/** Others were joined since it began, so that what it ran did not run on what is kept. */
export const isMoved = ({ joined, turns }: Attempt): boolean =>
  joined != null && joined.tree !== turns.findLast(({ wrote }) => wrote !== null)?.wrote?.tree;
