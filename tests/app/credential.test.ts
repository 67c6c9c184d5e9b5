// What a run authenticates to the model with, depending on what the workflow passes and what kin.yml says.
import { describe, expect, test } from "vitest";
import { chooseCredential } from "../../action/credential.ts";
import { readInputs } from "../../action/inputs.ts";
import { KinError } from "../../core/model/error.ts";
import { ID_FORMS, ID_NAMES } from "../../core/model/identity.ts";
import { parseConfig } from "../../host/config-file.ts";

type Given = Readonly<Record<string, string>>;

const IDS: Given = {
  "anthropic-federation-rule-id": "fdrl_01abc",
  "anthropic-organization-id": "11111111-2222-3333-4444-555555555555",
  "anthropic-service-account-id": "svac_01abc",
  "anthropic-workspace-id": "wrkspc_01abc",
};
const KEY: Given = { "anthropic-api-key": "sk-ant-api03-stored" };
const CONFIGURED = `workload_identity:
  federation_rule: fdrl_01abc
  organization: 11111111-2222-3333-4444-555555555555
  service_account: svac_01abc
`;

const choose = async (given: Given, config = "", env: Given = {}) => {
  const inputs = readInputs({
    input: name => ({ server: "https://kin.example", ...given })[name] ?? "",
    env,
  });
  const asked: string[] = [];
  const credential = chooseCredential(inputs, {
    config: parseConfig(config, "kin.yml"),
    idToken: async audience => {
      asked.push(audience);
      return "a.b.c";
    },
    mask: () => {},
  });
  if ("workload" in credential) await credential.workload.assertion();
  return { credential, asked };
};
const refusal = async (given: Given, config?: string, env?: Given): Promise<string> => {
  const error = await choose(given, config, env).then(
    () => null,
    caught => caught,
  );
  expect(error).toBeInstanceOf(KinError);
  return `${error.message}\n${error.hint}`;
};

describe("a run asks with", () => {
  const ids = { workload: {} };
  const key = { apiKey: "sk-ant-api03-stored" };
  test.each<[string, Given, string, object]>([
    ["the key, where there is nothing else", KEY, "", key],
    [
      "the key, where kin.yml says so, whatever ids an organisation passes",
      { ...KEY, ...IDS },
      "auth: key",
      key,
    ],
    ["its identity, where the workflow passes ids and no key", IDS, "", ids],
    ["its identity, where kin.yml has the ids", {}, CONFIGURED, ids],
    ["its identity, where kin.yml says so", IDS, "auth: workload-identity", ids],
    ["its identity, where both say the same", IDS, CONFIGURED, ids],
    [
      "its identity, with the rest of the ids from kin.yml",
      { "anthropic-workspace-id": "default" },
      CONFIGURED,
      ids,
    ],
  ])("%s", async (_, given, config, expected) => {
    expect((await choose(given, config)).credential).toMatchObject(expected);
  });

  test("an OIDC token for Anthropic and for nobody else", async () => {
    expect((await choose(IDS)).asked).toEqual(["https://api.anthropic.com"]);
  });

  test("all four ids, and an empty workspace where none is named", async () => {
    const { credential } = await choose({ ...IDS, "anthropic-workspace-id": "" });
    expect(credential).toMatchObject({
      workload: {
        ids: {
          federation_rule: "fdrl_01abc",
          organization: "11111111-2222-3333-4444-555555555555",
          service_account: "svac_01abc",
          workspace: "",
        },
      },
    });
  });
});

describe("a key beside workload identity is refused, by the place where it is", () => {
  test.each<[string, Given, string, Given, string]>([
    ["in the input", { ...IDS, ...KEY }, "", {}, "the input `anthropic-api-key`"],
    ["in the input, with the ids in kin.yml", KEY, CONFIGURED, {}, "the input `anthropic-api-key`"],
    ["in the input, with one id only", { ...KEY, "anthropic-workspace-id": "default" }, "", {}, "the input"],
    ["in the input, where kin.yml wants none", KEY, "auth: workload-identity", {}, "the input"],
    ["in the job's environment", IDS, "", { ANTHROPIC_API_KEY: "sk-ant-api03-stored" }, "ANTHROPIC_API_KEY"],
    [
      "as a token in the job's environment",
      IDS,
      "",
      { ANTHROPIC_AUTH_TOKEN: "sk-ant-api03-stored" },
      "ANTHROPIC_AUTH_TOKEN",
    ],
  ])("%s", async (_, given, config, env, place) => {
    const said = await refusal(given, config, env);
    expect(said).toContain(`there is an API key beside it: ${place}`);
    expect(said).toMatch(/Delete the secret ANTHROPIC_API_KEY.*auth: key/s);
    expect(said).not.toContain("stored");
  });
});

describe("an id is refused by its name, with what it looks like and where it may stand", () => {
  const wrong: Readonly<Record<string, readonly string[]>> = {
    federation_rule: ["svac_01abc", "fdrl_", "01abc", "fdrl_01 abc", "fdrl_01abc\n::set-output::"],
    organization: ["my-org", "11111111222233334444555555555555", "11111111-2222-3333-4444-55555555555g"],
    service_account: ["fdrl_01abc", "svac-01abc"],
    workspace: ["workspace", "wrkspc_", "Default"],
  };
  const rows = Object.entries(wrong).flatMap(([name, values]) => values.map(value => [name, value] as const));
  test.each(rows)("%s: %j", async (name, value) => {
    const form = ID_FORMS[name as keyof typeof ID_FORMS];
    const said = await refusal({ ...IDS, [form.input]: value });
    expect(said).toContain(`${name} is ${value}`);
    expect(said).toContain(form.like);
    expect(said).toContain(form.variable);
    const config = `workload_identity: { ${name}: ${JSON.stringify(value)} }`;
    expect(() => parseConfig(config, "kin.yml")).toThrow(/as the Claude Console shows it/);
  });

  test.each(ID_NAMES.filter(name => ID_FORMS[name].required))("no %s", async name => {
    expect(await refusal({ ...IDS, [ID_FORMS[name].input]: "" })).toContain(`there is no ${name}`);
  });

  test("two of a kind", async () => {
    const said = await refusal({ ...IDS, "anthropic-federation-rule-id": "fdrl_other" }, CONFIGURED);
    expect(said).toContain(
      "of .github/kin.yml is fdrl_01abc, and the input `anthropic-federation-rule-id` is fdrl_other",
    );
  });
});

test("without a key and without an id, both ways are named", async () => {
  expect(await refusal({})).toMatch(/`anthropic-api-key` is empty.*ANTHROPIC_API_KEY.*workload identity/s);
});

test("without an id where kin.yml wants workload identity, no key is taken in its place", async () => {
  expect(await refusal({}, "auth: workload-identity")).toContain("there is no federation_rule");
});

test("a configuration that says nothing of it has no key of it: an Action from before it reads it still", () => {
  expect(Object.keys(parseConfig("", "kin.yml"))).not.toContain("workload_identity");
});
