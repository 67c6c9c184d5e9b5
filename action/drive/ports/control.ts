// How a running pipeline sees the App: what it writes, and what it hears.

import type { EventData } from "../../../core/model/event.ts";
import type { Message } from "../../../core/model/person-message.ts";
import type { Pipeline } from "../../../core/model/pipeline.ts";

/**
 * Contract:
 * - `append` writes all events after `pipeline.seq` or none, and answers the pipeline they fold into;
 * - it throws `lease_lost` when another run took over; then nothing more may be written;
 * - it sends again what was not answered, without writing it twice;
 * - the heartbeat is the adapter's; every answer's messages come out of `inbox`.
 */
export interface Control {
  readonly append: (pipeline: Pipeline, events: readonly EventData[]) => Promise<Pipeline>;
  readonly inbox: Inbox;
  /** Ends the heartbeat and gives the lease back. */
  readonly release: () => Promise<void>;
}

export interface Inbox {
  /** Pending until there is something; the same promise until `take`. */
  readonly next: () => Promise<void>;
  readonly take: () => readonly Message[];
}
