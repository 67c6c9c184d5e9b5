// The run API: what the Action talks to. Small JSON over HTTPS, bearer tokens, every refusal with its remedy.
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
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
import { append } from "../journal.ts";
import type { Plane } from "../plane.ts";
import { type ClaimOptions, claim, LEASE_MS } from "./claim.ts";
import { claimVerdict, reportVerdict } from "./verdict.ts";

const LARGEST = 8 * 1024 * 1024;

export const createRunApi = (options: ClaimOptions): Hono => {
  const { plane } = options;
  const api = new Hono();
  api.use(
    "*",
    bodyLimit({
      maxSize: LARGEST,
      onError: c =>
        c.json(
          refusal(
            "too_large",
            "The body is larger than 8 MiB.",
            "Report this: an append is never that large.",
          ),
          413,
        ),
    }),
  );

  api.post("/claim", async c => {
    const request = ClaimRequest.safeParse(await c.req.json().catch(() => null));
    if (!request.success)
      return c.json(
        refusal(
          "malformed",
          `The claim is malformed: ${request.error.issues[0]?.message}`,
          "Update the Action.",
        ),
        400,
      );
    return c.json(await claim({ token: bearer(c), request: request.data }, options));
  });

  api.post("/pipelines/:id/append", async c => {
    const body = AppendBody.safeParse(await c.req.json().catch(() => null));
    if (!body.success)
      return c.json(
        refusal(
          "malformed",
          `The append is malformed: ${body.error.issues[0]?.path.join(".")} ${body.error.issues[0]?.message}`,
          "Update the Action.",
        ),
        400,
      );
    return c.json(await appendFor(c.req.param("id"), { token: bearer(c), ...body.data, plane }));
  });

  api.post("/pipelines/:id/release", async c => {
    await plane.store.release(c.req.param("id"), plane.sha256(bearer(c)));
    return c.json({});
  });

  api.post("/verdict", async c => {
    const body = VerdictRequest.safeParse(await c.req.json().catch(() => null));
    if (!body.success)
      return c.json(refusal("malformed", "The verdict claim is malformed.", "Update the Action."), 400);
    return c.json(await claimVerdict({ token: bearer(c), ...body.data }, options));
  });

  api.post("/verdict/report", async c => {
    const body = VerdictReport.safeParse(await c.req.json().catch(() => null));
    if (!body.success)
      return c.json(refusal("malformed", "The report is malformed.", "Update the Action."), 400);
    await reportVerdict({ token: bearer(c), ...body.data }, plane);
    return c.json({});
  });

  api.onError((error, c) => {
    if (!(error instanceof KinError)) plane.warn(error, `${c.req.method} ${c.req.path}`);
    const [status, body] = toRefusal(error);
    return c.json(body, status);
  });
  return api;
};

const appendFor = async (
  id: string,
  {
    token,
    after,
    events,
    plane,
  }: {
    readonly token: string;
    readonly after: number;
    readonly events: readonly EventData[];
    readonly plane: Plane;
  },
): Promise<AppendAnswer> => {
  const hash = plane.sha256(token);
  const now = plane.clock.now();
  const record = await plane.store.pipeline(id);
  const task = record === null ? null : await plane.store.task(record.task_id);
  if (record === null || task === null || record.lease_hash !== hash) throw lost();
  if (!(await plane.store.renew(id, { hash, until: now + LEASE_MS, now }))) throw lost();
  const journal =
    events.length === 0
      ? []
      : await append(plane, { pipeline: record, task, after, events, lease: hash, by: "run" });
  if (journal === null) throw lost();
  return { at: journal.map(event => event.at), messages: [...(await plane.store.messages(id))] };
};

const bearer = (c: Context): string => /^Bearer (.+)$/i.exec(c.req.header("authorization") ?? "")?.[1] ?? "";

const lost = (): KinError =>
  new KinError("This run no longer holds the pipeline's lease.", {
    code: "lease_lost",
    hint: "Another run drives it, or it is over. Nothing to do here.",
  });

const STATUS: Readonly<Record<string, ContentfulStatusCode>> = {
  claim_refused: 403,
  lease_lost: 409,
  lease_live: 409,
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
