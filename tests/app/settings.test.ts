import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { readSettings } from "../../app/settings.ts";
import { KinError } from "../../core/model/error.ts";

type Env = Readonly<Record<string, string | undefined>>;

const directory = mkdtempSync(join(tmpdir(), "kin-settings-"));
afterAll(() => rmSync(directory, { recursive: true }));
const keyFile = join(directory, "key.pem");
const { privateKey: PEM } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  privateKeyEncoding: { type: "pkcs1", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});
writeFileSync(keyFile, PEM);

const whole: Env = {
  APP_ID: "12345",
  PRIVATE_KEY: PEM,
  WEBHOOK_SECRET: "w".repeat(32),
  KIN_SECRET: "k".repeat(32),
  KIN_URL: "https://kin.example",
};
const refusalOf = (env: Env): KinError => {
  try {
    readSettings(env);
  } catch (error) {
    if (error instanceof KinError) return error;
    throw error;
  }
  throw new Error("The App would have started.");
};
const namesIn = (error: KinError): readonly string[] =>
  [...error.message.matchAll(/^- (\w+):/gm)].map(m => m[1] ?? "");

test("what is needed is enough; the rest has defaults", () => {
  expect(readSettings(whole)).toMatchObject({
    APP_ID: 12_345,
    HOST: "127.0.0.1",
    PORT: 3000,
    LOG_LEVEL: "info",
    GITHUB_API_URL: "https://api.github.com",
    KIN_DATABASE_URL: "file:.kin/kin.db",
    KIN_SYNCHRONOUS: "NORMAL",
    KIN_OIDC_ISSUERS: ["https://token.actions.githubusercontent.com"],
    KIN_TRUSTED_WORKFLOWS: [],
  });
});

describe("a value is taken", () => {
  const taken: readonly (readonly [string, Env, Readonly<Record<string, unknown>>])[] = [
    ["a key with its line ends escaped", { PRIVATE_KEY: PEM.replaceAll("\n", "\\n") }, { PRIVATE_KEY: PEM }],
    ["a key from its file", { PRIVATE_KEY: undefined, PRIVATE_KEY_PATH: keyFile }, { PRIVATE_KEY: PEM }],
    [
      "a key, though the file beside it is missing",
      { PRIVATE_KEY_PATH: join(directory, "none") },
      { PRIVATE_KEY: PEM },
    ],
    [
      "an address without its slashes",
      { KIN_URL: "https://kin.example//" },
      { KIN_URL: "https://kin.example" },
    ],
    [
      "a loopback address over http",
      { KIN_URL: "http://127.0.0.1:3000" },
      { KIN_URL: "http://127.0.0.1:3000" },
    ],
    ["localhost over http", { KIN_URL: "http://localhost:3000/" }, { KIN_URL: "http://localhost:3000" }],
    [
      "several issuers",
      { KIN_OIDC_ISSUERS: "https://a.example, https://b.example,," },
      { KIN_OIDC_ISSUERS: ["https://a.example", "https://b.example"] },
    ],
    ["any free port", { PORT: "0" }, { PORT: 0 }],
    ["a port for the page", { PAGE_PORT: "4000" }, { PAGE_PORT: 4000 }],
    ["an empty value as none", { PORT: "", LOG_LEVEL: "" }, { PORT: 3000, LOG_LEVEL: "info" }],
  ];
  test.each(taken)("%s", (_, env, expected) => {
    expect(readSettings({ ...whole, ...env })).toMatchObject(expected);
  });
});

