// PHP with Composer, Ruby with Bundler: what their manifests say about checks. Pure.
import {
  type Ecosystem,
  type Gate,
  gatesOf,
  has,
  hasLine,
  namesIn,
  namesPackage,
  parseObject,
  type Root,
} from "./ecosystem.ts";

const ANALYSES = ["phpstan", "stan", "analyse", "analyze", "psalm"];
const PHPUNIT = ["phpunit.xml", "phpunit.xml.dist", "phpunit.dist.xml"];
const PHPSTAN = ["phpstan.neon", "phpstan.neon.dist", "phpstan.dist.neon"];

export const PHP: Ecosystem = {
  manifests: ["composer.json", ...PHPUNIT, ...PHPSTAN],
  setup: root => (requiredBy(root).length > 0 ? ["composer install --no-interaction"] : []),
  gates: root => {
    const scripts = namesIn(parseObject(root.file("composer.json")).scripts);
    const script = (kind: Gate["kind"], names: readonly string[]): readonly Gate[] =>
      names
        .filter(name => scripts.includes(name))
        .slice(0, 1)
        .flatMap(name => gatesOf("composer", [[kind, `composer run-script ${name}`]]));
    const analysis = script("static", ANALYSES);
    const tests = script("test", ["test", "tests"]);
    return [
      ...script("static", ["lint"]),
      ...(analysis.length > 0 || !has(root, ...PHPSTAN)
        ? analysis
        : tool(root, { program: "phpstan", kind: "static", words: " analyse --no-progress" })),
      ...(tests.length > 0 || !has(root, ...PHPUNIT)
        ? tests
        : tool(root, { program: "phpunit", kind: "test", words: "" })),
    ];
  },
};

/** The project's own if Composer installs it, else the machine's. */
const tool = (
  root: Root,
  { program, kind, words }: { readonly program: string; readonly kind: Gate["kind"]; readonly words: string },
): readonly Gate[] => {
  const own = `vendor/bin/${program}`;
  return requiredBy(root).some(name => name.endsWith(`/${program}`))
    ? gatesOf(program, [[kind, `${own}${words}`]], `test -x ${own} && command -v php`)
    : gatesOf(program, [[kind, `${program}${words}`]]);
};

/** Leaves out PHP itself and its extensions, whose names have no slash. */
const requiredBy = ({ file }: Root): readonly string[] => {
  const manifest = parseObject(file("composer.json"));
  return [...namesIn(manifest.require), ...namesIn(manifest["require-dev"])].filter(name =>
    name.includes("/"),
  );
};

export const RUBY: Ecosystem = {
  manifests: ["Gemfile", "Rakefile", ".rspec", ".rubocop.yml"],
  setup: root => (hasGems(root) ? ["bundle config set --local path vendor/bundle && bundle install"] : []),
  gates: root => {
    const gems = root.file("Gemfile") ?? "";
    const run = (program: string, kind: Gate["kind"], words = ""): readonly Gate[] =>
      hasGems(root)
        ? gatesOf(program, [[kind, `bundle exec ${program}${words}`]], `bundle exec ${program} --version`)
        : gatesOf(program, [[kind, `${program}${words}`]]);
    const isSpecified = has(root, ".rspec") || namesPackage(gems, "rspec");
    const hasTask = hasLine(root.file("Rakefile"), /\bTestTask\.(?:new|create)\b|^\s*task[ (]+:?["']?test\b/);
    return [
      ...(has(root, ".rubocop.yml") ? run("rubocop", "static") : []),
      ...(isSpecified ? run("rspec", "test") : []),
      ...(hasTask ? run("rake", "test", " test") : []),
    ];
  },
};

const hasGems = ({ file }: Root): boolean => hasLine(file("Gemfile"), /^\s*(?:gem|gemspec)\b/);
