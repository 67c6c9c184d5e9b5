// What the scripted model remembers of a request, to count calls and look at what was sent.
import type { Conversation } from "./choose.ts";
import type { ScriptedUsage } from "./reply.ts";

export interface SeenRequest extends Omit<Conversation, "key"> {
  /** From 1. */
  readonly n: number;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly model: string | null;
  /** From 1; null if the request did not get that far. */
  readonly turn: number | null;
  readonly file: string | null;
  readonly usage: ScriptedUsage | null;
  readonly status: number;
  /** `cut` or `stalled`, if the reply did not reach its end. */
  readonly fault: string | null;
  /** Absent in the list over HTTP, and after many later requests. */
  readonly body?: unknown;
}

/** Bodies hold whole conversations; a demo that runs for days must not keep them all. */
const BODIES_KEPT = 1000;
const KEPT = 20_000;

export interface SeenRequests {
  readonly add: (seen: Omit<SeenRequest, "n">) => SeenRequest;
  readonly list: () => readonly SeenRequest[];
}

export const createSeenRequests = (): SeenRequests => {
  const all: SeenRequest[] = [];
  let n = 0;
  return {
    add: seen => {
      n += 1;
      const numbered = { n, ...seen };
      all.push(numbered);
      const old = all.length - 1 - BODIES_KEPT;
      if (all[old] !== undefined) {
        const { body: _, ...rest } = all[old];
        all[old] = rest;
      }
      if (all.length > KEPT) all.shift();
      return numbered;
    },
    list: () => [...all],
  };
};

export const lineOf = ({
  n,
  role,
  pipeline,
  step,
  attempt,
  worker,
  turn,
  file,
  usage,
  status,
  fault,
}: SeenRequest): string => {
  const who =
    role === null
      ? "no header"
      : `${role} p${pipeline} s${step} a${attempt}${worker === null ? "" : ` ${worker}`}`;
  const what = turn === null ? "" : `, turn ${turn} from ${file}`;
  const tokens =
    usage === null
      ? ""
      : `, tokens: ${usage.input_tokens} in, ${usage.cache_read_input_tokens} read, ${usage.cache_creation_input_tokens} written, ${usage.output_tokens} out`;
  return `scripted #${n}: ${who}${what}: ${status}${fault === null ? "" : ` (${fault})`}${tokens}`;
};
