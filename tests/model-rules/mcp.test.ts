// MCP servers in the configuration: which entries are accepted, whom they serve, what their tools are called, and how
// secrets get in and are kept out of the output.
import { describe, expect, test } from "vitest";
import { Config } from "../../core/model/config.ts";
import { MCP_TOOL_NAME, mcpToolName, serversOf } from "../../core/model/mcp.ts";
import { hiderOf, secretNames, secretProblem, withSecrets } from "../../core/model/mcp-secrets.ts";
import { parseConfig } from "../../host/config-file.ts";
import { readOwnRoles } from "../../host/own-roles.ts";
import { loadRoster } from "../../host/roster.ts";
import { ROOT } from "../../local/world.ts";

const roles = ["tester"];
const started = { command: "node_modules/.bin/a-server", roles };
const remote = { url: "https://docs.example.com/mcp", roles };

const problem = (entry: object, name = "docs"): string => {
  try {
    parseConfig(JSON.stringify({ mcp: { [name]: entry } }), "kin.yml");
    return "";
  } catch (error) {
    return (error as Error).message;
  }
};

describe("an entry", () => {
  test.each([
    [started],
    [{ ...started, args: ["/work"], env: { TOKEN: "secret:A_TOKEN", LEVEL: "info" }, tools: ["read_file"] }],
    [remote],
    [{ ...remote, headers: { Authorization: "Bearer secret:A_TOKEN" }, private: true, timeout_seconds: 5 }],
    [{ ...remote, url: "https://docs.example.com" }],
    [{ ...remote, url: "https://docs.example.com:8443/@scope/mcp?v=1" }],
    [{ ...remote, url: "http://127.0.0.1:3001/mcp" }],
  ])("%j is taken", entry => {
    expect(problem(entry)).toBe("");
  });

  test.each([
    [{ roles }, "give either `command` or `url`"],
    [{ ...started, ...remote }, "give either `command` or `url`"],
    [{ ...remote, args: ["x"] }, "the other kind of server"],
    [{ ...remote, env: {} }, "the other kind of server"],
    [{ ...started, headers: {} }, "the other kind of server"],
    [{ ...started, private: true }, "the other kind of server"],
    [{ command: "x" }, "`mcp.docs.roles` must be a list of strings"],
    [{ ...started, roles: [] }, "`mcp.docs.roles` must be a list of strings"],
    [{ ...remote, url: "http://docs.example.com" }, "it is an https address"],
    [{ ...remote, url: "http://127.0.0.1.example.com/" }, "it is an https address"],
    [{ ...remote, url: "https://kin:word@docs.example.com" }, "it is an https address"],
    [{ ...remote, url: "file:///etc/passwd" }, "it is an https address"],
    [{ ...started, env: { "A-B": "x" } }, "a name is letters, digits and underscores"],
    [{ ...remote, headers: { "X\nY": "x" } }, "a name is letters, digits and hyphens"],
    [{ ...started, timeout_seconds: 601 }, "`mcp.docs.timeout_seconds` must be a whole number from 1 to 600"],
    [{ ...started, tool: ["x"] }, "unknown key `mcp.docs.tool`. Did you mean `mcp.docs.tools`?"],
    [
      { ...started, env: Object.fromEntries(Array.from({ length: 31 }, (_, at) => [`A${at}`, "x"])) },
      "at most 30 of them",
    ],
  ])("%j is refused", (entry, why) => {
    expect(problem(entry)).toContain(why);
  });

  test.each(["Docs", "my_docs", "1docs", "a".repeat(25), "a.b"])("is not called %s", name => {
    expect(problem(started, name)).toContain("a name is at most 24 small letters, digits and hyphens");
  });

  test("without a name is an empty key", () => {
    expect(problem(started, "")).toContain("`mcp` has an empty key");
  });

  test("is one of eight at most", () => {
    const mcp = Object.fromEntries(Array.from({ length: 9 }, (_, at) => [`s${at}`, started]));
    expect(Config.safeParse({ mcp }).error?.issues[0]?.message).toBe("at most 8 servers");
  });

  test("for a role that nobody knows is told with what was meant", () => {
    const config = Config.parse({ mcp: { docs: { ...started, roles: ["tester", "reviwer"] } } });
    const { roster } = loadRoster(ROOT);
    expect(() => readOwnRoles({ roles: null, prompts: new Map() }, { config, roster })).toThrow(
      '`mcp.docs.roles`: there is no role "reviwer". Did you mean "reviewer"?',
    );
  });
});

