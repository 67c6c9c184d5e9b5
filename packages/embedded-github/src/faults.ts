// Faults on demand, to test how they are handled: rate limits, gateways that fail before or after the write, lost
// deliveries.

import { failureAnswer, respond } from "./answer.ts";
import { Failure } from "./failure.ts";
import type { World } from "./world.ts";

export interface RateLimit {
  /** How many more requests succeed first. */
  readonly after: number;
  /** In seconds, by the world's clock: every request is refused for this long. */
  readonly retryAfter: number;
  readonly status?: 403 | 429;
  /** Reads still work, as with GitHub's limit on creating content. */
  readonly writesOnly?: boolean;
}

export interface FailingRequest {
  readonly method: string;
  /** Below `/api/v3`, such as `/repos/octocat/hello/pulls`; GraphQL is `/graphql`. */
  readonly path: string | RegExp;
  readonly times?: number;
  /** The write happens, but its response is lost. */
  readonly afterWrite?: boolean;
}

/** A share of all deliveries, evenly spread, or named ones: `issues`, `pull_request.opened`. */
export type Dropped = number | readonly string[];

export interface Faults {
  /** Null removes the limit. */
  limitRate(limit: RateLimit | null): void;
  failNext(failing: FailingRequest): void;
  /** Lost deliveries are listed as failed; redeliveries arrive. Null or 0 loses none. */
  dropDeliveries(dropped: Dropped | null): void;
}

export interface FaultGate extends Faults {
  around(request: Request, path: string, perform: () => Promise<Response>): Promise<Response>;
  drops(event: string, action: string | null): boolean;
}

const SECONDARY =
  "You have exceeded a secondary rate limit. Please wait a few minutes before you try again. If you reach out to GitHub Support for help, please include the request ID.";

export function createFaults(world: World): FaultGate {
  let limit: (RateLimit & { left: number; until: number | null }) | null = null;
  let failing: (FailingRequest & { left: number })[] = [];
  let dropped: Dropped = 0;
  let due = 0;

  function refusedByLimit(request: Request): Failure | null {
    if (limit === null || (limit.writesOnly === true && request.method === "GET")) return null;
    const now = world.now().getTime();
    if (limit.until === null && limit.left > 0) {
      limit.left -= 1;
      return null;
    }
    limit.until ??= now + limit.retryAfter * 1000;
    if (now >= limit.until) {
      limit = null;
      return null;
    }
    const headers = { "retry-after": String(Math.ceil((limit.until - now) / 1000)) };
    return new Failure(limit.status ?? 403, SECONDARY, { headers });
  }

  function takeFailing(request: Request, path: string): FailingRequest | null {
    const found = failing.find(
      one =>
        one.method.toUpperCase() === request.method &&
        (typeof one.path === "string" ? one.path === path : one.path.test(path)),
    );
    if (found === undefined) return null;
    found.left -= 1;
    failing = failing.filter(one => one.left > 0);
    return found;
  }

  return {
    limitRate: wanted => {
      limit = wanted === null ? null : { ...wanted, left: wanted.after, until: null };
    },
    failNext: wanted => {
      failing.push({ ...wanted, left: wanted.times ?? 1 });
    },
    dropDeliveries: wanted => {
      dropped = wanted ?? 0;
      due = 0;
    },
    around: async (request, path, perform) => {
      const refused = refusedByLimit(request);
      if (refused !== null) return respond(request, failureAnswer(refused));
      const fault = takeFailing(request, path);
      if (fault === null) return perform();
      if (fault.afterWrite === true) await (await perform()).arrayBuffer();
      return new Response("<html><body>502 Bad Gateway</body></html>\n", {
        status: 502,
        headers: { "content-type": "text/html" },
      });
    },
    drops: (event, action) => {
      if (typeof dropped !== "number")
        return dropped.includes(event) || dropped.includes(`${event}.${action ?? ""}`);
      due += dropped;
      if (due < 1 - 1e-9) return false;
      due -= 1;
      return true;
    },
  };
}
