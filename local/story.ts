// Tells what happens in a world: a line for each thing in the journals and each thing written to GitHub.
import type { JournalEvent } from "../core/model/event.ts";
import type { Pipeline } from "../core/model/pipeline.ts";
import type { TaskRecord } from "../core/model/record.ts";
import { apply, open } from "../core/pipeline/apply.ts";
import type { Store } from "../core/ports.ts";
import { storyLine, warningLines } from "../core/report/story-line.ts";
import type { World } from "./world.ts";

const LOOK_MS = 150;

export interface StoryOptions {
  readonly world: World;
  readonly store: Store;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/** Resolves when the signal is aborted. */
export const tellStory = async ({ world, store, say, signal }: StoryOptions): Promise<void> => {
  const folded = new Map<string, Pipeline>();
  let told = world.github.writes.length;
  while (!signal.aborted) {
    for (const task of (await store.tasks({ limit: 50 })).toReversed()) await tellTask(task);
    for (; told < world.github.writes.length; told++) {
      const line = githubLine(world.github.writes[told] as World["github"]["writes"][number]);
      if (line !== null) say(line);
    }
    await new Promise(resolve => setTimeout(resolve, LOOK_MS));
  }

  async function tellTask(task: TaskRecord): Promise<void> {
    for (const record of await store.pipelines(task.id)) {
      const known = folded.get(record.id);
      if (known?.seq === record.seq) continue;
      const journal = (await store.journal(record.id)).slice(known?.seq ?? 0);
      folded.set(
        record.id,
        journal.reduce<Pipeline | undefined>((pipeline, event) => tell(pipeline, event), known) as Pipeline,
      );
    }
  }

  function tell(pipeline: Pipeline | undefined, event: JournalEvent): Pipeline {
    const next = pipeline === undefined ? open(event) : apply(pipeline, event);
    const line = storyLine(event, next);
    const of = `#${next.opening.task.issue} pipeline ${next.opening.number}`;
    if (line !== null) say(`${of}  ${line}`);
    for (const warning of warningLines(event, next)) say(`${of}  warning: ${warning}`);
    return next;
  }
};

const DEEDS: readonly (readonly [RegExp, string])[] = [
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
