// Runs a project's checking commands once, in place, to see which of them pass: a gate that cannot is no gate. They run
// with the rights of whoever asked, outside of Kin's sandbox, so somebody has to ask for it; of the environment they get
// only what is known to hold no secret.
import { spawn } from "node:child_process";
import { delimiter, join } from "node:path";
import { endGroup } from "../../action/workbench/box.ts";
import { closedToSandboxes } from "../../action/workbench/find-sandbox.ts";
import { duration } from "../../core/report/format.ts";
import { plainLine } from "../../core/text/plain.ts";
import type { Env } from "../arguments.ts";
import { changedSince, stateOf } from "./changes.ts";
import { environmentFor } from "./environment.ts";
import type { Git } from "./git.ts";

export interface Gate {
  readonly command: string;
  /** Why it does not count, in one line; null if it passed. */
  readonly why: string | null;
}

export const NOT_RUN = "Not run yet: `kin init --prove` does";
const MOST_MS = 10 * 60_000;
const MOST_OUTPUT = 64 * 1024;
const MOST_LINE = 160;

/** As they were found. */
export const unproved = (commands: readonly string[]): readonly Gate[] =>
  commands.map(command => ({ command, why: NOT_RUN }));

export interface Proving {
  readonly root: string;
  readonly git: Git;
  readonly env: Env;
  readonly say: (line: string) => void;
  /** An abort ends what runs, and nothing more begins. */
  readonly signal: AbortSignal;
}

/** One after the other, because they share the checkout. */
export const prove = async (commands: readonly string[], proving: Proving): Promise<readonly Gate[]> => {
  const { root, git, say, signal } = proving;
  const closed = await closedToSandboxes(environmentFor(proving.env).PATH ?? "");
  if (closed.length > 0)
    say(`Sandboxes on this machine go without ${closed.join(", ")}: what passes by it may fail there.`);
  const gates: Gate[] = [];
  for (const command of commands) {
    const before = stateOf(root, git);
    const begun = performance.now();
    const failure = await failureOf(command, proving);
    if (signal.aborted) break;
    const why = failure ?? changedSince(before, { root, git });
    say(`${command}: ${why ?? "passed"} (${duration((performance.now() - begun) / 1000)})`);
    gates.push({ command, why });
  }
  return gates;
};

const failureOf = (command: string, { root, env, signal }: Proving): Promise<string | null> =>
  new Promise(resolve => {
    const environment = environmentFor(env);
    const child = spawn("bash", ["-o", "pipefail", "-c", command], {
      cwd: root,
      env: { ...environment, PATH: [join(root, ".venv/bin"), environment.PATH].join(delimiter), CI: "1" },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    let output = "";
    const keep = (data: Buffer) => {
      output = `${output}${data}`.slice(-MOST_OUTPUT);
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    // Does not find what began a session of its own, because that left our process group.
    const end = () => endGroup(child);
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      end();
    }, MOST_MS);
    signal.addEventListener("abort", end);
    const done = (why: string | null) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      // What it left running is ended, not waited for.
      end();
      child.stdout.destroy();
      child.stderr.destroy();
      resolve(why);
    };
    child.once("error", error => done(`It could not be started: ${plainLine(error.message)}`));
    child.once("exit", code => {
      if (isLate) done(`It had not ended after ${duration(MOST_MS / 1000)}`);
      else if (code === 0) done(null);
      else done(`Exit ${code ?? "by a signal"}${tellingLine(output.replaceAll(root, "."))}`);
    });
  });

/** The first line that names an error, else the last one with words. npm repeats the script after a >. */
const tellingLine = (output: string): string => {
  const lines = output.split("\n").filter(one => /\w/.test(one) && !one.startsWith("> "));
  const line = lines.find(one => ERROR.test(one)) ?? lines.at(-1);
  const text = plainLine(line ?? "")
    .trim()
    .slice(0, MOST_LINE);
  return text === "" ? "" : `: ${text}`;
};

const ERROR =
  /(?:Error|Exception)(?: \[\w+\])?: |\bcannot (?:find|open|read|resolve)\b|\bnot found\b|\bno such file\b/i;
