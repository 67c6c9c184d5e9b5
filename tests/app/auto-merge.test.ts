// What Kin left to GitHub's auto-merge is withdrawn as soon as Kin would not merge it by itself any more.

import { hello, writeFile } from "embedded-github/site";
import { afterAll, beforeAll, expect, test } from "vitest";
import { KinError } from "../../core/model/error.ts";
import { type Kit, openKit, type Queued } from "./kit.ts";
import { APPROVED, createPlayer, type Player, wrote } from "./play.ts";

let kit: Kit;
let player: Player;
const CONFIG =
  "ci: ignore\nlearn: off\nmerge: auto\nexecution_mode: review\nlimits: { runs: 50, revisions: 0 }\n";

beforeAll(async () => {
  kit = await openKit();
  player = createPlayer(kit);
  await writeFile(kit.site.hubot, { path: ".github/kin.yml", content: CONFIG, branch: "main" });
  kit.site.github.setRepository({ ...hello, allowAutoMerge: true });
  protect(false);
});
afterAll(() => kit.close());

const protect = (strict: boolean) =>
  kit.site.github.setProtection({ ...hello, branch: "main", rule: { strict, requiredChecks: ["build"] } });

const approve = async (of: Queued) => {
  const { number: pull_number } = await player.pullOf(of);
  const { hubot } = kit.site;
  const { data } = await player.receiving(() =>
    hubot.rest.pulls.createReview({ ...hello, pull_number, event: "APPROVE" }),
  );
  await player.publish(of);
  return { ...hello, pull_number, review_id: data.id };
};
const inReview = async () => {
  const queued = await kit.queue();
  const play = [wrote(`w-${queued.issue}.txt`), APPROVED];
  await player.play(queued, { planned: { completion_mode: "review" }, play });
  await player.publish(queued);
  return queued;
};
const left = async () => {
  const queued = await inReview();
  const review = await approve(queued);
  expect(await byOf(queued)).toBe("kin[bot]");
  return { queued, review };
};
const byOf = async (of: Queued) => (await player.pullOf(of)).auto_merge?.enabled_by.login;
const isMergedOnGreen = async (of: Queued) => {
  const { head } = await player.pullOf(of);
  const status = { sha: head.sha, state: "success", context: "build" } as const;
  await kit.site.octocat.rest.repos.createCommitStatus({ ...hello, ...status });
  return (await player.pullOf(of)).merged;
};
const dismiss = (review: Awaited<ReturnType<typeof approve>>) =>
  player.receiving(() => kit.site.octocat.rest.pulls.dismissReview({ ...review, message: "It is wrong." }));

test("auto-merge is taken back when the approval is dismissed, and switched on again with another one", async () => {
  const { queued, review } = await left();
  await dismiss(review);
  await kit.work("publish");
  expect(await byOf(queued)).toBeUndefined();
  await approve(queued);
  expect(await byOf(queued)).toBe("kin[bot]");
  expect(await isMergedOnGreen(queued)).toBe(true);
});

test("auto-merge is taken back when somebody pushes to the branch", async () => {
  const { queued } = await left();
  const branch = queued.task.branch as string;
  await player.receiving(() => writeFile(kit.site.hubot, { path: "pushed.txt", content: "x\n", branch }));
  await kit.work("publish");
  expect(await byOf(queued)).toBeUndefined();
  expect(await isMergedOnGreen(queued)).toBe(false);
});

test("auto-merge of work whose approver lost write access is taken back within a minute, though nobody tells", async () => {
  const { queued } = await left();
  kit.pass(61);
  await kit.work("publish");
  expect(await byOf(queued)).toBe("kin[bot]");
  kit.site.github.setPermission({ ...hello, login: "hubot", permission: "read" });
  kit.pass(61);
  await kit.work("publish");
  expect(await byOf(queued)).toBeUndefined();
  expect(await isMergedOnGreen(queued)).toBe(false);
  kit.site.github.setPermission({ ...hello, login: "hubot", permission: "write" });
});

test("auto-merge that GitHub failed to switch on is switched on by the next pass", async () => {
  const queued = await inReview();
  const { number: pull_number } = await player.pullOf(queued);
  await player.receiving(() =>
    kit.site.hubot.rest.pulls.createReview({ ...hello, pull_number, event: "APPROVE" }),
  );
  const failing = {
    ...kit.plane,
    github: async (...of: Parameters<typeof kit.plane.github>) => ({
      ...(await kit.plane.github(...of)),
      enableAutoMerge: async () => {
        throw new KinError("Bad gateway", { code: "github_502", hint: "", retryable: true });
      },
    }),
  };
  await expect(player.publishWith(queued, failing)).rejects.toThrow("Bad gateway");
  await player.publish(queued);
  expect(await byOf(queued)).toBe("kin[bot]");
});

