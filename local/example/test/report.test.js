import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { parseBills } from "../src/bill.js";
import { owed, report } from "../src/report.js";

const bill = (cents, ...flats) => ({ what: "a bill", cents, flats });

test("a flat owes the sum of its shares", () => {
  const totals = owed([bill(900, "1A", "1B", "2A"), bill(500, "1A")]);
  assert.deepEqual([...totals], [["1A", 800], ["1B", 300], ["2A", 300]]);
});

test("flats are listed in order, whichever bill names them first", () => {
  assert.deepEqual([...owed([bill(200, "2B", "1A")]).keys()], ["1A", "2B"]);
});

test("what March collects is what March billed", () => {
  const lines = report(parseBills(readFileSync(new URL("../examples/march.txt", import.meta.url), "utf8"))).split("\n");
  assert.equal(lines.at(-2), "billed         184.60");
  assert.equal(lines.at(-1), "collected      184.60");
});
