// The command as people start it: a separate process, with only the environment it is given.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { COMPILED } from "../compiled.ts";

const MAIN = join(import.meta.dirname, "..", "..", "cli", "main.ts");

export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export type Env = Readonly<Record<string, string>>;

export interface Started {
  readonly ended: Promise<Ended>;
  /** The first match in the output, past or future. */
  readonly says: (pattern: RegExp) => Promise<RegExpExecArray>;
  readonly stop: (signal?: NodeJS.Signals) => void;
}

export const startKin = (args: readonly string[], env: Env = {}, main = MAIN): Started => {
  const child = spawn(process.execPath, [main, ...args], {
    env: { ...COMPILED, PATH: process.env.PATH, HOME: "/nonexistent", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let out = "";
  let err = "";
  child.stdout.on("data", data => (out += String(data)));
  child.stderr.on("data", data => (err += String(data)));
  const ended = new Promise<Ended>(resolve =>
    child.once("close", code => resolve({ code: code ?? -1, out, err })),
  );
  const says = async (pattern: RegExp): Promise<RegExpExecArray> => {
    for (let tries = 0; tries < 1_200; tries++) {
      const found = pattern.exec(`${err}\n${out}`);
      if (found !== null) return found;
      if (child.exitCode !== null) break;
      await new Promise(resolve => setTimeout(resolve, 50));
    }
    throw new Error(`it never said ${pattern}:\n${out}\n${err}`);
  };
  return { ended, says, stop: (signal = "SIGKILL") => void child.kill(signal) };
};

export const kin = (args: readonly string[], env: Env = {}, main = MAIN): Promise<Ended> =>
  startKin(args, env, main).ended;
