// Every regular expression of both planes and their shared code, with the worst possible input: text from a repository
// or from anybody on GitHub costs time in proportion to its length. New ones are found automatically.
import { expect, test } from "vitest";
import { growthOf, MOST_GROWTH, unitsOn } from "./work.ts";
import { composedBy, type Found, regularExpressions, type Text, worstTexts } from "./worst-inputs.ts";

const DIRECTORIES = ["app", "action", "core", "host"];

interface Capped {
  readonly file: string;
  /** As in the source. */
  readonly source: string;
  /** The most characters that it is ever given. */
  readonly most: number;
  readonly why: string;
}

const REQUIREMENT_LINE =
  "^(?:\\s*|#.*|[A-Za-z0-9][\\w.-]*(?:\\[[\\w,. -]*\\])?(?: ?[<>=!~^]{0,3} ?[\\w.*+!-]+(?:, ?[<>=!~^]{0,3} ?[\\w.*+!-]+)*)?(?:\\s*\\\\)?|\\s+--hash=sha256:[0-9a-f]+(?:\\s*\\\\)?)$";

/** Those that are not linear, and what limits their input. */
const CAPPED: readonly Capped[] = [
  {
    file: "action/workbench/manifests.ts",
    source: "(?:^|\\/)(?:requirements|constraints)[\\w./-]*\\.(?:txt|in)$",
    most: 1000,
    why: "a path of a patch, whose length nameProblem bounds",
  },
  {
    file: "action/workbench/manifests.ts",
    source: REQUIREMENT_LINE,
    most: 500,
    why: "a line of a manifest; longer ones stand as they stood",
  },
  {
    file: "action/workbench/toolchain.ts",
    source: "(?<=.)\\/+$",
    most: 4096,
    why: "an entry of the runner's own PATH",
  },
  {
    file: "action/workbench/toolchain.ts",
    source: "^(.*\\/\\.?pyenv)\\/(?:bin|shims|plugins\\/.*)$",
    most: 4096,
    why: "an entry of the runner's own PATH",
  },
  {
    file: "action/workbench/guides.ts",
    source: ",(?![^{}]*\\})",
    most: 4096,
    why: "globs of one file with instructions, cut to that",
  },
  {
    file: "action/workbench/scopes.ts",
    source: "\\/+$",
    most: 100,
    why: "a workspace's glob, of which longer ones do not count",
  },
  {
    file: "core/agents/knowledge.ts",
    source: "\\/+(?:\\*\\*)?$",
    most: 1000,
    why: "a module's path, cut to that",
  },
  {
    file: "core/model/test-report.ts",
    source: "^(?:\\[ERROR\\] )?(?!Tests run: )(\\S.*?)(?: --)? {1,2}Time elapsed: .*<<< (?:FAILURE|ERROR)!$",
    most: 400,
    why: "a line of a runner, of which longer ones are not read",
  },
  {
    file: "core/model/test-report.ts",
    source: "^rspec \\S.*? # (\\S.*)$",
    most: 400,
    why: "a line of a runner, of which longer ones are not read",
  },
  {
    file: "core/model/test-report.ts",
    source: "^(\\S.*#test_.*?)(?: \\[[^[\\]]*\\])?:$",
    most: 400,
    why: "a line of a runner, of which longer ones are not read",
  },
  {
    file: "core/agents/existing.ts",
    source:
      "\\b(?:def|func|fun|fn|function|class|interface|struct|enum|trait|type|module|const|static|public|protected|sub)\\s+(?:\\([^)]*\\)\\s*)?(?:[\\w<>[\\],.?*&]+\\s+)*?([A-Za-z_$][\\w$]*)\\s*(?=[(=:<{;[]|extends|implements|struct|interface|$)",
    most: 500,
    why: "a line of a search, cut to that",
  },
];

/** Patterns that a function assembles: where their parts come from. */
const IN_FUNCTIONS: Readonly<Record<string, string>> = {
  "action/network/certificate.ts": "a block of PEM: of two kinds of ours, on what openssl prints",
  "action/workbench/languages.ts": "mentions: of names of ours, which are listed, once each",
  "action/workbench/processes.ts": "numberIn and boundedIn: of keys of ours, on what the kernel tells",
  "core/model/config.ts": "an id of workload identity: a form of ours, which is listed, or nothing",
  "core/model/patch/content-rules.ts": "linesWith: of patterns of ours, which are listed, with another flag",
  "core/model/patch/look.ts": "hostsIn: of one that is listed, with another flag",
};

