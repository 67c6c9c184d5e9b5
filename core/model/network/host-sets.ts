// The names that `network` accepts in place of hosts, and the hosts each stands for. Package registries are not among them:
// which one a project uses is its own matter, and every refused host is reported.

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

/** Replaces the names of sets by what they stand for. */
export const hostsOf = (entries: readonly string[]): readonly string[] => [
  ...new Set(entries.flatMap(entry => SETS.get(entry)?.hosts ?? [entry])),
];
