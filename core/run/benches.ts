// The benches of a run: setup once per runner, then one bench per conversation, opened when first needed.
import { roleOf } from "../agents/roster.ts";
import { combineChanges } from "../model/change.ts";
import { KinError } from "../model/error.ts";
import type { CommandRun, EventOf } from "../model/event.ts";
import type { Attempt, Pipeline, Step } from "../model/pipeline.ts";
import type { Bench, History, JudgeOptions, Look, SetupResult } from "../ports.ts";
import type { World } from "./world.ts";

export interface Benches {
  readonly setUp: (pipeline: Pipeline, signal: AbortSignal) => Promise<SetupResult>;
  readonly of: (conversation: Conversation, signal: AbortSignal) => Promise<Bench>;
  /** Runs commands of the harness on the tree as it stands; what they change is thrown away. */
  readonly judge: (
    pipeline: Pipeline,
    commands: readonly string[],
    options: JudgeOptions,
  ) => Promise<readonly CommandRun[]>;
  /** The same on the base itself. */
  readonly judgeBase: Benches["judge"];
  /** Everything that the pull request would bring, for whoever judges it or works on it again. */
  readonly look: (pipeline: Pipeline, signal: AbortSignal) => Promise<Look>;
  /** A text file of the base; null where it is none, or too large. */
  readonly baseFile: (pipeline: Pipeline, path: string, signal: AbortSignal) => Promise<string | null>;
  readonly closeOne: (conversation: Pick<Conversation, "step" | "attempt">) => Promise<void>;
  readonly close: () => Promise<void>;
}

export interface Conversation {
  readonly pipeline: Pipeline;
  readonly step: Step;
  readonly attempt: Attempt;
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
  const treeOf = async (pipeline: Pipeline, signal: AbortSignal): Promise<string> => {
    const fresh = setup === null;
    const { ok, reason } = await setUp(pipeline, signal);
    if (!ok) throw setupFailed(reason);
    const tree = pipeline.tree as string;
    if (fresh && tree !== pipeline.setup?.tree) await world.workbench.restore(changesOf(pipeline), tree);
    return tree;
  };

  const start = async ({ pipeline, step, attempt }: Conversation, signal: AbortSignal): Promise<Bench> => {
    const tree = await treeOf(pipeline, signal);
    const role = roleOf(world.roster, step.role);
    const scope = {
      permission: role.permissions,
      paths: role.paths ?? null,
      paths_denied: role.paths_denied ?? [],
    };
    return world.workbench.open({ key: keyOf({ step, attempt }), tree, scope, history: historyOf(pipeline) });
  };

  const of: Benches["of"] = (conversation, signal) => {
    const key = keyOf(conversation);
    const bench = open.get(key) ?? start(conversation, signal);
    open.set(key, bench);
    bench.catch(() => open.delete(key));
    return bench;
  };

  const judge: Benches["judge"] = async (pipeline, commands, options) =>
    world.workbench.judge(await treeOf(pipeline, options.signal), commands, options);

  const judgeBase: Benches["judge"] = async (pipeline, commands, options) => {
    await treeOf(pipeline, options.signal);
    return world.workbench.judge(null, commands, options);
  };

  const look: Benches["look"] = async (pipeline, signal) =>
    world.workbench.look(await treeOf(pipeline, signal));

  const baseFile: Benches["baseFile"] = async (pipeline, path, signal) => {
    await treeOf(pipeline, signal);
    return world.workbench.baseFile(path);
  };

  const closeOne: Benches["closeOne"] = async conversation => {
    const bench = open.get(keyOf(conversation));
    open.delete(keyOf(conversation));
    await bench?.then(b => b.close()).catch(() => {});
  };

  const close: Benches["close"] = async () => {
    await Promise.all([...open.values()].map(bench => bench.then(b => b.close()).catch(() => {})));
    open.clear();
  };

  return { setUp, of, judge, judgeBase, look, baseFile, closeOne, close };
};

/** Everything this pipeline wrote, as one patch over its baseline. */
export const changesOf = (pipeline: Pipeline) =>
  combineChanges(writesOf(pipeline).map(turn => turn.wrote?.changes ?? []));

const writesOf = (pipeline: Pipeline): readonly EventOf<"turn">[] =>
  pipeline.steps
    .flatMap(step => step.attempts.flatMap(attempt => attempt.turns))
    .filter(turn => turn.wrote !== null);

/** The tree behind each attempt that wrote, for the repository that commands find. */
export const historyOf = (pipeline: Pipeline): readonly History[] =>
  pipeline.steps.flatMap(step =>
    step.attempts.flatMap(attempt => {
      const tree = attempt.turns.findLast(turn => turn.wrote !== null)?.wrote?.tree;
      if (tree === undefined) return [];
      const again = attempt.number > 1 ? `, attempt ${attempt.number}` : "";
      return [{ tree, title: `Step ${step.number}: ${step.role}${again}` }];
    }),
  );

const keyOf = ({ step, attempt }: Pick<Conversation, "step" | "attempt">): string =>
  `${step.number}-${attempt.number}`;

const setupFailed = (reason: string | null): KinError =>
  new KinError(`The setup failed on this runner: ${reason}`, {
    code: "setup_failed",
    hint: "It worked when this pipeline began. Run the task again.",
  });
