// What a conversation is offered of a server's tools, and what it sees of their results. Both come from a stranger.
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { readResult, shownText } from "../../core/agents/mcp-result.ts";
import { offerOf } from "../../core/agents/mcp-tools.ts";
import { plainSchema } from "../../core/agents/plain-schema.ts";

const offer = (tools: readonly unknown[], names?: string[]) =>
  offerOf([{ server: "docs", config: { tools: names }, tools }]);
const a = (name: string, more: object = {}) => ({ name, inputSchema: { type: "object" }, ...more });

describe("an offer", () => {
  test("is in an order of its own: by server, then by name", () => {
    const [docs, code] = [
      { server: "docs", config: {}, tools: [a("z"), a("b.c"), a("a")] },
      { server: "code", config: {}, tools: [a("z")] },
    ];
    const names = (listed: Parameters<typeof offerOf>[0]) => offerOf(listed).tools.map(({ name }) => name);
    const expected = ["mcp__code__z", "mcp__docs__a", "mcp__docs__b_c_70681ef6", "mcp__docs__z"];
    expect(names([docs, code])).toEqual(expected);
    expect(names([code, { ...docs, tools: docs.tools.toReversed() }])).toEqual(expected);
  });

  test("of a tool that is named like Kin's own has another name", () => {
    expect(offer(["bash", "submit", "read"].map(name => a(name))).tools.map(({ name }) => name)).toEqual([
      "mcp__docs__bash",
      "mcp__docs__read",
      "mcp__docs__submit",
    ]);
  });

  test("has those of the list alone, and tells which of it there is not", () => {
    const { tools, notes } = offer([a("a"), a("b"), a("c")], ["a", "d"]);
    expect(tools.map(({ tool }) => tool)).toEqual(["a"]);
    expect(notes).toEqual(["docs: left out d (it has no such tool)."]);
  });

  test("tells what is no tool, and takes the rest", () => {
    const { tools, notes } = offer([null, 3, {}, { name: "" }, { name: "x".repeat(129) }, a("good")]);
    expect(tools.map(({ tool }) => tool)).toEqual(["good"]);
    expect(notes).toEqual([`docs: left out ${Array(5).fill("one that is no tool").join(", ")}.`]);
  });

  test("of a name that comes twice is one", () => {
    expect(offer([a("a", { description: "one" }), a("a", { description: "two" })]).tools).toHaveLength(1);
  });

  test("has 64 tools at most, and 64 KiB", () => {
    const many = offer(Array.from({ length: 70 }, (_, at) => a(`t${at}`)));
    expect(many.tools).toHaveLength(64);
    expect(many.notes.join()).toContain("too much is offered already");
    expect(many.notes.join()).toContain("and 1 more.");
    const large = offer(
      Array.from({ length: 60 }, (_, at) => a(`t${at}`, { description: "x".repeat(5_000) })),
    );
    expect(JSON.stringify(large.tools).length).toBeLessThan(66_000);
    expect(large.tools.length).toBeGreaterThan(30);
  });

  test("has descriptions that begin with whose they are, cut and without what nobody sees", () => {
    const [tool] = offer([a("a", { description: ` find\u200bs${"x".repeat(2_000)}` })]).tools;
    expect(tool?.description).toMatch(/^A tool of the server "docs", in its own words: findsx+ …$/);
    expect(tool?.description.length).toBeLessThan(1_600);
  });

  test("leaves out a tool whose schema is too large, or is none", () => {
    const properties = Object.fromEntries(
      Array.from({ length: 100 }, (_, at) => [`p${at}`, { type: "string", description: "x".repeat(100) }]),
    );
    const { tools, notes } = offer([
      a("large", { inputSchema: { type: "object", properties } }),
      a("list", { inputSchema: { type: "array" } }),
      a("odd", { inputSchema: { type: "object", properties: { "a b": {} } } }),
      a("none", { inputSchema: undefined }),
    ]);
    expect(tools.map(({ tool, input_schema }) => [tool, input_schema])).toEqual([
      ["none", { type: "object" }],
    ]);
    expect(notes[0]).toContain("large (its schema is too large)");
    expect(notes[0]).toContain("list (its schema is not one that a model can be given)");
    expect(notes[0]).toContain("odd (its schema is not one that a model can be given)");
  });
});

