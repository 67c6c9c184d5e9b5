// The submodules of the default branch, as `actions/checkout` brings them with `submodules: true`: each at the commit
// that the tree names, from where .gitmodules says. The harness fetches them because a command has no repository to do
// it in.
import { isAbsolute, posix } from "node:path";
import type { CommandRun } from "../../core/model/event.ts";
import type { Looked } from "../network/dial.ts";
import { addressOf, type Fetched, fetchCommits, isLoopback, isRedirect, type Source } from "./fetch.ts";
import type { HarnessGit } from "./git.ts";
import * as trees from "./tree.ts";

export interface Submodules {
  readonly laid: readonly { readonly path: string; readonly tree: string }[];
  /** What could not be fetched, each shown as the command that a person would have used. */
  readonly failed: readonly CommandRun[];
}

/** `requireRoom` throws if a bench has no room for a tree in addition to all earlier ones. */
export const fetchSubmodules = async (
  git: HarnessGit,
  entries: trees.Entries,
  {
    requireRoom,
    seconds = MOST_SECONDS,
    ...given
  }: {
    readonly source: Source;
    readonly proxy: Readonly<Record<string, string>>;
    readonly signal: AbortSignal;
    /** For hosts that are not the project's own. Returns no addresses if a proxy knows where the host is. */
    readonly look: (host: string) => Promise<Looked>;
    readonly requireRoom: (tree: string) => Promise<void>;
    /** Limit for all of them together. */
    readonly seconds?: number;
  },
): Promise<Submodules> => {
  const links = [...entries].filter(([, { mode }]) => mode === trees.LINK);
  if (links.length === 0) return { laid: [], failed: [] };
  // If the file is broken git reads nothing from it, and no submodule is named.
  const addresses = await addressesIn(git, entries).catch(error => {
    if (given.signal.aborted) throw error;
    return new Map<string, string>();
  });
  const laid: { path: string; tree: string }[] = [];
  const failed: CommandRun[] = [];
  const limit = AbortSignal.timeout(seconds * 1000);
  const signal = AbortSignal.any([given.signal, limit]);
  for (const [path, { sha }] of links.slice(0, MOST)) {
    const began = performance.now();
    try {
      if (!path.isWellFormed()) throw new Error("Its name is not valid UTF-8.");
      const address = addresses.get(path);
      if (address === undefined) throw new Error(".gitmodules names no address for it.");
      const source = await lookedAt(sourceOf(address, given.source), given);
      if (limit.aborted) throw tooLong(seconds);
      const { tree } = await fetchOne(git, sha, { ...given, signal, source });
      await requireRoom(tree);
      laid.push({ path, tree });
    } catch (error) {
      if (given.signal.aborted) throw error;
      const why = (limit.aborted ? tooLong(seconds) : (error as Error)).message;
      failed.push(notThere(path, { why, seconds: (performance.now() - began) / 1000 }));
    }
  }
  const [first] = links[MOST] ?? [];
  if (first !== undefined) failed.push(tooMany(links.length - MOST, first));
  return { laid, failed };
};

/** Something of the project's is at its place or on the way there, which only a hand-made tree can have. */
export const notLaid = (path: string): CommandRun => ({
  ...notThere(path, { why: "", seconds: 0 }),
  output: `The submodule ${path.toWellFormed()} was left out: the project has something else at its place, or a link on the way there.\n`,
});

/** In one line, however many there are. */
const tooMany = (left: number, first: string): CommandRun => ({
  command: "git submodule update --init",
  exit_code: 128,
  seconds: 0,
  output: `Kin fetches ${MOST} submodules at most: ${left} more ${left === 1 ? "is an empty directory" : "are empty directories"}, beginning with ${first.toWellFormed()}.\n`,
});

const notThere = (
  path: string,
  { why, seconds }: { readonly why: string; readonly seconds: number },
): CommandRun => ({
  command: `git submodule update --init -- ${path.toWellFormed()}`,
  exit_code: 128,
  seconds,
  output: `The directory ${path.toWellFormed()} is empty: its submodule could not be fetched. ${why}\n`,
});

const tooLong = (seconds: number): Error =>
  new Error(`Kin spends ${Math.ceil(seconds / 60)} minutes on all submodules together.`);

