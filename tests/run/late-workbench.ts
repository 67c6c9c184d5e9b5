// A slow workbench that tracks what is open: nobody may use a closed bench, and each must be closed.
import { expect } from "vitest";
import type { Bench, Workbench } from "../../action/drive/ports/workbench.ts";
import type { Pipeline } from "../../core/model/pipeline.ts";

export const aLateWorkbench = (made: Workbench, { late }: { readonly late: () => Promise<void> }) => {
  /** By each conversation's last bench. */
  const trees = new Map<string, string>();
  const open = new Set<Bench>();
  const opened = (bench: Bench): Bench => {
    open.add(bench);
    const used = <T>(done: T): T => {
      if (!open.has(bench)) throw new Error("a bench is used that was closed");
      return done;
    };
    return {
      ...bench,
      call: async (use, options) => {
        await late();
        options.signal.throwIfAborted();
        return used(bench.call(use, options));
      },
      record: async () => used(bench.record()),
      close: async () => void open.delete(bench),
    };
  };
  const workbench: Workbench = {
    ...made,
    setUp: async request => {
      await late();
      request.signal.throwIfAborted();
      return made.setUp(request);
    },
    lay: async changes => {
      await late();
      return made.lay(changes);
    },
    open: async request => {
      await late();
      trees.set(request.key, request.tree);
      return opened(await made.open(request));
    },
  };
  return {
    workbench,
    /** Whoever judges has run on the tree that the judgement counts for. */
    expectTrees: ({ steps }: Pipeline): void => {
      for (const { number: step, attempts } of steps)
        for (const { number, crew } of attempts.slice(-1))
          for (const { gate, attempts, worker, from } of crew?.workers ?? []) {
            const turns = attempts.flatMap(({ turns }) => turns.slice(from.turns));
            const tree = trees.get(`${step}-${number}-w${worker}`);
            if (gate && turns.some(({ ran }) => ran.length > 0) && tree !== undefined)
              expect(tree, `w${worker}`).toBe(from.tree);
          }
    },
    expectClosed: (): void => expect(open.size).toBe(0),
  };
};

export type LateWorkbench = ReturnType<typeof aLateWorkbench>;
