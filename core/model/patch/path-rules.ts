// Which paths a role may change: names that are safe everywhere, never what is protected, and only its scope.
// Pure; asked by the file tools before a write and by the recorder before anything enters a tree.
import type { Scope } from "../role.ts";
import { matchesAnyGlob } from "./glob.ts";

export interface PathRules {
  readonly scope: Scope;
  /** Globs of the config, besides the built-in ones. */
  readonly protected: readonly string[];
}

/** Why this path may not be changed, for the model to act on; null where it may. */
export const pathProblem = (path: string, rules: PathRules): string | null =>
  nameProblem(path) ?? protectedProblem(path, rules.protected) ?? scopeProblem(path, rules.scope);

const BIDI = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;
const MAX_NAME = 255;
const MAX_PATH = 1000;

export const nameProblem = (path: string): string | null => {
  if (/\p{Cc}/u.test(path)) return "its name holds control characters; choose another name";
  if (BIDI.test(path))
    return "its name holds characters that reverse the direction of text; choose another name";
  if (path.includes("\\")) return "its name holds a backslash; choose another name";
  if (path.startsWith("-")) return "its name starts with a dash, like an option; choose another name";
  if (byteLength(path) > MAX_PATH) return `its path is longer than ${MAX_PATH} bytes; choose a shorter one`;
  const segments = path.split("/");
  if (segments.some(segment => byteLength(segment) > MAX_NAME))
    return `its name is longer than ${MAX_NAME} bytes; choose a shorter one`;
  if (segments.some(segment => segment === "" || segment === "." || segment === ".."))
    return "it is not a plain relative path";
  return null;
};

const PROTECTED_NAMES = new Set([
  ".git",
  ".gitmodules",
  ".gitattributes",
  ".npmrc",
  ".mcp.json",
  "codeowners",
  "claude.md",
  "agents.md",
]);
/** Names that may be changed, in exactly this spelling. */
const ORDINARY = new Set([".gitignore", ".gitkeep"]);
const GIT_SHORT_NAME = /^(?:git|gitmod|gitatt|github)~\d+$/;

export const protectedProblem = (path: string, globs: readonly string[]): string | null => {
  const segments = path.split("/");
  const folded = segments.map(foldName);
  if (folded.some(name => name === ".git" || GIT_SHORT_NAME.test(name)))
    return `it is, or looks like, git's own metadata; ${LEAVE_IT}`;
  if (folded[0] === ".github" || folded.some(name => PROTECTED_NAMES.has(name))) return PROTECTED;
  if (folded.some((name, index) => ORDINARY.has(name) && name !== segments[index]))
    return "it looks like a file of git's in another spelling; use the plain name";
  if (
    matchesAnyGlob(path, globs) ||
    matchesAnyGlob(
      folded.join("/"),
      globs.map(glob => glob.toLowerCase()),
    )
  )
    return PROTECTED;
  return null;
};

const LEAVE_IT = "leave it alone and say in your answer what a person should change there";
const PROTECTED = `it is protected in every project or by this one's configuration; ${LEAVE_IT}`;

const scopeProblem = (path: string, scope: Scope): string | null => {
  if (matchesAnyGlob(path, scope.paths_denied))
    return `your role may not change it (denied: ${scope.paths_denied.join(", ")}); leave it to another role`;
  if (scope.paths !== null && !matchesAnyGlob(path, scope.paths))
    return `your role may only change ${scope.paths.join(", ")}; leave it to another role`;
  return null;
};

/**
 * A name as the least careful file system sees it: HFS+ drops invisible characters, NTFS trailing dots and
 * blanks and what follows a colon, both ignore case.
 */
export const foldName = (name: string): string =>
  name
    .normalize("NFKC")
    .replace(/\p{Cf}|\p{Variation_Selector}|\p{Default_Ignorable_Code_Point}/gu, "")
    .toLowerCase()
    .replace(/:.*$/s, "")
    .replace(/[. ]+$/, "");

export const foldPath = (path: string): string =>
  path
    .split("/")
    .map(segment => segment.normalize("NFC").toLowerCase())
    .join("/");

const byteLength = (text: string): number => new TextEncoder().encode(text).length;
