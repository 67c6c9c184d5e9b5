// No wildcard over names that belong to everybody: below `com`, `co.uk` or `github.io` whoever likes has a host.
import { getPublicSuffix } from "tldts";
import type { Config } from "../model/config.ts";
import { KinError } from "../model/error.ts";
import { belowWildcard } from "../model/network/host.ts";

/** Throws `config_invalid`. */
export const requireNarrow = (config: Config, file: string): Config => {
  const { network } = config;
  const lists = { hosts: network?.hosts, private: network?.private, setup: network?.setup };
  for (const [key, entries] of Object.entries(lists))
    for (const entry of Array.isArray(entries) ? entries : []) {
      const name = belowWildcard(entry);
      if (name !== null && isPublicSuffix(name)) throw tooWide(file, { key, entry, name });
    }
  return config;
};

const isPublicSuffix = (name: string): boolean =>
  getPublicSuffix(name, { allowPrivateDomains: true }) === name; // guard: public-suffixes

const tooWide = (
  file: string,
  { key, entry, name }: { readonly key: string; readonly entry: string; readonly name: string },
): KinError =>
  new KinError(`${file}: \`network.${key}\`: ${entry} is too wide: anybody may have a host below ${name}.`, {
    code: "config_invalid",
    hint: `Name the hosts, or a wildcard over a domain of one owner, as in *.example.com.`,
  });
