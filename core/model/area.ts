// The area of a worker: paths of files, or of directories with a slash at their end. Empty: the whole work tree. By prefix
// and not by glob, so that two areas can be compared. Without zod: the services in the sandbox ask it, too.

export type Area = readonly string[];

export const isInArea = (path: string, area: Area): boolean =>
  area.length === 0 || area.some(part => holds(part, path));

export const overlaps = (one: Area, other: Area): boolean =>
  one.length === 0 ||
  other.length === 0 ||
  one.some(path => other.some(second => holds(path, second) || holds(second, path)));

/** `src/api/` holds `src/api/a.ts`; `src/api` is one file, and a directory of that name lies in it all the same. */
const holds = (outer: string, inner: string): boolean =>
  inner === outer || inner.startsWith(outer.endsWith("/") ? outer : `${outer}/`);
