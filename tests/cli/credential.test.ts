// What `kin doctor` says about how a repository's runs authenticate to the model.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkCredential, checkIdToken } from "../../cli/doctor/credential.ts";
import { parseConfig } from "../../host/config-file.ts";
import { ROOT } from "../../local/world.ts";

const text = (path: string): string => readFileSync(join(ROOT, path), "utf8");
const COPY = text("workflow/kin.yml");
const CALLER = text("workflow/kin-caller.yml");
const without = (workflow: string, line: RegExp): string => {
  const shorter = workflow.replace(line, "");
  expect(shorter).not.toBe(workflow);
  return shorter;
};
const KEY_OF_COPY = /^ *anthropic-api-key:.*\n/m;
const IDS_OF_COPY = /^ *anthropic-(federation|organization|service|workspace).*\n/gm;

const ALL = `workload_identity:
  federation_rule: fdrl_01abc
  organization: 11111111-2222-3333-4444-555555555555
  service_account: svac_01abc
`;
const WANTED = "auth: workload-identity\n";

const look = (workflow: string | null, config: string) =>
  checkCredential({ workflow, config: parseConfig(config, "kin.yml"), url: "https://github.com/o/r" });
const said = (workflow: string | null, config: string) =>
  look(workflow, config).map(({ name, state }) => `${name}: ${state}`);

describe("of keys and identities", () => {
  test.each<[string, string | null, string, readonly string[]]>([
    ["nothing is said, so either may be", COPY, "", ["secret: unknown"]],
    ["a key is wanted", COPY, "auth: key\n", ["secret: unknown"]],
    [
      "ids in kin.yml, and the template, which would pass a key",
      COPY,
      ALL,
      ["identity: ok", "no key: unknown"],
    ],
    ["ids in kin.yml, and no key's line", without(COPY, KEY_OF_COPY), ALL, ["identity: ok", "no key: ok"]],
    ["ids as variables", COPY, WANTED, ["identity: unknown", "no key: unknown"]],
    ["ids nowhere", without(COPY, IDS_OF_COPY), WANTED, ["identity: failed", "no key: unknown"]],
    [
      "one id nowhere",
      without(COPY, IDS_OF_COPY),
      ALL.replace(/ *organization.*\n/, ""),
      ["identity: failed", "no key: unknown"],
    ],
    [
      "an id in the workflow that is none",
      COPY.replace(/\$\{\{ vars.ANTHROPIC_SERVICE.*/, "svc-1"),
      ALL,
      ["identity: failed", "no key: unknown"],
    ],
    [
      "an id in the workflow",
      COPY.replace(/\$\{\{ vars.ANTHROPIC_SERVICE.*/, "svac_1"),
      ALL,
      ["identity: ok", "no key: unknown"],
    ],
    ["the caller, which would pass a key", CALLER, ALL, ["identity: ok", "no key: unknown"]],
    [
      "the caller without a secret",
      without(CALLER, /^( *)secrets:\n(?:\1 +.*\n)+/m),
      ALL,
      ["identity: ok", "no key: ok"],
    ],
    [
      "the caller with all secrets",
      CALLER.replace(/^( *)secrets:\n(?:\1 +.*\n)+/m, "$1secrets: inherit\n"),
      ALL,
      ["identity: ok", "no key: unknown"],
    ],
    ["no workflow yet", null, ALL, ["identity: ok", "no key: unknown"]],
  ])("%s", (_, workflow, config, expected) => {
    expect(said(workflow, config)).toEqual(expected);
  });

  test("what is missing is named, with where it may stand", () => {
    const [check] = look(without(COPY, IDS_OF_COPY), ALL.replace(/ *organization.*\n/, ""));
    expect(check?.detail).toBe("Neither kin.yml has organization, nor does the workflow pass it.");
    expect(check?.remedy).toMatch(/workload_identity.*kin\.yml/);
    expect(look(COPY, WANTED)[0]?.detail).toMatch(
      /ANTHROPIC_FEDERATION_RULE_ID, ANTHROPIC_ORGANIZATION_ID, ANTHROPIC_SERVICE_ACCOUNT_ID\./,
    );
  });
});

describe("the right to an OIDC token", () => {
  const granting = (permissions: string) =>
    without(COPY, /^ *id-token: write\n/gm).replace("permissions: {}", permissions);
  test.each<[string, string, string]>([
    ["of the copy", COPY, "ok"],
    ["of the caller", CALLER, "ok"],
    ["of neither job", without(COPY, /^ *id-token: write\n/gm), "failed"],
    ["of one job of two", without(COPY, /^ *id-token: write\n/m), "failed"],
    ["of the caller, taken away", without(CALLER, /^ *id-token: write\n/m), "failed"],
    [
      "of the whole workflow, which a job's own list replaces",
      granting("permissions: { id-token: write }"),
      "failed",
    ],
    [
      "of the whole workflow, where the jobs have no list",
      "permissions: { id-token: write }\njobs: { run: { steps: [{ with: { server: x } }] } }",
      "ok",
    ],
    ["of everything", "permissions: write-all\njobs: { run: { steps: [{ with: { server: x } }] } }", "ok"],
    ["of nothing said", "jobs: { run: { steps: [{ with: { server: x } }] } }", "failed"],
  ])("%s", (_, workflow, state) => {
    expect(checkIdToken(workflow).map(check => check.state)).toEqual([state]);
  });

  test("a job that is not Kin's needs none", () => {
    expect(checkIdToken("jobs: { build: { steps: [{ run: make }] } }")).toEqual([]);
  });
});
