// `kin doctor` against an embedded world: a sound one, and one for each thing that can be missing.
import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import type { Check } from "../../cli/doctor/check.ts";
import { checkWorkflow } from "../../cli/doctor/repository.ts";
import { LABELS } from "../../core/report/labels.ts";
import { readAppManifest } from "../../host/app-manifest.ts";
import { MAINTAINER, ROOT, startWorld, WORKFLOW_TEXT, type World } from "../../local/world.ts";
import type { WorldFile } from "../../local/world-file.ts";
import { kin } from "./kin.ts";

const MANIFEST = readAppManifest(ROOT);
let directory: string;
let world: World;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "kin-doctor-"));
  world = await startWorld({
    dataDir: join(directory, "world"),
    port: 0,
    answers: join(import.meta.dirname, "..", "stories", "answers"),
    model: null,
    path: process.env.PATH ?? "/usr/bin:/bin",
    log: () => {},
  });
  await world.addRepository({
    name: "sound",
    files: { ".github/workflows/kin.yml": WORKFLOW_TEXT(), ".github/kin.yml": "tech_stack: [sh]\n" },
  });
}, 60_000);

afterAll(async () => {
  await world?.close();
  rmSync(directory, { recursive: true, force: true });
});

/** A copy of the world's file with something changed, in a separate directory. */
const worldWith = (name: string, change: Readonly<Record<string, string>>): string => {
  const file = JSON.parse(readFileSync(join(directory, "world", "world.json"), "utf8")) as WorldFile;
  const changed = join(directory, name);
  mkdirSync(changed, { recursive: true });
  writeFileSync(join(changed, "world.json"), JSON.stringify({ ...file, app: { ...file.app, ...change } }));
  return changed;
};

/** Each command loads Probot in a new process, which takes long on a busy machine. */
const PATIENCE = { timeout: 60_000 };

const examine = async (...args: readonly string[]) => {
  const { code, out, err } = await kin(["doctor", "--json", ...args]);
  expect(err).toBe("");
  const { ok, checks } = JSON.parse(out) as { readonly ok: boolean; readonly checks: readonly Check[] };
  expect(code).toBe(ok ? 0 : 1);
  return {
    failed: checks.filter(({ state }) => state === "failed"),
    find: (name: string) => checks.find(check => check.name === name),
  };
};

/** By hand, so that nothing depends on when the App gets round to it. */
const addLabels = async (repo: string): Promise<void> => {
  const { token } = world.github.addUser({ login: MAINTAINER });
  for (const label of LABELS) {
    await fetch(`${world.github.apiUrl}/repos/${MAINTAINER}/${repo}/labels`, {
      method: "POST",
      headers: { authorization: `token ${token}`, "content-type": "application/json" },
      body: JSON.stringify(label),
    });
  }
};

const inWorld = () => join(directory, "world");

test("a sound world is all ticks, and what an App cannot see is said to be so", PATIENCE, async () => {
  await addLabels("sound");
  const { code, out } = await kin(["doctor", "--data", inWorld()]);
  expect(out).not.toContain("✗");
  expect(code).toBe(0);
  expect(out).toMatch(/✓ settings/);
  expect(out).toMatch(/✓ inputs +issue, pipeline, from_step, dry_run/);
  expect(out).toMatch(
    /✓ variable +this world sets KIN_URL[\s\S]*✓ secret +this world sets ANTHROPIC_API_KEY/,
  );
  expect(out).not.toContain("/settings/");
  expect(out).toMatch(/0 to mend/);
  const secrets = JSON.parse(readFileSync(join(inWorld(), "world.json"), "utf8")) as WorldFile;
  for (const secret of [secrets.webhookSecret, secrets.kinSecret, secrets.app.PRIVATE_KEY ?? "?"])
    expect(out).not.toContain(secret);
});

test("a world without a key is said to have none", PATIENCE, async () => {
  const file = JSON.parse(readFileSync(join(inWorld(), "world.json"), "utf8")) as WorldFile;
  const keyless = join(directory, "keyless");
  mkdirSync(keyless, { recursive: true });
  writeFileSync(join(keyless, "world.json"), JSON.stringify({ ...file, identity: true }));
  const { find } = await examine("--data", keyless, "--repo", `${MAINTAINER}/sound`);
  expect(find("identity")).toMatchObject({ state: "ok", detail: expect.stringContaining("has no key") });
  expect(find("secret")).toBeUndefined();
});

test("the file that names the world's keys is for its owner alone", () => {
  expect(statSync(join(inWorld(), "world.json")).mode & 0o777).toBe(0o600);
});

