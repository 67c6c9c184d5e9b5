// action/dist as checked in: GitHub runs it from the repository, without node_modules and without a build.
import { readdirSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ROOT } from "../../local/world.ts";

const DIST = join(ROOT, "action", "dist");
const read = (file: string): string => readFileSync(join(DIST, file), "utf8");
const matches = (file: string, pattern: RegExp): readonly string[] =>
  [...read(file).matchAll(pattern)].map(([, name]) => name ?? "");

/** What is loaded together with a file, and what it loads later. */
const importsOf = (file: string): readonly string[] =>
  matches(file, /^(?:import|import .* from|\} from) "([^"]+)";$/gm);
const laterOf = (file: string): readonly string[] => matches(file, /\bimport\("([^"]+)"\)/g);

/** Files that are loaded with this one; with `later`, also whatever they may load at any time. */
const loadedWith = (
  file: string,
  options: { readonly later: boolean },
  known = new Set<string>(),
): Set<string> => {
  if (known.has(file)) return known;
  known.add(file);
  for (const name of [...importsOf(file), ...(options.later ? laterOf(file) : [])])
    if (name.startsWith("./")) loadedWith(name.slice(2), options, known);
  return known;
};
const packagesOf = (files: Iterable<string>): readonly string[] => [
  ...new Set(
    [...files].flatMap(file => matches(file, /^\/\/ (?:.*\/)?node_modules\/((?:@[\w-]+\/)?[\w-]+)\//gm)),
  ),
];

test("every part that is loaded at any time is there, and no other file", () => {
  const parts = [...loadedWith("index.js", { later: true }), "tools.js"];
  expect(readdirSync(DIST).sort()).toEqual(parts.sort());
});

test("names of parts say what uses them, and nothing of what is in them: two branches change the same files", () => {
  expect(readdirSync(DIST).filter(name => !/^[a-z]+(-[a-z]+)*\.js$/.test(name))).toEqual([]);
});

test.each(readdirSync(DIST))("%s needs nothing but Node and its other parts", file => {
  const names = [...importsOf(file), ...laterOf(file)];
  expect(names.filter(name => !isBuiltin(name) && !/^\.\/[\w-]+\.js$/.test(name))).toEqual([]);
});

test("the services are one file: the sandbox sees no other", () => {
  expect([...loadedWith("tools.js", { later: true })]).toEqual(["tools.js"]);
});

describe("each job loads its own part", () => {
  const loaded = (name: string) => packagesOf(loadedWith(`${name}.js`, { later: false }));

  test("before the job is known: no package but the Action's own", () => {
    expect(
      packagesOf(loadedWith("index.js", { later: false })).filter(name => !/^@actions\//.test(name)),
    ).toEqual([]);
  });

  test("the job `run` the model's SDK and no client of GitHub", () => {
    expect(loaded("run")).toContain("@anthropic-ai/sdk");
    expect(loaded("run").filter(name => name.startsWith("@octokit/"))).toEqual([]);
  });

  test("the job `verdict` a client of GitHub and not the model's SDK", () => {
    expect(loaded("verdict")).toContain("@octokit/rest");
    expect(loaded("verdict")).not.toContain("@anthropic-ai/sdk");
  });

  test("none what Node has itself", () => {
    const all = packagesOf(readdirSync(DIST));
    for (const name of ["undici", "@actions/http-client"]) expect(all).not.toContain(name);
  });

  test("YAML's reader alone in a part of its own: roles were read when the bundle was made", () => {
    const parts = readdirSync(DIST).filter(file => packagesOf([file]).includes("yaml"));
    expect(parts).toEqual(["browser.js"]);
  });

  test("of zod what is used: `import { z }` would bring every language's messages", () => {
    const languages = readdirSync(DIST).flatMap(file => matches(file, /\/zod\/v4\/locales\/(\w+)\.js$/gm));
    expect(languages).toEqual(["en"]);
  });
});
