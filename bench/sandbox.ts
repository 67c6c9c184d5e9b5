// What the sandbox costs: a command, a record, setup, and the bench that a gate is judged on, each against its limit:
// bare bwrap, the recorder outside a sandbox, git alone, a bare copy.
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fetchCommits } from "../action/workbench/fetch.ts";
import { createGit } from "../action/workbench/git.ts";
import { createRecorder } from "../action/workbench/recorder.ts";
import { findProgram } from "../action/workbench/toolchain.ts";
import { createWorkbench } from "../action/workbench/workbench.ts";
import { Config } from "../core/model/config.ts";
import { aRepository, closeAll, toolProcess } from "../tests/workbench/kit.ts";
import type { Figure } from "./figure.ts";
import { median } from "./median.ts";

const ROUNDS = 60;
const COPIES = 8;
const FILES = 500;
const never = new AbortController().signal;
const PATH = "/usr/local/bin:/usr/bin:/bin";
const EVERYTHING = { permission: "full" as const, paths: null, paths_denied: [] };

export const sandbox = async (): Promise<readonly Figure[]> => {
  const files = Object.fromEntries(
    Array.from({ length: FILES }, (_, n) => [`d${n % 20}/f${n}.txt`, `${n}\n`.repeat(20)]),
  );
  const { path, base } = aRepository(files);
  const kin = await aBench(path, base);
  const plain = await aPlainRecorder(path, base);
  const times = {
    bare: [] as number[],
    bash: [] as number[],
    record: [] as number[],
    plain: [] as number[],
    judge: [] as number[],
    copy: [] as number[],
  };
  for (let round = 0; round < ROUNDS; round++) {
    times.bare.push(await timed(bareBwrap));
    times.bash.push(await timed(() => kin.bash("true")));
    await kin.write("d1/f1.txt", `${round}\n`);
    times.record.push(await timed(kin.record));
    plain.write("d1/f1.txt", `${round}\n`);
    times.plain.push(await timed(plain.record));
  }
  for (let round = 0; round < COPIES; round++) {
    times.judge.push(await timed(() => kin.run("true")));
    times.copy.push(await timed(async () => kin.copyBare()));
  }
  await kin.close();
  plain.close();
  await closeAll();
  const beyond = median(times.bash) - median(times.bare);
  return [
    {
      what: "a command in a sandbox of its own, beyond bare bwrap",
      found: `${beyond.toFixed(1)} ms (bare ${median(times.bare).toFixed(1)} ms)`,
      goal: "≤ 10 ms",
      ok: beyond <= 10,
    },
    {
      what: `record() of one change among ${FILES} files, against the recorder outside of any sandbox`,
      found: ratio(times.record, times.plain),
      goal: "≤ 2",
      ok: median(times.record) <= 2 * median(times.plain),
    },
    {
      what: `setup of ${FILES} files, without a command`,
      found: `${kin.setup.toFixed(0)} ms (git alone ${plain.setup.toFixed(0)} ms)`,
      goal: "–",
      ok: true,
    },
    {
      what: "a gate on a new bench, against copying its files",
      found: ratio(times.judge, times.copy),
      goal: "–",
      ok: true,
    },
  ];
};

const ratio = (found: readonly number[], bare: readonly number[]): string =>
  `${(median(found) / median(bare)).toFixed(2)} (${median(found).toFixed(1)} ms to ${median(bare).toFixed(1)} ms)`;

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
};

const aBench = async (path: string, base: string) => {
  const dir = join(mkdtempSync(join(tmpdir(), "kin-bench-")), "workbench");
  const workbench = createWorkbench({
    dir,
    source: { kind: "local", path },
    toolProcess: await toolProcess(),
    node: process.execPath,
    sandbox: "bwrap",
    path: PATH,
    log: () => undefined,
  });
  const config = Config.parse({ setup: [] });
  let tree = "";
  const setup = await timed(async () => {
    ({ tree } = await workbench.setUp({ base, head: null, config, signal: never }));
  });
  const bench = await workbench.open({ key: "bench", tree, scope: EVERYTHING });
  const use = (name: string, input: unknown) =>
    bench.call({ type: "tool_use", id: "t", name, input }, { signal: never });
  let copies = 0;
  return {
    setup,
    bash: (command: string) => use("bash", { command }),
    write: (file_path: string, content: string) => use("write", { file_path, content }),
    record: () => bench.record(),
    run: (command: string) => bench.judge([command], { seconds: 60, signal: never }),
    copyBare: () => {
      const to = join(dir, "setup", `copy-${++copies}`);
      execFileSync("/bin/cp", ["-a", "--", join(dir, "setup", "work"), to]);
    },
    close: async () => {
      await bench.close();
      await workbench.close();
      rmSync(join(dir, ".."), { recursive: true, force: true });
    },
  };
};

/** How records used to be made: git and recorder on the machine itself. */
const aPlainRecorder = async (path: string, base: string) => {
  const dir = mkdtempSync(join(tmpdir(), "kin-bench-"));
  const place = { index: join(dir, "index"), workTree: join(dir, "work") };
  mkdirSync(place.workTree);
  const git = await createGit({ dir: join(dir, "git"), program: "/usr/bin/git" });
  const source = { kind: "local" as const, path };
  let tree = "";
  const setup = await timed(async () => {
    const [fetched] = await fetchCommits(git, [base], { source, proxy: {}, signal: never });
    tree = fetched?.tree ?? "";
    await git.run(["read-tree", tree], place);
    await git.run(["checkout-index", "--all", "-u", "-q"], place);
  });
  const rules = { scope: EVERYTHING, protected: [] };
  const { record } = await createRecorder({ git, place, rules, baseline: tree, tree });
  return {
    setup,
    record,
    write: (file: string, content: string) => writeFileSync(join(place.workTree, file), content),
    close: () => rmSync(dir, { recursive: true, force: true }),
  };
};

const BARE =
  "--unshare-all --uid 1000 --gid 1000 --clearenv --die-with-parent --ro-bind / / --proc /proc --dev /dev".split(
    " ",
  );

const bareBwrap = (): Promise<unknown> =>
  new Promise(resolve => {
    spawn(findProgram("bwrap", PATH) ?? "", [...BARE, "--", "/bin/bash", "-c", ":"], {
      env: { PATH },
      stdio: ["ignore", "pipe", "pipe"],
    }).on("close", resolve);
  });