test("a role has the servers that name it, by name", () => {
  const { mcp } = Config.parse({
    mcp: { z: started, a: { ...remote, roles: ["tester", "pm"] }, m: { ...remote, roles: ["pm"] } },
  });
  const of = (role: string) => serversOf(role, { mcp }).map(([name]) => name);
  expect([of("tester"), of("pm"), of("reviewer")]).toEqual([["a", "z"], ["a", "m"], []]);
  expect(serversOf("tester", Config.parse({}))).toEqual([]);
});

describe("the name of a tool", () => {
  const LONG = "a".repeat(200);
  test.each([
    ["docs", "search", "mcp__docs__search"],
    ["docs", "resolve-library-id", "mcp__docs__resolve-library-id"],
    ["docs", "bash", "mcp__docs__bash"],
    ["docs", "mcp__docs__bash", "mcp__docs__mcp__docs__bash"],
  ])("of %s, %s is %s", (server, tool, name) => {
    expect(mcpToolName(server, tool)).toBe(name);
  });

  test.each([["a.b"], [""], ["é"], ["🔥"], ["a b"], [LONG], ["submit\u0000"], ["x".repeat(47)]])(
    "%j is one that the Messages API takes, with a mark",
    tool => {
      const name = mcpToolName("docs-of-everybody-here-1", tool);
      expect(name.length).toBeLessThanOrEqual(64);
      expect(name).toMatch(/^[a-zA-Z0-9_-]+$/);
      expect(name).toMatch(MCP_TOOL_NAME);
      expect(name).toMatch(/_[0-9a-f]{8}$/);
    },
  );

  test("two that differ stay apart, also where they begin alike or lose the same letters", () => {
    const tools = ["a.b", "a_b", "a b", "a/b", LONG, `${LONG}b`, `${LONG}c`];
    const names = tools.map(tool => mcpToolName("docs", tool));
    expect(new Set(names).size).toBe(tools.length);
  });
});

describe("secrets", () => {
  const secrets = new Map([
    ["A_TOKEN", "correct-horse"],
    ["SHORT", "seven77"],
    ["DOLLAR", "$&$1$$ and more"],
  ]);

  test("are named in values of env and headers, anywhere", () => {
    const env = { A: "secret:A_TOKEN", B: "plain", C: "postgres://kin:secret:B_KEY@db/x?secret:A_TOKEN" };
    expect(secretNames({ env })).toEqual(["A_TOKEN", "B_KEY"]);
    expect(secretNames({ headers: { Authorization: "Bearer secret:A_TOKEN" } })).toEqual(["A_TOKEN"]);
    expect(secretNames({})).toEqual([]);
  });

  test("take the place of their names, to the letter", () => {
    const values = { A: "Bearer secret:A_TOKEN", B: "secret:DOLLAR", C: "secret:NOBODY", D: "secret:lower" };
    expect(withSecrets(values, secrets)).toEqual({
      A: "Bearer correct-horse",
      B: "$&$1$$ and more",
      C: "secret:NOBODY",
      D: "secret:lower",
    });
  });

  test.each([
    [["A_TOKEN"], null],
    [[], null],
    [["A_TOKEN", "NOBODY", "NOBODY_ELSE"], "the run has no secret NOBODY, NOBODY_ELSE: a line `NOBODY=…`"],
    [["SHORT"], "the secret SHORT has fewer than 8 characters"],
  ])("%j can be had, or it is said why not", (names, why) => {
    const found = secretProblem(names, secrets);
    if (why === null) expect(found).toBeNull();
    else expect(found).toContain(why);
  });

  describe("are taken out of what a server says", () => {
    const SECRET = 'p/a+s"s\\w0rd';
    const hide = hiderOf([SECRET, "correct-horse"]);
    const base64 = (text: string) => Buffer.from(text).toString("base64");
    test.each([
      ["plain", SECRET],
      ["another", "correct-horse"],
      ["backwards", [...SECRET].reverse().join("")],
      ["in JSON", JSON.stringify({ a: SECRET })],
      ["in an address", encodeURIComponent(SECRET)],
      ["in hex", Buffer.from(SECRET).toString("hex")],
      ["in large hex", Buffer.from(SECRET).toString("hex").toUpperCase()],
      ["in base64", base64(SECRET)],
      ["in base64, one byte later", base64(`a${SECRET}b`)],
      ["in base64, two bytes later", base64(`ab${SECRET}`)],
      ["in base64 for addresses", Buffer.from(SECRET).toString("base64url")],
    ])("%s", (_, text) => {
      expect(hide(`before ${text} behind`)).toMatch(/^before .{0,12}\[redacted\].{0,12} behind$/);
    });

    test("and nothing else is", () => {
      expect(hide("before and behind")).toBe("before and behind");
      expect(hiderOf([])("before and behind")).toBe("before and behind");
    });
  });
});
