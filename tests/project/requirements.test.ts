// The catalogue of requirements is kept: each number stands in the name of a test, or in docs/requirements.md with the
// place where it is kept.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

/** How many numbers each group has. */
const GROUPS = { A: 22, B: 23, C: 22, D: 10, E: 11, F: 10, G: 20, H: 10, I: 6, J: 8, K: 9, T: 46, X: 47 };

/** Of coordinators and their protocol, which Kin does not have yet. */
const LATER = new Set(["X16", "X17", "X18", "X19", "X20", "X21", "X22", "X36", "X37", "X38", "X39", "X44"]);

const NUMBERS = Object.entries(GROUPS).flatMap(([group, count]) =>
  Array.from({ length: count }, (_, index) => `${group}${index + 1}`),
);

const root = join(import.meta.dirname, "../..");

// tests/text cites the threats, whose numbers begin with a T too.
const tests = readdirSync(join(root, "tests"), { recursive: true, encoding: "utf8" })
  .filter(path => path.endsWith(".ts") && !path.startsWith("text/") && !path.endsWith("requirements.test.ts"))
  .map(path => readFileSync(join(root, "tests", path), "utf8"));

/** In the names: "C13, C14: …", "T1 to T3: …", and the rows of tables that begin with their number. */
const named = new Set(
  tests
    .flatMap(text => text.match(/(?<=["'`])[A-KTX]\d{1,2}(?!\d)[^"'`\n]*(?=["'`])/g) ?? [])
    .flatMap(name => [
      ...(name.match(/\b[A-KTX]\d{1,2}\b/g) ?? []),
      ...[...name.matchAll(/\b([A-KTX])(\d+) to \1(\d+)\b/g)].flatMap(([, group, from, to]) =>
        Array.from(
          { length: Number(to) - Number(from) + 1 },
          (_, index) => `${group}${Number(from) + index}`,
        ),
      ),
    ]),
);

const rows = [
  ...readFileSync(join(root, "docs/requirements.md"), "utf8").matchAll(/^\| ([A-KTX]\d+) \|(.*)\|(.*)\|$/gm),
].map(([, number = "", text = "", place = ""]) => ({ number, text, place }));

test.each(NUMBERS.filter(number => !/^[TX]/.test(number)))("%s is a test or has its place", number => {
  expect(named.has(number) || rows.some(row => row.number === number)).toBe(true);
});

test.each(NUMBERS.filter(number => /^[TX]/.test(number) && !LATER.has(number)))("%s is a test", number => {
  expect(named).toContain(number);
});

describe("docs/requirements.md", () => {
  test("has each number once, and none that the catalogue has not", () => {
    const numbers = rows.map(({ number }) => number);
    expect(numbers).toEqual([...new Set(numbers)]);
    expect(numbers.filter(number => !NUMBERS.includes(number))).toEqual([]);
  });

  test.each(rows.map(row => [row.number, row] as const))("%s names places that exist", (_number, row) => {
    const places = [...row.place.matchAll(/`([^`]+)`/g)].map(([, place = ""]) => place);
    expect(places.length).toBeGreaterThan(0);
    expect(places.filter(place => !existsSync(join(root, place)))).toEqual([]);
    expect(row.text.trim().length).toBeGreaterThan(20);
  });
});
