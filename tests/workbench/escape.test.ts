// The escape a2, a race, against sources from which some of the three defences are removed. Each defence alone is enough;
// without all three the escape works, which proves the other results. `npm run corpus -- --sandbox` plays many more.
import { expect, test } from "vitest";
import { countEscapes } from "./tricks/escape-runs.ts";
import { LEGS } from "./tricks/variant.ts";

test.for(LEGS)("only %s: a directory that becomes a link leads nowhere", async leg => {
  const without = LEGS.filter(one => one !== leg);
  const counts = await countEscapes({ without, runs: 2, turns: 3, stop: true, user: null });
  expect(counts).toMatchObject({ runs: 2, escaped: 0 });
});

test("without any of them it leads out of the sandbox", async () => {
  // A race: repeated until it is won once.
  const counts = await countEscapes({ without: LEGS, runs: 10, turns: 8, stop: true, user: null });
  expect(counts).toMatchObject({ escaped: 1 });
});
