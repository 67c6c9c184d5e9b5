// Which paths a role may change: names that are safe everywhere, nothing protected, and only its scope. Pure; used by the
// file tools before a write, by the recorder before anything enters a tree, and by the App before a commit.
import { isInArea } from "../area.ts";
import type { Scope } from "../role.ts";
import { UNSEEN } from "../unseen.ts";
import { matchesAnyGlob } from "./glob.ts";
import { protectedBy } from "./protected.ts";

export interface PathRules {
  readonly scope: Scope;
  /** Globs of the config, besides the built-in ones. */
  readonly protected: readonly string[];
}

/** Why this path may not be changed, for the model to act on; null if it may. */
export const pathProblem = (path: string, rules: PathRules): string | null =>
  placeProblem(path, rules.protected) ?? scopeProblem(path, rules.scope);

/** The same for the App, which has no role. */
export const placeProblem = (path: string, globs: readonly string[]): string | null =>
  nameProblem(path) ?? protectedProblem(path, globs);

const MAX_NAME = 255;
const MAX_PATH = 1000;

const nameProblem = (path: string): string | null => {
  // guard: longest-path, dashed-name
  if (byteLength(path) > MAX_PATH) return `its path is longer than ${MAX_PATH} bytes; choose a shorter one`;
  if (path.startsWith("-")) return "its name starts with a dash, like an option; choose another name";
  const segments = path.split("/");
  const isPlain = segments.every(segment => segment !== "" && segment !== "." && segment !== "..");
  if (!isPlain) return "it is not a plain relative path"; // guard: plain-path
  for (const segment of segments) {
    // guard: longest-name
    if (byteLength(segment) > MAX_NAME)
      return `its name is longer than ${MAX_NAME} bytes; choose a shorter one`;
    const name = segment.replace(EMOJI, "");
    const bad = NAMES.find(({ is }) => is.test(name) || is.test(withoutStream(name)));
    if (bad !== undefined) return `${bad.why}; choose another name`;
  }
  return null;
};

/** The joiners and selectors of an emoji are not hidden text. */
const EMOJI = /\p{RGI_Emoji}\ufe0f?/gv;

/** Names that some system takes for another name, or for none. */
export const NAMES: readonly { readonly is: RegExp; readonly why: string }[] = [
  { is: /\p{Cc}|\p{Zl}|\p{Zp}/u, why: "its name holds control characters or line ends" },
  {
    is: new RegExp(`[\\p{Cf}${UNSEEN}]`, "u"),
    why: "its name holds characters that nobody sees, or that reverse the direction of text",
  },
  { is: /\\/, why: "its name holds a backslash, which leads elsewhere on Windows" },
  { is: /[. ]$/, why: "its name ends in a dot or a blank, which Windows drops" },
  {
    is: /^[^.~]{1,7}~\d{1,6}(?:\.[^.]{0,3})?$/u,
    why: "Windows takes its name for the short form of another",
  },
  {
    is: /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|con(?:in|out)\$|clock\$) *(?:\.|$)/i,
    why: "its name is a device's on Windows",
  },
];

/** To Windows a colon begins a stream of the file named before it; `::$DATA` is its very content. */
const withoutStream = (name: string): string => name.replace(/:.*$/s, ""); // guard: streams

/** Names that may be changed, in exactly this spelling. */
const ORDINARY = new Set([".gitignore", ".gitkeep"]);

const protectedProblem = (path: string, globs: readonly string[]): string | null => {
  const folded = fold(path, "NFKC");
  const why = protectedBy(folded.split("/").map(withoutStream).join("/"));
  if (why !== null) return `it is protected: ${why}; ${LEAVE_IT}`;
  const names = path.split("/");
  // guard: ordinary-spelling
  if (folded.split("/").some((name, index) => ORDINARY.has(name) && name !== names[index]))
    return "it looks like a file of git's in another spelling; use the plain name";
  const isNamed =
    matchesAnyGlob(path, globs) || // guard: globs-of-the-config
    matchesAnyGlob(
      folded,
      foldedGlobs(globs).filter(glob => folded !== path || !globs.includes(glob)), // already tested
    );
  return isNamed ? `it is protected by this project's configuration; ${LEAVE_IT}` : null;
};

/** The same globs are compared with many paths. */
const FOLDED = new WeakMap<readonly string[], readonly string[]>();

const foldedGlobs = (globs: readonly string[]): readonly string[] => {
  const folded = FOLDED.get(globs) ?? globs.map(glob => fold(glob, "NFKC")); // guard: globs-in-any-case
  FOLDED.set(globs, folded);
  return folded;
};

const LEAVE_IT = "leave it alone and say in your answer what a person should change there";

const scopeProblem = (path: string, scope: Scope): string | null => {
  // guard: denied-paths, own-paths
  if (matchesAnyGlob(path, scope.paths_denied))
    return `your role may not change it (denied: ${scope.paths_denied.join(", ")}); leave it to another role`;
  if (scope.paths !== null && !matchesAnyGlob(path, scope.paths))
    return `your role may only change ${scope.paths.join(", ")}; leave it to another role`;
  // guard: area-of-a-worker
  if (scope.area !== undefined && !isInArea(path, scope.area))
    return `your area is ${scope.area.join(", ")}; somebody else may be writing there: say in your report what has to change`;
  return null;
};

/** A path as seen by file systems that ignore letter case or Unicode form. */
export const foldPath = (path: string): string => fold(path, "NFC");

/** Upper case first: some fold `ß` to `ss`, and `ſ` to `s`. Protected names are also compared by their looks (NFKC). */
const fold = (text: string, form: "NFC" | "NFKC"): string =>
  text.normalize(form).toUpperCase().toLowerCase().normalize(form);

const byteLength = (text: string): number => new TextEncoder().encode(text).length;
