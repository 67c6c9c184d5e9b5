// The guards of MCP servers: which of their tools are offered, what is shown of their words, and what they may reach.
import { type Guard, g } from "./guard.ts";
import { by, inFile } from "./mutant.ts";

const rules = inFile("model-rules/mcp");
const offers = inFile("model-rules/mcp-tools");
const told = inFile("model-rules/mcp-problem");
const started = inFile("workbench/servers");
const driven = inFile("run/servers");
const remote = inFile("wire/mcp-remote");

export const MCP_GUARDS: Readonly<Record<string, readonly Guard[]>> = {
  "core/model/mcp-secrets.ts": [
    g(
      "secrets-can-be-hidden",
      'names.find(name => (secrets.get(name) ?? "").length < SHORTEST_SECRET)',
      "undefined as string | undefined",
      by(rules("can be had, or it is said why not")),
    ),
    g(
      "secrets-are-hidden",
      "hidden.replaceAll(form, HIDDEN)",
      "hidden",
      by(rules("are taken out of what a server says")),
    ),
  ],
  "core/agents/plain-schema.ts": [
    g(
      "names-of-properties",
      "names.some(name => !PROPERTY.test(name))",
      "false",
      by(offers("leaves out a tool whose schema is too large, or is none")),
    ),
  ],
  "core/agents/mcp-tools.ts": [
    g("most-tools", "tools.length < MOST_TOOLS && ", "", by(offers("has 64 tools at most, and 64 KiB"))),
    g("size-of-the-offer", " && size <= LARGEST_OFFER", "", by(offers("has 64 tools at most, and 64 KiB"))),
    g(
      "tools-of-the-list",
      "config.tools?.includes(name) === false",
      "false",
      by(offers("has those of the list alone")),
    ),
    g(
      "size-of-a-schema",
      "JSON.stringify(schema).length > LARGEST_SCHEMA",
      "false",
      by(offers("leaves out a tool whose schema is too large, or is none")),
    ),
  ],
  "core/pipeline/mcp-problem.ts": [
    g("servers-of-the-role", "foreign !== undefined", "false", by(told("is refused"))),
    g("tools-once", "new Set(names).size !== names.length", "false", by(told("is refused"))),
    g("size-of-what-servers-say", "JSON.stringify(mcp).length > LARGEST", "false", by(told("is refused"))),
    g("calls-of-servers", "differs ?", "false ?", by(told("of calls that no reply asks for"))),
  ],
  "action/drive/servers.ts": [
    g(
      "only-servers-are-forgiven",
      "options.signal.aborted || !isUnavailable(error)",
      "true",
      by(driven("each is a note, and the task goes on")),
    ),
    g("lost-servers", "|| lost >= MOST_LOST", "", by(driven("is asked three times and no more"))),
  ],
  "action/workbench/sandbox.ts": [
    g(
      "servers-only-read",
      'kind === "server" ? "--ro-bind" : "--bind"',
      '"--bind"',
      by(started("can write to its own /tmp and to nothing else")),
    ),
  ],
  "action/workbench/stall.ts": [
    g("tmp-of-a-server", "removeTree(tmp)", "undefined", by(started("and is gone then"))),
    g(
      "no-server-without-a-sandbox",
      "throw unboxedServer();",
      "{}",
      by(started("without a sandbox no server is started")),
    ),
  ],
  "action/workbench/program.ts": [
    g(
      "programs-are-watched",
      "watch(box.pid, end)",
      "async () => undefined",
      by(started("takes more memory than a server may")),
    ),
    g("programs-that-flood", "said > MOST_SAID", "false", by(started("floods"))),
    g(
      "programs-that-do-not-read",
      "(box.stdin?.writableLength ?? 0) > MOST_UNREAD",
      "false",
      by(started("does not read what it is told")),
    ),
  ],
  "action/workbench/bench.ts": [
    g(
      "programs-end-with-their-bench",
      "await Promise.all([...running].map(one => one.end()));",
      "",
      by(started("is ended with its bench, from outside")),
    ),
  ],
  "action/workbench/workbench.ts": [
    g(
      "programs-of-the-base",
      "tree: here.base.tree",
      "tree: here.baseline",
      by(started("runs from the default branch's files")),
    ),
  ],
  "action/mcp/servers.ts": [
    g("seconds-of-a-server", "server.timeout_seconds * 1000", "3_600_000", by(started("hangs in a call"))),
    g(
      "most-listed",
      ".slice(0, MOST_LISTED - tools.length)",
      "",
      by(started("lists more than anybody could be shown")),
    ),
  ],
  "action/mcp/answers.ts": [
    g("nothing-is-answered", '|| "method" in said', "", by(remote("is told nothing that it asks"))),
    g(
      "answers-to-what-was-asked",
      "!expected.has(id)",
      "false",
      by(started("answers what nobody asked, however deep it is")),
    ),
    g("deepest-answer", "depth > DEEPEST", "false", by(started("answers as deep as nobody reads"))),
    g("most-values", "values > MOST_VALUES", "false", by(started("answers with ever so many values"))),
  ],
  "action/mcp/program-transport.ts": [
    g(
      "lines-end-their-server",
      "end({ why: error instanceof Error ? error.message : String(error) });",
      "throw error;",
      by(started("answers as deep as nobody reads")),
    ),
  ],
  "action/mcp/remote-transport.ts": [
    g("most-of-an-answer", "bytes > MOST_BYTES", "false", by(remote("answers 50 MB"))),
  ],
  "action/mcp/ask-remote.ts": [
    g("only-https", "plain && !here", "false", by(remote("plain http"))),
    g(
      "only-public-addresses",
      "refusedNet({ address: one, family: isIP(one) }) !== null",
      "false",
      by(remote("is not asked at an address that is not public")),
    ),
    g(
      "pinned-remote",
      "lookup: pinned(addresses),",
      "",
      by(remote("is asked at the address that was looked at")),
    ),
    g("no-redirects", "if (status >= 300 && status < 400)", "if (false)", by(remote("sends elsewhere"))),
    g(
      "only-success",
      "status >= 200 && status < 300 ? null",
      "true ? null",
      by(remote("that answers a call with the status")),
    ),
  ],
  "core/agents/mcp-result.ts": [
    g(
      "most-blocks",
      "content.slice(0, MOST_BLOCKS)",
      "content",
      by(offers("of more parts than anybody is shown")),
    ),
    g(
      "results-are-hidden",
      "hide(visible(text).text)",
      "visible(text).text",
      by(offers("without a secret of the run")),
    ),
    g(
      "results-are-cut",
      "cutMiddle(hide(visible(text).text), OUTPUT_LIMIT)",
      "hide(visible(text).text)",
      by(offers("is cut in its middle")),
    ),
    g(
      "shapes-in-results",
      "({ real }) => real !== null",
      "() => false",
      by(offers("what looks like somebody's secret")),
    ),
  ],
};
