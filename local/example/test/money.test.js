import assert from "node:assert/strict";
import { test } from "node:test";
import { formatAmount, parseAmount } from "../src/money.js";

test("an amount is read as cents", () => {
  assert.equal(parseAmount("100.00"), 10000);
  assert.equal(parseAmount(" 7 "), 700);
  assert.equal(parseAmount("-20.05"), -2005);
});

test("an amount with a fraction of a cent is refused", () => {
  assert.throws(() => parseAmount("1.005"), /not an amount: "1.005"/);
});

test("cents are printed with two decimals", () => {
  assert.equal(formatAmount(10000), "100.00");
  assert.equal(formatAmount(5), "0.05");
  assert.equal(formatAmount(-2005), "-20.05");
});
