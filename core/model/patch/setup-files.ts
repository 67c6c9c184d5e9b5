// Files that decide what a project's setup installs and runs, lock files among them. Only those that
// protected.ts has as well are refused; of the others the pull request says that they change (pull-body.ts).
import { wordList } from "../word-list.ts";

export const isManifest = (path: string): boolean => {
  const name = path.slice(path.lastIndexOf("/") + 1).toLowerCase();
  return NAMES.has(name) || PATTERNS.some(pattern => pattern.test(name));
};

const NAMES: ReadonlySet<string> = new Set(
  wordList(`
    package.json package.json5 package.yaml package-lock.json npm-shrinkwrap.json yarn.lock .yarnrc
    .yarnrc.yml pnpm-lock.yaml pnpm-workspace.yaml bun.lock bun.lockb deno.json deno.lock .npmrc
    pyproject.toml poetry.lock uv.lock pdm.lock pipfile pipfile.lock setup.py setup.cfg
    go.mod go.sum go.work go.work.sum
    cargo.toml cargo.lock build.rs gemfile gemfile.lock
    gradle.lockfile packages.lock.json package.swift package.resolved pubspec.yaml pubspec.lock
    environment.yml environment.yaml
    conanfile.py noxfile.py build.sbt composer.json composer.lock pom.xml mix.exs mix.lock makefile dockerfile
  `),
);

const PATTERNS: readonly RegExp[] = [
  /^(?:requirements|constraints).*\.(?:txt|in)$/,
  /\.gradle(?:\.kts)?$/,
  /\.(?:cs|fs|vb)proj$|\.(?:props|targets)$/,
  /\.gemspec$/,
];
