// MCP servers that are started: real ones and a misbehaving one, in the real sandbox, through a run's client.
import { readdirSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { Called, Connection } from "../../action/drive/ports/tool-servers.ts";
import { createToolServers } from "../../action/mcp/servers.ts";
import type { Totals } from "../../action/workbench/totals.ts";
import { readResult } from "../../core/agents/mcp-result.ts";
import { offerOf } from "../../core/agents/mcp-tools.ts";
import { McpServer } from "../../core/model/mcp.ts";
import { ODD, realServer } from "../mcp.ts";
import { aWorkbench, closeAll, type Handle, never, type Stand } from "./kit.ts";
import { processesWith } from "./machine.ts";

const SECRET = "correct-horse-battery";
const servers = createToolServers({
  secrets: new Map([
    ["A_TOKEN", SECRET],
    ["SHORT", "short"],
  ]),
  log: () => {},
});

let stand: Stand;
let bench: Handle;
beforeAll(async () => {
  stand = await aWorkbench(
    {
      "servers/filesystem.mjs": await realServer("filesystem"),
      "servers/everything.mjs": await realServer("everything"),
      "servers/odd.mjs": ODD,
      "a.txt": "as on the default branch\n",
      ".gitignore": "made\n",
    },
    {
      config: { setup: ["echo by setup > made; echo at home > ~/made"] },
      head: {
        "a.txt": "as Kin's branch has it\n",
        "servers/odd.mjs": "throw new Error('a model wrote this');\n",
      },
    },
  );
  bench = await stand.open();
}, 120_000);
afterAll(closeAll);

const start = (args: readonly string[], more: object = {}, on: Handle = bench): Promise<Connection> =>
  servers.connect(
    { name: "odd", ...McpServer.parse({ command: "node", args, roles: ["tester"], ...more }) },
    { bench: async () => on, signal: never },
  );
const odd = (how = "", more: object = {}, on?: Handle) => start(["servers/odd.mjs", how], more, on);
const use = (connection: Connection, tool: string, input: object = {}): Promise<Called> =>
  connection.call(tool, { input, signal: never });
const textOf = (called: Called): string => {
  if (called.kind !== "answered") throw new Error(JSON.stringify(called));
  return readResult(called.result)?.text ?? "";
};

describe("a real server", () => {
  test("of files reads the conversation's tree as it stands, and changes nothing", async () => {
    const connection = await start(["servers/filesystem.mjs", "/tree"]);
    const { tools, notes } = offerOf([{ server: "files", config: {}, tools: connection.tools }]);
    expect(notes).toEqual([]);
    expect(tools.map(({ name }) => name)).toContain("mcp__files__read_text_file");
    await bench.use("write", { file_path: "a.txt", content: "as the conversation has it\n" });
    const read = await use(connection, "read_text_file", { path: "/tree/a.txt" });
    expect(textOf(read)).toContain("as the conversation has it");
    const wrote = await use(connection, "write_file", { path: "/tree/a.txt", content: "x" });
    expect(JSON.stringify(wrote)).toContain("EROFS");
    await connection.close();
  });

  test("of everything offers what a model can be given, and its odd results are told in words", async () => {
    const connection = await start(["servers/everything.mjs"]);
    const { tools, notes } = offerOf([{ server: "all", config: {}, tools: connection.tools }]);
    expect(notes).toEqual([]);
    expect(tools.length).toBeGreaterThan(8);
    expect(textOf(await use(connection, "echo", { message: "hello" }))).toContain("hello");
    expect(textOf(await use(connection, "get-tiny-image"))).toMatch(
      /\[an image, image\/png, \d+ KiB: not shown\]/,
    );
    await connection.close();
  });
});

describe("a server that is started", () => {
  test("runs from the default branch's files with what setup made, and not from what a model wrote", async () => {
    await bench.bash(
      "rm -rf servers; mkdir servers; echo 'process.exit(9)' > servers/odd.mjs; echo evil > made",
    );
    const connection = await odd();
    const show = async (path: string) => textOf(await use(connection, "show", { path }));
    expect(await show("/work/a.txt")).toBe("as on the default branch\n");
    expect(await show("/work/made")).toBe("by setup\n");
    expect(await show("/home/kin/made")).toBe("at home\n");
    expect(await show("/tree/made")).toBe("evil\n");
    await connection.close();
  });

  test("can write to its own /tmp and to nothing else, and reaches nobody", async () => {
    const connection = await odd();
    expect(JSON.parse(textOf(await use(connection, "look")))).toEqual({
      work: "EROFS",
      tree: "EROFS",
      home: "EROFS",
      tmp: "undefined",
      network: "ENETUNREACH",
      secrets: false,
    });
    expect((await bench.bash("ls /tmp")).content).toBe("exit code 0");
    await connection.close();
  });

  test("has the secrets that its entry names and no others, and no command has any", async () => {
    const connection = await odd("", { env: { TOKEN: "Bearer secret:A_TOKEN" } });
    const env = JSON.parse(textOf(await use(connection, "env")));
    expect(env.TOKEN).toBe(`Bearer ${SECRET}`);
    expect(Object.keys(env).filter(name => /KIN|GITHUB|ANTHROPIC/.test(name))).toEqual([]);
    expect(
      (await bench.bash(`env | grep -c ${SECRET}; cat /proc/*/environ | grep -c ${SECRET}`)).content,
    ).toContain("0\n0\n");
    expect(servers.hide(`it is ${SECRET}`)).toBe("it is [redacted]");
    await connection.close();
  });

  test.each([
    ["NOBODY", "the run has no secret NOBODY"],
    ["SHORT", "the secret SHORT has fewer than 8 characters"],
  ])("is not started without its secret %s", async (name, why) => {
    await expect(odd("", { env: { TOKEN: `secret:${name}` } })).rejects.toThrow(why);
  });

  test("has the limits of a command", async () => {
    const connection = await odd();
    const limits = textOf(await use(connection, "show", { path: "/proc/self/limits" }));
    expect(limits).toMatch(/Max core file size\s+0 /);
    expect(limits).toMatch(/Max open files\s+16384 /);
    const open = textOf(await use(connection, "show", { path: "/proc/self/status" }));
    expect(open).toMatch(/NoNewPrivs:\s+1/);
    await connection.close();
  });

  test("is ended with its bench, from outside", async () => {
    const own = await stand.open();
    const marker = `marker-${process.pid}-ends`;
    await odd(marker, {}, own);
    expect(processesWith(marker).length).toBeGreaterThan(0);
    await own.close();
    await vi.waitUntil(() => processesWith(marker).length === 0, { timeout: 5_000 });
  });
});

describe("it is said why of one that", () => {
  test.each([
    [
      "is not there",
      () => start(["servers/none.mjs"]),
      /^it ended with exit code 1; it last said: .*Cannot find module/s,
    ],
    [
      "is no program",
      () => start([], { command: "no-such-server" }),
      /exit code 127; it last said: .*not found/s,
    ],
    ["dies at once", () => odd("dead"), /^it ended with exit code 1$/],
    ["says nothing", () => odd("silent", { timeout_seconds: 1 }), /^it did not answer within 1 seconds$/],
    ["speaks no MCP", () => odd("nonsense", { timeout_seconds: 2 }), /./],
    ["floods", () => odd("flood", { timeout_seconds: 60 }), /^it said more than 64 MiB unasked/],
  ])("%s", async (_, connecting, why) => {
    const error = await connecting().then(
      () => null,
      found => found,
    );
    expect(error?.code).toBe("server_unavailable");
    expect(error?.message).toMatch(why);
  });

  test("hangs in a call", async () => {
    const connection = await odd("", { timeout_seconds: 1 });
    expect(await use(connection, "hang")).toEqual({
      kind: "lost",
      why: "it did not answer within 1 seconds",
    });
    await connection.close();
  });

  test("dies in a call", async () => {
    const connection = await odd();
    expect(await use(connection, "die")).toEqual({ kind: "lost", why: "it ended with exit code 3" });
    await connection.close();
  });

  test("answers 50 MB, of which the beginning is kept and the rest is never in memory", async () => {
    const connection = await odd();
    const before = process.memoryUsage().arrayBuffers;
    const called = await use(connection, "large", { mib: 50 });
    expect(called).toMatchObject({ kind: "lost", why: expect.stringContaining("more than 8 MiB at once") });
    expect(called.kind === "lost" && called.begins?.length).toBe(64 * 1024);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(24 * 1024 ** 2);
    await connection.close();
  });

  test("takes more memory than a server may", async () => {
    const connection = await odd();
    expect(await use(connection, "swell")).toMatchObject({
      kind: "lost",
      why: expect.stringMatching(/^it took 2\.\d GiB/),
    });
    await connection.close();
  });

  test("lists more than anybody could be shown, and without an end", async () => {
    const connection = await odd("many");
    expect(connection.tools).toHaveLength(512);
    await connection.close();
  });

  test("asks without an end, each time with a name that is long, and is told nothing", async () => {
    const connection = await odd();
    expect(await use(connection, "pings", { mib: 80 })).toMatchObject({
      kind: "lost",
      why: expect.stringMatching(/^it said more than 64 MiB unasked/),
    });
    await connection.close();
  });

  test("does not read what it is told", async () => {
    const connection = await odd();
    const deaf = use(connection, "deaf");
    const told = Array.from({ length: 4 }, () =>
      use(connection, "there", { much: "x".repeat(3 * 1024 ** 2) }),
    );
    for (const called of await Promise.all([deaf, ...told]))
      expect(called).toMatchObject({
        kind: "lost",
        why: expect.stringMatching(/^it does not read what it is told/),
      });
    await connection.close();
  });

  test("answers 7 MiB, which is read", async () => {
    const connection = await odd();
    expect(textOf(await use(connection, "large", { mib: 7 })).length).toBe(7 * 1024 ** 2);
    await connection.close();
  });

  const nested = (depth: number): string => `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;
  const answer = (id: string | number, content: string): string =>
    `{"jsonrpc":"2.0","id":${id},"result":{"content":[],"structuredContent":${content}}}`;

  test("answers what nobody asked, however deep it is, and is there still", async () => {
    const connection = await odd();
    const line = `${answer(4242, nested(50_000))}\n${answer('"ID"', nested(90))}`;
    expect(textOf(await use(connection, "raw", { line }))).toBe(nested(90));
    expect(textOf(await use(connection, "there"))).toBe("still there");
    await connection.close();
  });

  test.each([
    ["as deep as nobody reads", answer("ID", nested(101)), /^it answered with more than 100 values inside/],
    [
      "with ever so many values",
      answer("ID", `[${"1,".repeat(300_000)}1]`),
      /^it answered with more than 200,000 values/,
    ],
  ])("answers %s", async (_, line, why) => {
    const connection = await odd();
    expect(await use(connection, "raw", { line })).toMatchObject({
      kind: "lost",
      why: expect.stringMatching(why),
    });
    await connection.close();
  });

  test("refuses, in its own words, and is there still", async () => {
    const connection = await odd();
    expect(await use(connection, "none")).toEqual({
      kind: "refused",
      why: expect.stringContaining("there is no tool none"),
    });
    expect(textOf(await use(connection, "there"))).toBe("still there");
    await connection.close();
  });
});

describe("the /tmp of a server", () => {
  const own = async (totals: Partial<Totals>) => {
    const open = await aWorkbench({ "servers/odd.mjs": ODD }, { totals });
    return { ...open, bench: await open.open() };
  };
  const left = ({ dir }: Stand) =>
    readdirSync(dir, { recursive: true, encoding: "utf8" }).filter(path => /tmp-\d+$/.test(path));

  test.each([
    ["bytes", { files: 7, kib: 12 * 1024 }, /^its \/tmp holds [6-9]\d MiB, and 60 MiB are allowed/],
    ["files", { files: 900, kib: 1 }, /^its \/tmp holds [7-9]\d\d files, and 700 are allowed/],
  ])("that has more %s than a bench may hold ends it, and is gone then", async (_, input, why) => {
    const stand = await own({ disk: 60 * 1024 ** 2, inodes: 700 });
    const connection = await odd("", { timeout_seconds: 60 }, stand.bench);
    expect(await use(connection, "fill", input)).toMatchObject({
      kind: "lost",
      why: expect.stringMatching(why),
    });
    await connection.close();
    expect(left(stand)).toEqual([]);
    // The bench itself holds little.
    expect((await stand.bench.bash("sleep 3; echo goes on")).content).toContain("goes on");
  });

  test("leaves free on the machine's disk what is to stay free", async () => {
    const stand = await own({ free: 2 ** 60 });
    await expect(odd("silent", { timeout_seconds: 60 }, stand.bench)).rejects.toThrow(
      /^the machine's disk is full: .* stay free/,
    );
  });
});

test("without a sandbox no server is started", async () => {
  const open = await aWorkbench({ "a.txt": "a\n" }, { sandbox: "none" });
  const own = await open.open();
  await expect(odd("", {}, own)).rejects.toMatchObject({ code: "server_unavailable" });
});
