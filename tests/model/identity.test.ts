// Workload identity between the real SDK and the scripted model's token endpoint, over HTTP. Endpoint, issuer, Kin and
// SDK share one clock, which jumps.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  onTestFinished,
  test,
  vi,
} from "vitest";
import type { LanguageModelOptions } from "../../action/llm/anthropic.ts";
import { KinError } from "../../core/model/error.ts";
import type { ModelOutcome, ModelRequest } from "../../core/model/request.ts";
import type { Denial, FederationRule } from "../../local/model/federation.ts";
import { type FakeModel, startFakeModel } from "../../local/model/server.ts";
import { aModel, answersIn, aRequest, continued } from "./scripted.ts";

const START = Date.parse("2026-10-01T12:00:00Z");
const MINUTE = 60_000;
const IDS = {
  federation_rule: "fdrl_one",
  organization: "00000000-0000-4000-8000-000000000001",
  service_account: "svac_one",
  workspace: "wrkspc_one",
};
const AUDIENCE = "https://api.anthropic.com";
const SUBJECT = "repo:octo/hello:ref:refs/heads/main";

const keys = generateKeyPair("RS256");
let issuer: string;
const site = createServer(async (request, response) => {
  const jwk = { ...(await exportJWK((await keys).publicKey)), kid: "one", alg: "RS256" };
  response.end(JSON.stringify(request.url === "/keys" ? { keys: [jwk] } : { jwks_uri: `${issuer}/keys` }));
});
beforeAll(async () => {
  await new Promise<void>(resolve => site.listen(0, "127.0.0.1", resolve));
  issuer = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
});
afterAll(() => {
  site.close();
  site.closeAllConnections();
});
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: START }));
afterEach(() => void vi.useRealTimers());

const clock = {
  now: () => Date.now(),
  sleep: async (ms: number) => void vi.setSystemTime(Date.now() + ms),
};
const pass = (ms: number) => clock.sleep(ms);

let serial = 0;
/** What GitHub signs about a run, valid for five minutes, with changed claims. */
const signed = async (claims: JWTPayload & Record<string, unknown> = {}, key = keys): Promise<string> => {
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({
    iss: issuer,
    sub: SUBJECT,
    aud: AUDIENCE,
    iat: now,
    exp: now + 300,
    jti: `jti-${++serial}`,
    repository_owner: "octo",
    ...claims,
  })
    .setProtectedHeader({ alg: "RS256", kid: "one" })
    .sign((await key).privateKey);
};

interface Given {
  readonly rule?: Partial<FederationRule>;
  readonly ids?: Partial<typeof IDS>;
  readonly assertion?: () => Promise<string>;
  readonly answers?: string;
  /** What is in between. */
  readonly fetch?: (fake: FakeModel) => typeof fetch;
  readonly signal?: AbortSignal;
  readonly options?: Partial<LanguageModelOptions>;
}

const aWorkload = async (given: Given = {}) => {
  const log: string[] = [];
  const masked: string[] = [];
  let rule: FederationRule = {
    ...IDS,
    workspaces: [IDS.workspace],
    issuer,
    subject: SUBJECT,
    audience: AUDIENCE,
    claims: { repository_owner: "octo" },
    lifetime: 3600,
    ...given.rule,
  };
  const answers = await answersIn({ "debugger.yaml": given.answers ?? "- text: Here I am." });
  const fake = await startFakeModel({ answers, clock, rules: () => [rule] });
  onTestFinished(() => fake.close());
  let asked = 0;
  const model = aModel({
    baseUrl: fake.url,
    clock,
    log: line => log.push(line),
    workload: {
      ids: { ...IDS, ...given.ids },
      assertion: () => {
        asked += 1;
        return (given.assertion ?? signed)();
      },
      onToken: token => masked.push(token),
    },
    ...(given.fetch === undefined ? {} : { fetch: given.fetch(fake) }),
    ...given.options,
  });
  if (fake.federation === null) throw new Error("no federation");
  return {
    fake,
    federation: fake.federation,
    log,
    masked,
    asked: () => asked,
    exchanges: () => fake.federation?.history().map(({ denied }) => denied) ?? [],
    mend: (change: Partial<FederationRule>) => {
      rule = { ...rule, ...change };
    },
    ask: (request?: Partial<ModelRequest>) =>
      model.reply(aRequest(request), { signal: given.signal ?? new AbortController().signal }),
  };
};

