// `kin app create` against a stand-in for what it needs from GitHub: a page that takes the manifest, and the exchange
// of a code for the App's credentials.
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, get } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { apiOf } from "../../cli/app-create.ts";
import { readAppManifest } from "../../host/app-manifest.ts";
import { ROOT } from "../../local/world.ts";
import { kin, startKin } from "./kin.ts";

const PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIB\nabc=\n-----END RSA PRIVATE KEY-----\n";
const SECRET = "0123456789abcdef0123456789abcdef01234567";
const CREDENTIALS = {
  id: 4711,
  slug: "kin-of-octocat",
  html_url: "https://github.com/apps/kin-of-octocat",
  pem: PEM,
  webhook_secret: SECRET,
  client_id: "Iv23",
  client_secret: "client-secret-is-not-needed",
};
const URL_ = "https://kin.example.com";

let codes: string[] = [];
const github = createServer((request, response) => {
  const code = /^\/api\/v3\/app-manifests\/([^/]+)\/conversions$/.exec(request.url ?? "")?.[1];
  if (request.method === "POST" && code !== undefined) codes.push(code);
  response
    .writeHead(code === "good" ? 201 : 404, { "content-type": "application/json" })
    .end(JSON.stringify(code === "good" ? CREDENTIALS : { message: "Not Found" }));
});
let server = "";
let directory = "";

beforeAll(async () => {
  await new Promise<void>(resolve => github.listen(0, "127.0.0.1", resolve));
  server = `http://127.0.0.1:${(github.address() as AddressInfo).port}`;
});
afterAll(() => void github.close());
beforeEach(() => {
  codes = [];
  directory = mkdtempSync(join(tmpdir(), "kin-app-create-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** Starts the command, which waits for the browser, and returns the form that it serves. */
const opened = async (...args: readonly string[]) => {
  const command = startKin(["app", "create", "--url", URL_, "--github", server, ...args]);
  const [, origin = ""] = await command.says(/Open (http:\/\/127\.0\.0\.1:\d+) /);
  const page = await (await fetch(origin)).text();
  expect(page).toMatch(/<h1>Register the App /);
  expect(page).toContain("<li>pull requests: write</li>");
  expect(page).toMatch(/It hears of: .*issue comment/);
  const attribute = (name: string) =>
    (new RegExp(` ${name}="([^"]*)"`).exec(page)?.[1] ?? "").replace(/&#(\d+);/g, (_, code) =>
      String.fromCharCode(Number(code)),
    );
  const action = new URL(attribute("action"));
  const state = action.searchParams.get("state") ?? "";
  const back = (query: string) => fetch(`${origin}/callback?${query}`);
  return { command, origin, action, state, back, manifest: JSON.parse(attribute("value")) };
};

test("the page sends GitHub what app.yml says, with the App's addresses", async () => {
  const { command, origin, action, manifest } = await opened();
  command.stop();
  const { name, default_permissions, default_events } = readAppManifest(ROOT);
  expect(`${action.origin}${action.pathname}`).toBe(`${server}/settings/apps/new`);
  expect(manifest).toMatchObject({ name, public: false, default_permissions, default_events, url: URL_ });
  expect(manifest.hook_attributes).toEqual({ url: `${URL_}/api/github/webhooks`, active: true });
  expect(manifest.redirect_url).toBe(`${origin}/callback`);
});

test("an organization has an address of its own", async () => {
  const { command, action } = await opened("--org", "octo-org", "--name", "Kin of octo-org");
  command.stop();
  expect(action.pathname).toBe("/organizations/octo-org/settings/apps/new");
});

test("GitHub's code becomes the App's variables, on standard output and nowhere else", async () => {
  const { command, state, back } = await opened();
  const answer = await back(`code=good&state=${state}`);
  expect(await answer.text()).toContain("kin-of-octocat is registered");
  const { code, out, err } = await command.ended;
  expect(code).toBe(0);
  expect(codes).toEqual(["good"]);
  const variables = Object.fromEntries(
    out
      .trimEnd()
      .split("\n")
      .map(line => /^(\w+)="(.*)"$/.exec(line)?.slice(1) as [string, string]),
  );
  expect(variables).toEqual({
    APP_ID: "4711",
    PRIVATE_KEY: PEM.trim().replaceAll("\n", "\\n"),
    WEBHOOK_SECRET: SECRET,
    KIN_SECRET: expect.stringMatching(/^[0-9a-f]{64}$/),
    KIN_URL: URL_,
    GITHUB_SERVER_URL: server,
    GITHUB_API_URL: `${server}/api/v3`,
  });
  for (const secret of ["MIIB", SECRET, variables.KIN_SECRET ?? "?", state, CREDENTIALS.client_secret])
    expect(err).not.toContain(secret);
  expect(out).not.toContain(CREDENTIALS.client_secret);
});

test("with --out they go to a new file for its owner alone", async () => {
  const file = join(directory, "kin.env");
  const { command, state, back } = await opened("--out", file);
  await back(`code=good&state=${state}`);
  const { code, out } = await command.ended;
  expect([code, out]).toEqual([0, ""]);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileSync(file, "utf8")).toMatch(/^APP_ID="4711"\n/);
});

test("a file that is there is not written over, and nothing is registered", async () => {
  const file = join(directory, "kin.env");
  writeFileSync(file, "APP_ID=1\n");
  const { code, err } = await kin(["app", "create", "--url", URL_, "--github", server, "--out", file]);
  expect(code).toBe(1);
  expect(err).toMatch(/exists already/);
  expect(readFileSync(file, "utf8")).toBe("APP_ID=1\n");
});

test("a file that cannot be written is refused before GitHub is asked for a key that it tells once", async () => {
  const file = join(directory, "none", "x.env");
  const { code, out, err } = await kin(["app", "create", "--url", URL_, "--github", server, "--out", file]);
  expect([code, out]).toEqual([1, ""]);
  expect(err).toBe(
    `${file} cannot be written (ENOENT).\nName another file with --out, in a directory that is there and that you may write to.\n`,
  );
});

test("an answer with another state, without a code, or for another host is refused; the right one still counts", async () => {
  const { command, origin, state, back } = await opened("--json");
  for (const query of [
    "code=good",
    `code=good&state=${state.slice(1)}é`,
    `state=${state}`,
    `code=..%2Fx&state=${state}`,
  ])
    expect((await back(query)).status, query).toBe(400);
  const rebound = await new Promise<number>((resolve, reject) => {
    get(origin, { headers: { host: "elsewhere.example" } }, ({ statusCode }) =>
      resolve(statusCode ?? 0),
    ).once("error", reject);
  });
  expect(rebound).toBe(421);
  expect(codes).toEqual([]);
  await back(`code=good&state=${state}`);
  const { code, out } = await command.ended;
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ APP_ID: "4711", PRIVATE_KEY: PEM.trim() });
});

test("a code that GitHub does not take ends with what to do", async () => {
  const { command, state, back } = await opened();
  expect((await back(`code=stale&state=${state}`)).status).toBe(502);
  const { code, out, err } = await command.ended;
  expect([code, out]).toEqual([1, ""]);
  expect(err).toMatch(/GitHub did not take the code: 404\.\nIf the App stands at .*, delete it there/);
});

test.each([
  ["https://github.com", "https://api.github.com"],
  ["https://octo.ghe.com", "https://api.octo.ghe.com"],
  ["https://git.example.com", "https://git.example.com/api/v3"],
])("the API of %s is %s", (web, api) => {
  expect(apiOf(web)).toBe(api);
});
