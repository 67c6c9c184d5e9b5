import { expect, test } from "vitest";
import type { Delivery } from "../../app/plane.ts";
import { lostOf } from "../../app/redeliver.ts";

/** "a1+" arrived, "a1-" did not: GUID a, delivery 1. */
const deliveries = (text: string): readonly Delivery[] =>
  text
    .split(" ")
    .filter(word => word !== "")
    .map(word => ({
      guid: word.slice(0, 1),
      id: Number(word.slice(1, -1)),
      ok: word.endsWith("+"),
      at: "2026-10-07T09:00:00Z",
    }));

test.each<readonly [string, string, readonly number[]]>([
  ["nothing was sent", "", []],
  ["everything arrived", "a1+ b2+", []],
  ["one did not arrive", "a1+ b2-", [2]],
  ["several did not arrive", "a1- b2- c3+", [1, 2]],
  ["the second try arrived", "a2+ a1-", []],
  ["the first try arrived, and a second, asked for by hand, did not", "a2- a1+", []],
  ["the second try was lost too: the latest is asked for", "a5- a1-", [5]],
  ["in whatever order they are listed", "a1- a5- a3-", [5]],
  ["four tries were lost", "a1- a2- a3- a4-", [4]],
  ["five tries were lost: it is given up", "a1- a2- a3- a4- a5-", []],
  ["others go on when one is given up", "a1- a2- a3- a4- a5- b6-", [6]],
])("%s", (_, list, lost) => {
  expect(lostOf(deliveries(list))).toEqual(lost);
});