describe("a schema", () => {
  const valid = (schema: unknown): boolean => {
    new Ajv2020({ strict: false, validateFormats: false }).compile(plainSchema(schema) as object);
    return true;
  };

  test("that says what it means stays as it is", () => {
    const schema = {
      type: "object",
      properties: {
        path: { type: "string", description: "where", minLength: 1 },
        lines: { type: "array", items: { type: "integer", minimum: 1 }, maxItems: 9 },
        how: { enum: ["a", 1, true], default: "a" },
        either: { anyOf: [{ type: ["string", "null"] }, { $ref: "#/$defs/Deep" }] },
      },
      required: ["path"],
      additionalProperties: false,
      $defs: { Deep: { type: "object", properties: { x: { type: "number" } } } },
    };
    expect(plainSchema(schema)).toEqual(schema);
    expect(valid(schema)).toBe(true);
  });

  test.each([
    [{}, { type: "object" }],
    [{ type: "object", oneOf: [{}], anyOf: [{}], allOf: [{}] }, { type: "object" }],
    [{ $schema: "x", $id: "y", unheard: 1, pattern: "(" }, { type: "object" }],
    [
      { properties: { a: { type: "strin", minLength: -1, pattern: "(", items: [{}], enum: [] } } },
      { type: "object", properties: { a: {} } },
    ],
    [
      { properties: { a: { $ref: "https://example.com/x" }, b: { $ref: "#/$defs/None" }, c: 3, d: true } },
      { type: "object", properties: { a: {}, b: {}, d: true } },
    ],
    [{ required: ["a", "a", 3, "a b"] }, { type: "object", required: ["a"] }],
    [
      { properties: { a: { multipleOf: 0, maximum: "3", default: {}, anyOf: [], type: [] } } },
      { type: "object", properties: { a: {} } },
    ],
    [{ title: "T\u200bitle" }, { type: "object", title: "Title" }],
    [{ properties: [] }, { type: "object" }],
    [{ $defs: { a: { type: "x" }, "b c": {} } }, { type: "object", $defs: { a: {} } }],
  ])("%j is made one that anybody takes", (given, made) => {
    expect(plainSchema(given)).toEqual(made);
    expect(valid(given)).toBe(true);
  });

  test.each([[null], ["x"], [[]], [{ type: "string" }], [{ properties: { "": {} } }]])(
    "%j is none",
    given => {
      expect(plainSchema(given)).toBeNull();
    },
  );

  test("ends where it goes too deep", () => {
    let deep: object = { type: "string" };
    for (let level = 0; level < 5_000; level++) deep = { properties: { a: deep } };
    expect(JSON.stringify(plainSchema(deep)).length).toBeLessThan(1_000);
  });
});

describe("a result", () => {
  const text = (words: string) => ({ type: "text", text: words });
  test.each([
    [{ content: [text("a"), text("b")] }, "a\nb", false],
    [{ content: [text("no")], isError: true }, "no", true],
    [{ content: [] }, "It gave nothing back.", false],
    [{}, "It gave nothing back.", false],
    [{ structuredContent: { a: 1 } }, '{"a":1}', false],
    [{ content: [text("a")], structuredContent: { a: 1 } }, "a", false],
    [
      { content: [{ type: "image", data: "A".repeat(4096), mimeType: "image/png" }] },
      "[an image, image/png, 3 KiB: not shown]",
      false,
    ],
    [{ content: [{ type: "audio", data: "AAAA" }] }, "[a sound, of no known kind, 1 KiB: not shown]", false],
    [
      { content: [{ type: "resource", resource: { uri: "a://b", text: "hidden" } }] },
      "[a resource, a://b: not shown]",
      false,
    ],
    [
      { content: [{ type: "resource_link", uri: "a://b" }] },
      "[a link to a resource, a://b: not shown]",
      false,
    ],
    [
      { content: [{ type: "tool_use" }, 3] },
      "[something that is not shown]\n[something that is not shown]",
      false,
    ],
  ])("is told as text: case %#", (result, words, is_error) => {
    expect(readResult(result)).toEqual({ text: words, is_error });
  });

  test.each([[null], ["x"], [{ content: "x" }]])("%j is none", result => {
    expect(readResult(result)).toBeNull();
  });

  test("of more parts than anybody is shown has the first of them, and says how many are left out", () => {
    const content = Array.from({ length: 503 }, (_, at) => ({ type: "text", text: `${at}` }));
    const lines = readResult({ content })?.text.split("\n");
    expect(lines?.slice(-2)).toEqual(["499", "[3 more: not shown]"]);
    expect(lines).toHaveLength(501);
  });

  const hide = (words: string) => words.replaceAll("correct-horse", "[redacted]");

  test("is shown without a secret of the run, also where something nobody sees stands inside of it", () => {
    expect(shownText("a correct-horse b corr\u200bect-horse c", hide)).toBe("a [redacted] b [redacted] c");
  });

  test("is shown without what looks like somebody's secret", () => {
    const token = `ghp_${"a1B2".repeat(9)}`;
    expect(shownText(`one ${token} and ${token}`, hide)).toBe(
      "one [a GitHub token, left out] and [a GitHub token, left out]",
    );
  });

  test("is cut in its middle, which says so", () => {
    const shown = shownText(`start${"x".repeat(100_000)}end`, hide);
    expect(shown.length).toBeLessThan(30_100);
    expect(shown).toMatch(/^startx+\n\[\d+ characters left out\]\nx+end$/);
  });
});
