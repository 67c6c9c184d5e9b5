// From the label to the pull request with MCP servers: one started in the sandbox, one over HTTP, and one that is
// missing.
import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SUBMIT } from "../../core/agents/submit.ts";
import { TOOLS } from "../../core/agents/tools.ts";
import type { Player } from "../../local/model/choose.ts";
import { ROOT } from "../../local/world.ts";
import { realServer } from "../mcp.ts";
import { configured, openSite, type Site } from "./site.ts";

let site: Site;
let remote: ChildProcess;
const offered = new Map<string, readonly string[]>();

const proof = { what_was_done: "Ran it.", how_verified: [1], verification_result: "It exits 0." };
const FIXED = {
  status: "done",
  root_cause: "The greeting was not finished.",
  evidence: ["test.sh compares the whole line"],
  fixes: [{ file: "greeting.txt", description: "The whole greeting" }],
  regression_test: "test.sh",
  proof,
};
const APPROVED = {
  verdict: "approved",
  reason: "test.sh exits 0.",
  ...{ findings: [], tests_written: [], tests_run: 0, passed: 0, failed: 0, failures: [], proof },
};
const PLAN = {
  analysis: "The greeting lacks its last word.",
  ...{ category: "FIX", route_type: "debug", completion_mode: "review", estimated_steps: 2 },
  pipeline: [
    { role: "debugger", brief: "Make test.sh pass." },
    { role: "tester", brief: "Judge.", depends_on: "debugger" },
  ],
};

const player: Player = ({ messages, tools = [] }, { role }) => {
  offered.set(
    role ?? "",
    tools.map(({ name }) => name),
  );
  const said = messages.filter(message => message.role === "assistant").length;
  if (role === "pm") return { submit: PLAN };
  if (role === "tester")
    return said === 0 ? { tools: [{ bash: { command: "sh test.sh" } }] } : { submit: APPROVED };
  if (said === 0)
    return {
      tools: [
        { mcp__files__read_text_file: { path: "/tree/greeting.txt" } },
        { mcp__docs__echo: { message: "what is the rest?" } },
      ],
    };
  if (said === 1)
    return {
      tools: [
        { write: { file_path: "greeting.txt", content: "Hello, world\n" } },
        { bash: { command: "sh test.sh" } },
        { mcp__files__read_text_file: { path: "/tree/greeting.txt" } },
      ],
    };
  return { submit: FIXED };
};

beforeAll(async () => {
  const free = createServer();
  await new Promise<void>(resolve => free.listen(0, "127.0.0.1", resolve));
  const { port } = free.address() as AddressInfo;
  free.close();
  const entry = join(ROOT, "node_modules/@modelcontextprotocol/server-everything/dist/index.js");
  remote = spawn(process.execPath, [entry, "streamableHttp"], {
    env: { PATH: process.env.PATH, PORT: String(port) },
    stdio: ["ignore", "ignore", "pipe"],
  });
  await new Promise(resolve =>
    remote.stderr?.on("data", said => /listening|port/i.test(String(said)) && resolve(null)),
  );
  const mcp = {
    files: {
      command: "node",
      args: ["servers/files.mjs", "/tree"],
      tools: ["read_text_file"],
      roles: ["debugger"],
    },
    docs: { url: `http://127.0.0.1:${port}/mcp`, tools: ["echo"], roles: ["debugger"] },
    absent: { command: "no-such-server", roles: ["debugger"] },
  };
  const config = { tech_stack: ["sh"], execution_mode: "review", limits: { revisions: 0, returns: 4 }, mcp };
  const files = {
    ...configured(JSON.stringify(config)),
    "servers/files.mjs": await realServer("filesystem"),
  };
  site = await openSite({ answers: player, files });
}, 120_000);
afterAll(async () => {
  remote.kill();
  await site.close();
});

test("L11: its roles use them, nobody else is offered them, and the one that is not there is a note", async () => {
  const issue = await site.open();
  await site.label(issue);
  await site.until(issue, "review");
  const own = [...TOOLS, SUBMIT].map(({ name }) => name);
  expect(offered.get("pm")).toEqual(own);
  expect(offered.get("tester")).toEqual(own);
  expect(offered.get("debugger")).toEqual([...own, "mcp__docs__echo", "mcp__files__read_text_file"]);

  const journal = await site.journal(issue);
  const started = journal.flatMap(data =>
    data.kind === "attempt_started" && data.mcp !== undefined ? [data.mcp] : [],
  );
  expect(started).toHaveLength(1);
  expect(started[0]?.notes).toEqual([expect.stringMatching(/^absent: it ended with exit code 127/)]);
  const turns = journal.flatMap(data => (data.kind === "turn" && data.mcp !== undefined ? [data] : []));
  expect(turns.flatMap(({ mcp }) => mcp ?? []).map(({ server, is_error }) => [server, is_error])).toEqual([
    ["files", false],
    ["docs", false],
    ["files", false],
  ]);
  const results = turns.flatMap(turn =>
    turn.results.flatMap(block => ("content" in block ? [String(block.content)] : [])),
  );
  expect(results[0]).toContain("Hello");
  expect(results[0]).not.toContain("world");
  expect(results[1]).toContain("what is the rest?");
  expect(results.at(-1)).toContain("Hello, world");
  expect(await site.changed(issue)).toEqual(["greeting.txt"]);
}, 120_000);
