// The submodules of the default branch, as `actions/checkout` brings them with `submodules: true`: each at the commit that
// the tree names, from where .gitmodules says. The harness fetches them, since a command has no repository to do it in.
import { isAbsolute, posix } from "node:path";
import type { CommandRun } from "../../core/model/event.ts";
import type { Looked } from "../network/dial.ts";
import { addressOf, type Fetched, fetchCommits, isLoopback, isRedirect, type Source } from "./fetch.ts";
import type { HarnessGit } from "./git.ts";
import * as trees from "./tree.ts";

export interface Submodules {
  readonly laid: readonly { readonly path: string; readonly tree: string }[];
  /** What could not be fetched, each as the command that a person would have used. */
  readonly failed: readonly CommandRun[];
}

/** `requireRoom` throws where a bench may not hold a tree beside all that it was asked for before. */
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
    /** At hosts that are not the project's own. No addresses: a proxy knows where it is. */
    readonly look: (host: string) => Promise<Looked>;
    readonly requireRoom: (tree: string) => Promise<void>;
    /** For all of them together. */
    readonly seconds?: number;
  },
): Promise<Submodules> => {
  const links = [...entries].filter(([, { mode }]) => mode === trees.LINK);
  if (links.length === 0) return { laid: [], failed: [] };
  // git reads none of a broken file; then nothing is named.
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

/** Where something of the project's stands at its place or on the way there, as only a tree made by hand can have it. */
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

/** A host that is not the project's own is one of the network's: at a public address, unless the project names it as private. */
const lookedAt = async (
  source: Source,
  { source: project, look }: Pick<Parameters<typeof fetchSubmodules>[2], "source" | "look">,
): Promise<Source> => {
  if (source.kind === "local") return source;
  const url = new URL(addressOf(source));
  if (project.kind === "remote") {
    const own = new URL(project.url);
    // What is embedded is all on this machine.
    if (url.origin === own.origin || (isLoopback(url) && isLoopback(own))) return source;
  }
  const looked = await look(url.hostname.replace(/^\[|\]$/g, ""));
  const refused = (why: string): Error => new Error(`Kin does not fetch from ${url.host}: ${why}.`);
  if (looked.kind === "refused") throw refused(`${looked.why}, and \`network.private\` does not list it`); // guard: submodules-at-public-addresses
  if (looked.kind === "failed") throw refused(looked.what);
  return { ...source, addresses: looked.addresses.map(({ address }) => address) };
};

/** Where the project's own host sends somebody on to another, its credential stays behind. */
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

/** By path. What git reads there it reads as configuration, without what includes would bring. */
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
 * The project's own credential goes to the project's own host alone. A repository of the machine is fetched only where the
 * project is one: whoever names a commit there knows it already.
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

/** An address for ssh is one for https on the project's own host, as `actions/checkout` takes it. */
const urlOf = (address: string, own: URL | null): URL => {
  const [, host, path] = /^(?:ssh:\/\/)?(?:[\w.-]+@)?([\w.-]+)[:/]([^:]*)$/.exec(address) ?? [];
  if (own !== null && host === own.hostname && path !== undefined && !/^https?:/.test(address))
    return new URL(path.replace(/^\/+/, ""), `${own.origin}/`);
  if (URL.canParse(address)) return new URL(address);
  throw new Error(`Kin does not fetch from ${JSON.stringify(address.slice(0, 200))}.`);
};
