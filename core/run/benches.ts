// The benches of a run: setup once per runner, then one bench per conversation, opened when first needed.

import { roleOf } from "../agents/roster.ts";
import { combineChanges } from "../model/change.ts";
import type { EventOf } from "../model/event.ts";
import type { Pipeline, Step } from "../model/pipeline.ts";
import type { Bench, SetupResult } from "../ports.ts";
import type { World } from "./world.ts";

export interface Benches {
  readonly setUp: (pipeline: Pipeline, signal: AbortSignal) => Promise<SetupResult>;
  readonly of: (pipeline: Pipeline, step: Step, signal: AbortSignal) => Promise<Bench>;
  readonly closeOne: (step: Step) => Promise<void>;
  readonly close: () => Promise<void>;
}

export const openBenches = (world: World): Benches => {
  const open = new Map<string, Promise<Bench>>();
  let setup: Promise<SetupResult> | null = null;

  const setUp: Benches["setUp"] = (pipeline, signal) => {
    const { base, branch, config } = pipeline.opening;
    setup ??= world.workbench.setUp({ base: base.sha, head: branch.head, config, signal });
    return setup;
  };

  /** A new runner repeats setup and lays over it what the journal says was written. */
  const start = async (pipeline: Pipeline, step: Step, signal: AbortSignal): Promise<Bench> => {
    const fresh = setup === null;
    await setUp(pipeline, signal);
    const tree = pipeline.tree as string;
    if (fresh && tree !== pipeline.setup?.tree) await world.workbench.restore(changesOf(pipeline), tree);
    const role = roleOf(world.roster, step.role);
    const scope = {
      permission: role.permissions,
      paths: role.paths ?? null,
      paths_denied: role.paths_denied ?? [],
    };
    return world.workbench.open({ key: keyOf(step), tree, scope });
  };

  const of: Benches["of"] = (pipeline, step, signal) => {
    const key = keyOf(step);
    const bench = open.get(key) ?? start(pipeline, step, signal);
    open.set(key, bench);
    bench.catch(() => open.delete(key));
    return bench;
  };

  const closeOne: Benches["closeOne"] = async step => {
    const bench = open.get(keyOf(step));
    open.delete(keyOf(step));
    await bench?.then(b => b.close()).catch(() => {});
  };

  const close: Benches["close"] = async () => {
    await Promise.all([...open.values()].map(bench => bench.then(b => b.close()).catch(() => {})));
    open.clear();
  };

  return { setUp, of, closeOne, close };
};

/** Everything this pipeline wrote, as one patch over its baseline. */
export const changesOf = (pipeline: Pipeline) =>
  combineChanges(writesOf(pipeline).map(turn => turn.wrote?.changes ?? []));

const writesOf = (pipeline: Pipeline): readonly EventOf<"turn">[] =>
  pipeline.steps
    .flatMap(step => step.attempts.flatMap(attempt => attempt.turns))
    .filter(turn => turn.wrote !== null);

const keyOf = (step: Step): string => `${step.number}-${Math.max(step.attempts.length, 1)}`;
