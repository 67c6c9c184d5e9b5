// `npm run mutants`: removes, one at a time, every row of the sandbox, every denied call, every setting of the
// harness's git, every field of the tables and every marked guard, and checks whether a test notices.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { AUTHORITY_GUARDS, authorityMutants } from "./authority.ts";
import { callMutants } from "./calls.ts";
import { DOOR_GUARDS, doorMutants } from "./door.ts";
import { guardMutants } from "./guard.ts";
import { IDENTITY_GUARDS } from "./identity.ts";
import { LINEAR_GUARDS } from "./linear.ts";
import { MCP_GUARDS } from "./mcp.ts";
import type { Mutant } from "./mutant.ts";
import { NETWORK_GUARDS } from "./network.ts";
import { PATH_GUARDS, pathMutants } from "./paths.ts";
import { rowMutants } from "./rows.ts";
import { RUNNER_GUARDS } from "./runner.ts";
import { SANDBOX_GUARDS } from "./sandbox.ts";
import { settingMutants } from "./settings.ts";
import { TREE_GUARDS } from "./trees.ts";
import { type Checked, openTrial, type Trial } from "./trial.ts";
import { WORKER_GUARDS } from "./workers.ts";

const HELP = `Usage: npm run mutants -- [options] [NAME…]

Runs each mutant's tests in a copy of the sources: first as they are, then with the mutant. Fails where one survives,
where a test that a mutant is mapped to is not there or fails as it is, and where marks and rows do not match.
NAME is the beginning of a mutant's name, such as "row net", "call" or "guard pipes".

  --list        their names, their tests, and why some are equivalent
  --jobs <n>    so many at once, each in a copy of its own (2)
`;

const ROOT = join(import.meta.dirname, "..", "..");
/** Directories that may contain marks. */
const MARKED = ["core", "host", "app", "action"];
const TABLES = [
  ...[SANDBOX_GUARDS, TREE_GUARDS, DOOR_GUARDS, IDENTITY_GUARDS, AUTHORITY_GUARDS],
  ...[PATH_GUARDS, RUNNER_GUARDS, LINEAR_GUARDS, NETWORK_GUARDS, MCP_GUARDS, WORKER_GUARDS],
];

const main = async (args: readonly string[]): Promise<number> => {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: {
      list: { type: "boolean", default: false },
      jobs: { type: "string", default: "2" },
      help: { type: "boolean", default: false },
    },
    allowPositionals: true,
  });
  const jobs = Number(values.jobs);
  if (values.help || !Number.isInteger(jobs) || jobs < 1) {
    console.log(HELP);
    return 2;
  }
  const all = await allMutants();
  const chosen =
    positionals.length === 0
      ? all
      : all.filter(({ name }) => positionals.some(part => name.startsWith(part)));
  if (chosen.length === 0) throw new Error(`there is no mutant ${positionals.join(", ")}`);
  if (!values.list) return run(chosen, jobs);
  // Throws if one no longer fits its source.
  for (const { file, mutate, equivalent } of chosen)
    if (equivalent === null) mutate(await readFile(join(ROOT, file), "utf8"));
  for (const { name, tests, equivalent } of chosen)
    console.log(`${name}: ${equivalent ?? tests.map(test => `${test.file} > ${test.name}`).join("; ")}`);
  return 0;
};

const allMutants = async (): Promise<readonly Mutant[]> => {
  const sources = new Map<string, string>();
  for (const directory of MARKED)
    for (const path of await readdir(join(ROOT, directory), { recursive: true })) {
      const source = path.endsWith(".ts") ? await readFile(join(ROOT, directory, path), "utf8") : "";
      if (/\/\/ guard: /.test(source)) sources.set(`${directory}/${path}`, source);
    }
  const git = sources.get("action/workbench/git.ts") ?? "";
  const all = [
    ...(await rowMutants()),
    ...callMutants(),
    ...settingMutants(git),
    ...authorityMutants(),
    ...doorMutants(),
    ...pathMutants(),
    ...guardMutants(sources, TABLES),
  ];
  const names = all.map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw new Error(`there are two mutants ${twice}`);
  return all;
};

interface Count {
  killed: number;
  equivalent: number;
  readonly wrong: string[];
}

const run = async (mutants: readonly Mutant[], jobs: number): Promise<number> => {
  const began = performance.now();
  const counts = new Map<string, Count>();
  const checked: Checked = new Map();
  const trials = await Promise.all(Array.from({ length: jobs }, () => openTrial(ROOT, checked)));
  const close = () => Promise.all(trials.map(trial => trial.close()));
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => void close().finally(() => process.exit(130)));
  const waiting = mutants.entries();
  const work = async (trial: Trial): Promise<void> => {
    for (const [index, mutant] of waiting) {
      const kind = mutant.name.split(" ")[0] ?? "";
      const count = counts.get(kind) ?? { killed: 0, equivalent: 0, wrong: [] };
      counts.set(kind, count);
      const started = performance.now();
      const said = await judge(trial, mutant, count);
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      console.log(`[${index + 1}/${mutants.length}] ${mutant.name}: ${said} (${seconds} s)`);
    }
  };
  try {
    await Promise.all(trials.map(work));
  } finally {
    await close();
  }
  const minutes = ((performance.now() - began) / 60_000).toFixed(1);
  console.log(`\n${mutants.length} mutants in ${minutes} minutes`);
  for (const [kind, { killed, equivalent, wrong }] of counts)
    console.log(`  ${kind}: ${killed} killed, ${equivalent} equivalent, ${wrong.length} wrong`);
  const wrong = [...counts.values()].flatMap(count => count.wrong);
  for (const line of wrong) console.log(`  ${line}`);
  return wrong.length === 0 ? 0 : 1;
};

const judge = async (trial: Trial, mutant: Mutant, count: Count): Promise<string> => {
  const wrong = (what: string): string => {
    count.wrong.push(`${mutant.name}: ${what}`);
    return what;
  };
  if (mutant.equivalent !== null) {
    count.equivalent++;
    return `equivalent: ${mutant.equivalent}`;
  }
  if (mutant.tests.length === 0) return wrong("BROKEN: no test is mapped to it");
  for (const spec of mutant.tests) {
    const problem = await trial.unchanged(spec);
    if (problem !== null) return wrong(`BROKEN: ${problem}`);
  }
  const outcome = await trial.of(mutant);
  switch (outcome.kind) {
    case "killed":
      count.killed++;
      return `killed by ${outcome.by}`;
    case "survived":
      return wrong("SURVIVED");
    case "broken":
      return wrong(`BROKEN: ${outcome.why}`);
    default:
      return outcome satisfies never;
  }
};

process.exitCode = await main(process.argv.slice(2));
