// No wildcard over names that belong to everybody: anybody may have a host below `com`, `co.uk` or `github.io`, or
// somewhere below `amazonaws.com` or `windows.net`.
import { getPublicSuffix } from "tldts";
// @ts-expect-error Its list itself, of which the types lie elsewhere.
import * as list from "tldts/dist/es6/src/data/trie.js";
import type * as List from "tldts/dist/types/src/data/trie.d.ts";
import type { Config } from "../core/model/config.ts";
import { KinError } from "../core/model/error.ts";
import { belowWildcard } from "../core/model/network/host.ts";

/** Throws `config_invalid`. */
export const requireNarrow = (config: Config, file: string): Config => {
  const { network } = config;
  const lists = { hosts: network?.hosts, private: network?.private, setup: network?.setup };
  for (const [key, entries] of Object.entries(lists))
    for (const entry of Array.isArray(entries) ? entries : []) {
      const name = belowWildcard(entry);
      if (name === null) continue;
      const shared = isPublicSuffix(name) ? name : suffixBelow(name); // guard: public-suffixes-below
      if (shared !== null) throw tooWide(file, { key, entry, name: shared });
    }
  return config;
};

const isPublicSuffix = (name: string): boolean =>
  getPublicSuffix(name, { allowPrivateDomains: true }) === name; // guard: public-suffixes

const { edgeChild, edgeLength, edgeStart, labelText, nodeFlags, rulesRoot }: typeof List = list;

/** A public suffix below a name; null if there is none. The list is a tree of labels, the last one first. */
const suffixBelow = (name: string): string | null => {
  let node = rulesRoot;
  for (const label of name.split(".").reverse()) {
    const edge = edgesOf(node).find(one => labelOf(one) === label);
    if (edge === undefined) return null;
    node = edgeChild[edge] ?? 0;
  }
  let below = name;
  do {
    const [edge] = edgesOf(node);
    if (edge === undefined) return null;
    below = `${labelOf(edge)}.${below}`;
    node = edgeChild[edge] ?? 0;
  } while (nodeFlags[node] === 0);
  return below.replace(/^\*\./, "");
};

const edgesOf = (node: number): readonly number[] => {
  const [from = 0, to = 0] = edgeStart.slice(node, node + 2);
  return Array.from({ length: to - from }, (_, index) => from + index);
};

/** Where each label begins. */
const offsets: readonly number[] = (() => {
  let offset = 0;
  return Array.from(edgeLength, length => {
    offset += length;
    return offset - length;
  });
})();

const labelOf = (edge: number): string => {
  const from = offsets[edge] ?? 0;
  return labelText.slice(from, from + (edgeLength[edge] ?? 0));
};

const tooWide = (
  file: string,
  { key, entry, name }: { readonly key: string; readonly entry: string; readonly name: string },
): KinError =>
  new KinError(`${file}: \`network.${key}\`: ${entry} is too wide: anybody may have a host below ${name}.`, {
    code: "config_invalid",
    hint: `Name the hosts, or a wildcard over a domain of one owner, as in *.example.com.`,
  });
