// What Kin merges and what it leaves: whose approval of which commit, and what happened to the branch meanwhile.

import { hello, writeFile } from "embedded-github/site";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { KinError } from "../../core/model/error.ts";
import { setTask } from "../store/facts.ts";
import { auto, branchOf, createHands, forReview, type Hands } from "./hands.ts";
import { type Kit, openKit, type Queued } from "./kit.ts";
import { createPlayer, type Player } from "./play.ts";

let kit: Kit;
let player: Player;
let hands: Hands;
beforeAll(async () => {
  kit = await openKit();
  player = createPlayer(kit);
  hands = createHands(kit);
  const content = "merge: auto\nci: ignore\nlearn: off\nlimits: { runs: 50, revisions: 0 }\n";
  await writeFile(kit.site.octocat, { path: ".github/kin.yml", content });
});
afterAll(() => kit.close());

describe("with `merge: auto`", () => {
  const inReview = async () => {
    const queued = await kit.queue();
    await player.play(queued, forReview(queued));
    await player.publish(queued);
    return queued;
  };
  const approved = async (queued: Queued, sha: string) => {
    const { id } = (await kit.site.octocat.rest.users.getByUsername({ username: "hubot" })).data;
    const approval = { by: "hubot", by_id: id, sha, at: "", source: "issue_comment:1" };
    await setTask(kit.plane.store, queued.task.id, { approval }, kit.plane.clock.now());
    await player.publish(queued);
    return (await player.pullOf(queued)).merged;
  };
  const head = async (queued: Queued) => String((await player.taskOf(queued)).head_sha);

  test("an approval of another commit merges nothing, one of the head does", async () => {
    const queued = await inReview();
    expect(await approved(queued, "a".repeat(40))).toBe(false);
    expect(await approved(queued, await head(queued))).toBe(true);
  });

  test("an issue that was closed unheard merges nothing, and ends its task", async () => {
    const queued = await inReview();
    const close = { ...hello, issue_number: queued.issue, state: "closed" } as const;
    await kit.site.octocat.rest.issues.update(close);
    expect(await approved(queued, await head(queued))).toBe(false);
    await kit.work("event");
    expect(await player.taskOf(queued)).toMatchObject({ status: "cancelled" });
  });

  test("an approval by somebody who has lost write access since merges nothing", async () => {
    const queued = await inReview();
    kit.site.github.setPermission({ ...hello, login: "hubot", permission: "triage" });
    expect(await approved(queued, await head(queued))).toBe(false);
    kit.site.github.setPermission({ ...hello, login: "hubot", permission: "write" });
  });

  test("what GitHub does not merge at once is left to its auto-merge", async () => {
    const queued = await kit.queue();
    await player.play(queued, auto(queued));
    const asked: string[] = [];
    const queueing = hands.withGitHub(() => ({
      // A repository with a merge queue.
      mergePull: async () => {
        throw new KinError("Changes must be made through the merge queue", { code: "github_405", hint: "" });
      },
      mergeSettings: async () => ({ methods: ["merge"], auto_merge: true }),
      enableAutoMerge: async pull => void asked.push(pull.head.sha),
    }));
    await player.publishWith(queued, queueing);
    expect(asked).toEqual([await head(queued)]);
    expect(await player.pullOf(queued)).toMatchObject({ merged: false });
  });

  test("a merge of the base that somebody else brought into the branch is not adopted", async () => {
    const queued = await inReview();
    const before = await head(queued);
    await writeFile(kit.site.octocat, { path: `meanwhile-${queued.issue}.txt`, content: "x\n" });
    const { number: pull_number } = await player.pullOf(queued);
    await kit.site.hubot.rest.pulls.updateBranch({ ...hello, pull_number });
    expect(await approved(queued, before)).toBe(false);
    expect(await head(queued)).toBe(before);
  });

  test("a merge of the base by the App's hand is not adopted where it stands on what somebody pushed", async () => {
    const queued = await inReview();
    const before = await head(queued);
    const { number: pull_number } = await player.pullOf(queued);
    await writeFile(kit.site.hubot, {
      path: `pushed-${queued.issue}.txt`,
      content: "x\n",
      branch: branchOf(queued),
    });
    await writeFile(kit.site.octocat, { path: `base-${queued.issue}.txt`, content: "x\n" });
    const bot = await kit.site.asInstallation();
    await bot.rest.pulls.updateBranch({ ...hello, pull_number });
    expect(await approved(queued, before)).toBe(false);
    expect(await head(queued)).toBe(before);
  });

  test.each([
    ["and with it the approval", true],
    ["and an approval of another commit stays one of that", false],
  ])("a merge of the base by the App's hand on the head is adopted, %s", async (_, ofHead) => {
    const queued = await inReview();
    const before = ofHead ? await head(queued) : "a".repeat(40);
    const { number: pull_number } = await player.pullOf(queued);
    await writeFile(kit.site.octocat, { path: `later-${queued.issue}.txt`, content: "x\n" });
    const bot = await kit.site.asInstallation();
    await bot.rest.pulls.updateBranch({ ...hello, pull_number });
    const { head: merged } = await player.pullOf(queued);
    await approved(queued, before);
    expect(await player.taskOf(queued)).toMatchObject({
      head_sha: merged.sha,
      approval: { sha: ofHead ? merged.sha : before },
    });
  });

  test("a merge by the App's hand of what does not stand on the base is not adopted", async () => {
    const queued = await inReview();
    const before = await head(queued);
    const bot = await kit.site.asInstallation();
    const mine = await hands.forge(await hands.headOf("main"), { message: "Mine" });
    await hands.branchAt(`beside-${queued.issue}`, mine);
    const { data: pull } = await bot.rest.pulls.create({
      ...{ ...hello, title: "Bring it in", head: `beside-${queued.issue}`, base: branchOf(queued) },
    });
    const { data: merged } = await bot.rest.pulls.merge({
      ...hello,
      pull_number: pull.number,
      merge_method: "merge",
    });
    expect((await player.pullOf(queued)).head.sha).toBe(merged.sha);
    expect(await approved(queued, before)).toBe(false);
    expect(await head(queued)).toBe(before);
  });
});

