// Which files a project keeps in Git LFS, by its .gitattributes. Their commits, and so Kin's work trees, hold only
// pointers. Pure.
import { matchesGlob } from "../../core/model/patch/glob.ts";

/** Takes the project's .gitattributes by path; returns whether LFS keeps a given file. */
export const keptByLfs = (files: ReadonlyMap<string, string>): ((path: string) => boolean) => {
  const macros = macrosOf(files.get(".gitattributes") ?? "");
  // Deeper files take precedence, and within one the last matching line.
  const rules = [...files]
    .map(([path, text]) => ({ below: path.slice(0, path.lastIndexOf("/") + 1), text }))
    .sort((a, b) => a.below.length - b.below.length)
    .flatMap(({ below, text }) => rulesOf(text, macros).map(rule => ({ ...rule, below })))
    .slice(-MOST_RULES)
    .reverse();
  return path =>
    rules.find(({ below, glob }) => path.startsWith(below) && matches(path.slice(below.length), glob))
      ?.isLfs ?? false;
};

const MOST_RULES = 200;
const LONGEST_GLOB = 100;

/** Unlike in .gitignore, a match with a directory says nothing about its contents. */
const matches = (path: string, glob: string): boolean =>
  matchesGlob(path, glob) &&
  (glob.endsWith("/**") || !path.includes("/") || !matchesGlob(path.slice(0, path.lastIndexOf("/")), glob));

/** Macros for `filter=lfs`, defined as `[attr]name filter=lfs`. */
const macrosOf = (text: string): ReadonlySet<string> =>
  new Set(
    text.split(/\r?\n/).flatMap(line => {
      const [name = "", ...attributes] = line.trim().split(/[ \t]+/);
      return name.startsWith("[attr]") && attributes.includes("filter=lfs")
        ? [name.slice("[attr]".length)]
        : [];
    }),
  );

const rulesOf = (
  text: string,
  macros: ReadonlySet<string>,
): readonly { readonly glob: string; readonly isLfs: boolean }[] =>
  text.split(/\r?\n/).flatMap(line => {
    const [, quoted, plain = "", rest = ""] =
      /^\s{0,20}(?:"([^"]{1,200})"|(\S{1,200}))[ \t](.{1,500})$/.exec(line) ?? [];
    const glob = (quoted ?? plain).replaceAll("[[:space:]]", "?");
    const said = rest.split(/[ \t]+/).findLast(one => /^[-!]?filter(?:=|$)/.test(one) || macros.has(one));
    const isNone = glob === "" || /^(?:#|\[attr\])|\/$/.test(glob) || glob.length > LONGEST_GLOB;
    return isNone || said === undefined ? [] : [{ glob, isLfs: said === "filter=lfs" || macros.has(said) }];
  });

const POINTER = "version https://git-lfs.github.com/spec/v1\n";

export const isPointer = (content: Buffer): boolean =>
  content.length < 1_024 && content.toString("latin1", 0, POINTER.length) === POINTER;
