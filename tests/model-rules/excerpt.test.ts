// What is kept of output that is too long: failures, wherever they are, and the end.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { excerpt } from "../../core/model/excerpt.ts";

const passing = (count: number): string =>
  Array.from({ length: count }, (_, n) => `✓ no error in case ${n} (0.1ms)\n`).join("");

const LIMIT = 1000;

test.each([
  ["pytest", "E       assert 3 == 4"],
  ["unittest", "FAIL: test_add (test_a.T.test_add)"],
  ["go test", "--- FAIL: TestAdd (0.00s)"],
  ["a panic of Go's", "panic: runtime error: index out of range [3]"],
  ["cargo", "thread 'tests::adds' panicked at src/lib.rs:4:23:"],
  ["rustc", "error[E0308]: mismatched types"],
  ["gcc", "main.c:3:7: warning: unused variable"],
  ["tsc", "src/a.ts(3,5): error TS2322: no"],
  ["node:test", "✖ adds (0.6ms)"],
  ["TAP", "not ok 3 - adds"],
  ["vitest", " FAIL  a.test.ts > adds"],
  ["jest", "  ● adds › up"],
  ["maven", "[ERROR] adds(SumTest)  Time elapsed: 0.01 s  <<< FAILURE!"],
  ["RSpec", "  1) Sum adds\n     Failure/Error: expect(3).to eq 4"],
  ["Python's trace", 'Traceback (most recent call last):\n  File "a.py", line 3'],
  ["Java's trace", "java.lang.IllegalStateException: no"],
])("of %s the failure is kept with what follows it, and so is the end", (_, failure) => {
  const text = `${passing(60)}${failure}\n  the detail\n${passing(60)}1 of 121 failed\n`;
  const kept = excerpt(text, LIMIT);
  expect(kept).toHaveLength(LIMIT);
  expect(kept).toContain(`${failure}\n  the detail\n`);
  expect(kept).toMatch(/^\[…\]\n/);
  expect(kept).toMatch(/\n\[…\]\n[\s\S]*1 of 121 failed\n$/);
});

test("what is short is kept whole, and where nothing fails the end is", () => {
  expect(excerpt("a\nerror\n", LIMIT)).toBe("a\nerror\n");
  const text = passing(100);
  expect(excerpt(text, LIMIT)).toBe(text.slice(-LIMIT));
});

test("of many failures the first ones are kept, in half of the room, those that stand together without a gap", () => {
  const text = Array.from({ length: 300 }, (_, n) => `error ${n}\n`).join("");
  const kept = excerpt(text, LIMIT);
  expect(kept).toMatch(/^error 0\nerror 1\n/);
  expect(kept.split("[…]\n")).toHaveLength(2);
  expect(kept.indexOf("[…]")).toBeLessThan(LIMIT / 2);
  expect(kept).toHaveLength(LIMIT);
});

test("nothing is there twice", () => {
  const text = `${passing(60)}error: the one\n${"x\n".repeat(300)}`;
  const kept = excerpt(text, LIMIT);
  expect(kept).toBe(text.slice(-LIMIT));
  expect(kept.split("error: the one")).toHaveLength(2);
});

test("a line without an end takes no more than its share", () => {
  const kept = excerpt(`error ${"x".repeat(50_000)}\n${passing(60)}`, LIMIT);
  expect(kept).toMatch(/^error x{394}\n/);
  expect(kept).toHaveLength(LIMIT);
});

test("of a real runner's output that is cut hard, the names of what failed are left", () => {
  const printed = readFileSync(join(import.meta.dirname, "printed", "rspec.txt"), "utf8");
  const kept = excerpt(`${passing(100)}${printed}`, 1200);
  expect(kept).toContain("1) Sum goes wrong");
  expect(kept).toContain("5 examples, 3 failures, 1 pending");
});
