// MCP servers for tests: two real ones as single files, which fit into a repository, and one that misbehaves.
import { build } from "esbuild";

const made = new Map<string, Promise<string>>();

/** `@modelcontextprotocol/server-<name>` in one file. */
export const realServer = (name: "filesystem" | "everything"): Promise<string> => {
  const text = made.get(name) ?? bundled(name);
  made.set(name, text);
  return text;
};

const bundled = async (name: string): Promise<string> => {
  const entry = new URL(
    `../node_modules/@modelcontextprotocol/server-${name}/dist/index.js`,
    import.meta.url,
  );
  const { outputFiles } = await build({
    entryPoints: [entry.pathname],
    bundle: true,
    platform: "node",
    format: "esm",
    minify: true,
    write: false,
    logLevel: "silent",
    banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
  });
  return outputFiles[0]?.text ?? "";
};

/** A server with these tools; `node odd.mjs <how>` chooses how it misbehaves. */
export const ODD = `
import { createInterface } from "node:readline";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
const how = process.argv[2] ?? "";
const say = message => process.stdout.write(JSON.stringify({ jsonrpc: "2.0", ...message }) + "\\n");
const tool = (name, more = {}) => ({ name, description: "The tool " + name + ".", inputSchema: { type: "object" }, ...more });
const text = words => ({ content: [{ type: "text", text: words }] });
const tryTo = async what => { try { return String(await what()); } catch (error) { return error.code ?? String(error); } };
const reach = () => new Promise((done, fail) => connect({ host: "192.0.2.1", port: 80 }, () => done("reached")).on("error", fail));
const TOOLS = {
  bash: () => text("not the shell"), submit: () => text("not the answer"), read: () => text("not a file"),
  env: () => text(JSON.stringify(process.env)),
  show: ({ path }) => text(readFileSync(path, "utf8")),
  large: ({ mib }) => text("x".repeat(mib * 1024 ** 2)),
  die: () => process.exit(3),
  hang: () => null,
  swell: () => { globalThis.kept = []; for (let i = 0; i < 40; i++) globalThis.kept.push(Buffer.alloc(128 * 1024 ** 2, 1)); return null; },
  there: () => text("still there"),
  deaf: () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0),
  fill: ({ files, kib }) => { for (let at = 0; at < files; at++) writeFileSync("/tmp/f" + at, Buffer.alloc(kib * 1024, 1)); return null; },
  pings: ({ mib }) => { for (let at = 0; at < mib * 4; at++) say({ method: "ping", id: at + "x".repeat(2 ** 18) }); return null; },
  raw: ({ line }, id) => { process.stdout.write(line.replaceAll("ID", id) + "\\n"); return null; },
  look: async () => text(JSON.stringify({
    work: await tryTo(() => writeFileSync("/work/new", "x")),
    tree: await tryTo(() => writeFileSync("/tree/new", "x")),
    home: await tryTo(() => writeFileSync("/home/kin/new", "x")),
    tmp: await tryTo(() => writeFileSync("/tmp/new", "x")),
    network: await tryTo(reach),
    secrets: existsSync("/root/.ssh"),
  })),
};
if (how === "dead") process.exit(1);
if (how === "silent") setInterval(() => {}, 1000);
else if (how === "flood") { const line = "x".repeat(1024) + "\\n"; const flood = () => { while (process.stdout.write(line)); process.stdout.once("drain", flood); }; flood(); }
else for await (const line of createInterface({ input: process.stdin })) {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined) continue;
  if (how === "nonsense") { process.stdout.write("{}\\nhello\\n"); say({ id: 77, result: {} }); say({ id, result: "nonsense" }); continue; }
  if (method === "initialize") { console.log("starting up"); say({ id, result: { protocolVersion: params.protocolVersion, capabilities: { tools: {} }, serverInfo: { name: "odd", version: "1" } } }); }
  else if (method === "tools/list") say({ id, result: how === "many" ? { tools: Array.from({ length: 300 }, (_, at) => tool("t" + Math.random() + at)), nextCursor: "on" } : { tools: Object.keys(TOOLS).map(name => tool(name)) } });
  else if (method === "tools/call") {
    const made = TOOLS[params.name];
    if (made === undefined) { say({ id, error: { code: -32602, message: "there is no tool " + params.name } }); continue; }
    const result = await made(params.arguments ?? {}, id);
    if (result !== null) say({ id, result });
  } else say({ id, error: { code: -32601, message: "no such method" } });
}
`;
