import { describe, expect, test } from "vitest";
import { Config } from "../../core/model/config.ts";
import { LONGEST_HELLO, readHello } from "../../core/model/network/client-hello.ts";
import { belowWildcard, entryProblem, hostEntry, hostName, isAmong } from "../../core/model/network/host.ts";
import { HOST_SETS, hostsOf } from "../../core/model/network/host-sets.ts";
import {
  judgeAsk,
  type Reach,
  reachOfSetup,
  reachOfSteps,
  refusedText,
  shown,
  WHY,
} from "../../core/model/network/reach.ts";
import { isBeside, upstreamOf } from "../../core/model/network/upstream.ts";

describe("a host has one spelling", () => {
  test.each([
    ["example.com", "example.com"],
    ["EXAMPLE.Com", "example.com"],
    ["bücher.example", "xn--bcher-kva.example"],
    ["XN--BCHER-KVA.example", "xn--bcher-kva.example"],
    ["ｅｘａｍｐｌｅ.com", "example.com"],
    ["my_host.example.com", "my_host.example.com"],
    ["a.b.c.example.co.uk", "a.b.c.example.co.uk"],
  ])("%s is %s", (written, name) => {
    expect(hostName(written)).toBe(name);
  });

  test.each([
    ...["", "localhost", "com", "example.com.", "example.com。", "example.com..", ".example.com", "a..b.com"],
    ...["127.0.0.1", "2130706433", "0x7f000001", "0x7f.1", "017700000001", "127.1", "127.0.0.1.", "0"],
    ...["１２７.0.0.1", "[::1]", "::1", "[::ffff:127.0.0.1]", "::ffff:7f00:1", "[fd00:ec2::254]"],
    ...["example.com:443", "user@example.com", "example.com/x", "https://example.com", "example.com?x"],
    ...["exa mple.com", "example.com\t", "exam\nple.com", "example.com#x", "%65xample.com", "*.example.com"],
    ...["-a.example.com", "a-.example.com", "example.com\\evil.com", `${"a".repeat(64)}.com`],
    ...[`${"a.".repeat(130)}com`, "a\u0000.com", "1.2.3.4.5", "example.123", "a.0x1"],
  ])("%j is no plain name", written => {
    expect(hostName(written)).toBeNull();
  });
});

describe("what stands in a list of hosts", () => {
  test.each([
    ["github", "github"],
    ["*.Example.com", "*.example.com"],
    ["Registry.Example.com", "registry.example.com"],
  ])("%s is taken as %s", (written, entry) => {
    expect(hostEntry(written)).toBe(entry);
  });

  test.each([
    ["gihub", "there is no such name; did you mean github?"],
    ["*", "a wildcard stands alone at the beginning, over a domain of one owner, as in *.example.com"],
    ["*.", "a wildcard stands alone at the beginning, over a domain of one owner, as in *.example.com"],
    [
      "a.*.example.com",
      "a wildcard stands alone at the beginning, over a domain of one owner, as in *.example.com",
    ],
    ["*.com:443", "write the name of the host alone; port 443 is the only one that is reached"],
    ["https://example.com/x", "write the name of the host alone, without https:// and path"],
    ["example.com.", "leave out the dot at the end"],
    [
      "10.0.0.1",
      `it is the name of no host; write one, such as registry.example.com, or one of ${Object.keys(HOST_SETS).join(", ")}`,
    ],
  ])("%s is no entry, and what to write is said", (written, problem) => {
    expect(hostEntry(written)).toBeNull();
    expect(entryProblem(written)).toBe(problem);
  });

  test("of wildcards alone the part below is known", () => {
    expect([belowWildcard("*.example.com"), belowWildcard("example.com")]).toEqual(["example.com", null]);
  });

  test("each name stands for plain names of hosts, and is none itself", () => {
    for (const [name, { hosts, what }] of Object.entries(HOST_SETS)) {
      expect([hostName(name), hosts.filter(host => hostName(host) !== host), what]).toEqual([
        null,
        [],
        expect.stringMatching(/./),
      ]);
    }
    expect(hostsOf(["github", "a.example.com", "github"])).toEqual([
      ...HOST_SETS.github.hosts,
      "a.example.com",
    ]);
  });

  test("a wildcard stands for all below its name, and for nothing beside it", () => {
    const list = ["*.example.com", "one.example.org"];
    const hosts = [
      "a.example.com",
      "a.b.example.com",
      "example.com",
      "aexample.com",
      "one.example.org",
      "x.one.example.org",
    ];
    expect(hosts.map(host => isAmong(host, list))).toEqual([true, true, false, false, true, false]);
  });
});

