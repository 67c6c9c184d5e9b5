// The setup stage: the project's commands run once, without any secret, on the default branch's files; every bench is
// copied from the result.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { CommandRun } from "../../core/model/event.ts";
import { refusedText } from "../../core/model/network/reach.ts";
import type { SetupResult } from "../drive/ports/workbench.ts";
import { type Gate, MANIFESTS, type Root } from "./ecosystems.ts";
import type { Git } from "./git.ts";
import { bytesOf } from "./names.ts";
import type { Separated } from "./protocol.ts";
import * as trees from "./tree.ts";

const SECONDS = 15 * 60;

/** Runs the commands in order until one fails that may not. `reason` is null if none failed. */
export const runSetup = async (
  commands: readonly string[],
  options: {
    readonly run: (command: string, seconds: number) => Promise<CommandRun>;
    /** Whether the work can go on without what this one would have brought. */
    readonly mayFail: (command: string) => boolean;
    readonly signal: AbortSignal;
    /** Whether it goes through the proxy, which not every tool supports. */
    readonly proxied: boolean;
  },
): Promise<Pick<SetupResult, "ok" | "commands" | "reason">> => {
  const ran: CommandRun[] = [];
  const failed: string[] = [];
  for (const command of commands) {
    const run = await options.run(command, SECONDS);
    ran.push(run);
    if (run.exit_code === 0) continue;
    failed.push(`${reasonOf(run, options.signal)}${options.proxied ? networkNote(run) : ""}`);
    if (options.signal.aborted || !options.mayFail(command))
      return { ok: false, commands: ran, reason: failed.join("; ") };
  }
  return { ok: true, commands: ran, reason: failed.length === 0 ? null : failed.join("; ") };
};

const reasonOf = (run: CommandRun, signal: AbortSignal): string => {
  if (signal.aborted) return `setup command \`${run.command}\` was interrupted`;
  if (run.exit_code === null)
    return `setup command \`${run.command}\` did not end by itself: ${run.output.trim().split("\n").at(-1)}`;
  return `setup command \`${run.command}\` exited ${run.exit_code}`;
};

/** How programs report that they could not reach a host. */
const LOST =
  /ENOTFOUND|EAI_AGAIN|ENETUNREACH|getaddrinfo|resolve host|name resolution|no such host|UnknownHost|Network (?:is )?unreachable|fetch failed/i;

const networkNote = ({ output, refused = [] }: CommandRun): string => {
  if (refused.length > 0) return `, ${refusedText(refused)}`;
  return LOST.test(output)
    ? ", perhaps because it does not use the proxy by which setup reaches the network; `network: { setup: direct }` in .github/kin.yml goes without"
    : "";
};

/** From git's store, because on disk a manifest may be a link to anywhere. */
export const readRoot = async (git: Git, entries: trees.Entries): Promise<Root> => {
  const found = MANIFESTS.flatMap(name => {
    const entry = entries.get(name);
    return entry?.mode.startsWith("100") ? [{ name, sha: entry.sha }] : [];
  });
  const blobs = await trees.readBlobs(
    git,
    found.map(({ sha }) => sha),
  );
  const texts = new Map(found.map(({ name, sha }) => [name, blobs.get(sha)?.toString("utf8") ?? ""]));
  return {
    file: name => texts.get(name) ?? null,
    names: [...entries.keys()].filter(path => !path.includes("/")),
  };
};

const LOOK_SECONDS = 120;

/**
 * Gates whose program is missing in the sandbox, after setup. Asked before anything is changed: if it is missing later,
 * something removed it, and that is a failure.
 */
export const unavailable = async (
  gates: readonly Gate[],
  run: (command: string, seconds: number) => Promise<string>,
): Promise<readonly Gate[]> => {
  if (gates.length === 0) return [];
  const looks = [...new Set(gates.map(({ look }) => look))];
  const said = await run(
    looks.map((look, index) => `( ${look} ) > /dev/null 2>&1 || echo missing ${index}`).join("\n"),
    LOOK_SECONDS,
  );
  const missing = new Set(
    [...said.matchAll(/^missing (\d{1,3})$/gm)].flatMap(([, index]) => looks[Number(index)] ?? []),
  );
  return gates.filter(({ look }) => missing.has(look));
};

const RULES = /^(?:\.github\/|docs\/)?(?:contributing|ai[-_]policy)(?:\.(?:md|markdown|rst|txt|adoc))?$/i;
const MOST_RULES = 3;
const MOST_RULES_BYTES = 64 * 1024;

/** The project's rules for contributions, from the same places as GitHub's. */
export const rulesIn = async (
  git: Git,
  entries: trees.Entries,
): Promise<readonly { readonly path: string; readonly text: string }[]> => {
  const found = [...entries]
    .filter(([path, { mode }]) => RULES.test(path) && mode.startsWith("100"))
    .slice(0, MOST_RULES);
  const sizes = await trees.blobSizes(
    git,
    found.map(([, { sha }]) => sha),
  );
  const small = found.filter(([, { sha }]) => (sizes.get(sha) ?? 0) <= 16 * MOST_RULES_BYTES);
  const blobs = await trees.readBlobs(
    git,
    small.map(([, { sha }]) => sha),
  );
  return small.map(([path, { sha }]) => ({
    path,
    text: blobs.get(sha)?.subarray(0, MOST_RULES_BYTES).toString("utf8") ?? "",
  }));
};

/** This many exact names still match quickly; beyond that, whole directories are named. */
const EXACT = 2_000;

/**
 * Restores the tracked files to what git has, and returns patterns for everything else that setup made, so that the
 * baseline is the commit's own tree: the same on every runner, whatever a command wrote into a file.
 */
export const separateProducts = async (
  git: Git,
  place: { readonly index: string; readonly workTree: string },
): Promise<Separated> => {
  const list = async (...args: readonly string[]): Promise<readonly string[]> =>
    trees.split(await git.run(["ls-files", "-z", ...args], place));
  await removeLinksAbove(await list("--cached"), place.workTree);
  const restored = [...new Set(await list("--modified", "--deleted"))];
  // What has to be restored may be in a closed directory: looking opens it.
  for (const path of restored) await trees.lstatInside(place.workTree, path);
  await trees.checkOut(git, restored, place); // guard: tracked-files-put-back
  const made = await list("--others", "--exclude-standard");
  const products = made.length > EXACT ? await list("--others", "--exclude-standard", "--directory") : made;
  return { restored, patterns: products.filter(path => !path.includes("\n")).map(escapePattern) };
};

/** git follows a link that replaced a tracked directory, and would find its files at the target. */
const removeLinksAbove = async (tracked: readonly string[], root: string): Promise<void> => {
  const above = new Set(tracked.flatMap(path => trees.directoriesAbove(path)));
  for (const directory of [...above].sort())
    if ((await trees.lstatInside(root, directory))?.isSymbolicLink())
      await rm(bytesOf(join(root, directory))); // guard: links-above
};

const escapePattern = (path: string): string => `/${path.replace(/[\\*?[\]!# ]/g, found => `\\${found}`)}`;
