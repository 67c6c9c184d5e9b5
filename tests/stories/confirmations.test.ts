// Commands without any other visible effect are answered in words, and a rejection needs some.
import { afterAll, beforeAll, expect, test } from "vitest";
import { openSite, type Site } from "./site.ts";

let site: Site;
let issue: number;
beforeAll(async () => {
  site = await openSite();
  issue = await site.open();
  await site.label(issue);
  await site.until(issue, "review");
});
afterAll(() => site.close());

const answerTo = async (body: string): Promise<string> => {
  const before = (await site.comments(issue)).length;
  await site.say(issue, body);
  await site.quiet();
  return (await site.comments(issue)).slice(before).join("\n");
};

test("a decision is told its number, and the number takes it back and puts it in force again", async () => {
  expect(await answerTo("/kin decide Greet nobody.\nIt is late.")).toContain("Decision `#1` is in force");
  expect(await answerTo("/kin decide drop 1")).toContain("`/kin decide 1` puts it back");
  expect(await answerTo("/kin decide greet  nobody")).toContain("a decision with that title already");
  expect(await answerTo("/kin decide 1")).toContain("`/kin decide drop 1` takes it back");
  expect(await answerTo("/kin: decide 99")).toContain(
    "This project has no decision `99`. There are `#1` Greet nobody.",
  );
  expect(await site.store.decisions(site.id, 9)).toMatchObject([{ id: 1, title: "Greet nobody." }]);
});

test("a mode is said to count from the next plan on", async () => {
  expect(await answerTo("/kin mode auto")).toContain(
    "From the next plan on no review of this task is asked for.",
  );
});

test("a return without a reason is refused and counts for nothing", async () => {
  for (const body of ["/kin return", "/kin return scope_too_large"])
    expect(await answerTo(body)).toContain("A return needs a reason");
  expect(await site.task(issue)).toMatchObject({ status: "review", return_count: 0 });
  expect(await site.pipelines(issue)).toHaveLength(1);
});
