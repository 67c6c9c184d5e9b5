// Requests to the App's public port, byte by byte: deliveries that GitHub signed, altered ones, run API calls with odd
// tokens, claims with odd JWTs, odd addresses, sizes and encodings, slow bodies.
import { createHmac, generateKeyPairSync, type KeyObject } from "node:crypto";
import { gzipSync } from "node:zlib";
import { SignJWT } from "jose";
import type { Random } from "../../workbench/tricks/random.ts";
import { WEBHOOK_SECRET } from "../served.ts";

export interface Fuzzed {
  readonly name: string;
  /** Sent one after the other, with pauses. */
  readonly parts: readonly (string | Buffer)[];
  /** The GUID of a delivery that GitHub signed, and whether a handler takes it; null for everything else. */
  readonly signed: { readonly guid: string; readonly handled: boolean } | null;
}

export interface Issuer {
  readonly url: string;
  readonly key: KeyObject;
  readonly audience: string;
}

interface Making {
  readonly random: Random;
  readonly issuer: Issuer;
  readonly id: string;
}

export const makeRequest = async (making: Making): Promise<Fuzzed> => {
  const make = making.random.pick(WEIGHED);
  const made = await make(making);
  return { signed: null, ...made, name: made.name ?? make.name };
};

type Made = Pick<Fuzzed, "parts"> & Partial<Fuzzed>;
type Make = (making: Making) => Made | Promise<Made>;

const WEBHOOKS = "/api/github/webhooks";
const KIB = 1024;

// ---------------------------------------------------------------- the bytes of a request

type Headers = readonly (readonly [name: string, value: string])[];

interface Message {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Headers;
  readonly body?: string | Buffer;
  /** The declared length of the body; null for chunked. */
  readonly length?: number | null;
}

