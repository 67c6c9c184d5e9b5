import assert from "node:assert/strict";
import { test } from "node:test";
import { split } from "../src/split.js";

const sum = shares => shares.reduce((total, share) => total + share, 0);
const gap = shares => Math.max(...shares) - Math.min(...shares);

test("an amount that divides evenly gives equal shares", () => {
  assert.deepEqual(split(4860, 4), [1215, 1215, 1215, 1215]);
});

test("2.00 between seven flats adds up, and no two shares are more than a cent apart", () => {
  const shares = split(200, 7);
  assert.equal(sum(shares), 200);
  assert.ok(gap(shares) <= 1, `the shares are ${gap(shares)} cents apart: ${shares.join(", ")}`);
});

test("there must be at least one flat", () => {
  assert.throws(() => split(100, 0), RangeError);
});
