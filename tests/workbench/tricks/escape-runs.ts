// How often the escape works on a variant of the sources, as us or as an ordinary user.
import { spawn } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Escape, EscapeOptions } from "./escape.ts";
import { type Leg, makeVariant } from "./variant.ts";

export interface Counts {
  readonly runs: number;
  /** Runs in which the model's program ran on the machine. */
  readonly escaped: number;
  /** … in which it ran at all, if only in the ledger's sandbox. */
  readonly ran: number;
  /** … in which the harness's git directory was changed. */
  readonly written: number;
  /** … in which something outlived its call. */
  readonly outlived: number;
}

export interface CountOptions {
  readonly without: readonly Leg[];
  readonly runs: number;
  readonly turns: number;
  /** Whether the first escape is enough. */
  readonly stop: boolean;
  /** The user that the harness runs as; us if null. */
  readonly user: number | null;
  readonly each?: (one: Escape) => void;
}

export const countEscapes = async (options: CountOptions): Promise<Counts> => {
  const { without, runs, user } = options;
  const dir = mkdtempSync(join(tmpdir(), "kin-escape-"));
  try {
    chmodSync(dir, 0o755);
    const variant = join(dir, "variant");
    makeVariant(variant, without);
    const proof = join(dir, "proof");
    const home = join(dir, "home");
    for (const place of [proof, home]) mkdirSync(place);
    chmodSync(proof, 0o777);
    if (user !== null) chownSync(home, user, user);
    // The link must lead to the harness's git for whoever follows it.
    const target = without.includes("boxed") ? "machine" : "ledger";
    const seen = await play({ ...options, proof, target }, { variant, home });
    if (seen.length < runs && !options.stop) throw new Error(`${seen.length} of ${runs} runs came to an end`);
    const count = (of: (one: Escape) => boolean): number => seen.filter(of).length;
    return {
      runs: seen.length,
      escaped: count(({ escaped }) => escaped),
      ran: count(({ ran }) => ran),
      written: count(({ written }) => written),
      outlived: count(({ outlived }) => outlived),
    };
  } finally {
    rmSync(dir, { recursive: true, force: true, maxRetries: 3 });
  }
};

const play = (
  { proof, target, runs, turns, stop, user, each }: CountOptions & EscapeOptions,
  { variant, home }: { readonly variant: string; readonly home: string },
): Promise<readonly Escape[]> =>
  new Promise((resolve, reject) => {
    const main = join(variant, "tests/workbench/tricks/escape-main.ts");
    const node = [process.execPath, main, proof, target, String(runs), String(turns), stop ? "stop" : "all"];
    const as = user === null ? [] : ["setpriv", `--reuid=${user}`, `--regid=${user}`, "--clear-groups"];
    const [program = "", ...args] = [...as, ...node];
    const child = spawn(program, args, {
      cwd: "/",
      env: { PATH: "/usr/local/bin:/usr/bin:/bin", HOME: home, ...(user === null ? {} : { TMPDIR: home }) },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const seen: Escape[] = [];
    let stderr = "";
    child.stderr.on("data", chunk => {
      stderr = (stderr + chunk).slice(-2000);
    });
    createInterface({ input: child.stdout }).on("line", line => {
      const one = JSON.parse(line) as Escape;
      seen.push(one);
      each?.(one);
    });
    child.on("error", reject);
    child.on("close", code => (code === 0 ? resolve(seen) : reject(new Error(stderr))));
  });
