// `world.json` in a world's directory, for the owner's eyes only: how other commands find the world, and how a second
// start finds out that it is open already.
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { KinError } from "../core/model/error.ts";

interface Kept {
  readonly webhookSecret: string;
  readonly kinSecret: string;
}

export interface WorldFile extends Kept {
  readonly appUrl: string;
  readonly githubUrl: string;
  /** Of the process that opened the world last; it may have ended since. */
  readonly pid: number;
  /** The App's environment, except PATH. */
  readonly app: Readonly<Record<string, string>>;
  readonly scripted: boolean;
  /** Whether runs exchange their OIDC token, and have no key. */
  readonly identity: boolean;
  readonly maintainerToken: string;
}

/** Before the first start there is nothing; until that start is through there are only the secrets. */
const read = (dataDir: string): (Kept & Partial<WorldFile>) | null => {
  const file = join(dataDir, "world.json");
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : null;
};

export const writeWorldFile = (dataDir: string, content: Kept | WorldFile): void =>
  writeFileSync(join(dataDir, "world.json"), JSON.stringify(content), { mode: 0o600 });

/** What a continued world has from before. */
export const keptOf = (dataDir: string): Kept => {
  const known = read(dataDir);
  if (known !== null) return known;
  const kept = { webhookSecret: randomBytes(32).toString("hex"), kinSecret: randomBytes(32).toString("hex") };
  writeWorldFile(dataDir, kept);
  return kept;
};

/** The port at which the world's addresses of before are true again; null where something else has it. */
export const keptPort = async (dataDir: string): Promise<number | null> => {
  const port = Number(new URL(read(dataDir)?.githubUrl ?? "http://none").port);
  return port > 0 && (await isFree(port)) ? port : null;
};

/** A stale file locks nobody out: the process must live, and its GitHub must answer. */
export const refuseOpenWorld = async (dataDir: string): Promise<void> => {
  const { pid, githubUrl } = read(dataDir) ?? {};
  if (pid === undefined || githubUrl === undefined || !isAlive(pid) || !(await answers(githubUrl))) return;
  throw new KinError(`A world is already open in ${dataDir} (${githubUrl}, pid ${pid}).`, {
    code: "world_open",
    hint: "End it, or use another --data.",
  });
};

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Somebody else's process is one, too.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
};

const answers = (githubUrl: string): Promise<boolean> =>
  fetch(`${githubUrl}/_embedded/violations`, { signal: AbortSignal.timeout(2_000) }).then(
    ({ ok }) => ok,
    () => false,
  );

const isFree = (port: number): Promise<boolean> =>
  new Promise(resolve => {
    const server = createServer();
    server
      .once("error", () => resolve(false))
      .listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
