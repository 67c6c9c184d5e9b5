// docs/requirements.md names tests: each file exists and contains each name.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../../local/world.ts";

const PAGE = readFileSync(join(ROOT, "docs", "requirements.md"), "utf8");
const ROWS = PAGE.split("\n").filter(line => /^\| (?!#|---|Route|What|Role)/.test(line));
const FILE = /^[\w.-]+(?:\/[\w.-]+)*\/[\w.-]+$/;

/** Tests are named relative to `tests/`, everything else to the root. */
const pathOf = (name: string): string | undefined =>
  [join(ROOT, "tests", name), join(ROOT, name)].find(path => existsSync(path));

interface Claim {
  readonly row: string;
  readonly file: string;
  readonly name: string;
}

const claims: readonly Claim[] = ROWS.flatMap(row => {
  let file = "";
  return [...row.matchAll(/`([^`“”]+)`(?![^“]*”)|“([^”]+)”/g)].flatMap(([, code, name]) => {
    if (code !== undefined && FILE.test(code)) file = code;
    return name === undefined ? [] : [{ row, file, name }];
  });
});

const numbersOf = (group: string, last: number): readonly string[] =>
  Array.from({ length: last }, (_, index) => `${group}${index + 1}`);

/** Ruled out: there is nothing that a test could check. */
const RULED = new Set(["X37", "X39"]);

test("there are rows and claims to look at", () => {
  expect(ROWS.length).toBeGreaterThan(200);
  expect(claims.length).toBeGreaterThan(200);
});

test("every file that the page names is there", () => {
  const named = [...PAGE.matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code).filter(code => FILE.test(code));
  const kins = named.filter(name => !name.startsWith(".github/"));
  expect(kins.filter(name => pathOf(name) === undefined)).toEqual([]);
});

test("every name of a test that it quotes stands in the file before it", () => {
  const wrong = claims.filter(({ file, name }) => {
    const path = pathOf(file);
    return path === undefined || !readFileSync(path, "utf8").includes(name);
  });
  expect(wrong).toEqual([]);
});

test("every number is there once, in order", () => {
  const LAST = {
    A: 22,
    B: 22,
    C: 22,
    D: 10,
    E: 11,
    F: 10,
    G: 20,
    H: 10,
    I: 6,
    J: 8,
    K: 9,
    L: 15,
    M: 31,
    X: 47,
  };
  const wanted = Object.entries(LAST).flatMap(([group, last]) => numbersOf(group, last));
  const found = ROWS.flatMap(row => row.split("|")[1]?.match(/\b[A-MX]\d{1,2}\b/g) ?? []);
  expect(found).toEqual(wanted);
});

test("each behaviour of T, and each ruling of X, stands in the name of a test", () => {
  const names = readdirSync(join(ROOT, "tests"), { recursive: true, encoding: "utf8" })
    // tests/text cites threats, whose numbers begin with a T too.
    .filter(path => path.endsWith(".ts") && !path.startsWith("text/"))
    .map(path => readFileSync(join(ROOT, "tests", path), "utf8"))
    .flatMap(text => text.match(/(?<=["'`])[A-KTX]\d{1,2}(?!\d)[^"'`\n]*(?=["'`])/g) ?? []);
  const numbers = names.flatMap(name => [
    ...(name.match(/\b[TX]\d{1,2}\b/g) ?? []),
    ...[...name.matchAll(/\bT(\d+) to T(\d+)\b/g)].flatMap(([, first, last]) =>
      Array.from({ length: Number(last) - Number(first) }, (_, index) => `T${Number(first) + index}`),
    ),
  ]);
  const wanted = [...numbersOf("T", 46), ...numbersOf("X", 47)].filter(number => !RULED.has(number));
  expect(wanted.filter(number => !numbers.includes(number))).toEqual([]);
});
