// Tells what happens in a world: one line for each event in the journals and each write to GitHub.

import { setTimeout as sleep } from "node:timers/promises";
import type { Store } from "../app/store/port.ts";
import type { Pipeline } from "../core/model/pipeline.ts";
import { fold } from "../core/pipeline/apply.ts";
import type { Told } from "../core/report/storyteller.ts";
import type { World } from "../local/world.ts";
import { createTelling } from "./telling.ts";

const LOOK_MS = 150;
const MOST_TASKS = 50;

export interface StoryOptions {
  readonly world: World;
  readonly store: Store;
  readonly say: (told: Told) => void;
  readonly signal: AbortSignal;
  /** Pipelines up to the point from which they are told. */
  readonly told: ReadonlyMap<string, Pipeline>;
}

/** What already happened in a continued world. */
export const toldBefore = async (
  store: Store,
): Promise<{ readonly tasks: number; readonly pipelines: ReadonlyMap<string, Pipeline> }> => {
  const tasks = await store.tasks({ limit: MOST_TASKS });
  const pipelines = new Map<string, Pipeline>();
  for (const task of tasks)
    for (const { id } of await store.pipelines(task.id)) pipelines.set(id, fold(await store.journal(id)));
  return { tasks: tasks.length, pipelines };
};

/** Resolves when the signal is aborted. */
export const tellStory = async ({ world, store, say, signal, told: before }: StoryOptions): Promise<void> => {
  const tellTask = createTelling({
    store,
    told: before,
    say: ({ text, tone }, { pipeline }) => say({ text: `#${pipeline.opening.task.issue} ${text}`, tone }),
  });
  let told = world.github.writes.length;
  while (!signal.aborted) {
    for (const task of (await store.tasks({ limit: MOST_TASKS })).toReversed()) await tellTask(task.id);
    for (; told < world.github.writes.length; told++) {
      const line = githubLine(world.github.writes[told] as World["github"]["writes"][number]);
      if (line !== null) say({ text: line, tone: "plain" });
    }
    await sleep(LOOK_MS);
  }
};

const DEEDS: readonly (readonly [RegExp, string])[] = [
  [/^POST .*\/issues$/, "opens an issue"],
  [/^POST .*\/issues\/\d+\/comments$/, "comments on the issue"],
  [/^POST .*\/git\/commits$/, "makes a commit"],
  [/^POST .*\/git\/refs$/, "creates the branch"],
  [/^POST .*\/pulls$/, "opens a draft pull request"],
  [/^POST .*\/pulls\/\d+\/reviews$/, "reviews the pull request"],
  [/^POST .*\/dispatches$/, "starts a workflow run"],
  [/^POST .*\/requested_reviewers$/, "asks for a review"],
  [/markPullRequestReadyForReview/, "marks the pull request ready"],
  [/^POST .*\/graphql$/, "marks the pull request ready or draft"],
];

const githubLine = (write: World["github"]["writes"][number]): string | null => {
  const deed = DEEDS.find(([form]) => form.test(`${write.method} ${write.path}`))?.[1];
  return deed === undefined ? null : `   GitHub  ${write.actor} ${deed}`;
};
