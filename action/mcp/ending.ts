// A transport to a server, which may end by itself.
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";

/** Why it ended; null while it is open. */
export interface EndingTransport extends Transport {
  readonly ended: () => Ended | null;
}

export interface Ended {
  readonly why: string;
  /** The beginning of an answer that was too long to read. */
  readonly begins?: string;
}
