// Fetches commits into the harness's git directory: by id, one commit deep, with a credential that only this one git
// process sees.
import { isAbsolute } from "node:path";
import { KinError } from "../../core/model/error.ts";
import type { Git } from "./git.ts";

export type Source =
  | { readonly kind: "local"; readonly path: string }
  | {
      readonly kind: "remote";
      readonly url: string;
      /** The value of the HTTP header. */
      readonly authorization: string | null;
      /**
       * Addresses that were checked, of a host that is not the project's own; empty if a proxy resolves it. Such a host
       * may not redirect.
       */
      readonly addresses?: readonly string[];
    };

export interface Fetched {
  readonly commit: string;
  readonly tree: string;
  /** When it was committed, in seconds and with its zone, as git stores it. */
  readonly date: string;
}

/** Returns the commits that the refs name, in the same order. */
export const fetchCommits = async (
  git: Git,
  refs: readonly string[],
  options: {
    readonly source: Source;
    readonly proxy: Readonly<Record<string, string>>;
    readonly signal: AbortSignal;
  },
): Promise<readonly Fetched[]> => {
  const address = addressOf(options.source);
  const refspecs = refs.map((ref, index) => `+${remoteRef(ref)}:refs/kin/${index}`);
  await git
    .run([...FETCH, "--end-of-options", address, ...refspecs], {
      config: access(options.source),
      env: options.proxy,
      signal: options.signal,
      seconds: FETCH_SECONDS,
    })
    .catch(error => {
      if (!isRedirect(error)) throw error;
      throw new KinError(error.message, { code: "fetch_redirected", hint: NO_REDIRECT, cause: error });
    });
  const names = refs.map((_, index) => `refs/kin/${index}`);
  const told = await git.text(["for-each-ref", `--format=${FORMAT}`, "--", ...names]);
  const byName = new Map(
    told
      .split("\n")
      .map(row => row.split(" "))
      .map(([name = "", ...rest]) => [name, rest]),
  );
  return names.map(name => {
    const [commit = "", tree = "", ...date] = byName.get(name) ?? [];
    // For what is not a commit git names no tree.
    if (tree !== "") return { commit, tree, date: date.join(" ") };
    throw new KinError(`${JSON.stringify(refs[names.indexOf(name)])} is no commit.`, {
      code: "git_failed",
      hint: "Start the task again; if it happens twice, report it.",
    });
  });
};

const FORMAT = "%(refname) %(objectname) %(tree) %(committerdate:raw)";

/** Whether git failed because it was redirected and may not follow. */
export const isRedirect = (error: unknown): boolean =>
  error instanceof KinError && /returned error: 30\d/.test(error.message);

const NO_REDIRECT =
  "Kin takes its credential to no other address. Where the repository was renamed or moved, start the task again; where a proxy sends people on, let the runner reach the server itself.";

const FETCH_SECONDS = 15 * 60;

const FETCH =
  "fetch --quiet --depth=1 --no-tags --no-write-fetch-head --no-recurse-submodules --no-auto-maintenance".split(
    " ",
  );

const SHA = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
const BRANCH = /^(?!.*(?:\.\.|\/\/|\.lock(?:\/|$)|\/\.|\.$|\/$))[A-Za-z0-9_][A-Za-z0-9._/+-]{0,199}$/;

/** A commit id, or a branch by its plain name. */
export const remoteRef = (ref: string): string => {
  if (SHA.test(ref)) return ref;
  if (BRANCH.test(ref)) return `refs/heads/${ref}`;
  throw new KinError(`${JSON.stringify(ref.slice(0, 100))} is neither a commit id nor a branch name.`, {
    code: "ref_invalid",
    hint: "Start the task again; if it happens twice, report it.",
  });
};

export const isLoopback = ({ hostname }: URL): boolean =>
  ["127.0.0.1", "[::1]", "localhost"].includes(hostname);

/** Throws if it is an address that nothing is fetched from. */
export const addressOf = (source: Source): string => {
  if (source.kind === "local") {
    if (!isAbsolute(source.path)) throw new Error("the path of a local source must be absolute");
    return source.path;
  }
  const url = new URL(source.url);
  if (url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url))) {
    if (url.username === "" && url.password === "") return url.href;
  }
  throw new KinError(`Kin does not fetch from ${url.protocol}//${url.host}.`, {
    code: "source_refused",
    hint: "Use an https address without a user name or password in it.",
  });
};

const access = (source: Source): Readonly<Record<string, string>> => {
  if (source.kind === "local") return { "protocol.file.allow": "always" };
  const protocol = new URL(source.url).protocol.slice(0, -1);
  const { authorization, addresses } = source;
  const { origin, hostname, port } = new URL(source.url);
  const places = (addresses ?? []).map(address => (address.includes(":") ? `[${address}]` : address));
  const resolved = `${hostname}:${port || "443"}:${places.join()}`;
  // Whoever answers there would choose who else is asked, with the credential and in the project's name.
  const mayRedirect = authorization === null && addresses === undefined; // guard: no-credential-is-redirected
  return {
    [`protocol.${protocol}.allow`]: "always",
    ...(mayRedirect ? {} : { "http.followRedirects": "false" }),
    // So that nobody resolves it again; git supports this since 2.37.
    ...(places.length === 0 ? {} : { "http.curloptResolve": resolved }), // guard: pinned-submodules
    ...(authorization === null ? {} : { [`http.${origin}/.extraHeader`]: `Authorization: ${authorization}` }),
  };
};