test("an approval whose review was dismissed, though nobody told, merges nothing", async () => {
  const queued = await kit.queue();
  await player.play(queued, forReview(queued));
  await player.publish(queued);
  const { number: pull_number, head } = await player.pullOf(queued);
  const { data: review } = await kit.site.hubot.rest.pulls.createReview({
    ...hello,
    pull_number,
    event: "APPROVE",
  });
  const dismissal = { ...hello, pull_number, review_id: review.id, message: "Not yet." };
  await kit.site.octocat.rest.pulls.dismissReview(dismissal);
  const approval = {
    by: "hubot",
    by_id: review.user?.id ?? 0,
    sha: head.sha,
    at: "",
    source: `review:${review.id}`,
  };
  await setTask(kit.plane.store, queued.task.id, { approval }, kit.plane.clock.now());
  await player.publish(queued);
  expect(await player.pullOf(queued)).toMatchObject({ merged: false });
});

test("a person's standing rejection holds a merge also where GitHub does not tell what they may", async () => {
  const queued = await kit.queue();
  await player.play(queued, auto(queued));
  const rejecting = hands.withGitHub(github => ({
    setDraft: async (pull, draft) => {
      const no = { ...hello, pull_number: pull.number, event: "REQUEST_CHANGES", body: "No." } as const;
      await kit.site.hubot.rest.pulls.createReview(no);
      return github.setDraft(pull, draft);
    },
    permission: async () => {
      throw new KinError("Forbidden", { code: "github_403", hint: "" });
    },
  }));
  await player.publishWith(queued, rejecting);
  expect(await player.pullOf(queued)).toMatchObject({ draft: false, merged: false });
});