test("auto-merge that a person switched on stays", async () => {
  const queued = await inReview();
  const { node_id: id } = await player.pullOf(queued);
  await kit.site.octocat.graphql(
    "mutation($id: ID!) { enablePullRequestAutoMerge(input: {pullRequestId: $id}) { pullRequest { id } } }",
    { id },
  );
  await player.publish(queued);
  expect(await byOf(queued)).toBe("octocat");
});

test("auto-merge that a person switched off stays off", async () => {
  const { queued } = await left();
  const { node_id: id } = await player.pullOf(queued);
  await kit.site.octocat.graphql(
    "mutation($id: ID!) { disablePullRequestAutoMerge(input: {pullRequestId: $id}) { pullRequest { id } } }",
    { id },
  );
  await player.publish(queued);
  expect(await byOf(queued)).toBeUndefined();
});

test("auto-merge stays when Kin brings the base into the branch", async () => {
  protect(true);
  const { queued } = await left();
  await writeFile(kit.site.hubot, { path: "meanwhile.txt", content: "x\n", branch: "main" });
  const events = async () => {
    const { data } = await kit.site.octocat.rest.issues.listEvents({
      ...{ ...hello, issue_number: (await player.pullOf(queued)).number },
    });
    return data.map(({ event }) => event).filter(event => event.startsWith("auto_merge"));
  };
  await isMergedOnGreen(queued);
  await player.publish(queued);
  kit.pass(6);
  await kit.work("publish");
  const { head } = await player.pullOf(queued);
  expect(await player.taskOf(queued)).toMatchObject({ head_sha: head.sha, approval: { sha: head.sha } });
  expect(await byOf(queued)).toBe("kin[bot]");
  expect(await events()).toEqual(["auto_merge_enabled"]);
  expect(await isMergedOnGreen(queued)).toBe(true);
  protect(false);
});

test("auto-merge that GitHub does not let Kin take back is said once, and tried again", async () => {
  const { queued, review } = await left();
  await dismiss(review);
  const refusing = {
    ...kit.plane,
    github: async (...of: Parameters<typeof kit.plane.github>) => ({
      ...(await kit.plane.github(...of)),
      disableAutoMerge: async () => {
        throw new KinError("Forbidden", { code: "github_403", hint: "" });
      },
    }),
  };
  expect(await player.publishWith(queued, refusing)).toBeGreaterThan(kit.plane.clock.now());
  await player.publishWith(queued, refusing);
  const { data } = await kit.site.octocat.rest.issues.listComments({ ...hello, issue_number: queued.issue });
  expect(data.filter(({ body }) => body?.includes("take its auto-merge of"))).toHaveLength(1);
  await player.publish(queued);
  expect(await byOf(queued)).toBeUndefined();
});

/** What Kin said on the issue about a merge that GitHub holds back. */
const heldWords = async (of: Queued) => {
  const { data } = await kit.site.octocat.rest.issues.listComments({ ...hello, issue_number: of.issue });
  return data.flatMap(({ body }) => (body?.includes("which Kin would merge") ? [body.split("\n")[0]] : []));
};
const later = async (of: Queued, state: "pending" | "failure" | null) => {
  const { head } = await player.pullOf(of);
  if (state !== null)
    await kit.site.octocat.rest.repos.createCommitStatus({
      ...{ ...hello, sha: head.sha, context: "build", state },
    });
  kit.pass(61);
  await player.publish(of);
};

test("a merge that GitHub holds back with no check under way is said to whoever asked, once and not before a minute", async () => {
  const { queued } = await left();
  const { number } = await player.pullOf(queued);
  expect(await heldWords(queued)).toEqual([]);
  await later(queued, "pending");
  expect(await heldWords(queued)).toEqual([]);
  const waiting = await left();
  for (const _ of [1, 2]) await later(waiting.queued, null);
  const { number: other } = await player.pullOf(waiting.queued);
  expect(await heldWords(waiting.queued)).toEqual([
    `@octocat: GitHub holds #${other} back, which Kin would merge. No check is under way there: a review is missing, or what else the rules of its branch ask of a person.`,
  ]);
  await later(queued, "failure");
  expect(await heldWords(queued)).toEqual([
    `@octocat: GitHub holds #${number} back, which Kin would merge. Red there: \`build\`.`,
  ]);
});
