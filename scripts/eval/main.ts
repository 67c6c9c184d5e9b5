// `npm run eval`: asks a real model every case of tests/cases, with our prompt and with a generic one.
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { parseArgs } from "node:util";
import PQueue from "p-queue";
import { createLanguageModel } from "../../action/llm/anthropic.ts";
import { findSandbox } from "../../action/workbench/workbench.ts";
import { explain, KinError } from "../../core/model/error.ts";
import { systemClock } from "../../host/clock.ts";
import { loadRoster } from "../../host/roster.ts";
import { type EvalCase, readCases } from "./case.ts";
import { withGenericPrompt } from "./generic.ts";
import { planLines, requestText } from "./plan.ts";
import { resultLine, totalLines } from "./report.ts";
import { isScripted } from "./scripted.ts";
import { tryCase } from "./trial.ts";
import { type Arm, type Result, resultOf } from "./verdict.ts";

const HELP = `Usage: npm run eval -- [options]

Asks a real model (ANTHROPIC_API_KEY, and ANTHROPIC_BASE_URL where set) to play each case of tests/cases twice, with
the role's prompt and with scripts/eval/generic.md, and says what was found and what was missed. It costs money.

  --role <role>   the cases of one role
  --case <name>   one case: its file's name, with or without the role before it
  --dry-run       what would be asked, and the likely cost; with --case the whole request. Nothing is asked
  --at-once <n>   conversations at once (4)
`;

const ROOT = join(import.meta.dirname, "..", "..");
const DEFAULT_PATH = "/usr/bin:/bin";
const ARMS: readonly Arm[] = ["ours", "generic"];

type Env = Readonly<Record<string, string | undefined>>;

const main = async (args: readonly string[], env: Env): Promise<number> => {
  const values = read(args);
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const selection = { role: values.role ?? null, name: values.case ?? null };
  const cases = readCases(join(ROOT, "tests", "cases"), selection);
  const loaded = loadRoster(ROOT);
  if (values["dry-run"]) {
    const planning = { ...loaded, path: env.PATH ?? DEFAULT_PATH };
    for (const line of await planLines(cases, planning)) console.log(line);
    if (values.case !== undefined) for (const asked of cases) console.log(await requestText(asked, planning));
    return 0;
  }
  const why = await whyNotRun(env);
  if (why !== null) {
    for (const { id } of cases) console.log(`${id}: not run: ${why}`);
    console.log(`0 of ${cases.length} cases run, none found, none missed.`);
    return 0;
  }
  const results = await runAll(cases, { env, loaded, atOnce: Number(values["at-once"]) });
  for (const line of totalLines(results)) console.log(line);
  return results.every(({ found }) => found !== "not counted") ? 0 : 1;
};

const read = (args: readonly string[]) => {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        role: { type: "string" },
        case: { type: "string" },
        "dry-run": { type: "boolean", default: false },
        "at-once": { type: "string", default: "4" },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    if (/^[1-9]\d?$/.test(values["at-once"])) return values;
  } catch {
    // parseArgs only fails for unknown options, which the usage explains better.
  }
  throw new KinError("These options do not fit.", { code: "usage", hint: HELP });
};

/** Scripted answers say nothing about a prompt, so they are not requested. */
const whyNotRun = async (env: Env): Promise<string | null> => {
  if (!env.ANTHROPIC_API_KEY) return "no ANTHROPIC_API_KEY";
  const url = env.ANTHROPIC_BASE_URL;
  if (env.KIN_SCRIPTED === "1" || (url && (await isScripted(url))))
    return `${url ?? "the model"} is scripted, and its answers are no evidence`;
  return null;
};

interface Running {
  readonly env: Env;
  readonly loaded: ReturnType<typeof loadRoster>;
  readonly atOnce: number;
}

const runAll = async (cases: readonly EvalCase[], running: Running): Promise<readonly Result[]> => {
  const trial = await trialIn(running);
  const queue = new PQueue({ concurrency: running.atOnce });
  const results: Result[] = [];
  let done = 0;
  const tried = cases.map(async asked => {
    const both = await Promise.all(ARMS.map(arm => queue.add(() => trial(asked, arm))));
    console.log([`${asked.id} (${++done} of ${cases.length})`, ...both.map(resultLine)].join("\n"));
    results.push(...both);
  });
  await Promise.all(tried);
  return results;
};

const trialIn = async ({ env, loaded }: Running): Promise<(asked: EvalCase, arm: Arm) => Promise<Result>> => {
  const path = env.PATH ?? DEFAULT_PATH;
  const sandbox = await findSandbox(path);
  if (!sandbox.ok)
    throw new KinError(`No sandbox: ${sandbox.reason}`, { code: "no_sandbox", hint: sandbox.hint });
  const baseUrl = env.ANTHROPIC_BASE_URL;
  const model = createLanguageModel({
    apiKey: env.ANTHROPIC_API_KEY ?? "",
    ...(baseUrl ? { baseUrl } : {}),
    clock: systemClock,
    random: Math.random,
    log: line => console.error(line),
  });
  const random = () => randomBytes(12).toString("hex");
  const abort = new AbortController();
  process.once("SIGINT", () => abort.abort());
  return async (asked, arm) => {
    const roster = arm === "ours" ? loaded.roster : withGenericPrompt(loaded.roster, asked.role);
    const trial = await tryCase(asked, {
      model,
      roster,
      preamble: loaded.preamble,
      toolProcess: join(ROOT, "action", "dist", "tools.js"),
      path,
      random,
      signal: abort.signal,
      onTurn: turn => console.error(`… ${asked.id}, ${arm}: turn ${turn}`),
    });
    return resultOf({ asked, arm, trial }, { model, signal: abort.signal, delimiter: random() });
  };
};

main(process.argv.slice(2), process.env).then(
  code => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(explain(error));
    process.exitCode = 1;
  },
);
