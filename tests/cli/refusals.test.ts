// What commands say where they cannot do what they are for: a sentence, and what to do.
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
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
  // Not there is no failure: what the payload names is nobody's here.
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
    /^GitHub does not answer at http:\/\/127\.0\.0\.1:1: .+\.\nLook at the way out of this machine, and at GITHUB_API_URL: /m,
  );
});
