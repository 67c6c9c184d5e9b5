// Globs as git reads them in `.gitignore`, each by itself, so without negation, comments and escapes: a pattern without a
// slash matches a name at any depth, one with a slash counts from the root, and what matches a directory matches everything
// below it. No regular expressions, because a repository writes the pattern: the steps never exceed the characters of the
// path times those of the pattern.

export const matchesGlob = (path: string, pattern: string): boolean => matches(namesOf(path), pattern);

export const matchesAnyGlob = (path: string, patterns: readonly string[]): boolean => {
  const names = namesOf(path);
  return patterns.some(pattern => matches(names, pattern));
};

/** The patterns that match any of the paths. */
export const globsWithMatches = (
  paths: readonly string[],
  patterns: readonly string[],
): readonly string[] => {
  const left = new Set(patterns);
  for (const path of paths) {
    const names = namesOf(path);
    for (const pattern of left) if (matches(names, pattern)) left.delete(pattern);
  }
  return patterns.filter(pattern => !left.has(pattern));
};

type Name = readonly string[];

const namesOf = (path: string): readonly Name[] => path.split("/").map(name => [...name]);

const matches = (names: readonly Name[], pattern: string): boolean => {
  const parts = pattern.replace(/^\.\//, "").split("/");
  const directoryOnly = parts.length > 1 && parts.at(-1) === "";
  while (parts.length > 1 && parts.at(-1) === "") parts.pop();
  const segments = parts.filter(part => part !== "").map(part => part.replace(/^\*{2,}$/, "**"));
  // Where in the path the next segment may begin.
  let starts: readonly number[] = parts.length > 1 ? [0] : names.map((_, index) => index);
  for (const [index, segment] of segments.entries()) {
    const first = starts[0] ?? names.length;
    if (segment !== "**") {
      const tokens = tokensOf(segment);
      starts = starts.filter(at => at < names.length && fits(names[at] ?? [], tokens)).map(at => at + 1);
    } else if (index === segments.length - 1) return first < names.length - (directoryOnly ? 1 : 0);
    else starts = names.map((_, at) => at).slice(first);
  }
  return segments.length > 0 && starts.some(at => at < names.length || !directoryOnly);
};

/** One character (its code point, or a test for it); null stands for any number of any. */
type Token = string | ((character: string) => boolean) | null;

const tokensOf = (segment: string): readonly Token[] =>
  (segment.match(/\[[!^]?[^\]]{1,200}\]|\*+|[\s\S]/gu) ?? []).map(part => {
    if (part.startsWith("*")) return null;
    if (part === "?") return () => true;
    return part.length > 2 && part.startsWith("[") ? classOf(part.slice(1, -1)) : part;
  });

/** `a-z0-9`, or `!a-z` and `^a-z` for all others; a dash at an end, or after a range, is literal. */
const classOf = (inner: string): Token => {
  const negated = /^[!^]/.test(inner);
  const ranges = [...(negated ? inner.slice(1) : inner).matchAll(/([\s\S])-([\s\S])|[\s\S]/gu)].map(
    ([one, from = one, to = one]) => [point(from), point(to)] as const,
  );
  return character =>
    ranges.some(([from, to]) => from <= point(character) && point(character) <= to) !== negated;
};

const point = (character: string): number => character.codePointAt(0) ?? 0;

/** If a token does not fit, the last star takes one more character; earlier stars need not be tried again. */
const fits = (name: Name, tokens: readonly Token[]): boolean => {
  let star = -1;
  let taken = 0;
  let token = 0;
  for (let at = 0; at < name.length; ) {
    const now = tokens[token];
    if (now === null) {
      star = token++;
      taken = at;
    } else if (now === name[at] || (typeof now === "function" && now(name[at] ?? ""))) {
      token++;
      at++;
    } else if (star < 0) return false;
    else {
      token = star + 1;
      at = ++taken;
    }
  }
  return tokens.slice(token).every(rest => rest === null);
};
