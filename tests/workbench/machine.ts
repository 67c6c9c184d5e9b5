// What the machine shows of a workbench: its processes, mounts and files; and unusual workbenches that `kit.ts` does
// not make, including one in a separate process.
import { type ChildProcess, spawn } from "node:child_process";
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { Bench, SetupResult } from "../../action/drive/ports/workbench.ts";
import { createWorkbench, type WorkbenchOptions } from "../../action/workbench/workbench.ts";
import { Config } from "../../core/model/config.ts";
import { aRepository, type Files, FULL, HOST_PATH, never, temporary, toolProcess } from "./kit.ts";

export const ROOT = process.getuid?.() === 0;

export const lines = (text: string): readonly string[] => text.split("\n").filter(line => line !== "");

/** Processes of the machine whose command line contains `part`. */
export const processesWith = (part: string): readonly string[] =>
  readdirSync("/proc").filter(
    name => /^\d+$/.test(name) && name !== String(process.pid) && of(name, "cmdline").includes(part),
  );
export const of = (pid: string, file: string): string => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return "";
  }
};

/** Mount points, and whether they are writable. */
export const mountsOf = (info: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    lines(info)
      .map(line => line.split(" "))
      .filter(fields => fields.length > 6)
      .map(([, , , , at = "", options = ""]) => [at, options.split(",")[0] ?? ""]),
  );

/** A workbench that `kit.ts` does not make. */
export const aSpecial = async (
  files: Files,
  { config, ...options }: Partial<WorkbenchOptions> & { readonly config?: object } = {},
): Promise<{ readonly setup: SetupResult; readonly open: () => Promise<Bench> } & AsyncDisposable> => {
  const { path, base } = aRepository(files);
  const workbench = createWorkbench({
    dir: join(temporary(), "bench"),
    source: { kind: "local", path },
    toolProcess: await toolProcess(),
    node: process.execPath,
    sandbox: "bwrap",
    path: HOST_PATH,
    log: () => undefined,
    ...options,
  });
  const request = { base, head: null, config: Config.parse({ setup: [], ...config }), signal: never };
  const setup = await workbench.setUp(request);
  return {
    setup,
    open: () => workbench.open({ key: "1", tree: setup.tree, scope: FULL }),
    [Symbol.asyncDispose]: () => workbench.close(),
  };
};
export const runOn = async (on: Bench, command: string): Promise<string> =>
  (await on.call({ type: "tool_use", id: "t", name: "bash", input: { command } }, { signal: never })).content;

/** A directory that the sandboxes' user can enter. */
export const anOpen = (): string => {
  const directory = temporary();
  chmodSync(directory, 0o755);
  return directory;
};

/** Outside /tmp, because a sandbox has its own there. */
export const outsideOfTmp = (): string => {
  const directory = mkdtempSync(join(ROOT ? "/opt" : homedir(), "kin-toolchain-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  chmodSync(directory, 0o755);
  return directory;
};

export const filesOf = (pid: string): readonly string[] => {
  try {
    return readdirSync(`/proc/${pid}/fd`).map(name => readlinkSync(`/proc/${pid}/fd/${name}`));
  } catch {
    return [];
  }
};

/** What a separate harness does first; the added `script` can use `bench`, `call`, `bash` and `say`. */
const HARNESS = `
const { options, base, scope } = JSON.parse(process.argv[2]);
const signal = new AbortController().signal;
const workbench = createWorkbench({ ...options, log: () => undefined });
const { tree } = await workbench.setUp({ base, head: null, config: Config.parse({ setup: [] }), signal });
const bench = await workbench.open({ key: "1", tree, scope });
const call = async (name, input) => (await bench.call({ type: "tool_use", id: "t", name, input }, { signal })).content;
const bash = command => call("bash", { command });
const say = text => process.stdout.write(text + "\\n");
`;

/** One that can be killed as nobody kills a harness, or started with more than three streams. */
export const aHarness = async (
  script: string,
  streams: readonly (number | "ignore")[] = [],
): Promise<{ readonly process: ChildProcess; readonly said: () => string }> => {
  const { path, base } = aRepository({ "a.txt": "a\n" });
  const file = join(temporary(), "harness.ts");
  const from = (name: string): string => new URL(`../../${name}`, import.meta.url).pathname;
  const imports = `import { createWorkbench } from "${from("action/workbench/workbench.ts")}";
import { Config } from "${from("core/model/config.ts")}";`;
  writeFileSync(file, `${imports}${HARNESS}${script}`);
  const options = {
    dir: join(temporary(), "bench"),
    source: { kind: "local", path },
    toolProcess: await toolProcess(),
    node: process.execPath,
    sandbox: "bwrap",
    path: HOST_PATH,
  };
  const child = spawn(process.execPath, [file, JSON.stringify({ options, base, scope: FULL })], {
    stdio: ["ignore", "pipe", "inherit", ...streams],
    env: { PATH: process.env.PATH },
  });
  let said = "";
  child.stdout?.on("data", (chunk: Buffer) => {
    said += chunk.toString("utf8");
  });
  return { process: child, said: () => said };
};
