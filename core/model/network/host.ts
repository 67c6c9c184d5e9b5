// Host names in the one spelling in which they are compared, and what `network` may list. Pure.
import { nearest } from "../nearest.ts";
import { HOST_SETS, isHostSet } from "./host-sets.ts";

/** At least two labels, the last not a number: what ends in one is an address in some spelling. */
const NAME = /^(?=.{1,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** What a URL would decode, or take for something other than part of a name. */
const NO_PART = /[\s/\\?#@:%[\]*]/;

/** In lower case, other alphabets as `xn--…`. Null if it is not a plain name: an address in any spelling, a trailing dot. */
export const hostName = (text: string): string | null => {
  if (NO_PART.test(text) || !URL.canParse(`https://${text}`)) return null;
  const { hostname } = new URL(`https://${text}`);
  return NAME.test(hostname) ? hostname : null; // guard: plain-names
};

const WILDCARD = "*.";

/** An entry of a host list as it is compared; null if it is not one. */
export const hostEntry = (entry: string): string | null => {
  if (isHostSet(entry)) return entry;
  if (!entry.startsWith(WILDCARD)) return hostName(entry);
  const below = hostName(entry.slice(WILDCARD.length));
  return below === null ? null : `${WILDCARD}${below}`;
};

/** What is wrong with an entry, for whoever wrote it. */
export const entryProblem = (entry: string): string => {
  if (/^\w[\w+.-]*:\/\//.test(entry)) return "write the name of the host alone, without https:// and path";
  if (/:\d+$/.test(entry))
    return "write the name of the host alone; port 443 is the only one that is reached";
  if (entry.includes("*"))
    return "a wildcard stands alone at the beginning, over a domain of one owner, as in *.example.com";
  if (entry.endsWith(".")) return "leave out the dot at the end";
  const sets = Object.keys(HOST_SETS);
  const near = entry.includes(".") ? null : nearest(entry, sets);
  if (near !== null) return `there is no such name; did you mean ${near}?`;
  return `it is the name of no host; write one, such as registry.example.com, or one of ${sets.join(", ")}`;
};

/** The part of a wildcard after the asterisk; null for anything else. */
export const belowWildcard = (entry: string): string | null =>
  entry.startsWith(WILDCARD) ? entry.slice(WILDCARD.length) : null;

/** A wildcard stands for everything below its name, but not for the name itself. */
export const isAmong = (host: string, entries: readonly string[]): boolean =>
  entries.some(entry => entry === host || (entry.startsWith(WILDCARD) && host.endsWith(entry.slice(1)))); // guard: whole-labels
