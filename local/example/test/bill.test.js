import assert from "node:assert/strict";
import { test } from "node:test";
import { parseBills } from "../src/bill.js";

test("each line is a bill, comments and empty lines are not", () => {
  assert.deepEqual(parseBills("# March\n\nWater; 48.60; 1A, 1B\nHeating refund; -20.00; 2A\n"), [
    { what: "Water", cents: 4860, flats: ["1A", "1B"] },
    { what: "Heating refund", cents: -2000, flats: ["2A"] },
  ]);
});

test("a mistake is reported with its line", () => {
  assert.throws(() => parseBills("# March\nWater; 48.60"), /line 2: expected/);
  assert.throws(() => parseBills("Water; 48.60; "), /line 1: "Water" names no flat/);
  assert.throws(() => parseBills("Water; 48.60; 1A, 1A"), /line 1: "Water" names a flat twice/);
});