const isTokens = (url: unknown): boolean => String(url).endsWith("/v1/oauth/token");
const saidBy = (outcome: ModelOutcome): string => JSON.stringify(outcome);

test("a run's OIDC token is exchanged for one with which the model replies, and that one is masked", async () => {
  const { ask, exchanges, masked, asked, federation } = await aWorkload();
  expect(await ask()).toMatchObject({ kind: "replied" });
  expect([exchanges(), asked()]).toEqual([[null], 1]);
  expect(masked).toHaveLength(1);
  expect(federation.secrets()).toContain(masked[0]);
});

describe("a run that the rule does not fit is refused at once, and the person is told what to compare", () => {
  const rows: readonly (readonly [string, Given, Denial])[] = [
    [
      "a token for another audience",
      { assertion: () => signed({ aud: "https://kin.example" }) },
      "match_audience",
    ],
    [
      "a token of another branch",
      { assertion: () => signed({ sub: "repo:octo/hello:ref:refs/heads/evil" }) },
      "match_subject_prefix",
    ],
    [
      "a token of another repository",
      { assertion: () => signed({ sub: "repo:octo/hello2:ref:refs/heads/main" }) },
      "match_subject_prefix",
    ],
    ["a token with another claim", { assertion: () => signed({ repository_owner: "evil" }) }, "match_claims"],
    [
      "a token that has expired",
      { assertion: () => signed({ iat: START / 1000 - 400, exp: START / 1000 - 31 }) },
      "expired",
    ],
    ["a token that is not good yet", { assertion: () => signed({ nbf: START / 1000 + 31 }) }, "expired"],
    ["a token that lives too long", { assertion: () => signed({ exp: START / 1000 + 3601 }) }, "lifetime"],
    ["a token of another issuer", { assertion: () => signed({ iss: "https://evil.example" }) }, "issuer"],
    [
      "a token that somebody else signed",
      { assertion: () => signed({}, generateKeyPair("RS256")) },
      "signature",
    ],
    ["no token at all", { assertion: async () => "x" }, "signature"],
    ["another rule", { ids: { federation_rule: "fdrl_two" } }, "rule_unknown"],
    [
      "another organization",
      { ids: { organization: "00000000-0000-4000-8000-000000000002" } },
      "organization",
    ],
    ["another service account", { ids: { service_account: "svac_two" } }, "service_account"],
    ["another workspace", { ids: { workspace: "wrkspc_two" } }, "workspace"],
    [
      "no workspace where the rule has two",
      { ids: { workspace: "" }, rule: { workspaces: ["wrkspc_one", "wrkspc_two"] } },
      "workspace_id_required",
    ],
  ];
  test.each(rows)("%s", async (_, given, denial) => {
    const { ask, exchanges, fake } = await aWorkload(given);
    expect(await ask()).toEqual({
      kind: "refused",
      reason: "no token for this run's identity: 401 authentication_error: Authentication failed",
      hint: expect.stringMatching(/Compare the rule fdrl_\w+ .*authentication history.*ten minutes/),
    });
    expect(exchanges()).toEqual([denial]);
    expect(fake.requests()).toEqual([]);
  });

  test("by subject and audience, which are names and no secrets", async () => {
    const { ask } = await aWorkload({ rule: { subject: "repo:octo/other:*" } });
    expect(await ask()).toMatchObject({ hint: expect.stringContaining(`(sub ${SUBJECT}, aud ${AUDIENCE})`) });
  });
});

