// Responses: GitHub's headers, ETags, pages of lists, refusals.

import { createHash } from "node:crypto";
import type { Call } from "./call.ts";
import { Failure, failureBody } from "./failure.ts";

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export const ok = (body: unknown): Answer => ({ status: 200, body });
export const created = (body: unknown): Answer => ({ status: 201, body });
export const noContent = (): Answer => ({ status: 204 });

export function failureAnswer(error: unknown): Answer {
  if (!(error instanceof Failure)) console.error(error);
  const failure = error instanceof Failure ? error : new Failure(500, `Embedded GitHub: ${String(error)}`);
  return { status: failure.status, body: failureBody(failure), headers: failure.headers };
}

export function respond(request: Request, answer: Answer): Response {
  const headers = new Headers({
    "x-github-media-type": "github.v3; format=json",
    "x-github-api-version-selected": "2022-11-28",
    "x-ratelimit-limit": "5000",
    "x-ratelimit-remaining": "4999",
    "x-ratelimit-reset": String(Math.floor(Date.now() / 1000) + 3600),
    "x-ratelimit-resource": "core",
    ...answer.headers,
  });
  if (answer.text !== undefined) {
    if (!headers.has("content-type")) headers.set("content-type", "text/plain; charset=utf-8");
    return new Response(answer.text, { status: answer.status, headers });
  }
  if (answer.body === undefined) return new Response(null, { status: answer.status, headers });
  const text = JSON.stringify(answer.body);
  headers.set("content-type", "application/json; charset=utf-8");
  if (request.method !== "GET" || answer.status !== 200)
    return new Response(text, { status: answer.status, headers });
  const etag = `W/"${createHash("sha256").update(text).digest("hex")}"`;
  headers.set("etag", etag);
  return request.headers.get("if-none-match") === etag
    ? new Response(null, { status: 304, headers })
    : new Response(text, { status: 200, headers });
}

/** One page of a list, with GitHub's Link header. `wrap` is for lists inside an object. */
export function page<T>(
  call: Call,
  items: readonly T[],
  render: (item: T) => unknown,
  wrap: (rendered: unknown[]) => unknown = rendered => rendered,
): Answer {
  const size = Math.min(Math.max(Number(call.query.get("per_page") ?? 30) || 30, 1), 100);
  const current = Math.max(Number(call.query.get("page") ?? 1) || 1, 1);
  const last = Math.max(Math.ceil(items.length / size), 1);
  const link = (to: number, rel: string): string => {
    const url = new URL(call.url);
    url.searchParams.set("page", String(to));
    return `<${url}>; rel="${rel}"`;
  };
  const links = [
    ...(current > 1 ? [link(current - 1, "prev")] : []),
    ...(current < last ? [link(current + 1, "next"), link(last, "last")] : []),
    ...(current > 1 ? [link(1, "first")] : []),
  ];
  const body = wrap(items.slice((current - 1) * size, current * size).map(render));
  return { status: 200, body, headers: links.length === 0 ? {} : { link: links.join(", ") } };
}