test("a repository without the workflow is told which file to copy where", PATIENCE, async () => {
  await world.addRepository({ name: "bare", files: { "README.md": "# Bare\n" } });
  const { failed, find } = await examine("--data", inWorld(), "--repo", `${MAINTAINER}/bare`);
  expect(find("workflow")).toMatchObject({
    state: "failed",
    detail: ".github/workflows/kin.yml is missing on main.",
    remedy: "Copy workflow/kin.yml or workflow/kin-caller.yml of Kin there.",
  });
  expect(failed.map(({ name }) => name).filter(name => name !== "labels")).toEqual(["workflow"]);
  expect(find("config")).toMatchObject({ state: "ok", detail: "no .github/kin.yml: all defaults" });
});

test("an old workflow and a wrong configuration are named with their keys", PATIENCE, async () => {
  const old =
    "on: { workflow_dispatch: { inputs: { issue: { required: true } } } }\njobs: { run: { steps: [] } }\n";
  await world.addRepository({
    name: "old",
    files: {
      ".github/workflows/kin.yml": old,
      ".github/kin.yml": "plan_b: yes\nlimits: { step_turns: -1 }\n",
    },
  });
  const { find } = await examine("--data", inWorld(), "--repo", `${MAINTAINER}/old`);
  expect(find("inputs")?.detail).toBe("`workflow_dispatch` lacks pipeline, from_step, dry_run.");
  expect(find("verdict")).toMatchObject({ state: "failed" });
  expect(find("config")?.state).toBe("failed");
  expect(find("config")?.detail).toMatch(/plan_b/);
  expect(find("config")?.detail).toMatch(/step_turns/);
});

test("a repository that the App does not know", PATIENCE, async () => {
  const { find } = await examine("--data", inWorld(), "--repo", `${MAINTAINER}/nowhere`);
  expect(find(`${MAINTAINER}/nowhere`)).toMatchObject({
    state: "failed",
    detail: "The App is not installed on it, or there is no such repository.",
  });
});

test("a store that does not answer, and one that was never migrated", PATIENCE, async () => {
  const down = await examine("--data", worldWith("down", { KIN_DATABASE_URL: "http://127.0.0.1:1" }));
  expect(down.find("store")).toMatchObject({
    state: "failed",
    detail: "The store does not answer at http://127.0.0.1:1.",
  });
  const fresh = join(directory, "never.db");
  const empty = await examine("--data", worldWith("empty", { KIN_DATABASE_URL: `file:${fresh}` }));
  expect(empty.find("store")).toMatchObject({ state: "failed", detail: "It has no tables yet." });
  expect(() => statSync(fresh), "looking makes no file").toThrow();
});

