// Globs as in `.gitignore`, without negation: a pattern without a slash matches a name at any depth, one with a
// slash counts from the root, and what matches a directory matches everything below it.

export const matchesGlob = (path: string, pattern: string): boolean => toRegExp(pattern).test(path);

export const matchesAnyGlob = (path: string, patterns: readonly string[]): boolean =>
  patterns.some(pattern => matchesGlob(path, pattern));

const toRegExp = (pattern: string): RegExp => {
  const directoryOnly = pattern.endsWith("/");
  const body = pattern.replace(/^\.\//, "").replace(/\/+$/, "");
  const anchored = body.includes("/");
  const segments = body.replace(/^\/+/, "").split("/");
  const below = directoryOnly ? "/.+" : "(?:/.+)?";
  return new RegExp(`^${anchored ? "" : "(?:.*/)?"}${joined(segments)}${below}$`, "su");
};

const joined = (segments: readonly string[]): string =>
  segments
    .map((segment, index) => {
      const last = index === segments.length - 1;
      if (segment === "**") return last ? ".+" : "(?:.*/)?";
      return one(segment) + (last ? "" : "/");
    })
    .join("")
    // `a/**` at the end: the slash before it is written by `a` already.
    .replace(/\/\.\+$/, "/.+");

const one = (segment: string): string =>
  segment.replace(/\[!?[^\]/]+\]|\*+|\?|[\\^$.|+()[\]{}]/gu, found => {
    if (found.startsWith("*")) return "[^/]*";
    if (found === "?") return "[^/]";
    if (found.length > 2 && found.startsWith("["))
      return found
        .replace(/^\[!/, "[^")
        .replaceAll("\\", "\\\\")
        .replace(/(?!^)\[/g, "\\[");
    return `\\${found}`;
  });
