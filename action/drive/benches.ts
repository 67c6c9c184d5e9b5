// The benches of a run: setup once per runner, then one bench per conversation, opened when first needed.
import { roleOf, scopeOf } from "../../core/agents/roster.ts";
import { combineChanges, type FileChange } from "../../core/model/change.ts";
import { KinError } from "../../core/model/error.ts";
import type { CommandRun } from "../../core/model/event.ts";
import type { Look } from "../../core/model/look.ts";
import { type Apart, type Attempt, type Pipeline, type Step, workerIn } from "../../core/model/pipeline.ts";
import { workerName } from "../../core/model/worker.ts";
import { apartIn, leftOf } from "../../core/pipeline/beside.ts";
import { treeOf as lastTreeOf, talkOf, unjoined } from "../../core/pipeline/workers.ts";
import { changesOf, writtenIn } from "../../core/pipeline/written.ts";
import type { Bench, History, JudgeOptions, SetupResult } from "./ports/workbench.ts";
import type { World } from "./world.ts";

export interface Benches {
  readonly setUp: (pipeline: Pipeline) => Promise<SetupResult>;
  readonly of: (conversation: Conversation, signal: AbortSignal) => Promise<Bench>;
  /** Runs the harness's commands on the current tree and discards their changes. */
  readonly judge: (
    pipeline: Pipeline,
    commands: readonly string[],
    options: JudgeOptions,
  ) => Promise<readonly CommandRun[]>;
  /** The same on the base itself. */
  readonly judgeBase: Benches["judge"];
  /** Everything the pull request would bring, for whoever judges it or works on it again. */
  readonly look: (pipeline: Pipeline) => Promise<Look>;
  /** A text file of the base; null if it is missing, not text, or too large. */
  readonly baseFile: (pipeline: Pipeline, path: string) => Promise<string | null>;
  /** The tree that results when separately written work is added to the pipeline's. */
  readonly join: (pipeline: Pipeline, apart: Apart) => Promise<string>;
  readonly closeOne: (conversation: ConversationKey) => Promise<void>;
  readonly close: () => Promise<void>;
}

export interface ConversationKey {
  readonly step: Step;
  readonly attempt: Pick<Attempt, "number">;
}

export interface Conversation {
  readonly pipeline: Pipeline;
  readonly step: Step;
  readonly attempt: Attempt;
}

interface Open {
  readonly bench: Promise<Bench>;
  /**
   * For a coordinator, or a step that runs beside others: how many joins its tree had when the bench was opened. For a
   * worker: when it was started or last resumed.
   */
  readonly since: number;
}

