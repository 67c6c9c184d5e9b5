// Names of hosts in the one spelling in which they are compared, and what may stand in `network`. Pure.
import { nearest } from "../nearest.ts";
import { HOST_SETS, isHostSet } from "./host-sets.ts";

/** At least two labels, and no number at the end: what ends in one is an address in some spelling. */
const NAME = /^(?=.{1,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** What a URL takes for something else than a part of a name, or decodes. */
const NO_PART = /[\s/\\?#@:%[\]*]/;

/** Small letters, other alphabets as `xn--…`. Null where it is no plain name: an address in any spelling, a dot at its end. */
export const hostName = (text: string): string | null => {
  if (NO_PART.test(text) || !URL.canParse(`https://${text}`)) return null;
  const { hostname } = new URL(`https://${text}`);
  return NAME.test(hostname) ? hostname : null; // guard: plain-names
};

const WILDCARD = "*.";

/** An entry of a list of hosts as it is compared; null where it is none. */
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

/** Of wildcards the part after the asterisk; null of anything else. */
export const belowWildcard = (entry: string): string | null =>
  entry.startsWith(WILDCARD) ? entry.slice(WILDCARD.length) : null;

/** A wildcard stands for everything below its name, and not for that name. */
export const isAmong = (host: string, entries: readonly string[]): boolean =>
  entries.some(entry => entry === host || (entry.startsWith(WILDCARD) && host.endsWith(entry.slice(1)))); // guard: whole-labels
