// A small version of `npm run corpus -- --requests`, which sends many more, with other seeds, and also measures them.
import { expect, test } from "vitest";
import { playRequests } from "./requests/play.ts";
import { openServed } from "./served.ts";

test("among hundreds of strange requests no effect is without a signature, every signed delivery is kept, and memory is bounded", async () => {
  const served = await openServed();
  try {
    const { sent, signed, grown, failures } = await playRequests(served, { seed: 20_261, count: 700 });
    expect(failures).toEqual([]);
    expect(sent).toBeGreaterThanOrEqual(700);
    expect(signed).toBeGreaterThan(80);
    expect(grown).toBeLessThan(64);
    expect(served.log()).not.toMatch(/warning|unhandled|FATAL/i);
  } finally {
    await served.close();
  }
}, 120_000);