test("an App that is down, an issuer that is none, and another App's key", PATIENCE, async () => {
  const { privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  const changed = {
    KIN_URL: "http://127.0.0.1:1",
    KIN_OIDC_ISSUERS: world.github.url,
    PRIVATE_KEY: privateKey,
  };
  const { find } = await examine("--data", worldWith("broken", changed));
  expect(find("address")?.detail).toMatch(/^http:\/\/127\.0\.0\.1:1 does not answer/);
  expect(find("issuer")?.detail).toMatch(/answers 404/);
  expect(find("credentials")).toMatchObject({
    state: "failed",
    detail: "GitHub does not take the App's key (401).",
  });
});

test(
  "settings that are missing are said all at once, and the rest of the machine is looked at still",
  PATIENCE,
  async () => {
    const { code, out } = await kin(["doctor", "--json"], { APP_ID: "12" });
    expect(code).toBe(1);
    const { checks } = JSON.parse(out) as { readonly checks: readonly Check[] };
    const settings = checks.find(({ name }) => name === "settings");
    for (const name of ["PRIVATE_KEY", "WEBHOOK_SECRET", "KIN_SECRET", "KIN_URL"])
      expect(settings?.detail).toContain(`- ${name}: `);
    expect(checks.map(({ name }) => name)).toEqual([
      "settings",
      "sandbox",
      "model",
      "guides",
      "modules",
      "skills",
    ]);
  },
);

test("a webhook that goes elsewhere, without a secret", PATIENCE, async () => {
  const gone = { url: "https://elsewhere.example/hook", content_type: "form", insecure_ssl: "0" };
  const front = await frontOf(world.github.url, { "/api/v3/app/hook/config": gone });
  try {
    const address = `http://127.0.0.1:${(front.address() as AddressInfo).port}`;
    const { find } = await examine("--data", worldWith("hook", { GITHUB_API_URL: `${address}/api/v3` }));
    expect(find("webhook")?.detail).toBe(
      `The webhook goes to ${gone.url}, not to ${world.appUrl}/api/github/webhooks.\nThe webhook has no secret.\nThe webhook's content type is form, not json.`,
    );
  } finally {
    front.close();
    front.closeAllConnections();
  }
});

/** A GitHub that handles some addresses itself and forwards the rest. */
const frontOf = async (origin: string, answers: Readonly<Record<string, object>>): Promise<Server> => {
  const server = createServer(async (request, response) => {
    const own = answers[request.url ?? ""];
    const headers = {
      authorization: request.headers.authorization ?? "",
      accept: request.headers.accept ?? "*/*",
    };
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = chunks.length === 0 ? {} : { body: Buffer.concat(chunks) };
    const answer =
      own === undefined
        ? await fetch(`${origin}${request.url}`, { method: request.method ?? "GET", headers, ...body })
        : Response.json(own);
    response
      .writeHead(answer.status, { "content-type": answer.headers.get("content-type") ?? "application/json" })
      .end(Buffer.from(await answer.arrayBuffer()));
  });
  await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
  return server;
};

test("a permission and an event that were not granted", PATIENCE, async () => {
  const { statuses: _, ...permissions }: Record<string, string> = {
    ...MANIFEST.default_permissions,
    checks: "read",
  };
  const grant = (permissions: Readonly<Record<string, string>>, events: readonly string[]) =>
    world.github.addApp({ slug: "kin", name: "Kin", permissions, events });
  onTestFinished(() => void grant(MANIFEST.default_permissions, MANIFEST.default_events));
  grant(
    permissions,
    MANIFEST.default_events.filter(event => event !== "merge_group"),
  );
  const { find } = await examine("--data", inWorld(), "--repo", `${MAINTAINER}/sound`);
  expect(find("permissions")?.detail).toBe("The App lacks checks: write, statuses: read.");
  expect(find("permissions")?.remedy).toContain("/settings/apps/kin/permissions");
  expect(find("events")?.detail).toBe("The App does not receive merge_group.");
  expect(find(`installation ${MAINTAINER}`)).toMatchObject({
    state: "failed",
    detail: "It has not granted checks: write, statuses: read.",
  });
});

/** From before it included the step and dry runs. */
const OLD_NAME = `Kin #\${{ inputs.issue }} (\${{ inputs.pipeline || 'by hand' }})`;

test.each([
  ["no YAML", "on: [", "workflow", "failed"],
  ["no jobs", "on: push", "workflow", "failed"],
  ["no workflow_dispatch", "on: push\njobs: {}", "inputs", "failed"],
  ["workflow_dispatch without inputs", "on: [workflow_dispatch]\njobs: {}", "inputs", "failed"],
  [
    "a run's name that does not tell a dry run",
    `run-name: "${OLD_NAME}"\non: push\njobs: {}`,
    "run-name",
    "failed",
  ],
  ["no name for a run", "on: push\njobs: {}", "run-name", "failed"],
  [
    "an input that Kin does not send",
    "on: { workflow_dispatch: { inputs: { issue: , pipeline: , from_step: , dry_run: , color: { required: true } } } }\njobs: {}",
    "inputs",
    "failed",
  ],
  [
    "the reusable workflow",
    "on: workflow_dispatch\njobs: { kin: { uses: kin/kin/.github/workflows/pipeline.yml@v0 } }",
    "trusted",
    "failed",
  ],
] as const)("a workflow file: %s", (_, text, name, state) => {
  expect(checkWorkflow(text, []).find(check => check.name === name)?.state).toBe(state);
});

const CALLED = "kin/kin/.github/workflows/pipeline.yml";
test.each([
  ["v0", `${CALLED}@refs/tags/v0`, "ok"],
  ["main", `${CALLED}@refs/heads/main`, "ok"],
  ["0123456789012345678901234567890123456789", `${CALLED}@0123456789012345678901234567890123456789`, "ok"],
  ["v0", `${CALLED}@refs/tags/v1`, "failed"],
  ["v0", `other/kin/.github/workflows/pipeline.yml@refs/tags/v0`, "failed"],
])("a reusable workflow @%s, where the operator trusts %s: %s", (ref, trusted, state) => {
  const text = `on: workflow_dispatch\njobs: { kin: { uses: "${CALLED}@${ref}" } }`;
  expect(checkWorkflow(text, [trusted]).find(({ name }) => name === "trusted")?.state).toBe(state);
});
