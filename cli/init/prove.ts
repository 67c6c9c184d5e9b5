// Runs the commands that check a project once, where it lies, to see which of them pass: a gate that cannot is no gate. They
// run as whoever asked, outside of Kin's sandbox, so that somebody has to ask for it; without what looks like a secret.
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { delimiter } from "node:path";
import { closedToSandboxes } from "../../core/adapters/workbench/find-sandbox.ts";
import { duration } from "../../core/report/format.ts";
import { plainLine } from "../../core/report/plain.ts";
import type { Git } from "./git.ts";

type Env = Readonly<Record<string, string | undefined>>;

export interface Gate {
  readonly command: string;
  /** Why it does not count, in a line; null where it passed. */
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
}

/** One after the other: they share the checkout. */
export const prove = async (commands: readonly string[], proving: Proving): Promise<readonly Gate[]> => {
  const closed = await closedToSandboxes(ofTheProject(proving.env).PATH ?? "");
  if (closed.length > 0)
    proving.say(
      `Sandboxes on this machine go without ${closed.join(", ")}: what passes by it may fail there.`,
    );
  const gates: Gate[] = [];
  for (const command of commands) {
    const before = changes(proving.git);
    const begun = performance.now();
    const why = await failureOf(command, proving);
    const touched = changes(proving.git).filter(entry => !before.includes(entry));
    const changed =
      touched.length === 0
        ? null
        : `It changed ${touched
            .slice(0, 3)
            .map(entry => plainLine(entry.slice(3)))
            .join(", ")}: a gate only looks`;
    proving.say(
      `${command}: ${why ?? changed ?? "passed"} (${duration((performance.now() - begun) / 1000)})`,
    );
    gates.push({ command, why: why ?? changed });
  }
  return gates;
};

/** What git tells of the work tree; what it ignores may come and go. */
const changes = (git: Git): readonly string[] =>
  git(["status", "--porcelain", "-z"])
    .out.split("\0")
    .filter(entry => entry !== "");

const failureOf = (command: string, { root, env }: Proving): Promise<string | null> =>
  new Promise(resolve => {
    const child = spawn("bash", ["-o", "pipefail", "-c", command], {
      cwd: root,
      env: { ...ofTheProject(env), CI: "1" },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    let output = "";
    const keep = (data: Buffer) => {
      output = `${output}${data}`.slice(-MOST_OUTPUT);
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    let isLate = false;
    const end = (signal: NodeJS.Signals) => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, signal);
      } catch (error) {
        // It had ended.
        if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
      }
    };
    const timer = setTimeout(() => {
      isLate = true;
      end("SIGKILL");
    }, MOST_MS);
    // Its group is its own, so that Ctrl-C would pass it by.
    const stopped = () => {
      end("SIGKILL");
      process.exit(128 + constants.signals.SIGINT);
    };
    process.once("SIGINT", stopped);
    const done = (why: string | null) => {
      clearTimeout(timer);
      process.off("SIGINT", stopped);
      // What it left running is not left behind.
      end("SIGKILL");
      resolve(why);
    };
    child.once("error", error => done(`It could not be started: ${plainLine(error.message)}`));
    child.once("exit", code => {
      if (isLate) done(`It had not ended after ${duration(MOST_MS / 1000)}`);
      else if (code === 0) done(null);
      else done(`Exit ${code ?? "by a signal"}${tellingLine(output.replaceAll(root, "."))}`);
    });
  });

/** The first that names an error; without one the last that says something. npm repeats the script itself, behind a >. */
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

/**
 * Without what looks like a secret, and without what npm adds for Kin when it is started with npx: Kin's own programs would
 * stand in for those that the project lacks.
 */
const ofTheProject = (env: Env): Record<string, string | undefined> => ({
  ...Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^npm_|^INIT_CWD$|TOKEN|KEY|SECRET|PASSWORD/i.test(name)),
  ),
  PATH: env.PATH?.split(delimiter)
    .filter(entry => !/[\\/](?:node_modules[\\/]\.bin|node-gyp-bin)[\\/]?$/.test(entry))
    .join(delimiter),
});