describe("the App does not start", () => {
  test("without anything: one list names all that is missing, with the way to get it", () => {
    const error = refusalOf({});
    expect(error.code).toBe("settings_invalid");
    expect(namesIn(error)).toEqual(["APP_ID", "PRIVATE_KEY", "WEBHOOK_SECRET", "KIN_SECRET", "KIN_URL"]);
    expect(error.message.match(/it is missing/g)).toHaveLength(5);
    expect(error.message).toMatch(/WEBHOOK_SECRET: it is missing\. .*openssl rand -hex 32/);
    expect(error.hint).toMatch(/kin app create/);
    expect(namesIn(refusalOf({ APP_ID: "", KIN_URL: "" }))).toHaveLength(5);
  });

  test("with everything wrong: the same list names all of it", () => {
    const env = {
      APP_ID: "my-app",
      PRIVATE_KEY_PATH: join(directory, "none.pem"),
      WEBHOOK_SECRET: "development",
      KIN_SECRET: "short",
      KIN_URL: "http://kin.example",
      PORT: "65536",
      LOG_LEVEL: "loud",
      GITHUB_API_URL: "api.github.com",
      KIN_SYNCHRONOUS: "OFF",
    };
    const error = refusalOf(env);
    const { PRIVATE_KEY_PATH: _, ...rest } = env;
    expect(namesIn(error).toSorted()).toEqual([...Object.keys(rest), "PRIVATE_KEY"].toSorted());
  });

  const wrong: readonly (readonly [string, Env, RegExp])[] = [
    [
      "with Probot's own secret",
      { WEBHOOK_SECRET: "development" },
      /^- WEBHOOK_SECRET: it has 11 characters, and needs 32\. /m,
    ],
    [
      "with a secret of 31 characters",
      { KIN_SECRET: "k".repeat(31) },
      /^- KIN_SECRET: it has 31 characters, and needs 32\. /m,
    ],
    [
      "with http in public",
      { KIN_URL: "http://kin.example" },
      /^- KIN_URL: it has to be https\. .*runners reach it there/m,
    ],
    [
      "with http at a name like loopback",
      { KIN_URL: "http://127.0.0.1.kin.example" },
      /^- KIN_URL: it has to be https/m,
    ],
    [
      "with http at localhost's friend",
      { KIN_URL: "http://localhost.kin.example" },
      /^- KIN_URL: it has to be https/m,
    ],
    [
      "with an address that is none",
      { KIN_URL: "kin.example" },
      /^- KIN_URL: it is no http or https address\. /m,
    ],
    [
      "with an address for files",
      { KIN_URL: "file:///kin" },
      /^- KIN_URL: it is no http or https address\. /m,
    ],
    [
      "with a key file that is not there",
      { PRIVATE_KEY: undefined, PRIVATE_KEY_PATH: join(directory, "none.pem") },
      /^- PRIVATE_KEY: PRIVATE_KEY_PATH names .*none\.pem, which cannot be read \(ENOENT\)/m,
    ],
    [
      "with a key file that is a directory",
      { PRIVATE_KEY: undefined, PRIVATE_KEY_PATH: directory },
      /^- PRIVATE_KEY: .*cannot be read \(EISDIR\)/m,
    ],
    [
      "with a key that is none",
      { PRIVATE_KEY: "hunter2-hunter2" },
      /^- PRIVATE_KEY: it is no private key in PEM/m,
    ],
    [
      "with half a key",
      { PRIVATE_KEY: PEM.slice(0, 400) },
      /^- PRIVATE_KEY: it is no private key in PEM form that can be read\. /m,
    ],
    ["with a public key", { PRIVATE_KEY: "-----BEGIN PUBLIC KEY-----" }, /^- PRIVATE_KEY: /m],
    [
      "with an id that is no number",
      { APP_ID: "Iv1.abc" },
      /^- APP_ID: it is "Iv1\.abc", and has to be a whole number\. The App's numeric id/m,
    ],
    ["with an id of nothing", { APP_ID: "0" }, /^- APP_ID: it is "0", and has to be more than 0\. /m],
    ["with half a port", { PORT: "30.5" }, /^- PORT: it is "30\.5", and has to be a whole number\. /m],
    [
      "with a port that there is not",
      { PORT: "65536" },
      /^- PORT: it is "65536", and may be 65535 at most\. /m,
    ],
    [
      "with a level that there is not",
      { LOG_LEVEL: "loud" },
      /^- LOG_LEVEL: it is "loud", and has to be one of trace, debug, /m,
    ],
  ];
  test.each(wrong)("%s", (_, env, line) => {
    const error = refusalOf({ ...whole, ...env });
    expect(error.message).toMatch(line);
    expect(namesIn(error)).toHaveLength(1);
    for (const secret of [PEM, "hunter2", "w".repeat(32), "k".repeat(31), "development"])
      expect(`${error.message}\n${error.hint}`).not.toContain(secret);
  });
});
