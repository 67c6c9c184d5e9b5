// The benchmark's figures that are counted, not timed: they are the same on every machine, so they are checked in every
// test run.
import { expect, test } from "vitest";
import { tokens } from "../../bench/tokens.ts";

test("what is billed of a long step and of a whole pipeline, and what all roles share of a prompt, is within its bounds", async () => {
  const figures = await tokens();
  expect(figures).toHaveLength(4);
  expect(figures.filter(({ ok }) => !ok)).toEqual([]);
});