const sources = regularExpressions(DIRECTORIES);
const composed = composedBy(sources.composed);
const all = [
  ...new Map([...sources.literals, ...composed].map(one => [`${one.source} ${one.flags}`, one])).values(),
];

test("every regular expression of the sources is known: literals, and those that a module puts together", () => {
  expect(sources.literals.length).toBeGreaterThan(250);
  expect(new Set(composed.map(({ file }) => file))).toEqual(new Set(sources.composed));
  expect(sources.inFunctions).toEqual(Object.keys(IN_FUNCTIONS));
  const known = new Set(all.map(({ file, source }) => `${file} ${source}`));
  expect(CAPPED.filter(({ file, source }) => !known.has(`${file} ${source}`))).toEqual([]);
});

/** Everything that a pattern is used for: whether it matches, where, and how often. */
const uses = ({ source, flags }: Found): ((text: string) => void) => {
  if (flags.includes("y")) {
    const sticky = new RegExp(source, flags);
    return text => {
      sticky.lastIndex = 0;
      sticky.test(text);
    };
  }
  const global = new RegExp(source, flags.includes("g") ? flags : `${flags}g`);
  return text => text.replace(global, "");
};

const SCREEN = 2048;
/** A pattern that takes this long for so little is suspicious enough: no text need be worse. */
const SUSPECT_MS = 2;

const worstFor = (found: Found): readonly Text[] => {
  const use = uses(found);
  const costs: { readonly text: Text; readonly cost: number }[] = [];
  for (const text of worstTexts(found)) {
    const small = text(SCREEN);
    const once = (): number => {
      const began = performance.now();
      use(small);
      return performance.now() - began;
    };
    const first = once();
    const cost = first < 0.05 ? first : Math.min(first, once());
    if (cost > SUSPECT_MS) return [text];
    costs.push({ text, cost });
  }
  return costs
    .sort((a, b) => b.cost - a.cost)
    .slice(0, 2)
    .map(({ text }) => text);
};

const growth = (found: Found): number =>
  Math.max(1, ...worstFor(found).map(text => growthOf(uses(found), text)));

test.for<readonly [source: string, flags: string]>([
  ["\\s+$", ""],
  ["^\\s*job:\\s*verdict\\s*$", "m"],
  ["(\\\\*)\\|", "g"],
  ["(`+)([^`]{1,500})\\1", "g"],
  ["\\/\\.github\\/workflows\\/\\S+@", ""],
  ["<a[^>]*>", "g"],
  ["a(?=.*b)", "gs"],
])("a pattern that is not linear is found out: /%s/%s", { timeout: 120_000 }, ([source, flags]) => {
  expect(growth({ file: "", source, flags })).toBeGreaterThan(MOST_GROWTH);
});

const linear = all.filter(
  ({ file, source }) => !CAPPED.some(one => one.file === file && one.source === source),
);

test("four times the text is no more than about four times the work, for each of them", {
  timeout: 300_000,
}, () => {
  const grows = linear.flatMap(found => {
    const by = growth(found);
    return by < MOST_GROWTH ? [] : [`${found.file} /${found.source}/${found.flags}: ${by.toFixed(1)}`];
  });
  expect(grows).toEqual([]);
});

/** For `unitsOn`. */
const MOST_AT_CAP = 10;

test.for(CAPPED.map(one => [`${one.file} /${one.source}/`, one] as const))(
  "at its cap it is less work than cleaning a few bodies of 64 KiB: %s",
  ([, capped]) => {
    const found = all.find(({ file, source }) => file === capped.file && source === capped.source);
    if (found === undefined) throw new Error("there is no such expression");
    for (const text of worstFor(found))
      expect(unitsOn(uses(found), text(capped.most), MOST_AT_CAP)).toBeLessThan(MOST_AT_CAP);
  },
);
