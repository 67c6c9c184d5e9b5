// The names that `network` takes in the place of hosts, and which hosts each of them stands for.

export interface HostSet {
  readonly hosts: readonly string[];
  readonly what: string;
}

export const HOST_SETS = {
  defaults: {
    hosts: [
      "json.schemastore.org",
      "www.schemastore.org",
      "json-schema.org",
      "archive.ubuntu.com",
      "security.ubuntu.com",
      "ports.ubuntu.com",
      "deb.debian.org",
      "security.debian.org",
    ],
    what: "JSON schemas, and packages of Ubuntu and Debian",
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
  npm: { hosts: ["registry.npmjs.org", "registry.yarnpkg.com"], what: "npm, pnpm, Yarn, Bun" },
  pypi: { hosts: ["pypi.org", "files.pythonhosted.org"], what: "pip, uv, Poetry, PDM, Pipenv" },
  go: { hosts: ["proxy.golang.org", "sum.golang.org"], what: "Go modules and their checksums" },
  cargo: { hosts: ["index.crates.io", "static.crates.io", "crates.io"], what: "Cargo" },
  maven: { hosts: ["repo.maven.apache.org", "repo1.maven.org"], what: "Maven's central repository" },
  gradle: {
    hosts: [
      "services.gradle.org",
      "downloads.gradle.org",
      "plugins.gradle.org",
      "plugins-artifacts.gradle.org",
    ],
    what: "Gradle itself and its plugins",
  },
  rubygems: { hosts: ["rubygems.org", "index.rubygems.org"], what: "Bundler and gem" },
  packagist: {
    hosts: ["packagist.org", "repo.packagist.org"],
    what: "Composer; most archives lie on GitHub",
  },
  nuget: { hosts: ["api.nuget.org", "www.nuget.org"], what: ".NET" },
  hex: { hosts: ["hex.pm", "repo.hex.pm", "builds.hex.pm"], what: "Elixir and Erlang" },
} as const satisfies Readonly<Record<string, HostSet>>;

const SETS: ReadonlyMap<string, HostSet> = new Map(Object.entries(HOST_SETS));

export const isHostSet = (entry: string): boolean => SETS.has(entry);

/** Names of sets replaced by what they stand for. */
export const hostsOf = (entries: readonly string[]): readonly string[] => [
  ...new Set(entries.flatMap(entry => SETS.get(entry)?.hosts ?? [entry])),
];
