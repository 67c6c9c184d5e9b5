// Which files a project gives to Git LFS, by its .gitattributes: what a commit of theirs holds is a pointer, and a work tree
// of Kin's has no more than that. Pure.
import { matchesGlob } from "../../model/patch/glob.ts";

/** The project's .gitattributes by their paths; whether LFS keeps a file of that path. */
export const keptByLfs = (files: ReadonlyMap<string, string>): ((path: string) => boolean) => {
  // Deeper ones count more, and of one file the last line that matches.
  const rules = [...files]
    .map(([path, text]) => ({ below: path.slice(0, path.lastIndexOf("/") + 1), text }))
    .sort((a, b) => a.below.length - b.below.length)
    .flatMap(({ below, text }) => rulesOf(text).map(rule => ({ ...rule, below })))
    .slice(0, MOST_RULES)
    .reverse();
  return path =>
    rules.find(({ below, glob }) => path.startsWith(below) && matchesGlob(path.slice(below.length), glob))
      ?.isLfs ?? false;
};

const MOST_RULES = 1_000;
const LONGEST_RULE = 500;

const rulesOf = (text: string): readonly { readonly glob: string; readonly isLfs: boolean }[] =>
  text.split(/\r?\n/).flatMap(line => {
    if (line.length > LONGEST_RULE) return [];
    const [glob = "", ...attributes] = line.trim().split(/[ \t]+/);
    const filter = attributes.findLast(attribute => /^[-!]?filter(?:=|$)/.test(attribute));
    return glob === "" || glob.startsWith("#") || filter === undefined
      ? []
      : [{ glob, isLfs: filter === "filter=lfs" }];
  });

const POINTER = "version https://git-lfs.github.com/spec/v1\n";

export const isPointer = (content: Buffer): boolean =>
  content.length < 1_024 && content.toString("latin1", 0, POINTER.length) === POINTER;
