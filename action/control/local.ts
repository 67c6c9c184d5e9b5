// The control plane in this process: a journal in memory, for `kin run` and for tests of the driver.

import type { Clock } from "../../core/model/clock.ts";
import type { JournalEvent } from "../../core/model/event.ts";
import type { Pipeline } from "../../core/model/pipeline.ts";
import type { Control } from "../drive/ports/control.ts";
import { createInbox, type FilledInbox } from "./inbox.ts";

export interface LocalControl extends Control {
  readonly inbox: FilledInbox;
  readonly journal: () => readonly JournalEvent[];
}

export interface LocalControlOptions {
  readonly clock: Clock;
  readonly journal: readonly JournalEvent[];
  readonly apply: (pipeline: Pipeline, event: JournalEvent) => Pipeline;
  readonly onAppended: (pipeline: Pipeline, event: JournalEvent) => void;
}

export const createLocalControl = ({
  clock,
  journal,
  apply,
  onAppended,
}: LocalControlOptions): LocalControl => {
  const written = [...journal];
  return {
    inbox: createInbox(),
    journal: () => written,
    append: async (pipeline, events) => {
      let folded = pipeline;
      const appended: { readonly next: Pipeline; readonly event: JournalEvent }[] = [];
      for (const data of events) {
        const event = { seq: folded.seq + 1, at: new Date(clock.now()).toISOString(), data };
        folded = apply(folded, event);
        appended.push({ next: folded, event });
      }
      // All or none, as the App writes them.
      for (const { next, event } of appended) {
        written.push(event);
        onAppended(next, event);
      }
      return folded;
    },
    release: async () => {},
  };
};
