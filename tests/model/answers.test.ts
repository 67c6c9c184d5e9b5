import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import type { ModelMessage } from "../../core/model/request.ts";
import { parseAnswers } from "../../local/model/answers.ts";
import { startFakeModel } from "../../local/model/server.ts";
import { answersIn, aRequest, aWorld, continued, HEADER, says } from "./scripted.ts";

const textOf = async (asked: Promise<unknown>): Promise<unknown> =>
  ((await asked) as { reply?: { content: { text?: string }[] } }).reply?.content[0]?.text;

test("The most particular file answers, a directory of the issue or the repository before the others.", async () => {
  const names = [
    "default.yaml",
    "debugger.yaml",
    "debugger@p2.yaml",
    "debugger@p2s1.yaml",
    "debugger@p2a1.yaml",
    "debugger@p2s1a1.yaml",
    "12/default.yaml",
    "12/debugger@p2s1a1.yaml",
    "hello/default.yaml",
    "hello/12/default.yaml",
  ];
  const files: Record<string, string> = {};
  for (const name of names) {
    files[name] = `- text: ${name}`;
    const { ask, fake } = await aWorld(files);
    expect(await textOf(ask())).toBe(name);
    expect(fake.requests()[0]).toMatchObject({
      file: name,
      role: "debugger",
      pipeline: 2,
      step: 1,
      attempt: 1,
      task: "octo/hello#12",
    });
  }
});

test("Without a file the 400 names the files that were looked for.", async () => {
  const { ask } = await aWorld({ "tester.yaml": "- text: Not me." });
  expect(await ask()).toMatchObject({
    kind: "refused",
    reason: expect.stringMatching(
      / debugger@p2s1a1\.yaml, .*debugger@p2\.yaml, debugger\.yaml, default\.yaml, also in hello\/12\/, hello\/, 12\/$/,
    ),
  });
  expect(await ask({ messages: [says("Hello.")] })).toMatchObject({
    reason: expect.stringMatching(/looked for default\.yaml$/),
  });
});

test("A line that only resembles the header is none.", async () => {
  const { ask } = await aWorld({ "default.yaml": "- text: default", "debugger.yaml": "- text: debugger" });
  for (const line of ["Pipeline 2, step 1, attempt 1, role ../debugger.", ` ${HEADER}`, HEADER.slice(0, -1)])
    expect(await textOf(ask({ messages: [says(line)] }))).toBe("default");
});

test("The turn is the number of replies so far; past the end the last one repeats.", async () => {
  const { ask } = await aWorld({ "debugger.yaml": "- tools: [{ bash: { command: ls } }]\n- text: last" });
  const messages = continued(aRequest().messages, await ask());
  expect(await textOf(ask({ messages }))).toBe("last");
  const longer = [
    ...messages,
    { role: "assistant" as const, content: [{ type: "text", text: "x" }] },
    says("On."),
  ];
  expect(await textOf(ask({ messages: longer }))).toBe("last");
});

test("The results of the tools choose between alternatives.", async () => {
  const { ask } = await aWorld({
    "debugger.yaml": `
- tools: [{ bash: { command: npm test } }]
- text: neither
  when:
    - { result_matches: "^2 failed$", text: red }
    - { result_matches: passed, submit: { done: true } }
`,
  });
  const first = await ask();
  const next = (result: string) => ask({ messages: continued(aRequest().messages, first, result) });
  expect(await textOf(next("Tests\n2 failed\n"))).toBe("red");
  expect(await next("3 passed")).toMatchObject({
    reply: { content: [{ name: "submit", input: { answer: { done: true } } }] },
  });
  expect(await textOf(next("what?"))).toBe("neither");
});

test("A worker's own file comes before its role's, and the header names it.", async () => {
  const { ask, fake } = await aWorld({ "coder@w3.yaml": "- text: third", "coder.yaml": "- text: any" });
  const as = (worker: string) => [says(`Pipeline 2, step 1, attempt 1, worker ${worker}, role coder.`)];
  expect(await textOf(ask({ messages: as("w3") }))).toBe("third");
  expect(await textOf(ask({ messages: as("w4") }))).toBe("any");
  expect(fake.requests()[0]).toMatchObject({ role: "coder", worker: "w3" });
});

test("A coordinator's turns are chosen by the notices that it heard, however many came at once.", async () => {
  const { ask } = await aWorld({
    "debugger.yaml":
      "- text: begins\n- notices: 2\n  text: both\n- text: behind both\n- notices: 3\n  text: the third",
  });
  const notice = "<task-notification>\n<status>completed</status>\n</task-notification>";
  const heard = (count: number): ModelMessage => ({
    role: "user",
    content: Array.from({ length: count }, () => ({ type: "text", text: notice })),
  });
  const reply: ModelMessage = { role: "assistant", content: [{ type: "text", text: "…" }] };
  const first = aRequest().messages;
  const after = (...more: readonly ModelMessage[]) => textOf(ask({ messages: [...first, ...more] }));
  expect(await after()).toBe("begins");
  expect(await after(reply, heard(2))).toBe("both");
  expect(await after(reply, heard(1))).toBe("I wait for the others.");
  expect(await after(reply, heard(1), reply, heard(1))).toBe("both");
  expect(await after(reply, heard(2), reply, says("Go on."))).toBe("behind both");
  expect(await after(reply, heard(2), reply, heard(1))).toBe("the third");
  expect(await after(reply, heard(2), reply, says("Go on."), reply, says("Go on."))).toBe("I wait.");
});

