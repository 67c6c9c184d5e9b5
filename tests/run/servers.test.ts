// MCP servers in a conversation: the real driver, the real sandbox and real servers; only the model is scripted.
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createToolServers } from "../../action/mcp/servers.ts";
import { createWorkbench } from "../../action/workbench/workbench.ts";
import { SUBMIT } from "../../core/agents/submit.ts";
import { TOOLS } from "../../core/agents/tools.ts";
import type { EventOf } from "../../core/model/event.ts";
import { fold } from "../../core/pipeline/apply.ts";
import { takeEvents } from "../../core/pipeline/take-events.ts";
import { jobSummary } from "../../core/report/job-summary.ts";
import { ODD, realServer } from "../mcp.ts";
import { aRoster } from "../model-rules/roles.ts";
import { aRepository, closeAll, HOST_PATH, temporary, toolProcess } from "../workbench/kit.ts";
import {
  APPROVED,
  all,
  aModel,
  bash,
  CHECK,
  call,
  claimed,
  DONE,
  extended,
  FILES,
  MENDED,
  opened,
  planOf,
  run,
  type Script,
  submit,
  write,
} from "./kit.ts";

let repository: ReturnType<typeof aRepository>;
beforeAll(async () => {
  repository = aRepository({
    ...FILES,
    "servers/files.mjs": await realServer("filesystem"),
    "servers/all.mjs": await realServer("everything"),
    "servers/odd.mjs": ODD,
  });
}, 60_000);
afterAll(closeAll);

const roles = ["debugger"];
const odd = (how: string, more: object = {}) => ({
  command: "node",
  args: ["servers/odd.mjs", how],
  roles,
  ...more,
});
const mcp = {
  files: { command: "node", args: ["servers/files.mjs", "/tree"], tools: ["read_text_file"], roles },
  all: { command: "node", args: ["servers/all.mjs"], tools: ["echo", "get-tiny-image"], roles },
  odd: odd("", { timeout_seconds: 60 }),
  absent: odd("dead"),
  silent: odd("silent", { timeout_seconds: 1 }),
  keyless: odd("", { env: { TOKEN: "secret:NOBODY" } }),
};
const SECRET = "correct-horse-battery";

const runWith = async (
  script: Script,
  { config = { mcp }, journal }: { config?: object; journal?: Parameters<typeof fold>[0] } = {},
) => {
  const model = aModel(script);
  const workbench = createWorkbench({
    dir: join(temporary(), "bench"),
    source: { kind: "local", path: repository.path },
    toolProcess: await toolProcess(),
    node: process.execPath,
    sandbox: "bwrap",
    path: HOST_PATH,
    log: () => {},
  });
  const servers = createToolServers({ secrets: new Map([["A_TOKEN", SECRET]]), log: () => {} });
  const first = journal ?? [opened({ base: { ref: "main", sha: repository.base } }, { config })];
  return { ...(await run({ journal: first, model, workbench, servers })), model };
};

const PM = [[[submit(planOf("debugger", "tester"))]]];
const TESTER = [[[write("test/sum.test.js", "// 1 + 1 is 2\n")], [bash(CHECK), submit(APPROVED)]]];
const ending = [[write("sum.js", MENDED)], [bash(CHECK), submit(DONE)]];
const scriptOf = (...turns: readonly (readonly ReturnType<typeof call>[])[]): Script => ({
  pm: PM,
  debugger: [[...turns, ...ending]],
  tester: TESTER,
});
const resultsOf = ({ results }: EventOf<"turn">): readonly string[] =>
  results.map(block => String(block.type === "tool_result" ? block.content : block.text));

