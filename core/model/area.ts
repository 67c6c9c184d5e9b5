// The area of a worker: paths of files, or of directories with a trailing slash. Empty: the whole work tree. Compared by
// prefix instead of glob, so that two areas can be tested for overlap. Without zod: the services in the sandbox use it,
// too.

export type Area = readonly string[];

export const isInArea = (path: string, area: Area): boolean =>
  area.length === 0 || area.some(part => holds(part, path));

export const overlaps = (one: Area, other: Area): boolean =>
  one.length === 0 ||
  other.length === 0 ||
  one.some(path => other.some(second => holds(path, second) || holds(second, path)));

/** `src/api/` holds `src/api/a.ts`. `src/api` names one file, but if it is a directory, what is in it counts, too. */
const holds = (outer: string, inner: string): boolean =>
  inner === outer || inner.startsWith(outer.endsWith("/") ? outer : `${outer}/`);