test("Usage can be said outright.", async () => {
  const { ask } = await aWorld({
    "debugger.yaml": "- text: x\n  usage: { input_tokens: 7, output_tokens: 9000 }",
  });
  expect(await ask()).toMatchObject({ reply: { usage: { input: 7, output: 9000 } } });
});

test.each([
  ["- texts: Hi", /^debugger\.yaml: turn 1: found `texts`; allowed: `text`, `thinking`, `web`, `tools`/],
  ["- text: Hi\n- text: 3", /^debugger\.yaml: turn 2, text: found 3; allowed: string/],
  ["- tools: [{ bash: { command: ls }, read: { path: a } }]", /turn 1, tools\.0: found 2 keys; allowed: one/],
  ["- stop_reason: bored", /turn 1, stop_reason: found "bored"; allowed: `end_turn`/],
  ["- error: { status: 429, kind: x }", /turn 1, error: found `kind`; allowed: `status`, `type`/],
  ["- when: [{ result_matches: '(' }]", /turn 1, when\.0\.result_matches: found "\("/],
  ["- delay_ms: -1", /turn 1, delay_ms: found -1; allowed: at least 0/],
  ["[]", /the file: found \[\]; allowed: at least 1/],
  ["text: Hi", /the file: found \{"text":"Hi"\}; allowed: array/],
  ["- text: 'Hi", /^debugger\.yaml: Missing closing/],
])(
  "A slip is named with its file, its key, what was found and what is allowed: %s",
  async (source, problem) => {
    expect(() => parseAnswers(source, "debugger.yaml")).toThrow(
      expect.objectContaining({ code: "answers_invalid", message: expect.stringMatching(problem) }),
    );
    const { ask, log } = await aWorld({ "debugger.yaml": source });
    expect(log.join("\n")).toMatch(new RegExp(problem.source.replace("^", ""), "m"));
    expect(await ask()).toMatchObject({
      kind: "refused",
      reason: expect.stringMatching(/^400 invalid_request_error: scripted: debugger\.yaml/),
      hint: expect.stringMatching(/^A scripted model plays here\. Write or mend its answers file/),
    });
  },
);

test("A file may be mended while the model runs.", async () => {
  const answers = await answersIn({ "default.yaml": "- nonsense" });
  const fake = await startFakeModel({ answers });
  onTestFinished(() => fake.close());
  await writeFile(path.join(answers, "default.yaml"), "- text: mended");
  const headers = { "x-api-key": "any", "anthropic-version": "2023-06-01" };
  const body = JSON.stringify({ model: "m", max_tokens: 9, messages: [{ role: "user", content: "Hi" }] });
  const response = await fetch(`${fake.url}/v1/messages`, { method: "POST", headers, body });
  expect(await response.json()).toMatchObject({ content: [{ text: "mended" }], stop_reason: "end_turn" });
});

test("What it saw is listed without a word of the conversation.", async () => {
  const { ask, fake } = await aWorld({ "debugger.yaml": "- text: secret reply" });
  await ask();
  const listed = await (await fetch(`${fake.url}/_embedded/requests`)).json();
  expect(listed).toMatchObject([
    {
      n: 1,
      at: "2026-10-01T12:00:00.000Z",
      role: "debugger",
      turn: 1,
      model: "claude-sonnet-5-5",
      status: 200,
      usage: { output_tokens: 3 },
    },
  ]);
  expect(JSON.stringify(listed)).not.toMatch(/parser fails|secret/);
  expect(JSON.stringify(fake.requests())).toContain("parser fails");
  expect(await (await fetch(fake.url)).json()).toMatchObject({ scripted: true });
});

const MAIN = fileURLToPath(new URL("../../local/model/main.ts", import.meta.url));

test("The command says where it listens and how to point Kin at it.", async () => {
  const answers = await answersIn({ "default.yaml": "- text: Hi" });
  const child = spawn(process.execPath, [MAIN, "--answers", answers, "--port", "0"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill());
  let said = "";
  while (!said.includes("ANTHROPIC_API_KEY")) said += String((await once(child.stdout, "data"))[0]);
  const url = /ANTHROPIC_BASE_URL=(\S+)/.exec(said)?.[1];
  expect(await (await fetch(url ?? "")).json()).toEqual({ scripted: true, answers });
  child.kill("SIGTERM");
  expect((await once(child, "exit"))[0]).toBe(0);
});

test.each([
  [[], /Usage: npm run fake-model/],
  [["--answers", "nowhere"], /no directory of answers at nowhere/],
  [["--answers", ".", "--port", "x"], /Usage/],
])("The command with %j says what is wrong.", async (args, message) => {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.on("data", chunk => {
    said += String(chunk);
  });
  expect((await once(child, "close"))[0]).toBe(1);
  expect(said).toMatch(message);
});
