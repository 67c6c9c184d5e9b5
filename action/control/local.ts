// The control plane in this process: a journal in memory, for `kin run` and for tests of the driver.

import type { Clock } from "../../core/model/clock.ts";
import type { JournalEvent } from "../../core/model/event.ts";
import type { Control } from "../drive/ports/control.ts";
import { createInbox, type FilledInbox } from "./inbox.ts";

export interface LocalControl extends Control {
  readonly inbox: FilledInbox;
  readonly journal: () => readonly JournalEvent[];
}

export interface LocalControlOptions {
  readonly clock: Clock;
  readonly journal: readonly JournalEvent[];
}

export const createLocalControl = ({ clock, journal }: LocalControlOptions): LocalControl => {
  const written = [...journal];
  return {
    inbox: createInbox(),
    journal: () => written,
    append: async (after, data) => {
      const at = () => new Date(clock.now()).toISOString();
      const events = data.map((data, index) => ({ seq: after + 1 + index, at: at(), data }));
      // If the driver could not fold some events, they did not happen: it appends others in their place.
      written.splice(after, written.length, ...events);
      return events;
    },
    release: async () => {},
  };
};
