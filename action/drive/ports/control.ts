// How a running pipeline sees the App: what it writes and what it hears.

import type { EventData, JournalEvent } from "../../../core/model/event.ts";
import type { Message } from "../../../core/model/wire.ts";

/**
 * Contract:
 * - `append` writes all events after number `after` or none, and returns them as stored;
 * - it throws `lease_lost` when another run took over; after that nothing more may be written;
 * - it resends what was not acknowledged, without writing it twice;
 * - the adapter sends the heartbeat; every answer's messages come out of `inbox`.
 */
export interface Control {
  readonly append: (after: number, events: readonly EventData[]) => Promise<readonly JournalEvent[]>;
  readonly inbox: Inbox;
  /** Ends the heartbeat and gives the lease back. */
  readonly release: () => Promise<void>;
}

export interface Inbox {
  /** Pending until there is something; the same promise until `take`. */
  readonly next: () => Promise<void>;
  readonly take: () => readonly Message[];
}
