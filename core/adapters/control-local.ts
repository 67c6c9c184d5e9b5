// The control plane in this process: a journal in memory, for `kin run` and for tests of the driver.
import type { EventData, JournalEvent } from "../model/event.ts";
import type { Pipeline } from "../model/pipeline.ts";
import type { Clock, Control } from "../ports.ts";
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
    append: async (pipeline, events) =>
      events.reduce<Pipeline>((folded, data: EventData) => {
        const event = { seq: folded.seq + 1, at: new Date(clock.now()).toISOString(), data };
        const next = apply(folded, event);
        written.push(event);
        onAppended(next, event);
        return next;
      }, pipeline),
    release: async () => {},
  };
};