test.each([
  ["federation_rule_id", { federation_rule: "rule one" }],
  ["organization_id", { organization: "my organization" }],
  ["service_account_id", { service_account: "one" }],
  ["workspace_id", { workspace: "one" }],
])("an id that is none is refused by its name: %s", async (name, ids) => {
  const { ask, exchanges } = await aWorkload({ ids });
  expect(await ask()).toMatchObject({
    kind: "refused",
    reason: expect.stringMatching(new RegExp(`400 invalid_request_error: ${name}: must be`)),
    hint: expect.stringContaining("Check the ids of workload identity"),
  });
  expect(exchanges()).toEqual([]);
});

test("no workspace is asked for where none is named", async () => {
  const { ask } = await aWorkload({ ids: { workspace: "" } });
  expect(await ask()).toMatchObject({ kind: "replied" });
});

test("an OIDC token is good once: the endpoint refuses the second exchange of one", async () => {
  const one = signed();
  const { ask, exchanges } = await aWorkload({ assertion: () => one, rule: { lifetime: 20 } });
  expect(await ask()).toMatchObject({ kind: "replied" });
  expect(await ask()).toMatchObject({ kind: "refused" });
  expect(exchanges()).toEqual([null, "jti_reused"]);
});

test.each([
  [3600, 300, 600],
  [3600, 100, 200],
  [180, 300, 180],
])(
  "a rule of %i s and a token of GitHub's with %i s left make one of %i s",
  async (lifetime, left, lives) => {
    const told: number[] = [];
    const { ask } = await aWorkload({
      rule: { lifetime },
      assertion: () => signed({ exp: Date.now() / 1000 + left }),
      fetch: () => async (input, init) => {
        const response = await fetch(input, init);
        if (isTokens(input))
          told.push(((await response.clone().json()) as { expires_in: number }).expires_in);
        return response;
      },
    });
    await ask();
    expect(told).toEqual([lives]);
  },
);

test("a conversation that is longer than its token renews it, each time with a new OIDC token", async () => {
  const { ask, exchanges, asked, fake } = await aWorkload({
    answers: "- tools: [{ bash: { command: a } }]\n- tools: [{ bash: { command: b } }]\n- text: Done.",
  });
  let messages = aRequest().messages;
  for (let turn = 1; turn <= 3; turn += 1) {
    const outcome = await ask({ messages });
    expect(outcome.kind).toBe("replied");
    messages = continued(messages, outcome);
    await pass(11 * MINUTE);
  }
  expect([exchanges(), asked()]).toEqual([[null, null, null], 3]);
  expect(fake.requests().map(({ status }) => status)).toEqual([200, 200, 200]);
});

const four = <T>(of: () => Promise<T>): Promise<readonly T[]> => Promise.all([of(), of(), of(), of()]);

test("four conversations that begin at once make one exchange", async () => {
  const { ask, exchanges } = await aWorkload();
  expect((await four(() => ask())).map(({ kind }) => kind)).toEqual(Array(4).fill("replied"));
  expect(exchanges()).toEqual([null]);
});

test("four conversations whose token the API drops make one exchange more", async () => {
  const { ask, exchanges, federation } = await aWorkload();
  await ask();
  federation.revoke();
  expect((await four(() => ask())).map(({ kind }) => kind)).toEqual(Array(4).fill("replied"));
  expect(exchanges()).toEqual([null, null]);
});

test("a conversation that hears late of a token that another has renewed takes the new one", async () => {
  const { promise: renewed, resolve: release } = Promise.withResolvers<void>();
  let refusals = 0;
  const { ask, exchanges, federation } = await aWorkload({
    fetch: () => async (input, init) => {
      const response = await fetch(input, init);
      if (response.status === 401 && ++refusals === 2) await renewed;
      return response;
    },
  });
  await ask();
  federation.revoke();
  const both = [ask(), ask()];
  await Promise.race(both);
  expect(exchanges()).toEqual([null, null]);
  release();
  expect((await Promise.all(both)).map(({ kind }) => kind)).toEqual(["replied", "replied"]);
  expect(exchanges()).toEqual([null, null]);
});

