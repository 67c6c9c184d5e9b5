// `world.json` in a world's directory, readable by the owner only: how other commands find the world, and how a second
// start finds out that it is already open.
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { KinError } from "../core/model/error.ts";
import { answers, isFree } from "./port.ts";

const Kept = z.object({ webhookSecret: z.string(), kinSecret: z.string() });
type Kept = z.infer<typeof Kept>;

const WorldFile = Kept.extend({
  appUrl: z.url(),
  githubUrl: z.url(),
  /** The process that opened the world last; it may have ended since. */
  pid: z.number(),
  /** The App's environment, except PATH. */
  app: z.record(z.string(), z.string()),
  scripted: z.boolean(),
  /** Whether runs exchange their OIDC token and have no key. */
  identity: z.boolean(),
  maintainerToken: z.string(),
});
export type WorldFile = z.infer<typeof WorldFile>;

const fileIn = (dataDir: string): string => join(dataDir, "world.json");

/** Until the first start succeeds, there are only the secrets. */
const Begun = WorldFile.partial().required({ webhookSecret: true, kinSecret: true });

const read = (dataDir: string): z.infer<typeof Begun> | null => {
  if (!existsSync(fileIn(dataDir))) return null;
  try {
    return Begun.parse(JSON.parse(readFileSync(fileIn(dataDir), "utf8")));
  } catch (cause) {
    throw new KinError(`${fileIn(dataDir)} is damaged.`, {
      code: "world_damaged",
      hint: "Put a copy of it back, or begin another world with `npm start -- --data DIR`.",
      cause,
    });
  }
};

/** For a world that was open at least once. */
export const readWorldFile = (dataDir: string): WorldFile => {
  const parsed = WorldFile.safeParse(read(dataDir));
  if (parsed.success) return parsed.data;
  throw new KinError(`The world in ${dataDir} was never opened.`, {
    code: "no_world",
    hint: `Open it with \`npm start -- --data ${dataDir}\`.`,
  });
};

export const writeWorldFile = (dataDir: string, content: Kept | WorldFile): void => {
  writeFileSync(`${fileIn(dataDir)}.new`, JSON.stringify(content), { mode: 0o600 });
  renameSync(`${fileIn(dataDir)}.new`, fileIn(dataDir));
};

/** What a continued world keeps from before. */
export const keptOf = (dataDir: string): Kept => {
  const known = read(dataDir);
  if (known !== null) return known;
  const kept = { webhookSecret: randomBytes(32).toString("hex"), kinSecret: randomBytes(32).toString("hex") };
  writeWorldFile(dataDir, kept);
  return kept;
};

/** The port at which the world's earlier addresses are valid again; null if something else has it. */
export const keptPort = async (dataDir: string): Promise<number | null> => {
  const port = Number(new URL(read(dataDir)?.githubUrl ?? "http://none").port);
  return port > 0 && (await isFree(port)) ? port : null;
};

/** A stale file locks nobody out: the process must live, and its GitHub must answer. */
export const refuseOpenWorld = async (dataDir: string): Promise<void> => {
  const { pid, githubUrl } = read(dataDir) ?? {};
  if (
    pid === undefined ||
    githubUrl === undefined ||
    !isAlive(pid) ||
    !(await answers(`${githubUrl}/_embedded/violations`))
  )
    return;
  throw new KinError(`A world is already open in ${dataDir} (${githubUrl}, pid ${pid}).`, {
    code: "world_open",
    hint: "End it, or use another --data.",
  });
};

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Somebody else's process is alive, too.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
};
