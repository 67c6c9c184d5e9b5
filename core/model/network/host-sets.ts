// The names that `network` takes in the place of hosts, and which hosts each of them stands for. Registries of packages are
// none: which one a project asks is its own matter, and each host that was refused is told.

export interface HostSet {
  readonly hosts: readonly string[];
  readonly what: string;
}

export const HOST_SETS = {
  defaults: {
    hosts: ["json.schemastore.org", "www.schemastore.org", "json-schema.org"],
    what: "JSON schemas",
  },
  github: {
    hosts: [
      "github.com",
      "codeload.github.com",
      "raw.githubusercontent.com",
      "objects.githubusercontent.com",
      "release-assets.githubusercontent.com",
      "media.githubusercontent.com",
    ],
    what: "repositories on GitHub by git over https, their archives and what their releases hold; not its API",
  },
} as const satisfies Readonly<Record<string, HostSet>>;

const SETS: ReadonlyMap<string, HostSet> = new Map(Object.entries(HOST_SETS));

export const isHostSet = (entry: string): boolean => SETS.has(entry);

/** Names of sets replaced by what they stand for. */
export const hostsOf = (entries: readonly string[]): readonly string[] => [
  ...new Set(entries.flatMap(entry => SETS.get(entry)?.hosts ?? [entry])),
];
