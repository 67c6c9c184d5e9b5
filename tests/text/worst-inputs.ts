// The regular expressions of the sources, and for each the texts that could make it backtrack over the same characters:
// repetitions of what its parts match, after what its beginning matches, before something that makes it fail.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type AST, RegExpParser, visitRegExpAST } from "@eslint-community/regexpp";
import { parseSync } from "@swc/core";

const ROOT = join(import.meta.dirname, "..", "..");

export interface Found {
  readonly file: string;
  readonly source: string;
  readonly flags: string;
}

const sourcesBelow = (directories: readonly string[]): readonly string[] =>
  directories.flatMap(directory =>
    readdirSync(join(ROOT, directory), { recursive: true, encoding: "utf8" })
      .filter(name => name.endsWith(".ts") && !name.endsWith(".d.ts") && !name.startsWith("dist"))
      .map(name => join(directory, name))
      .sort(),
  );

export interface Sources {
  readonly literals: readonly Found[];
  /** Files that assemble a pattern when they are loaded. */
  readonly composed: readonly string[];
  /** Files in which a function assembles one, which cannot be read here. */
  readonly inFunctions: readonly string[];
}

/** Every `/…/` and every `new RegExp(…)` below the directories, found by the language's parser. */
export const regularExpressions = (directories: readonly string[]): Sources => {
  const literals: Found[] = [];
  const composed = new Set<string>();
  const inFunctions = new Set<string>();
  for (const file of sourcesBelow(directories)) {
    const walk = (node: unknown, deep: boolean): void => {
      if (Array.isArray(node)) for (const one of node) walk(one, deep);
      if (node === null || typeof node !== "object" || Array.isArray(node)) return;
      const { type, ...rest } = node as { readonly type?: string; readonly [key: string]: unknown };
      if (type === "RegExpLiteral")
        literals.push({ file, source: String(rest.pattern), flags: String(rest.flags) });
      const callee = rest.callee as { readonly value?: unknown } | undefined;
      if ((type === "NewExpression" || type === "CallExpression") && callee?.value === "RegExp")
        (deep ? inFunctions : composed).add(file);
      const inside = deep || type === "ArrowFunctionExpression" || type === "FunctionDeclaration";
      for (const value of Object.values(rest)) walk(value, inside);
    };
    walk(
      parseSync(readFileSync(join(ROOT, file), "utf8"), { syntax: "typescript", target: "es2024" }).body,
      false,
    );
  }
  return { literals, composed: [...composed], inFunctions: [...inFunctions] };
};

/** Patterns composed while modules are loaded, found by a process that watches the constructor. */
export const composedBy = (files: readonly string[]): readonly Found[] => {
  const script = `
    const Real = RegExp, made = [];
    globalThis.RegExp = new Proxy(Real, { construct(target, given) {
      const at = new Error().stack.split("\\n")[2] ?? "";
      const one = Reflect.construct(target, given);
      const file = ${JSON.stringify(files)}.find(name => at.includes("/" + name));
      if (file) made.push({ file, source: one.source, flags: one.flags });
      return one;
    } });
    for (const file of ${JSON.stringify(files.map(file => join(ROOT, file)))}) await import(file);
    process.stdout.write(JSON.stringify(made));`;
  const { stdout, stderr, status } = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Found[];
};

/** Returns a text of about `size` characters. */
export type Text = (size: number) => string;

export const repeated =
  (pump: string, { before = "", after = "" }: { before?: string; after?: string } = {}): Text =>
  size =>
    before +
    pump.repeat(Math.max(1, Math.floor((size - before.length - after.length) / pump.length))) +
    after;

export const worstTexts = ({ source, flags }: Found): readonly Text[] => {
  const parser = new RegExpParser({ ecmaVersion: 2025 });
  const pattern = parser.parsePattern(source, 0, source.length, {
    unicode: flags.includes("u"),
    unicodeSets: flags.includes("v"),
  });
  const samples = sampler(flags);
  const pumps = new Set<string>();
  const befores = new Set<string>([""]);
  const add = (to: Set<string>, texts: readonly string[]): void => {
    for (const text of texts) if (text !== "" && text.length <= 200) to.add(text);
  };
  visitRegExpAST(pattern, {
    onQuantifierEnter: node => {
      add(pumps, samples(node.element));
      add(pumps, samples(node));
    },
    onCharacterClassEnter: node => add(pumps, samples(node)),
    onCharacterSetEnter: node => add(pumps, samples(node)),
    onAlternativeEnter: node => {
      add(pumps, samples(node));
      let begun = [""];
      for (const element of node.elements) {
        begun = cross(begun, samples(element).slice(0, 2)).slice(0, 4);
        // Single characters offer nothing to backtrack over.
        if (element.type === "Character") continue;
        add(pumps, begun);
        add(befores, begun);
      }
    },
  });
  const chosen = [...pumps].slice(0, MOST_PUMPS);
  const pairs = chosen.slice(0, MOST_PAIRED).flatMap(a => chosen.slice(0, MOST_PAIRED).map(b => a + b));
  return [...new Set([...chosen, ...pairs])].flatMap(pump =>
    [...befores]
      .slice(0, MOST_BEFORE)
      .flatMap(before => AFTER.map(after => repeated(pump, { before, after }))),
  );
};

const MOST_PUMPS = 16;
const MOST_PAIRED = 5;
const MOST_BEFORE = 4;
/** Endings that hardly any pattern accepts, so that one that needs an end fails. */
const AFTER = ["", "\n\u0001"];

const cross = (left: readonly string[], right: readonly string[]): string[] =>
  left.flatMap(a => (right.length === 0 ? [a] : right.map(b => a + b)));

/** One of each kind that patterns distinguish. */
const CHARACTERS = [..."aA0 \n-_./\\\"'`<>()[]{}*+#@:;,=|&!?$%^~\t\r"];

/** A few texts that a node matches. */
const sampler = (flags: string) => {
  const samples = (node: AST.Node): string[] => {
    switch (node.type) {
      case "Character":
        return [String.fromCodePoint(node.value)];
      case "CharacterSet":
      case "CharacterClass":
      case "ExpressionCharacterClass": {
        const known = new RegExp(`^${node.raw}$`, flags.replace(/[gym]/g, ""));
        return [...CHARACTERS, "\u00ad", "\u{1f600}", "\u4e00", "\u001b"]
          .filter(one => known.test(one))
          .slice(0, 4);
      }
      case "Quantifier": {
        const least = Math.max(1, Math.min(node.min, 40));
        return samples(node.element)
          .map(one => one.repeat(least))
          .slice(0, 4);
      }
      case "Group":
      case "CapturingGroup":
      case "Pattern":
        return node.alternatives.flatMap(one => samples(one).slice(0, 2)).slice(0, 6);
      case "Alternative":
        return node.elements.reduce<string[]>(
          (all, one) => cross(all, samples(one).slice(0, 3)).slice(0, 6),
          [""],
        );
      default:
        return [];
    }
  };
  return samples;
};
