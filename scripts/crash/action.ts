// Preloaded into each process of the Action: names what it is about to send, and dies before some of it. Effects are
// the claim, an append with events, a request to the model, the release, the outputs, a review and its report.
// Heartbeats are not: they say nothing that the lease does not say.
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { crashPoint } from "./crash-point.ts";

const { GITHUB_OUTPUT } = process.env;
const point = crashPoint(process.env);

const said = new Set<string>();
/** Retries until answered count as one effect of this process. */
const pointOnce = (effect: string): void => {
  if (said.has(effect)) return;
  said.add(effect);
  point(effect);
};

const send = globalThis.fetch;
globalThis.fetch = (input, init) => {
  const { pathname } = new URL(input instanceof Request ? input.url : input);
  if (init?.method?.toUpperCase() === "POST") pass(pathname, init.body);
  return send(input, init);
};

const pass = (path: string, body: unknown): void => {
  const [, pipeline = "", what] = /^\/kin\/pipelines\/([^/]+)\/(append|release)$/.exec(path) ?? [];
  const kinds = what === "append" ? kindsIn(body) : "";
  if (path === "/kin/claim" || path === "/kin/verdict")
    pointOnce(path === "/kin/claim" ? "claim" : "verdict claim");
  else if (path === "/kin/verdict/report") point("verdict report");
  else if (path.endsWith("/reviews")) point("verdict review");
  else if (path.endsWith("/v1/messages")) point("model");
  else if (what === "release") point("release");
  else if (kinds !== "") point(`append ${decodeURIComponent(pipeline)} ${kinds}`);
};

const kindsIn = (body: unknown): string => {
  const { events } = JSON.parse(String(body)) as { readonly events: readonly { readonly kind: string }[] };
  return events.map(event => event.kind).join(" ");
};

const append = fs.appendFileSync;
fs.appendFileSync = (file, ...rest) => {
  if (file === GITHUB_OUTPUT) pointOnce("end");
  append(file, ...rest);
};
syncBuiltinESMExports();
