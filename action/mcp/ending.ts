// A way to a server that may end by itself.
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";

/** Says why it ended; null while it is there. */
export interface EndingTransport extends Transport {
  readonly ended: () => Ended | null;
}

export interface Ended {
  readonly why: string;
  /** Of an answer that was too long to be read. */
  readonly begins?: string;
}
