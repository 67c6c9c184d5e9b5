// The command kill.ts on a small scale; running it gives the full figures.
import { afterAll, expect, test } from "vitest";
import { killWriters } from "./kill.ts";
import { hasSqld, removeTemporary } from "./kit.ts";

afterAll(removeTemporary);

for (const store of ["file", "sqld"] as const) {
  test.skipIf(store === "sqld" && !hasSqld)(
    `Whoever is killed, returns in ${store} are numbered without a gap, and none that was acknowledged is lost.`,
    async () => {
      const found = await killWriters({ store, rows: 45, writers: 3, kills: 2, seed: 7 });
      expect(found.wrong).toEqual([]);
      expect(found).toMatchObject({ rows: 45, acknowledged: 45, kills: 2 });
    },
    60_000,
  );
}
