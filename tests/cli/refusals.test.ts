// What commands say when they cannot do their job: one sentence, and what to do.
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { ROOT } from "../../local/world.ts";
import { kin } from "./kin.ts";

const temp = mkdtempSync(join(tmpdir(), "kin-refusals-"));
afterAll(() => rmSync(temp, { recursive: true }));
const payload = (name: string, content: unknown): string => {
  writeFileSync(join(temp, name), JSON.stringify(content));
  return join(temp, name);
};
const labeled = payload("labeled.json", { action: "labeled", issue: { number: 1 } });
const SECRET = ["--secret", "s"];

test.each([
  [
    [labeled, "--url", "http://127.0.0.1:1"],
    "--url and --secret belong together.\nName both; or neither, for a world of this machine.\n",
  ],
  [
    [labeled, "--url", "kin.example", ...SECRET],
    "--url is kin.example.\nAn http or https address, such as https://kin.example/api/github/webhooks.\n",
  ],
  [
    [labeled, "--url", "http://127.0.0.1:1", ...SECRET],
    "Nothing answers at http://127.0.0.1:1.\nLook at the address, and whether an App listens there.\n",
  ],
  [
    [payload("list.json", [])],
    `${join(temp, "list.json")} holds no JSON object.\nA webhook's payload as GitHub sends it.\n`,
  ],
  [
    [join(temp, "nothing")],
    `${join(temp, "nothing")} cannot be read (ENOENT).\nA JSON file, or - for standard input.\n`,
  ],
  [[labeled, "--times", "0"], "--times is 0.\nA whole number from 1 to 10000.\n"],
  [[labeled, "--times", "10001"], "--times is 10001.\nA whole number from 1 to 10000.\n"],
  [[labeled, "--times", "1.5"], "--times is 1.5.\nA whole number from 1 to 10000.\n"],
])("`kin deliver` with %j", async (args, said) => {
  expect(await kin(["deliver", ...args])).toEqual({ code: 1, out: "", err: said });
});

test("`kin deliver` to a world that is down, or whose GitHub answers something else than expected, says so", async () => {
  let status = 500;
  const github = createServer((_, response) => {
    response.writeHead(status, { "content-type": "application/json" }).end('{"message":"Broken"}');
  });
  await new Promise<void>(resolve => github.listen(0, "127.0.0.1", resolve));
  const { port } = github.address() as AddressInfo;
  const world = {
    ...{ webhookSecret: "w", kinSecret: "k", pid: 1, app: {}, scripted: true, identity: false },
    ...{ maintainerToken: "t", appUrl: "http://127.0.0.1:1", githubUrl: `http://127.0.0.1:${port}` },
  };
  writeFileSync(join(temp, "world.json"), JSON.stringify(world));
  const whole = payload("whole.json", {
    ...{ action: "labeled", issue: { number: 1 }, label: { name: "kin" } },
    repository: { full_name: "octocat/hello" },
  });
  const delivered = () => kin(["deliver", whole, "--data", temp]);
  expect((await delivered()).err).toMatch(
    new RegExp(
      `^The world's GitHub does not answer at http://127.0.0.1:${port}: .*Broken.*\\.\\nOpen that world`,
    ),
  );
  // A 404 is not a failure: the payload names nothing that exists here.
  status = 404;
  expect((await delivered()).err).toMatch(
    /^Nothing answers at http:\/\/127\.0\.0\.1:1\/api\/github\/webhooks\./,
  );
  await new Promise(resolve => github.close(resolve));
  expect((await delivered()).err).toMatch(/^The world's GitHub does not answer at .*\nOpen that world/);
});

test("`kin serve` where GitHub does not answer", async () => {
  const { privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  const { code, err } = await kin(["serve"], {
    APP_ID: "1",
    PRIVATE_KEY: privateKey,
    WEBHOOK_SECRET: "w".repeat(32),
    KIN_SECRET: "k".repeat(32),
    KIN_URL: "https://kin.example",
    KIN_DATABASE_URL: `file:${join(temp, "store", "kin.db")}`,
    GITHUB_API_URL: "http://127.0.0.1:1",
    PORT: "0",
  });
  expect(code).toBe(1);
  expect(err).toMatch(
    /^GitHub does not answer at http:\/\/127\.0\.0\.1:1: .+\.\nLook at the way out of this machine, and at GITHUB_API_URL: /,
  );
});

const fakeModel = (...args: readonly string[]) => kin(args, {}, join(ROOT, "local", "model", "main.ts"));
const USAGE = "Usage: npm run fake-model -- --answers <directory>";

test("the scripted model alone tells its usage, and what does not fit", async () => {
  expect(await fakeModel("--help")).toMatchObject({ code: 0, out: expect.stringContaining(USAGE), err: "" });
  const refused = async (...args: readonly string[]) => {
    const { code, err } = await fakeModel(...args);
    expect(code).toBe(1);
    return err;
  };
  expect(await refused()).toMatch(/^--answers is missing\.\nUsage: /);
  expect(await refused("--answers", temp, "--port", "99999")).toMatch(
    /^--port is "99999": it takes a whole number from 0 to 65535\.\nUsage: /,
  );
  expect(await refused("--answer", temp)).toMatch(/^Unknown option '--answer'.*\nUsage: /);
  const busy = createServer();
  await new Promise<void>(resolve => busy.listen(0, "127.0.0.1", resolve));
  const { port } = busy.address() as AddressInfo;
  writeFileSync(join(temp, "pm.yaml"), "- text: Hello.\n");
  expect(await refused("--answers", temp, "--port", String(port))).toBe(
    `Port ${port} is in use.\nEnd what listens there, or use --port.\n`,
  );
  await new Promise(resolve => busy.close(resolve));
});

test("`kin start --repo` of a directory that is not there says so before it asks for an issue", async () => {
  const { code, err } = await kin(["start", "--repo", join(temp, "nothere"), "--once"], {
    ANTHROPIC_API_KEY: "x",
  });
  expect(code).toBe(1);
  expect(err).toContain("nothere");
});