/** A host other than the project's must be at a public address, unless the project lists it as private. */
const lookedAt = async (
  source: Source,
  { source: project, look }: Pick<Parameters<typeof fetchSubmodules>[2], "source" | "look">,
): Promise<Source> => {
  if (source.kind === "local") return source;
  const url = new URL(addressOf(source));
  if (project.kind === "remote") {
    const own = new URL(project.url);
    // In the embedded world everything is on this machine.
    if (url.origin === own.origin || (isLoopback(url) && isLoopback(own))) return source;
  }
  const looked = await look(url.hostname.replace(/^\[|\]$/g, ""));
  const refused = (why: string): Error => new Error(`Kin does not fetch from ${url.host}: ${why}.`);
  if (looked.kind === "refused") throw refused(`${looked.why}, and \`network.private\` does not list it`); // guard: submodules-at-public-addresses
  if (looked.kind === "failed") throw refused(looked.what);
  return { ...source, addresses: looked.addresses.map(({ address }) => address) };
};

/** If the project's own host redirects to another, the credential is not sent along. */
const fetchOne = async (
  git: HarnessGit,
  sha: string,
  given: Parameters<typeof fetchCommits>[2],
): Promise<Fetched> => {
  const { source } = given;
  const [commit] = await fetchCommits(git, [sha], given).catch(redirected => {
    if (source.kind === "local" || !isRedirect(redirected)) throw redirected;
    const told = `${redirected.message} ${NAME_WHERE_IT_IS}`;
    if (source.authorization === null) throw new Error(told);
    const stranger = { ...given, source: { ...source, authorization: null } };
    return fetchCommits(git, [sha], stranger).catch(error => {
      given.signal.throwIfAborted();
      throw new Error(`${told} Without a credential: ${error.message}`);
    });
  });
  return commit as Fetched;
};

const NAME_WHERE_IT_IS = "Name in .gitmodules where the repository is now.";

const MOST = 50;
const MOST_SECONDS = 20 * 60;
const MOST_BYTES = 256 * 1024;

/** By path. git reads this file as configuration, but without its includes. */
const addressesIn = async (git: HarnessGit, entries: trees.Entries): Promise<ReadonlyMap<string, string>> => {
  const file = entries.get(".gitmodules");
  if (file === undefined || !file.mode.startsWith("100")) return new Map();
  if (((await trees.blobSizes(git, [file.sha])).get(file.sha) ?? 0) > MOST_BYTES) return new Map();
  const rows = trees.split(await git.run(["config", "--blob", file.sha, "--no-includes", "-z", "--list"]));
  const modules = new Map<string, { path?: string; url?: string }>();
  for (const row of rows) {
    const [, name = "", key = "", value = ""] =
      /^submodule\.([\s\S]*)\.(path|url)\n([\s\S]*)$/.exec(row) ?? [];
    if (key !== "") modules.set(name, { ...modules.get(name), [key]: value });
  }
  return new Map(
    [...modules.values()].flatMap(({ path, url }) => (path && url ? [[path, url] as const] : [])),
  );
};

/**
 * The project's credential goes only to the project's own host. A local repository is fetched only if the project is
 * one too: whoever names a commit there knows it already.
 */
export const sourceOf = (address: string, project: Source): Source => {
  if (project.kind === "local") {
    if (isAbsolute(address)) return { kind: "local", path: address };
    if (isRelative(address)) return { kind: "local", path: posix.join(project.path, address) };
    return { kind: "remote", url: urlOf(address, null).href, authorization: null };
  }
  const own = new URL(project.url);
  const base = `${own.href.replace(/\/$/, "")}/`;
  const url = isRelative(address) ? new URL(address, base) : urlOf(address, own);
  const authorization = url.origin === own.origin ? project.authorization : null; // guard: credential-of-submodules
  return { kind: "remote", url: url.href, authorization };
};

const isRelative = (address: string): boolean => /^\.\.?\//.test(address);

/** Like `actions/checkout`, treats an ssh address as https if it is on the project's own host. */
const urlOf = (address: string, own: URL | null): URL => {
  const [, host, path] = /^(?:ssh:\/\/)?(?:[\w.-]+@)?([\w.-]+)[:/]([^:]*)$/.exec(address) ?? [];
  if (own !== null && host === own.hostname && path !== undefined && !/^https?:/.test(address))
    return new URL(path.replace(/^\/+/, ""), `${own.origin}/`);
  if (URL.canParse(address)) return new URL(address);
  throw new Error(`Kin does not fetch from ${JSON.stringify(address.slice(0, 200))}.`);
};
