// The language model: one request, one outcome.
import type { ModelOutcome, ModelRequest } from "../../../core/model/request.ts";

/**
 * Contract:
 * - never throws for anything the network or the API does: that is an outcome;
 * - retries what the API says to retry, within its own limits, before it returns `unavailable`;
 * - discards a partial stream whole; a truncated tool call never comes out of it.
 */
export interface LanguageModel {
  readonly reply: (request: ModelRequest, options: { readonly signal: AbortSignal }) => Promise<ModelOutcome>;
}