test("a 401 of the Messages API exchanges once more, and only once", async () => {
  const { ask, exchanges, fake } = await aWorkload({
    answers: "- error: { status: 401, type: authentication_error, message: nobody }\n  text: Never.",
  });
  expect(await ask()).toMatchObject({
    kind: "refused",
    reason: "401 authentication_error: nobody",
    hint: expect.stringContaining("service account"),
  });
  expect(exchanges()).toEqual([null, null]);
  expect(fake.requests().map(({ status }) => status)).toEqual([401, 401]);
});

test("a 403 speaks of the service account, and of no key", async () => {
  const { ask } = await aWorkload({
    answers: "- error: { status: 403, type: permission_error, message: no }\n  text: Never.",
  });
  const outcome = await ask();
  expect(outcome).toMatchObject({ kind: "refused", hint: expect.stringContaining("service account") });
  expect(saidBy(outcome)).not.toMatch(/ANTHROPIC_API_KEY|The key/);
});

test("a refused exchange is not tried again for ten minutes, and then it is", async () => {
  const { ask, exchanges, asked, mend } = await aWorkload({ rule: { subject: "repo:octo/other:*" } });
  const refused = await ask();
  mend({ subject: SUBJECT });
  await pass(10 * MINUTE - 1);
  expect((await four(() => ask())).map(saidBy)).toEqual(Array(4).fill(saidBy(refused)));
  expect([exchanges(), asked()]).toEqual([["match_subject_prefix"], 1]);
  await pass(1);
  expect(await ask()).toMatchObject({ kind: "replied" });
  expect([exchanges(), asked()]).toEqual([["match_subject_prefix", null], 2]);
});

describe("a fault that may pass is waited for, and each try takes another OIDC token", () => {
  const once = (fault: () => Promise<Response>) => (): typeof fetch => {
    let struck = false;
    return (input, init) => {
      if (!isTokens(input) || struck) return fetch(input, init);
      struck = true;
      return fault();
    };
  };
  test.each<[string, () => Promise<Response>, RegExp]>([
    ["a 503", async () => new Response("busy", { status: 503 }), /the token endpoint answered 503/],
    ["a 429", async () => new Response("slower", { status: 429 }), /the token endpoint answered 429/],
    [
      "no connection",
      () => Promise.reject(new TypeError("fetch failed")),
      /no connection to the token endpoint/,
    ],
  ])("%s", async (_, fault, said) => {
    const { ask, asked, log, exchanges } = await aWorkload({ fetch: once(fault) });
    expect(await ask()).toMatchObject({ kind: "replied" });
    expect([exchanges(), asked()]).toEqual([[null], 2]);
    expect(log.join("\n")).toMatch(said);
  });

  test("GitHub's own", async () => {
    let tries = 0;
    const failed = new KinError("GitHub's OIDC endpoint answered 503.", {
      code: "id_token_failed",
      hint: "h",
      retryable: true,
    });
    const { ask, log } = await aWorkload({
      assertion: () => (++tries === 1 ? Promise.reject(failed) : signed()),
    });
    expect(await ask()).toMatchObject({ kind: "replied" });
    expect(log.join("\n")).toContain(failed.message);
  });
});

test("an endpoint that says nothing is given up after its time", async () => {
  const silent: typeof fetch = (_, init) =>
    new Promise((_resolve, reject) => {
      init?.signal?.addEventListener("abort", () => reject(init.signal?.reason));
    });
  const { ask, log } = await aWorkload({
    fetch: () => (input, init) => (isTokens(input) ? silent(input, init) : fetch(input, init)),
    options: { timeouts: { headers: 20, idle: 1000 } },
  });
  expect(await ask()).toMatchObject({ kind: "unavailable", reason: "no connection to the token endpoint" });
  expect(log).not.toEqual([]);
});