const reachIn = (network: unknown) => {
  const config = Config.parse(network === undefined ? {} : { network });
  return { steps: reachOfSteps(config), setup: reachOfSetup(config) };
};

describe("what is reached", () => {
  const all = { hosts: null, private: [] };
  test.each<[unknown, Reach | null, Reach | "direct" | null]>([
    [undefined, null, all],
    [[], null, all],
    [["a.example.com"], { hosts: ["a.example.com"], private: [] }, all],
    [{ hosts: ["github"] }, { hosts: [...HOST_SETS.github.hosts], private: [] }, all],
    [
      { private: ["r.example.com"] },
      { hosts: [], private: ["r.example.com"] },
      { hosts: null, private: ["r.example.com"] },
    ],
    [{ setup: "direct" }, null, "direct"],
    [{ setup: [] }, null, null],
    [
      { hosts: ["a.example.com"], setup: ["b.example.com"] },
      { hosts: ["a.example.com"], private: [] },
      { hosts: ["b.example.com"], private: [] },
    ],
  ])("with network %j", (network, steps, setup) => {
    expect(reachIn(network)).toEqual({ steps, setup });
  });

  test("what was read once is read the same again, as a journal has it", () => {
    for (const network of [["NPM.example.com"], { private: ["a.example.com"], setup: "direct" }]) {
      const { network: read } = Config.parse({ network });
      expect(Config.parse(JSON.parse(JSON.stringify({ network: read }))).network).toEqual(
        JSON.parse(JSON.stringify(read)),
      );
    }
  });
});

describe("what the proxy is asked for", () => {
  const reach: Reach = { hosts: ["a.example.com", "*.example.org"], private: ["p.example.com"] };
  const ask = (authority: string, host?: string) => judgeAsk({ authority, host }, reach);

  test.each<[string, string | undefined, boolean]>([
    ["a.example.com:443", undefined, false],
    ["A.Example.COM:443", "a.example.com:443", false],
    ["a.example.com:443", "A.example.com", false],
    ["x.y.example.org:443", undefined, false],
    ["p.example.com:443", undefined, true],
  ])("%s, with Host %s, is a listed host", (authority, host, isPrivate) => {
    const name = authority.toLowerCase().replace(":443", "");
    expect(ask(authority, host)).toEqual({ kind: "host", host: name, isPrivate });
  });

  test.each<[string, string | undefined, string, string]>([
    ["evil.example.com:443", undefined, "evil.example.com", WHY.unlisted],
    ["example.org:443", undefined, "example.org", WHY.unlisted],
    ["a.example.com:80", undefined, "a.example.com", WHY.port],
    ["a.example.com:8443", undefined, "a.example.com", WHY.port],
    ["a.example.com:0443", undefined, "a.example.com", WHY.port],
    ["a.example.com", undefined, "a.example.com", WHY.port],
    ["a.example.com:443", "evil.example.com", "a.example.com", WHY.header],
    ["a.example.com:443", "", "a.example.com", WHY.header],
    ["a.example.com.:443", undefined, "a.example.com.", WHY.no_name],
    ["127.0.0.1:443", undefined, "127.0.0.1", WHY.no_name],
    ["2130706433:443", undefined, "2130706433", WHY.no_name],
    ["0x7f000001:443", undefined, "0x7f000001", WHY.no_name],
    ["0177.0.0.1:443", undefined, "0177.0.0.1", WHY.no_name],
    ["[::1]:443", undefined, "[::1]", WHY.no_name],
    ["[::ffff:7f00:1]:443", undefined, "[::ffff:7f00:1]", WHY.no_name],
    ["a.example.com@evil.com:443", undefined, "a.example.com?evil.com", WHY.no_name],
    ["", undefined, "?", WHY.no_name],
  ])("%s, with Host %s, is refused", (authority, header, host, why) => {
    expect(ask(authority, header)).toEqual({ kind: "refused", host, why });
  });

  test("with every public host allowed a name is enough", () => {
    const all: Reach = { hosts: null, private: [] };
    expect(judgeAsk({ authority: "anything.example:443", host: undefined }, all)).toMatchObject({
      kind: "host",
    });
    expect(judgeAsk({ authority: "1.1.1.1:443", host: undefined }, all)).toMatchObject({ kind: "refused" });
  });

  test("what was refused is told once each, in a line, and not without an end", () => {
    expect(refusedText([])).toBe("");
    const one = { host: "a.example.com", why: WHY.port };
    expect(refusedText([one, one, { host: "a.example.com", why: WHY.address("this machine") }])).toBe(
      "refused on the network: a.example.com (only port 443 is reached); a.example.com (its name leads to this machine)",
    );
    const many = Array.from({ length: 13 }, (_, at) => ({ host: `h${at}.example`, why: "no" }));
    expect(refusedText(many)).toMatch(/h9\.example \(no\); and 3 more$/);
  });

  test("what is no name is shown without what could be more than that", () => {
    expect(shown("a b\n`x`<b>@you")).toBe("a?b??x??b??you");
    expect(shown("x".repeat(500))).toHaveLength(80);
  });
});

