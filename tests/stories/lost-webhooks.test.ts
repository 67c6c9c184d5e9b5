// GitHub delivers nothing at all (reliability R7), from the installation on a repository to the merge: everything that
// people do is found by looking, within two rounds.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openSite, type Project, type Site, sleep } from "./site.ts";

let site: Site;
let project: Project;
let issue: number;
let pull: number;
beforeAll(async () => {
  site = await openSite();
  await site.quiet();
  site.world.github.dropDeliveries(1);
  project = await site.project({ name: "unheard" });
});
afterAll(() => site.close());

const arrived = () =>
  site.world.github.deliveries.filter(one => one.statusCode >= 200 && one.statusCode < 300).length;
/** Two rounds at most; a repeated look requests nothing twice, so the second may come at once. */
const withinTwoRounds = async (holds: () => Promise<boolean>): Promise<void> => {
  for (let round = 1; round <= 2; round++) {
    await site.look();
    for (let tries = 0; tries < 50; tries++) {
      if (await holds()) return;
      await sleep(20);
    }
  }
  throw new Error(`That was not found in two rounds.\n${site.log.slice(-20).join("\n")}`);
};
const isStarted = (number: number) => async () =>
  (
    await project.task(issue).then(
      () => project.pipelines(issue),
      () => [],
    )
  ).length === number;

describe("where GitHub delivers nothing", { shuffle: false }, () => {
  test("a labeled issue, in a repository that Kin was never told of, is worked on up to its pull request", async () => {
    const before = arrived();
    issue = await project.open();
    await project.label(issue);
    await withinTwoRounds(isStarted(1));
    await project.until(issue, "review");
    pull = (await project.task(issue)).pr_number as number;
    expect(await project.labels(issue)).toEqual(["kin", "kin:review"]);
    expect(arrived()).toBe(before);
  });

  test("a review that says /kin return is one return, and the next pipeline deals with it", async () => {
    await project.writer.rest.pulls.createReview({
      ...project.at,
      pull_number: pull,
      event: "COMMENT",
      body: "/kin return missing_context Say what the greeting is.",
    });
    await withinTwoRounds(isStarted(2));
    await project.until(issue, "review");
    await site.look();
    await site.look();
    const { id } = await project.task(issue);
    expect(await site.store.returns(id, 5)).toMatchObject([
      { reason_category: "missing_context", actor: "monalisa", source: expect.stringMatching(/^review:/) },
    ]);
    expect(await project.pipelines(issue)).toHaveLength(2);
  });

  test("a merge completes the task, and further looks write nothing", async () => {
    await project.writer.rest.pulls.merge({ ...project.at, pull_number: pull, merge_method: "squash" });
    await withinTwoRounds(async () => (await project.task(issue)).status === "done");
    await site.quiet();
    expect(await project.labels(issue)).toEqual(["kin", "kin:done"]);
    const writes = site.world.github.writes.length;
    await site.look();
    await site.look();
    expect(site.world.github.writes.slice(writes)).toEqual([]);
  });
});