test("a stop does not wait for a token", async () => {
  const stop = new AbortController();
  const { ask, asked } = await aWorkload({ signal: stop.signal, assertion: () => new Promise(() => {}) });
  const outcome = ask();
  await vi.waitFor(() => expect(asked()).toBe(1));
  stop.abort();
  expect(await outcome).toEqual({ kind: "aborted" });
});

test("a job without `id-token: write` is refused with that, and nobody is asked", async () => {
  const missing = new KinError("This job may not ask for an OIDC token.", {
    code: "id_token_missing",
    hint: "Give the job.",
  });
  const { ask, exchanges } = await aWorkload({ assertion: () => Promise.reject(missing) });
  expect(await ask()).toEqual({ kind: "refused", reason: missing.message, hint: missing.hint });
  expect(exchanges()).toEqual([]);
});

describe("neither token is in what Kin says, though somebody says it back", () => {
  /** Echoes what it was sent, whole, and again with its end cut off. */
  const echo = (init: RequestInit | undefined, of: "token" | "assertion"): string => {
    const heard =
      of === "token"
        ? (new Headers(init?.headers).get("authorization") ?? "").slice(7)
        : String(JSON.parse(String(init?.body)).assertion);
    return `I know ${heard} and ${heard.slice(0, -20)}`;
  };
  const answered = (status: number, body: unknown) =>
    new Response(typeof body === "string" ? body : JSON.stringify(body), { status });
  const failing = (message: string) => ({ type: "error", error: { type: "api_error", message } });

  test.each<[string, (fake: FakeModel) => typeof fetch]>([
    [
      "the token endpoint, in its sentence",
      () => async (input, init) =>
        isTokens(input) ? answered(401, failing(echo(init, "assertion"))) : fetch(input, init),
    ],
    [
      "the token endpoint, in no JSON",
      () => async (input, init) =>
        isTokens(input) ? answered(400, echo(init, "assertion").repeat(9)) : fetch(input, init),
    ],
    [
      "the token endpoint, in place of an answer",
      () => async (input, init) =>
        isTokens(input) ? answered(200, { assertion: echo(init, "assertion") }) : fetch(input, init),
    ],
    [
      "the Messages API, refusing",
      () => async (input, init) =>
        isTokens(input) ? fetch(input, init) : answered(400, failing(echo(init, "token"))),
    ],
    [
      "the Messages API, failing",
      () => async (input, init) =>
        isTokens(input) ? fetch(input, init) : answered(500, failing(echo(init, "token"))),
    ],
  ])("%s", async (_, between) => {
    const said: string[] = [];
    const { ask, log, masked } = await aWorkload({
      fetch: between,
      assertion: async () => {
        const jwt = await signed();
        said.push(jwt);
        return jwt;
      },
    });
    const outcome = await ask();
    expect(outcome.kind).not.toBe("replied");
    const all = [saidBy(outcome), ...log].join("\n");
    for (const secret of [...said, ...masked])
      for (const piece of [secret.slice(0, 40), secret.slice(-40)]) expect(all).not.toContain(piece);
    expect(said).not.toEqual([]);
  });
});

test("a token of whatever form is in nothing that Kin says", async () => {
  const { ask, log } = await aWorkload({
    assertion: async () => "an opaque token of GitHub's",
    fetch: () => async (_, init) => {
      const { assertion } = JSON.parse(String(init?.body));
      return Response.json({ error: { type: "x", message: `Who is ${assertion}?` } }, { status: 401 });
    },
  });
  const outcome = await ask();
  expect(outcome).toMatchObject({ reason: expect.stringContaining("401 x: Who is [redacted]?") });
  expect([saidBy(outcome), ...log].join()).not.toContain("opaque");
});