describe("the runner's own proxy", () => {
  test.each<[Record<string, string>, string | null, readonly string[]]>([
    [{}, null, []],
    [{ HTTPS_PROXY: " " }, null, []],
    [{ HTTPS_PROXY: "http://p.example:3128" }, "http://p.example:3128/", []],
    [{ https_proxy: "p.example:3128" }, "http://p.example:3128/", []],
    [
      { HTTPS_PROXY: "https://p.example", NO_PROXY: "a.example, .B.example:443,,*.c.example" },
      "https://p.example/",
      ["a.example", "b.example", "c.example"],
    ],
    [{ HTTPS_PROXY: "http://[", no_proxy: "*" }, "unknown://proxy", ["*"]],
  ])("%j", (environment, url, besides) => {
    const found = upstreamOf(environment);
    expect([found?.url.href ?? null, found?.besides ?? []]).toEqual([url, besides]);
  });

  test("is passed by for names below those of NO_PROXY, and for nothing that only looks like them", () => {
    const upstream = upstreamOf({ HTTPS_PROXY: "p", NO_PROXY: "a.example" });
    const beside = (host: string) => upstream !== null && isBeside(host, upstream);
    expect(["a.example", "x.a.example", "xa.example", "example"].map(beside)).toEqual([
      true,
      true,
      false,
      false,
    ]);
    const none = upstreamOf({ HTTPS_PROXY: "p", NO_PROXY: "*" });
    expect(none !== null && isBeside("any.example", none)).toBe(true);
  });
});

// ---------------------------------------------------------------- the first message of TLS

const u16 = (value: number): readonly number[] => [value >> 8, value & 255];
const sized = (width: number, bytes: readonly number[]): readonly number[] =>
  [...Array(width).keys()].map(at => (bytes.length >> (8 * (width - 1 - at))) & 255).concat(bytes);
const ascii = (text: string): readonly number[] => [...Buffer.from(text, "latin1")];
const extension = (kind: number, data: readonly number[]): readonly number[] => [
  ...u16(kind),
  ...sized(2, data),
];
const serverName = (...names: readonly string[]): readonly number[] =>
  extension(
    0,
    sized(
      2,
      names.flatMap(name => [0, ...sized(2, ascii(name))]),
    ),
  );
