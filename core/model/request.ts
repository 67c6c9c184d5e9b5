// A request to the language model, and what comes of it.
import type { PersonBlock, Reply, ReplyBlock } from "./message.ts";

export interface ModelRequest {
  readonly model: string;
  readonly max_tokens: number;
  /** `cached`: a prompt-cache breakpoint follows this block. */
  readonly system: readonly { readonly text: string; readonly cached: boolean }[];
  readonly tools: readonly (
    | { readonly name: string; readonly description: string; readonly input_schema: object }
    /** A tool that the API runs itself; its type ends in a date. */
    | { readonly name: string; readonly type: string }
  )[];
  readonly messages: readonly ModelMessage[];
}

export type ModelMessage =
  | { readonly role: "assistant"; readonly content: readonly ReplyBlock[] }
  | { readonly role: "user"; readonly content: readonly PersonBlock[] };

export type ModelOutcome =
  | { readonly kind: "replied"; readonly reply: Reply }
  | { readonly kind: "aborted" }
  /** Overloaded or unreachable for longer than the retries: the run pauses. `retry_after` in seconds. */
  | { readonly kind: "unavailable"; readonly reason: string; readonly retry_after: number | null }
  /** Nothing that waiting fixes: a bad key, no credit, a request the API rejects. */
  | { readonly kind: "refused"; readonly reason: string; readonly hint: string }
  | { readonly kind: "too_long"; readonly reason: string };
