// Journals told while they grow, each event once.

import type { Store } from "../app/store/port.ts";
import type { JournalEvent } from "../core/model/event.ts";
import type { Pipeline } from "../core/model/pipeline.ts";
import { fold } from "../core/pipeline/apply.ts";
import { createStoryteller, type Storyteller, type Told, wordsOf } from "../core/report/storyteller.ts";

interface Telling {
  readonly store: Store;
  /** Pipelines as far as they are not told again. */
  readonly told: ReadonlyMap<string, Pipeline>;
  readonly say: (told: Told, at: { readonly event: JournalEvent; readonly pipeline: Pipeline }) => void;
}

/** Tells what is new in the journals of a task. */
export const createTelling = ({ store, told, say }: Telling): ((task_id: number) => Promise<void>) => {
  const folded = new Map(told);
  const tellers = new Map<string, Storyteller>();
  return async task_id => {
    for (const { id, seq } of await store.pipelines(task_id)) {
      const known = folded.get(id)?.seq ?? 0;
      if (known === seq) continue;
      const tell = tellers.get(id) ?? createStoryteller();
      tellers.set(id, tell);
      for (const event of await store.journal(id, known)) {
        const pipeline = fold([event], folded.get(id));
        folded.set(id, pipeline);
        for (const one of tell(event, pipeline)) {
          const text = `pipeline ${pipeline.opening.number}  ${wordsOf(one)}`;
          say({ text, tone: one.tone }, { event, pipeline });
        }
      }
    }
  };
};