const body = (extensions: readonly number[] | null): readonly number[] => [
  ...[3, 3],
  ...Array<number>(32).fill(7),
  ...sized(1, Array<number>(32).fill(1)),
  ...sized(2, [0x13, 0x01]),
  ...sized(1, [0]),
  ...(extensions === null ? [] : sized(2, extensions)),
];
const message = (of: readonly number[], kind = 1): readonly number[] => [kind, ...sized(3, of)];
const record = (fragment: readonly number[], kind = 22): readonly number[] => [
  kind,
  3,
  1,
  ...sized(2, fragment),
];
const read = (bytes: readonly number[]) => readHello(Uint8Array.from(bytes));

const OTHERS = [...extension(10, [1, 2, 3]), ...extension(0xfe0d, [0, 1])];
const HELLO = message(body([...OTHERS, ...serverName("a.example.com"), ...extension(43, [2, 3, 4])]));

describe("whom TLS is for", () => {
  test("is read out of its first message", () => {
    expect(read(record(HELLO))).toEqual({ kind: "hello", name: "a.example.com" });
    expect(read([...record(HELLO), ...record([1, 2], 23)])).toEqual({ kind: "hello", name: "a.example.com" });
  });

  test("is known however it is cut into records, and not before it is whole", () => {
    for (let at = 1; at < HELLO.length; at += 1) {
      const cut = [...record(HELLO.slice(0, at)), ...record(HELLO.slice(at))];
      expect(read(cut)).toEqual({ kind: "hello", name: "a.example.com" });
      expect(read(cut.slice(0, -1))).toEqual({ kind: "more" });
    }
    const single = HELLO.flatMap(byte => record([byte]));
    expect(read(single)).toEqual({ kind: "hello", name: "a.example.com" });
  });

  test("is waited for byte by byte", () => {
    const whole = record(HELLO);
    for (let length = 0; length < whole.length; length += 1)
      expect(read(whole.slice(0, length))).toEqual({ kind: "more" });
  });

  test.each<[string, readonly number[] | null]>([
    ["there are no extensions", null],
    ["no name is among them", OTHERS],
    ["there are two", serverName("a.example.com", "b.example.com")],
    [
      "there are two in extensions of their own",
      [...serverName("a.example.com"), ...serverName("b.example.com")],
    ],
    ["its list is empty", serverName()],
  ])("is nobody where %s", (_, extensions) => {
    expect(read(record(message(body(extensions))))).toEqual({ kind: "hello", name: null });
  });

  test("a name of another kind is none", () => {
    const odd = extension(0, sized(2, [1, ...sized(2, ascii("a.example.com"))]));
    expect(read(record(message(body(odd))))).toEqual({ kind: "hello", name: "" });
  });

  test.each<[string, readonly number[]]>([
    ["a line of text", ascii("GET / HTTP/1.1\r\n\r\n")],
    ["another kind of record", record(HELLO, 23)],
    ["another version's form", [22, 2, 1, ...sized(2, HELLO)]],
    ["another message", record(message(body(null), 2))],
    ["a record without content", record([])],
    ["lengths that do not fit", record(message(body(null).slice(0, 40)))],
    ["an extension that goes on behind the end", record(message(body([0, 0, 0, 9, 1])))],
    ["half an extension", record(message(body([0])))],
    ["one in which there is no list", record(message(body(extension(0, []))))],
  ])("%s is no such message", (_, bytes) => {
    expect(read(bytes)).toEqual({ kind: "not_tls" });
  });

  test("one without an end is not read to the end", () => {
    const endless = [1, 0xff, 0xff, 0xff].concat(Array<number>(1000).fill(0));
    const records = [
      ...record(endless),
      ...Array.from({ length: 20 }, () => record(Array<number>(1000).fill(0))).flat(),
    ];
    expect(records.length).toBeGreaterThan(LONGEST_HELLO);
    expect(read(records)).toEqual({ kind: "not_tls" });
  });
});