test("each is a note, and the task goes on: absent, silent, without its secret, 50 MB, named like Kin's own, dead in between", async () => {
  const { pipeline, journal, model } = await runWith(
    scriptOf(
      [
        call("mcp__files__read_text_file", { path: "/tree/sum.js" }),
        call("mcp__all__echo", { message: "hello" }),
      ],
      [call("mcp__odd__bash", {}), call("mcp__odd__submit", {}), call("mcp__all__get-tiny-image", {})],
      [call("mcp__odd__large", { mib: 50 }), call("mcp__odd__die", {}), call("mcp__odd__there", {})],
      [call("mcp__absent__bash", {}), call("bash_", {})],
    ),
  );
  expect(pipeline.outcome?.kind).toBe("passed");

  const [, debugging] = all(journal, "attempt_started");
  expect(debugging?.mcp?.notes.map(note => note.slice(0, 60))).toEqual([
    "absent: it ended with exit code 1",
    expect.stringMatching(/^keyless: the run has no secret NOBODY/),
    "silent: it did not answer within 1 seconds",
  ]);
  expect(debugging?.first).toContain("mcp__files__read_text_file");
  expect(debugging?.first).toContain("silent: it did not answer within 1 seconds");

  const asked = (role: string) =>
    model.asked.filter(({ request }) => JSON.stringify(request.messages[0]).includes(`role ${role}.`));
  const names = (request: (typeof model.asked)[number]["request"]) => request.tools.map(({ name }) => name);
  const own = [...TOOLS, SUBMIT];
  for (const { request } of [...asked("pm"), ...asked("tester")]) expect(request.tools).toEqual(own);
  for (const { request } of asked("debugger")) {
    expect(request.tools.slice(0, own.length)).toEqual(own);
    const foreign = names(request).slice(own.length);
    expect(foreign).toEqual(foreign.toSorted());
    expect(foreign).toContain("mcp__odd__bash");
    expect(new Set(foreign.map(name => name.split("__")[1]))).toEqual(new Set(["all", "files", "odd"]));
  }

  const [read, named, lost, none] = all(journal, "turn").filter(({ step }) => step === 1);
  if (!read || !named || !lost || !none) throw new Error("there are not four turns");
  expect(resultsOf(read)).toEqual([expect.stringContaining("a - b"), expect.stringContaining("hello")]);
  expect(read.mcp?.map(({ server, tool, is_error }) => [server, tool, is_error])).toEqual([
    ["files", "read_text_file", false],
    ["all", "echo", false],
  ]);
  expect(resultsOf(named)).toEqual([
    "not the shell",
    "not the answer",
    expect.stringContaining("an image, image/png"),
  ]);
  expect(resultsOf(lost)).toEqual([
    expect.stringMatching(
      /^No result: it answered more than 8 MiB at once; ask for less\.\nIt begins with:\n.*x+/s,
    ),
    "No result: it ended with exit code 3.",
    "still there",
  ]);
  expect(JSON.stringify(resultsOf(lost)).length).toBeLessThan(6_000);
  expect(lost.mcp?.map(({ note }) => note?.slice(0, 40))).toEqual([
    "odd: it answered more than 8 MiB at once",
    undefined,
    undefined,
  ]);
  expect(resultsOf(none)[0]).toContain('The role debugger has no tool "mcp__absent__bash"');

  const summary = jobSummary(pipeline, { scripted: true });
  expect(summary).toContain("### MCP servers");
  expect(summary).toMatch(/\| `odd` \| 5 \| 2 \|/);
  expect(summary).toContain("absent: it ended with exit code 1");

  // The App accepts all of it, event by event.
  const roster = aRoster();
  for (const [index, { data, at }] of journal.entries())
    if (
      index > 1 &&
      ["attempt_started", "turn"].includes(data.kind) &&
      journal[index - 1]?.data.kind !== "attempt_started"
    )
      expect(() =>
        takeEvents([data, ...(data.kind === "attempt_started" ? [journal[index + 1]?.data as never] : [])], {
          pipeline: fold(journal.slice(0, index)),
          roster,
          at,
        }),
      ).not.toThrow();
}, 120_000);

test("one that dies each time is asked three times and no more, and noted once", async () => {
  const { pipeline, journal } = await runWith(scriptOf([1, 2, 3, 4].map(() => call("mcp__odd__die", {}))), {
    config: { mcp: { odd: odd("") } },
  });
  expect(pipeline.outcome?.kind).toBe("passed");
  const [turn] = all(journal, "turn").filter(({ step }) => step === 1);
  expect(turn && resultsOf(turn)).toEqual([
    ...Array(3).fill("No result: it ended with exit code 3."),
    "This server is not available any more: do without it.",
  ]);
  expect(turn?.mcp?.filter(({ note }) => note !== undefined)).toHaveLength(1);
}, 60_000);

test("an answer that is nested without an end is a lost call with a note, and the task goes on", async () => {
  const nested = `${'{"a":['.repeat(30_000)}${"]}".repeat(30_000)}`;
  const line = `{"jsonrpc":"2.0","id":ID,"result":{"content":[],"structuredContent":${nested}}}`;
  const { pipeline, journal } = await runWith(
    scriptOf([call("mcp__odd__raw", { line }), call("mcp__odd__there", {})]),
    { config: { mcp: { odd: odd("") } } },
  );
  expect(pipeline.outcome?.kind).toBe("passed");
  const [turn] = all(journal, "turn").filter(({ step }) => step === 1);
  const why = "it answered with more than 100 values inside one another";
  expect(turn && resultsOf(turn)).toEqual([`No result: ${why}.`, "still there"]);
  expect(turn?.mcp?.map(({ note }) => note)).toEqual([`odd: ${why}`, undefined]);
}, 60_000);

test("what a server shows of its secret is taken out, and another runner starts it again", async () => {
  const config = { mcp: { odd: odd("", { env: { TOKEN: "secret:A_TOKEN" } }) } };
  const script = scriptOf([call("mcp__odd__env", {})], [call("mcp__odd__there", {})]);
  const { journal } = await runWith(script, { config });
  expect(JSON.stringify(journal)).not.toContain(SECRET);
  const [turn] = all(journal, "turn").filter(({ step }) => step === 1);
  expect(turn && resultsOf(turn)[0]).toContain('"TOKEN":"[redacted]"');

  const cut = journal.findIndex(({ data }) => data === turn) + 1;
  const resumed = await runWith(script, { journal: extended(journal.slice(0, cut), claimed("2")) });
  expect(resumed.pipeline.outcome?.kind).toBe("passed");
  const [, second] = all(resumed.journal, "turn").filter(({ step }) => step === 1);
  expect(second && resultsOf(second)).toEqual(["still there"]);
  expect(resumed.model.asked[0]?.request.tools).toHaveLength(TOOLS.length + 1 + 15);
}, 60_000);