const headOf = ({ method = "POST", path, headers = [], length }: Message): string =>
  [
    `${method} ${path} HTTP/1.1`,
    "host: kin.example",
    "connection: close",
    length === null ? "transfer-encoding: chunked" : `content-length: ${length ?? 0}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    "\r\n",
  ].join("\r\n");

const whole = (message: Message): readonly (string | Buffer)[] => {
  const body = Buffer.from(message.body ?? "");
  const length = message.length === undefined ? body.length : message.length;
  const sent = length === null ? Buffer.concat([chunk(body), Buffer.from("0\r\n\r\n")]) : body;
  return [Buffer.concat([Buffer.from(headOf({ ...message, length })), sent])];
};

const chunk = (body: Buffer): Buffer =>
  body.length === 0
    ? Buffer.alloc(0)
    : Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from("\r\n")]);

// ---------------------------------------------------------------- webhooks

const sign = (body: string | Buffer, secret = WEBHOOK_SECRET, algorithm = "sha256"): string =>
  `${algorithm}=${createHmac(algorithm, secret).update(body).digest("hex")}`;

type Event = readonly [name: string, action: string | null];

const HANDLED: readonly Event[] = [
  ["issues", "labeled"],
  ["issue_comment", "created"],
  ["pull_request", "synchronize"],
  ["workflow_run", "completed"],
  ["check_run", "rerequested"],
];
const OTHERS: readonly Event[] = [
  ["issues", "assigned"],
  ["push", null],
  ["star", "created"],
  ["__proto__", "x"],
];

/** Usually as large as GitHub's, sometimes as large as allowed. */
const sizeFrom = (random: Random): number => {
  const chance = random.below(1_000);
  if (chance < 900) return random.below(40 * KIB);
  if (chance < 990) return random.below(600 * KIB);
  return random.below(chance < 999 ? 2 * 1024 * KIB : 6 * 1024 * KIB);
};

const aDelivery = ({ random, id }: Making, handled: boolean) => {
  const [event, action] = random.pick(handled ? HANDLED : OTHERS);
  const guid = `corpus-${id}`;
  const fill = random.pick(["x", "é", "漢", "\\u0041", "😀"]);
  const body = `{"action":${JSON.stringify(action)},"__proto__":{"a":1},"fill":"${fill.repeat(sizeFrom(random) / Buffer.byteLength(fill))}"}`;
  const headers: Headers = [
    ["content-type", random.pick(["application/json", "application/json; charset=utf-8"])],
    ["x-github-event", event],
    ["x-github-delivery", guid],
    ["x-hub-signature-256", sign(body)],
  ];
  return { guid, event, handled, body, headers };
};

const signedDelivery: Make = making => {
  const { random } = making;
  const { guid, handled, body, headers } = aDelivery(making, random.below(3) > 0);
  const message = {
    path: random.pick([WEBHOOKS, WEBHOOKS, `${WEBHOOKS}/`, `${WEBHOOKS}?x=1`]),
    headers,
    body,
  };
  return {
    signed: { guid, handled },
    parts: whole({ ...message, ...(random.below(10) === 0 ? { length: null } : {}) }),
  };
};

const with_ = (headers: Headers, name: string, value: string | null): Headers => [
  ...headers.filter(([other]) => other !== name),
  ...(value === null ? [] : ([[name, value]] as const)),
];

type Alter = (
  headers: Headers,
  body: Buffer,
  random: Random,
) => { readonly headers: Headers; readonly body: Buffer };

const signature =
  (make: (body: Buffer, own: string) => string | null): Alter =>
  (headers, body) => ({
    headers: with_(headers, "x-hub-signature-256", make(body, sign(body))),
    body,
  });

/** Alterations of a signed delivery, each of which invalidates it. */
const ALTERED: readonly Alter[] = [
  signature(() => null),
  signature(() => ""),
  signature(() => "sha256="),
  signature(() => `sha256=${"0".repeat(64)}`),
  signature((_, own) => own.slice(0, -1)),
  signature((_, own) => `${own}0`),
  signature((_, own) => own.toUpperCase()),
  signature((_, own) => own.replace("sha256", "sha1")),
  signature((_, own) => `${own}, ${own}`),
  signature(body => sign(body, "development")),
  signature(body => sign(body, "")),
  signature(body => sign(body, WEBHOOK_SECRET, "sha1")),
  signature(body => sign(gzipSync(body))),
  (headers, body) => ({ headers: [...headers, ["x-hub-signature-256", sign("")]], body }),
  (headers, body, random) => {
    const other = Buffer.from(body);
    const at = random.below(other.length);
    other[at] = (other[at] as number) ^ (1 << random.below(8));
    return { headers, body: other };
  },
  (headers, body, random) => ({ headers, body: body.subarray(0, random.below(body.length)) }),
  (headers, body) => ({ headers, body: Buffer.concat([body, Buffer.from(" ")]) }),
  (headers, body) => ({ headers: [...headers, ["content-encoding", "gzip"]], body: gzipSync(body) }),
  headers => ({ headers, body: Buffer.alloc(0) }),
  (headers, body) => ({ headers: with_(headers, "x-github-event", null), body }),
  (headers, body) => ({ headers: with_(headers, "x-github-delivery", null), body }),
  (headers, body) => ({ headers: with_(headers, "content-type", "text/plain"), body }),
  (headers, body) => ({ headers: with_(headers, "content-type", "application/x-www-form-urlencoded"), body }),
];

const alteredDelivery: Make = making => {
  const { headers, body } = aDelivery(making, true);
  const altered = making.random.pick(ALTERED)(headers, Buffer.from(body), making.random);
  return {
    parts: whole({ path: WEBHOOKS, ...altered, ...(making.random.below(10) === 0 ? { length: null } : {}) }),
  };
};

const unsignedLarge: Make = making => {
  const { random } = making;
  const { headers } = aDelivery(making, random.below(2) === 0);
  const size = random.pick([1, 4, 24, 25, 30]) * 1024 * KIB;
  const sent = Buffer.alloc(Math.min(size, random.pick([64, 1024, 24 * 1024]) * KIB), 0x20);
  return { parts: [headOf({ path: WEBHOOKS, headers, length: size }), sent] };
};

/** If it declares the length that it signed and sends, it is an ordinary delivery. */
const slowDelivery: Make = making => {
  const { random } = making;
  const { guid, event, headers } = aDelivery(making, true);
  const sent = JSON.stringify({ action: "labeled", fill: "x".repeat(random.below(2 * KIB)) });
  const length = random.pick([sent.length, 60 * KIB, 900 * KIB, 24 * 1024 * KIB]);
  const cut = random.below(sent.length);
  return {
    signed: length === sent.length ? { guid, handled: event === "issues" } : null,
    parts: [
      headOf({ path: WEBHOOKS, headers: with_(headers, "x-hub-signature-256", sign(sent)), length }),
      sent.slice(0, cut),
      sent.slice(cut),
    ],
  };
};

// ---------------------------------------------------------------- the run API

const ENDPOINTS = [
  "/kin/claim",
  "/kin/verdict",
  "/kin/verdict/report",
  "/kin/pipelines/1-1-1/append",
  "/kin/pipelines/1-1-1/release",
  "/kin/pipelines/x/append",
] as const;

const TOKENS: readonly ((random: Random) => string | null)[] = [
  () => null,
  () => "Bearer ",
  () => "Bearer x",
  () => "bearer null",
  () => "Basic eDp5",
  () => `Bearer ${"x".repeat(12 * KIB)}`,
  () => `Bearer ${"a.".repeat(3 * KIB)}`,
  random => `Bearer ${Buffer.from(String(random.below(2 ** 30))).toString("base64url")}`,
  () => `Bearer ${Buffer.from("gate:1-1-1:1:1").toString("base64url")}.${"0".repeat(64)}`,
  () => "Bearer x, Bearer y",
  () => "Bearer ' OR 1=1 --",
];

const BODIES: readonly ((random: Random) => string)[] = [
  () => "",
  () => "{{{",
  () => "null",
  () => "[]",
  () => '{"after":0,"events":[]}',
  () => '{"__proto__":{"after":0,"events":[]}}',
  random =>
    JSON.stringify({ after: 0, events: Array(random.below(100)).fill({ kind: "turn", results: [{}, {}] }) }),
  random =>
    JSON.stringify({
      protocol: 2,
      issue: String(random.below(99)),
      pipeline: null,
      from_step: null,
      dry_run: false,
      scripted: false,
      deadline_minutes: 30,
    }),
  () => JSON.stringify({ protocol: 2, pipeline: "1-1-1" }),
  () => JSON.stringify({ source: "gate:1-1-1:1:1", review_id: 1, reason: "" }),
  random => `{"after":0,"events":[${"{},".repeat(random.below(60_000))}{}]}`,
  random => "[".repeat(random.below(200 * KIB)),
];

const runCall: Make = ({ random }) => {
  const token = random.pick(TOKENS)(random);
  const headers: Headers = [
    ["content-type", "application/json"],
    ...(token === null ? [] : ([["authorization", token]] as const)),
  ];
  const body = random.pick(BODIES)(random);
  const message = { path: random.pick(ENDPOINTS), headers, body };
  if (random.below(50) === 0)
    return { parts: [headOf({ ...message, length: 9 * 1024 * KIB }), Buffer.alloc(512 * KIB, 0x5b)] };
  return { parts: whole({ ...message, ...(random.below(10) === 0 ? { length: null } : {}) }) };
};

const STRANGER = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
const OWN = "octocat/hello/.github/workflows/kin.yml@refs/heads/main";

/** Each has at least one wrong claim, or is signed by an unauthorised key. */
const ODD: Readonly<Record<string, readonly unknown[]>> = {
  iss: ["https://issuer.example", "", null, [], {}],
  aud: ["https://kin.example", "", null, [], ["https://kin.example"]],
  exp: [0, null, "9999999999", -1],
  iat: [0, null, "now", 9e15],
  jti: ["", null, [], 1],
  repository_id: ["999999", "0", "", null, [], "1e3", -1],
  event_name: ["push", "pull_request_target", "", null, ["workflow_dispatch"]],
  ref: ["refs/heads/evil", "refs/tags/main", "", null, []],
  workflow_ref: [`${OWN}@evil`, "octocat/hello/.github/workflows/ci.yml@refs/heads/main", "", null, [OWN]],
  job_workflow_ref: ["octocat/evil/.github/workflows/kin.yml@refs/heads/main", "", null, [OWN]],
  run_id: ["", "x", null, [], "0"],
  run_attempt: ["", null, [], "-1"],
  actor_id: ["", null, [], "x"],
};

const oddClaim: Make = async ({ random, issuer, id }) => {
  const now = Math.floor(Date.now() / 1000);
  const name = random.pick(Object.keys(ODD));
  const claims = {
    ...{
      iss: issuer.url,
      aud: issuer.audience,
      exp: now + 300,
      iat: now,
      jti: id,
      sub: "repo:octocat/hello",
    },
    ...{
      repository_id: "1",
      repository: "octocat/hello",
      event_name: "workflow_dispatch",
      ref: "refs/heads/main",
    },
    ...{
      workflow_ref: OWN,
      job_workflow_ref: OWN,
      run_id: "1",
      run_attempt: "1",
      actor_id: "1",
      actor: "octocat",
    },
    [name]: random.pick(ODD[name] ?? []),
  };
  const stranger = random.below(3) === 0;
  const made = await new SignJWT(claims as never)
    .setProtectedHeader({ alg: "RS256", kid: stranger ? random.pick(["embedded-1", "mine"]) : "embedded-1" })
    .sign(stranger ? STRANGER : issuer.key);
  const [head, body, signature] = made.split(".");
  const none = Buffer.from('{"alg":"none"}').toString("base64url");
  const token = random.pick([
    made,
    made,
    made,
    `${head}.${body}.`,
    `${none}.${body}.`,
    `${head}.${body}.${signature}.x`,
    made.slice(0, -3),
  ]);
  return {
    parts: whole({
      path: random.pick(["/kin/claim", "/kin/verdict"]),
      headers: [["authorization", `Bearer ${token}`]],
      body: random.pick(BODIES)(random),
    }),
  };
};

// ---------------------------------------------------------------- everything else

const PATHS = [
  ...[
    "/",
    "/tasks.json",
    "/tasks/1.json",
    "/kin",
    "/kin/",
    "/healthz/",
    "//healthz",
    "/.env",
    "/api",
    "*",
    "x",
  ],
  ...[
    "/kin/%2e%2e/tasks.json",
    "/kin/../tasks.json",
    "/kin/..%2ftasks.json",
    "/%00",
    "/kin/claim%00",
    "/KIN/CLAIM",
  ],
  ...["http://localhost/tasks.json", "/api/github/webhooks/../../../tasks.json", "/kin/pipelines//append"],
  ...[`/${"a/".repeat(3_000)}`, `/${"%2e".repeat(2_000)}`, `/kin/pipelines/${"1".repeat(8_000)}/append`],
];

const oddAddress: Make = ({ random }) => ({
  parts: whole({
    method: random.pick(["GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE"]),
    path: random.pick(PATHS),
    headers: [["x-forwarded-for", "192.0.2.1"]].slice(random.below(2)) as unknown as Headers,
    body: random.pick(BODIES)(random),
  }),
});

const NOISE: readonly ((random: Random) => string | Buffer)[] = [
  random => Buffer.from(Array.from({ length: random.below(2_000) }, () => random.below(256))),
  () => "GET / HTTP/9.9\r\n\r\n",
  () =>
    `POST ${WEBHOOKS} HTTP/1.1\r\nhost: a\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n`,
  () => `POST ${WEBHOOKS} HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nxx`,
  () => `POST ${WEBHOOKS} HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nfffffffffffffff\r\nx`,
  () => `GET /healthz HTTP/1.1\r\nhost: a\r\n${"a: b\r\n".repeat(3_000)}\r\n`,
  () => `GET /${"x".repeat(20 * KIB)} HTTP/1.1\r\nhost: a\r\n\r\n`,
  () => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
];

const noise: Make = ({ random }) => ({ parts: [random.pick(NOISE)(random)] });

const WEIGHED: readonly Make[] = (
  [
    [signedDelivery, 20],
    [alteredDelivery, 25],
    [runCall, 20],
    [oddClaim, 15],
    [oddAddress, 10],
    [noise, 6],
    [slowDelivery, 3],
    [unsignedLarge, 1],
  ] as const
).flatMap(([make, weight]) => Array.from({ length: weight }, () => make));
