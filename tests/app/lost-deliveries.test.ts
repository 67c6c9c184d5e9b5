// Deliveries that did not arrive: the rules as tables, then the real list of the embedded GitHub, page by page.

import { hello } from "embedded-github/site";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { createDeliveries } from "../../app/intake/deliveries.ts";
import { redeliverLost, toAsk, withTries } from "../../app/intake/redeliver.ts";
import type { Delivery } from "../../app/plane.ts";
import type { JobOf, Lost } from "../../core/model/job.ts";
import { type Kit, openKit } from "./kit.ts";

const NOTHING: Lost = { at: "2026-10-01T00:00:00Z", tries: {} };
const OLDEST = "2026-10-05T00:00:00Z";

/** "a1+" arrived, "a1-" did not: GUID a, delivery 1. The id is also its time, in minutes. */
const deliveries = (text: string): readonly Delivery[] =>
  text
    .split(" ")
    .filter(word => word !== "")
    .map(word => ({
      guid: word.slice(0, 1),
      id: Number(word.slice(1, -1)),
      ok: word.endsWith("+"),
      at: `2026-10-07T09:${word.slice(1, -1).padStart(2, "0")}:00Z`,
    }));
const having = (lost: Lost, text: string): Lost =>
  withTries(lost, { deliveries: deliveries(text), oldest: OLDEST });

describe("what is asked for again", () => {
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
    expect(toAsk(having(NOTHING, list))).toEqual(lost);
  });

  test.each<readonly [string, readonly string[], readonly number[]]>([
    ["what the round before found is still lost", ["a1-", "b2+"], [1]],
    ["its second try arrived since", ["a1-", "a2+ b3+"], []],
    ["its tries are counted over the rounds", ["a1-", "a2-", "a3-", "a4-"], [4]],
    ["and given up at the fifth", ["a1-", "a2-", "a3-", "a4-", "a5-"], []],
    ["a try that is seen twice is one try", ["a1-", "a1- a2-", "a2- a3-", "a3- a4-"], [4]],
    ["what arrived and is seen again is not lost", ["a1- a2+", "a1- a2+"], []],
  ])("over several rounds: %s", (_, rounds, lost) => {
    expect(toAsk(rounds.reduce(having, NOTHING))).toEqual(lost);
  });

  test("what GitHub has forgotten is not asked for, and the newest time is kept", () => {
    const lost = having(NOTHING, "a1- b9+");
    expect(lost.at).toBe("2026-10-07T09:09:00Z");
    expect(withTries(lost, { deliveries: [], oldest: "2026-10-07T09:02:00Z" }).tries).toEqual({});
  });
});

const job = (left: Lost | null) => ({ left }) as JobOf<"redeliver">;

describe("with more deliveries than a page holds", () => {
  let kit: Kit;
  beforeAll(async () => {
    kit = await openKit();
    kit.site.github.dropDeliveries(["issues.opened"]);
    await kit.site.octocat.rest.issues.create({ ...hello, title: "Lost, and 150 deliveries ago" });
    kit.site.github.dropDeliveries(null);
    for (let n = 0; n < 75; n++) {
      await kit.site.octocat.rest.issues.update({ ...hello, issue_number: 1, title: `x ${n}` });
      await kit.site.octocat.rest.issues.update({ ...hello, issue_number: 1, body: `x ${n}` });
    }
    await kit.site.github.idle();
  }, 60_000);
  afterAll(() => kit.close());

  const tries = async () =>
    kit.site.github.deliveries.filter(one => one.event === "issues" && one.action === "opened").length;

  test("the one on the second page is found and arrives, and the next round asks for nothing", async () => {
    const first = await redeliverLost(job(null), kit.plane);
    expect(Object.keys(first.tries)).toHaveLength(1);
    await kit.site.github.idle();
    expect(await tries()).toBe(2);
    const second = await redeliverLost(job(first), kit.plane);
    expect(second.tries).toEqual({});
    expect(await tries()).toBe(2);
  });

  test("no more pages are read than reach back to what was known", async () => {
    const asked: string[] = [];
    const app = await kit.site.asApp();
    const counted = new Proxy(app.request, {
      apply: (target, self, args) => {
        asked.push(String(args[1]?.cursor ?? "first"));
        return Reflect.apply(target, self, args);
      },
    });
    const list = createDeliveries({ request: counted, paginate: app.paginate, graphql: app.graphql });
    const all = await list.list("2020-01-01T00:00:00Z");
    expect(all.length).toBe(kit.site.github.deliveries.length);
    expect(asked).toHaveLength(2);
    await list.list(new Date().toISOString());
    expect(asked).toHaveLength(3);
  });
});

test("one that GitHub does not send again keeps no other from being asked for", async () => {
  const kit = await openKit();
  onTestFinished(kit.close);
  const { github, octocat } = kit.site;
  github.dropDeliveries(1);
  await octocat.rest.issues.create({ ...hello, title: "Lost" });
  github.dropDeliveries(null);
  const at = new Date(kit.plane.clock.now()).toISOString();
  const tries = () => github.deliveries.filter(({ action }) => action === "opened").length;
  const before = tries();
  await redeliverLost(job({ at, tries: { forgotten: { at, ids: [1] } } }), kit.plane);
  await github.idle();
  expect(tries()).toBe(before + 1);
  expect(kit.logged.join("\n")).toMatch(/asking for the delivery 1 again/);
});
