// The run API: what the Action talks to. Small JSON over HTTPS, bearer tokens, every refusal with its remedy. Callers
// are identified before anything of a body is read.
import { Hono } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { explain, KinError } from "../../core/model/error.ts";
import type { EventData } from "../../core/model/event.ts";
import {
  type AppendAnswer,
  AppendBody,
  ClaimRequest,
  type Refusal,
  VerdictReport,
  VerdictRequest,
} from "../../core/model/wire.ts";
import { isWaiting } from "../jobs/done.ts";
import type { Plane } from "../plane.ts";
import { createHouse } from "../room.ts";
import { bodyOf, type Place, type RunContext } from "./body.ts";
import { type ClaimOptions, claim, identify, LEASE_MS } from "./claim.ts";
import { append } from "./journal.ts";
import { claimVerdict, reportedSource, reportVerdict } from "./verdict.ts";

const SMALL = 64 * 1024;
/** For an append with all the files that a turn changed. */
const LARGE = 8 * 1024 * 1024;
/**
 * For all appends larger than `SMALL` together, from the first byte until they are written; and for those of one
 * installation.
 */
const [ROOM, OWN_ROOM] = [32 * 1024 * 1024, 16 * 1024 * 1024];

export const createRunApi = (options: ClaimOptions) => {
  const { plane } = options;
  const api = new Hono<{ Bindings: RunContext["env"] }>();

  api.post("/claim", async c => {
    const known = await identify(bearer(c), options);
    const request = await bodyOf(c, { schema: ClaimRequest, most: SMALL, name: "claim" });
    const answer = await claim({ ...known, request }, plane);
    // Nothing is wrong: the run asks again.
    return isWaiting(answer) ? c.json(refusal("waiting", answer.why, "Nothing to do."), 503) : c.json(answer);
  });

  const inTurn = createTurns();
  const placeIn = createPlaces(plane);
  api.post("/pipelines/:id/append", async c => {
    const id = c.req.param("id");
    const lease = await leaseOf(id, { token: bearer(c), plane });
    if (lease === null) throw lost(); // guard: lease-before-body
    return inTurn(id, async () => {
      const place = await placeIn(id, c);
      try {
        const body = await bodyOf(c, { schema: AppendBody, most: LARGE, name: "append", place });
        return c.json(await appendFor(id, { lease, ...body, plane }));
      } finally {
        place.leave();
        // Whoever sends it again must still have its lease.
        const now = plane.clock.now();
        if (place.signal.aborted) await plane.store.renew(id, { hash: lease, until: now + LEASE_MS, now });
      }
    });
  });

  api.post("/pipelines/:id/release", async c => {
    const id = c.req.param("id");
    const lease = await leaseOf(id, { token: bearer(c), plane });
    if (lease === null) throw lost(); // guard: only-a-holder-releases
    await plane.store.release(id, lease);
    return c.json({});
  });

  api.post("/verdict", async c => {
    const known = await identify(bearer(c), options);
    const request = await bodyOf(c, { schema: VerdictRequest, most: SMALL, name: "verdict claim" });
    return c.json(await claimVerdict({ ...known, request }, plane));
  });

  api.post("/verdict/report", async c => {
    const source = reportedSource(bearer(c), plane);
    const report = await bodyOf(c, { schema: VerdictReport, most: SMALL, name: "report" });
    await reportVerdict({ ...report, source }, plane);
    return c.json({});
  });

  api.onError((error, c) => {
    if (!(error instanceof KinError)) plane.warn(error, `${c.req.method} ${c.req.path}`);
    const [status, body] = toRefusal(error);
    return c.json(body, status);
  });
  return api;
};

/** One append at a time per pipeline, so that a run which sends many has only one of them in memory. */
const createTurns = () => {
  const last = new Map<string, Promise<unknown>>();
  return <T>(id: string, work: () => Promise<T>): Promise<T> => {
    const turn = Promise.allSettled([last.get(id)]).then(work); // guard: one-append-at-a-time
    const over = turn.then(nothing, nothing).then(() => void (last.get(id) === over && last.delete(id)));
    last.set(id, over);
    return turn;
  };
};

const nothing = (): void => {};

/** Room for the appends of all runs, counted by installation. */
const createPlaces = ({ store }: Plane) => {
  const house = createHouse({ bytes: ROOM, own: OWN_ROOM, free: SMALL, now: () => performance.now() });
  return async (id: string, c: RunContext): Promise<Place & { readonly leave: () => void }> => {
    const room = house(await installationOf(id, store));
    const lost = new AbortController();
    const guest = { most: Number(c.req.header("content-length") ?? LARGE), go: () => lost.abort() };
    return {
      hear: bytes => room.hear(guest, bytes),
      stay: () => room.stay(guest),
      leave: () => room.leave(guest),
      signal: lost.signal,
    };
  };
};

const installationOf = async (id: string, store: Plane["store"]): Promise<number> => {
  const record = await store.pipeline(id);
  const task = record === null ? null : await store.task(record.task_id);
  const project = task === null ? null : await store.project(task.project_id);
  return project?.installation_id ?? 0;
};

/** The token's hash, provided it is the one that the pipeline's lease was given to. */
const leaseOf = async (
  id: string,
  { token, plane }: { readonly token: string; readonly plane: Plane },
): Promise<string | null> => {
  const hash = plane.sha256(token);
  return (await plane.store.pipeline(id))?.lease_hash === hash ? hash : null;
};

interface Append {
  /** The hash of the run's token. The store knows whether it still holds the lease. */
  readonly lease: string;
  readonly after: number;
  readonly events: readonly EventData[];
  readonly plane: Plane;
}

const appendFor = async (id: string, { lease, after, events, plane }: Append): Promise<AppendAnswer> => {
  const now = plane.clock.now();
  if (!(await plane.store.renew(id, { hash: lease, until: now + LEASE_MS, now }))) throw lost();
  const record = await plane.store.pipeline(id);
  const task = record === null ? null : await plane.store.task(record.task_id);
  if (record === null || task === null) throw lost();
  const journal =
    events.length === 0
      ? []
      : await append(plane, { pipeline: record, task, after, events, lease, by: "run" });
  if (journal === null) throw lost();
  return { at: journal.map(event => event.at), messages: [...(await plane.store.messages(id))] };
};

const bearer = (c: RunContext): string =>
  /^Bearer (.+)$/i.exec(c.req.header("authorization") ?? "")?.[1] ?? "";

const lost = (): KinError =>
  new KinError("This run no longer holds the pipeline's lease.", {
    code: "lease_lost",
    hint: "Another run drives it, or it is over. Nothing to do here.",
  });

const STATUS: Readonly<Record<string, ContentfulStatusCode>> = {
  claim_refused: 403,
  lease_lost: 409,
  lease_live: 409,
  unheard: 409,
  too_large: 413,
  illegal_event: 422,
};

const toRefusal = (error: unknown): readonly [ContentfulStatusCode, Refusal] =>
  error instanceof KinError
    ? [
        STATUS[error.code] ?? (error.retryable ? 503 : 400),
        { code: error.code, message: error.message, hint: error.hint },
      ]
    : [500, refusal("internal", `The App failed: ${explain(error)}`, "Look at the App's log.")];

const refusal = (code: string, message: string, hint: string): Refusal => ({ code, message, hint });