/** `ending` is the run's signal. Setup serves all conversations, so it must not end with the first one that needed it. */
export const openBenches = (world: World, ending: AbortSignal): Benches => {
  const open = new Map<string, Open>();
  let setup: Promise<SetupResult> | null = null;
  /** By tree, on a runner that did not see the work being done. */
  const restored = new Map<string, Promise<string>>();
  let isFresh: boolean | null = null;

  const setUp: Benches["setUp"] = pipeline => {
    const { base, branch, config } = pipeline.opening;
    setup ??= world.workbench.setUp({ base: base.sha, head: branch.head, config, signal: ending });
    return setup;
  };

  /**
   * A new runner repeats setup and lays the journal's changes over it (or those that one of several tries at a step
   * leads to). Concurrent callers share the wait.
   */
  const treeOf = async (pipeline: Pipeline): Promise<string> => {
    isFresh ??= setup === null;
    const { ok, reason } = await setUp(pipeline);
    if (!ok) throw setupFailed(reason);
    const tree = pipeline.tree as string;
    if (!isFresh || tree === pipeline.setup?.tree) return tree;
    const laid = restored.get(tree) ?? lay(changesOf(pipeline), tree);
    restored.set(tree, laid);
    return laid;
  };

  const lay = async (changes: readonly FileChange[], expected: string | null): Promise<string> => {
    const tree = await world.workbench.lay(changes);
    if (expected !== null && tree !== expected) throw mismatch(tree, expected); // guard: restored-trees
    return tree;
  };

  /**
   * Work done beside others has a tree of its own until it is joined, and may have started from an older tree than the
   * pipeline's.
   */
  const treeFor = async ({ pipeline, step, attempt }: Conversation): Promise<string> => {
    const current = await treeOf(pipeline);
    const apart = apartIn(step);
    if (apart !== null && talkOf(apart)?.number === attempt.number)
      return lay(combineChanges([apart.from.changes, unjoined(apart)]), lastTreeOf(apart));
    const work = changesOf(pipeline);
    const left = workerIn(step) === null ? leftOf(step, work) : [];
    return left.length === 0 ? current : lay(combineChanges([work, left]), null);
  };

  const start = async (conversation: Conversation): Promise<Bench> => {
    const { pipeline, step, attempt } = conversation;
    const tree = await treeFor(conversation);
    const scope = scopeOf(roleOf(world.roster, step.role), workerIn(step)?.area);
    return world.workbench.open({ key: keyOf({ step, attempt }), tree, scope, history: historyOf(pipeline) });
  };

  /** A coordinator sees what was joined, and a resumed worker continues from the present tree; both need a new bench. */
  const of: Benches["of"] = async (conversation, signal) => {
    // If it is no longer wanted, it must neither open a bench nor close one that another has opened since.
    signal.throwIfAborted();
    const key = keyOf(conversation);
    const since = workerIn(conversation.step)?.queued ?? joinsTo(conversation.attempt);
    const held = open.get(key);
    if (held?.since === since) return held.bench;
    const bench = start(conversation);
    const opened = { bench, since };
    open.set(key, opened);
    bench.catch(() => {
      if (open.get(key) === opened) open.delete(key);
    });
    await held?.bench.then(old => old.close()).catch(() => {});
    return bench;
  };

  const join: Benches["join"] = async (pipeline, worker) => {
    await treeOf(pipeline);
    return lay(combineChanges([changesOf(pipeline), unjoined(worker)]), null);
  };

  const judge: Benches["judge"] = async (pipeline, commands, options) =>
    world.workbench.judge(await treeOf(pipeline), commands, options);

  const judgeBase: Benches["judge"] = async (pipeline, commands, options) => {
    await treeOf(pipeline);
    return world.workbench.judge(null, commands, options);
  };

  const look: Benches["look"] = async pipeline => world.workbench.look(await treeOf(pipeline));

  const baseFile: Benches["baseFile"] = async (pipeline, path) => {
    await treeOf(pipeline);
    return world.workbench.baseFile(path);
  };

  const closeOne: Benches["closeOne"] = async conversation => {
    const held = open.get(keyOf(conversation));
    open.delete(keyOf(conversation));
    await held?.bench.then(bench => bench.close()).catch(() => {});
  };

  const close: Benches["close"] = async () => {
    await Promise.all(
      [...open.values()].map(held => held.bench.then(bench => bench.close()).catch(() => {})),
    );
    open.clear();
  };

  return { setUp, of, judge, judgeBase, look, baseFile, join, closeOne, close };
};

const joinsTo = ({ crew, joined }: Attempt): number => (crew?.joins.length ?? 0) + (joined == null ? 0 : 1);

/** The tree after each attempt that wrote, or after each worker's join, for the repository that commands find. */
export const historyOf = (pipeline: Pipeline): readonly History[] =>
  pipeline.steps.flatMap(step =>
    step.attempts.flatMap(attempt => {
      const again = attempt.number > 1 ? `, attempt ${attempt.number}` : "";
      const title = `Step ${step.number}: ${step.role}${again}`;
      const { joins = [] } = attempt.crew ?? {};
      if (joins.length > 0)
        return joins.map(({ tree, worker }) => ({ tree, title: `${title}, ${workerName(worker)}` }));
      const tree = writtenIn(attempt).at(-1)?.tree;
      return tree === undefined ? [] : [{ tree, title }];
    }),
  );

/** Names a conversation, on the runner's disk as well. */
export const keyOf = ({ step, attempt }: ConversationKey): string => {
  const worker = workerIn(step);
  return `${step.number}-${attempt.number}${worker === null ? "" : `-${workerName(worker.worker)}`}`;
};

const mismatch = (found: string, tree: string): KinError =>
  new KinError(`The recorded changes make the tree ${found} and not ${tree}.`, {
    code: "tree_mismatch",
    hint: "The base of this pipeline is not the one it started from. Run the task again.",
  });

const setupFailed = (reason: string | null): KinError =>
  new KinError(`The setup failed on this runner: ${reason}`, {
    code: "setup_failed",
    hint: "It worked when this pipeline began. Run the task again.",
  });
