import { describe, expect, test } from "vitest";
import { type Inputs, readInputs } from "../../action/inputs.ts";
import { KinError } from "../../core/model/error.ts";

type Given = Readonly<Record<string, string>>;

const whole: Given = {
  server: "https://kin.example",
  issue: "12",
  "anthropic-api-key": "sk-secret",
};
const read = (given: Given, env: Readonly<Record<string, string>> = {}): Inputs =>
  readInputs({ input: name => ({ ...whole, ...given })[name] ?? "", env });
const refusalOf = (given: Given): KinError => {
  try {
    read(given);
  } catch (error) {
    if (error instanceof KinError) return error;
    throw error;
  }
  throw new Error("That was taken.");
};

describe("an input is read", () => {
  const taken: readonly (readonly [string, Given, Partial<Inputs>])[] = [
    [
      "what the workflow always passes is enough",
      {},
      {
        job: "run",
        server: "https://kin.example",
        issue: "12",
        pipeline: null,
        fromStep: null,
        dryRun: false,
        baseUrl: null,
        deadlineMinutes: 330,
        scripted: false,
      },
    ],
    ["a pipeline", { pipeline: "1-12-3" }, { pipeline: "1-12-3" }],
    ["a step", { from_step: "2" }, { fromStep: "2" }],
    ["a dry run", { dry_run: "true" }, { dryRun: true }],
    [
      "the verdict job, which has no key",
      { job: "verdict", "anthropic-api-key": "" },
      { job: "verdict", apiKey: "" },
    ],
    ["a server with a slash too many", { server: "https://kin.example/" }, { server: "https://kin.example" }],
    ["a server under a path", { server: "https://example.com/kin/" }, { server: "https://example.com/kin" }],
    ["a server on this machine", { server: "http://127.0.0.1:3000" }, { server: "http://127.0.0.1:3000" }],
    ["a server on this machine over IPv6", { server: "http://[::1]:3000" }, { server: "http://[::1]:3000" }],
    [
      "a gateway for the model",
      { "anthropic-base-url": "https://gateway.example/" },
      { baseUrl: "https://gateway.example" },
    ],
    ["the shortest time", { "deadline-minutes": "3" }, { deadlineMinutes: 3 }],
    ["the longest time", { "deadline-minutes": "7200" }, { deadlineMinutes: 7200 }],
  ];
  test.each(taken)("%s", (_, given, expected) => {
    expect(read(given)).toMatchObject(expected);
  });
});

describe("an input is refused, by its name, what was found and what is allowed", () => {
  const refused: readonly (readonly [string, Given, string, RegExp])[] = [
    ["no server", { server: "" }, "server", /is nothing\..*An https URL.*repository variable KIN_URL/s],
    ["a server that is no address", { server: "kin.example" }, "server", /is kin\.example\..*An https URL/s],
    ["a server over http", { server: "http://kin.example" }, "server", /An https URL/],
    [
      "a server that begins like this machine",
      { server: "http://127.0.0.1.evil.example" },
      "server",
      /An https URL/,
    ],
    [
      "a server that ends like this machine",
      { server: "http://evil.example/localhost" },
      "server",
      /An https URL/,
    ],
    ["this machine as a user's name", { server: "http://localhost@evil.example" }, "server", /An https URL/],
    ["this machine over another protocol", { server: "ftp://127.0.0.1/" }, "server", /An https URL/],
    ["a script", { server: "javascript://127.0.0.1/%0aalert(1)" }, "server", /An https URL/],
    [
      "a gateway over http",
      { "anthropic-base-url": "http://gateway.example" },
      "anthropic-base-url",
      /An https URL/,
    ],
    ["another job", { job: "publish" }, "job", /is publish\..*One of: run, verdict/s],
    ["yes for true", { dry_run: "yes" }, "dry_run", /is yes\..*One of: true, false/s],
    ["True for true", { dry_run: "True" }, "dry_run", /One of: true, false/],
    ["no time", { "deadline-minutes": "0" }, "deadline-minutes", /3 to 7200/],
    ["two minutes", { "deadline-minutes": "2" }, "deadline-minutes", /3 to 7200/],
    ["more than five days", { "deadline-minutes": "7201" }, "deadline-minutes", /3 to 7200/],
    ["an hour in words", { "deadline-minutes": "1h" }, "deadline-minutes", /is 1h\./],
    ["negative time", { "deadline-minutes": "-5" }, "deadline-minutes", /3 to 7200/],
    ["half a minute", { "deadline-minutes": "30.5" }, "deadline-minutes", /3 to 7200/],
    ["time in hexadecimal", { "deadline-minutes": "0x40" }, "deadline-minutes", /3 to 7200/],
  ];
  test.each(refused)("%s", (_, given, name, said) => {
    const error = refusalOf(given);
    expect(error).toMatchObject({ code: "input_invalid", retryable: false });
    expect(error.message).toContain(`The input \`${name}\` is `);
    expect(`${error.message}\n${error.hint}`).toMatch(said);
    expect(`${error.message}\n${error.hint}`).not.toContain("sk-secret");
  });
});

describe("a scripted model", () => {
  const here = { KIN_SCRIPTED: "1", GITHUB_SERVER_URL: "http://127.0.0.1:4000" };
  const model = { "anthropic-base-url": "http://127.0.0.1:5000" };
  const rows: readonly (readonly [string, Given, Readonly<Record<string, string>>, boolean])[] = [
    ["plays where model and GitHub are both on this machine", model, here, true],
    ["does not play where nobody asked for it", model, { ...here, KIN_SCRIPTED: "" }, false],
    ["does not play on github.com", model, { ...here, GITHUB_SERVER_URL: "https://github.com" }, false],
    ["does not play where GitHub is unknown", model, { KIN_SCRIPTED: "1" }, false],
    ["does not play where the model is real", {}, here, false],
    [
      "does not play where the model is elsewhere",
      { "anthropic-base-url": "https://gateway.example" },
      here,
      false,
    ],
  ];
  test.each(rows)("%s", (_, given, env, scripted) => {
    expect(read(given, env).scripted).toBe(scripted);
  });
});

test("of the environment only what the harness needs is read", () => {
  const env = {
    HTTPS_PROXY: "http://proxy:1",
    NO_PROXY: "x",
    PATH: "/bin",
    RUNNER_TEMP: "/t",
    GITHUB_TOKEN: "ghs_secret",
  };
  const inputs = read({}, env);
  expect(inputs).toMatchObject({
    proxy: { HTTPS_PROXY: "http://proxy:1", NO_PROXY: "x" },
    path: "/bin",
    temp: "/t",
  });
  expect(JSON.stringify(inputs)).not.toContain("ghs_secret");
});
