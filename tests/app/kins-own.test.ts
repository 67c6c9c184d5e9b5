// What is Kin's own: recognised by Kin's records and by GitHub's record of its author, never by what a commit, comment,
// check, run or pull request claims.

import { branchWith, hello, jwtOf, writeFile } from "embedded-github/site";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createGitHub } from "../../app/github/github.ts";
import type { Plane } from "../../app/plane.ts";
import { performDispatch, publishDispatch } from "../../app/publish/dispatch.ts";
import { handOver } from "../../app/publish/hand-over.ts";
import { publishFollowUps } from "../../app/publish/leave-issues.ts";
import { openIssue } from "../../app/publish/open-issue.ts";
import { postOnce } from "../../app/publish/post-once.ts";
import { loadView } from "../../app/publish/view.ts";
import type { JobOf } from "../../core/model/job.ts";
import { marks } from "../../core/model/keys.ts";
import { WORKFLOW } from "../site.ts";
import { setTask } from "../store/facts.ts";
import { auto, branchOf, createHands, forReview, type Hands } from "./hands.ts";
import { type Kit, openKit, type Queued } from "./kit.ts";
import { APPROVED, createPlayer, type Player, REJECTED, wrote } from "./play.ts";

let kit: Kit;
let player: Player;
let hands: Hands;
beforeAll(async () => {
  kit = await openKit();
  player = createPlayer(kit);
  hands = createHands(kit);
  await writeFile(kit.site.octocat, { path: ".github/kin.yml", content: CONFIG });
  await writeFile(kit.site.octocat, { path: ".github/workflows/kin.yml", content: NAMED });
});
afterAll(() => kit.close());

const CONFIG = "merge: auto\nci: ignore\nlearn: off\nlimits: { runs: 50, revisions: 0 }\n";
/** A run's name, as in the workflow that a repository copies. */
const NAMED = WORKFLOW.replace(
  `\${{ inputs.issue }}`,
  `\${{ inputs.issue }} (\${{ inputs.pipeline || 'by hand' }})`,
);
const keyOf = ({ pipeline }: Queued) => `${pipeline.id}/2/1`;
const isOnMain = (path: string) =>
  kit.site.octocat.rest.repos.getContent({ ...hello, path }).then(
    () => true,
    () => false,
  );
const commentsOn = async ({ issue }: Queued) =>
  (await kit.site.octocat.rest.issues.listComments({ ...hello, issue_number: issue })).data;
/** Another App with every permission, and its client. */
const anotherApp = async () => {
  const app = kit.site.github.addApp({
    slug: "other",
    name: "Other",
    permissions: { checks: "write", contents: "write", pull_requests: "write", issues: "write" },
    events: [],
  });
  const { installationId: installation_id } = kit.site.github.install({ slug: "other", owner: "octocat" });
  const asApp = kit.site.as(await jwtOf(app));
  const { data } = await asApp.rest.apps.createInstallationAccessToken({ installation_id });
  return kit.site.as(data.token);
};

describe("a commit that somebody put on the branch for Kin's", () => {
  const nothingCameOfIt = async (queued: Queued, forged: string) => {
    expect((await player.taskOf(queued)).head_sha).not.toBe(forged);
    expect(await player.gatesOn(queued, forged)).not.toContainEqual(["success", expect.anything(), "kin"]);
    expect(await player.gatesOn(queued)).toEqual([
      ["neutral", "Not judged: somebody pushed while Kin worked", "kin"],
    ]);
    expect(await player.pullOf(queued)).toMatchObject({ state: "open", merged: false });
    expect(await isOnMain("backdoor.sh")).toBe(false);
  };

  test.each([
    ["with the trailer", false],
    ["with the trailer, the App's address as author and GitHub's as committer", true],
  ])("%s is not taken for it: no green, no merge", async (_, bot) => {
    const queued = await kit.queue();
    const message = `Finish it\n\nKin-Step: ${keyOf(queued)}`;
    const forged = await hands.forge(await hands.headOf("main"), { message, bot });
    await hands.branchAt(branchOf(queued), forged);
    await player.play(queued, auto(queued));
    await player.publish(queued);
    await nothingCameOfIt(queued, forged);
  });

  test("that GitHub itself made and signed in the App's name, by squashing a pull request of the App's, is not either", async () => {
    const queued = await kit.queue();
    const bot = await kit.site.asInstallation();
    const base = await hands.headOf("main");
    await hands.branchAt(`into-${queued.issue}`, base);
    await hands.branchAt(`from-${queued.issue}`, await hands.forge(base, { message: "Mine" }));
    const { data: pull } = await bot.rest.pulls.create({
      ...hello,
      title: "Kin's",
      head: `from-${queued.issue}`,
      base: `into-${queued.issue}`,
    });
    const { data: merged } = await kit.site.hubot.rest.pulls.merge({
      ...hello,
      pull_number: pull.number,
      merge_method: "squash",
      commit_title: "Finish it",
      commit_message: `Kin-Step: ${keyOf(queued)}`,
    });
    const { data: forged } = await kit.site.octocat.rest.repos.getCommit({ ...hello, ref: merged.sha });
    expect(forged.author?.id).toBe(kit.site.app.botId);
    expect(forged.commit.verification?.verified).toBe(true);
    await hands.branchAt(branchOf(queued), merged.sha);
    await player.play(queued, auto(queued));
    await player.publish(queued);
    await nothingCameOfIt(queued, merged.sha);
  });

  test("waits with Kin's own on top until somebody else than who pushed it approves that head", async () => {
    const queued = await kit.queue();
    await hands.branchAt(
      branchOf(queued),
      await hands.forge(await hands.headOf("main"), { message: "Mine", path: "mine.sh" }),
    );
    await player.play(queued, auto(queued));
    await player.publish(queued);
    const { number: pull_number } = await player.pullOf(queued);
    expect((await commentsOn(queued)).map(({ body }) => body)).toContainEqual(
      expect.stringMatching(/^Somebody pushed to this branch while Kin worked/),
    );
    kit.site.github.setPermission({ ...hello, login: "monalisa", permission: "write" });
    const { data: review } = await kit.site.monalisa.rest.pulls.createReview({
      ...hello,
      pull_number,
      event: "APPROVE",
    });
    const at = kit.plane.clock.now();
    const { head_sha } = await player.taskOf(queued);
    const approval = { by: "monalisa", sha: String(head_sha), at: "", source: `review:${review.id}` };
    const approve = (by_id: number) =>
      setTask(kit.plane.store, queued.task.id, { approval: { ...approval, by_id } }, at);
    await approve(0);
    await player.publish(queued);
    expect(await player.pullOf(queued)).toMatchObject({ merged: false });
    await approve(review.user?.id ?? 0);
    await player.publish(queued);
    expect(await player.pullOf(queued)).toMatchObject({ merged: true });
    kit.site.github.setPermission({ ...hello, login: "monalisa", permission: "none" });
  });
});

describe("a commit of Kin's", () => {
  const onBranch = async (queued: Queued) => {
    const { data } = await kit.site.octocat.rest.repos.listCommits({
      ...hello,
      sha: branchOf(queued),
      per_page: 3,
    });
    return data.map(
      ({ commit, author }) => `${author?.login}: ${commit.message.split("\n")[0]?.slice(0, 7)}`,
    );
  };

  test("is made once, though Kin was killed between the branch and its record", async () => {
    const queued = await kit.queue();
    await player.play(queued, forReview(queued));
    const killed = hands.withGitHub(github => ({
      createBranch: async (name, sha) => {
        await github.createBranch(name, sha);
        throw new Error("killed");
      },
    }));
    await expect(player.publishWith(queued, killed)).rejects.toThrow("killed");
    const made = await hands.headOf(branchOf(queued));
    await player.publish(queued);
    expect(await hands.headOf(branchOf(queued))).toBe(made);
    expect(await player.taskOf(queued)).toMatchObject({ head_sha: made, status: "review" });
    expect((await player.gatesOn(queued))[0]?.[0]).toBe("success");
  });

  test("goes on top of what somebody pushed in the very moment, after another look", async () => {
    const queued = await kit.queue();
    await player.play(queued, forReview(queued));
    let first = true;
    const raced = hands.withGitHub(github => ({
      createBranch: async (name, sha) => {
        if (first)
          await hands.branchAt(name, await hands.forge(await hands.headOf("main"), { message: "Faster" }));
        first = false;
        await github.createBranch(name, sha);
      },
    }));
    await expect(player.publishWith(queued, raced)).rejects.toMatchObject({ retryable: true });
    await player.publish(queued);
    expect((await onBranch(queued)).slice(0, 2)).toEqual([
      expect.stringMatching(/^kin\[bot\]/),
      "hubot: Faster",
    ]);
    expect((await player.gatesOn(queued))[0]?.[0]).toBe("neutral");
  });
});

test("a check of the gate's name by another App is left alone, and Kin's own stands beside it", async () => {
  const queued = await kit.queue();
  const other = await anotherApp();
  await player.play(queued, forReview(queued));
  const forging = hands.withGitHub(github => ({
    createPull: async pull => {
      const head_sha = await hands.headOf(branchOf(queued));
      const check = {
        ...hello,
        name: "kin/gate",
        head_sha,
        status: "completed",
        conclusion: "success",
      } as const;
      await other.rest.checks.create(check);
      return github.createPull(pull);
    },
  }));
  await player.publishWith(queued, forging);
  await player.publish(queued);
  expect((await player.gatesOn(queued)).map(([conclusion, , app]) => [conclusion, app]).toSorted()).toEqual([
    ["success", "kin"],
    ["success", "other"],
  ]);
});

test("a pull request that another App's check stands on still gets Kin's neutral one", async () => {
  const other = await anotherApp();
  const sha = await branchWith(kit.site.hubot, "by-hand", { "h.txt": "h\n" });
  await other.rest.checks.create({
    ...hello,
    name: "kin/gate",
    head_sha: sha,
    status: "completed",
    conclusion: "success",
  });
  await player.receiving(() =>
    kit.site.hubot.rest.pulls.create({ ...hello, title: "By hand", head: "by-hand", base: "main" }),
  );
  const { data } = await kit.site.octocat.rest.checks.listForRef({
    ...hello,
    ref: sha,
    check_name: "kin/gate",
  });
  expect(data.check_runs.map(({ app, conclusion }) => [app?.slug, conclusion]).toSorted()).toEqual([
    ["kin", "neutral"],
    ["other", "success"],
  ]);
});

describe("what was posted", () => {
  const marked = (key: string) => `<!-- kin:${kit.plane.sign(`marker:${key}`).slice(0, 32)} -->`;

  test("is found by Kin after a crash, and a copy of its marker by somebody else is not", async () => {
    const queued = await kit.queue();
    const github = await kit.plane.github(await projectOf(queued));
    const mark = marks.notice({ state: "review", of: queued.pipeline.id, hash: "x" });
    const body = `Mine. ${marked(mark.key)}`;
    await kit.site.hubot.rest.issues.createComment({ ...hello, issue_number: queued.issue, body });
    const post = () => postOnce({ plane: kit.plane, github, issue: queued.issue, mark, body: "Kin's." });
    const bodies = async () => (await commentsOn(queued)).filter(one => one.body?.includes(marked(mark.key)));
    await post();
    expect((await bodies()).map(({ user }) => user?.login)).toEqual(["hubot", "kin[bot]"]);
    const forgetful = { ...kit.plane, store: { ...kit.plane.store, marked: async () => null } };
    await postOnce({ plane: forgetful, github, issue: queued.issue, mark, body: "Kin's." });
    expect(await bodies()).toHaveLength(2);
  });

  test("as the status is found by Kin after a crash, and a copy of its marker is not", async () => {
    const queued = await kit.queue();
    const key = `status:${queued.task.project_id}:${queued.issue}`;
    const body = `${marked(key)} All is well.`;
    await kit.site.hubot.rest.issues.createComment({ ...hello, issue_number: queued.issue, body });
    await player.publish(queued);
    await setTask(
      kit.plane.store,
      queued.task.id,
      { comment_id: null, status: "blocked", status_reason: "Lost.", published: {} },
      kit.plane.clock.now(),
    );
    await player.publish(queued);
    const found = (await commentsOn(queued)).filter(one => one.body?.includes(marked(key)));
    expect(found.map(({ user }) => user?.login)).toEqual(["hubot", "kin[bot]"]);
    expect(found[1]?.body).toContain("Lost.");
    expect(found[0]?.body).toBe(body);
  });

  test("as an issue is found by Kin after a crash, and a copy of its marker is not", async () => {
    const queued = await kit.queue();
    const github = await kit.plane.github(await projectOf(queued));
    const mark = marks.child(queued.pipeline.id, 1);
    const labels = ["kin:follow-up"];
    await kit.site.hubot.rest.issues.create({ ...hello, title: "Copy", body: marked(mark.key), labels });
    const asked = { github, mark, title: "Part one", body: "Do it.", labels, parent: queued.issue };
    const { number } = await openIssue({ plane: kit.plane, ...asked });
    const forgetful = { ...kit.plane, store: { ...kit.plane.store, marked: async () => null } };
    expect(await openIssue({ plane: forgetful, ...asked })).toMatchObject({ number });
    const { data } = await kit.site.octocat.rest.issues.get({ ...hello, issue_number: number });
    expect(data.user?.login).toBe("kin[bot]");
  });
});

describe("a pull request of Kin's branch", () => {
  test("into another one, by somebody else, is theirs: Kin opens its own", async () => {
    const queued = await kit.queue();
    await hands.branchAt(`elsewhere-${queued.issue}`, await hands.headOf("main"));
    await player.play(queued, forReview(queued));
    const raced = hands.withGitHub(github => ({
      createPull: async pull => {
        const at = { head: branchOf(queued), base: `elsewhere-${queued.issue}` };
        await kit.site.hubot.rest.pulls.create({ ...hello, title: "Mine", ...at });
        return github.createPull(pull);
      },
    }));
    await player.publishWith(queued, raced);
    await player.publish(queued);
    expect(await player.pullOf(queued)).toMatchObject({ user: { login: "kin[bot]" }, base: { ref: "main" } });
  });

  test("into the same one, by somebody else, is not taken over: the task says what to do", async () => {
    const queued = await kit.queue();
    await player.play(queued, forReview(queued));
    const raced = hands.withGitHub(github => ({
      createPull: async pull => {
        const mine = { ...hello, title: "Mine", head: branchOf(queued), base: "main" };
        await kit.site.hubot.rest.pulls.create(mine);
        return github.createPull(pull);
      },
    }));
    await player.publishWith(queued, raced);
    expect(await player.taskOf(queued)).toMatchObject({
      status: "blocked",
      pr_number: null,
      status_reason: expect.stringMatching(
        /A pull request already exists[\s\S]*close that, then use `\/kin rerun`/,
      ),
    });
  });

  test("that somebody made a proposal to another branch is not merged into that", async () => {
    const queued = await kit.queue();
    await hands.branchAt(`aside-${queued.issue}`, await hands.headOf("main"));
    await player.play(queued, auto(queued));
    const retargeted = hands.withGitHub(github => ({
      setDraft: async (pull, draft) => {
        const base = `aside-${queued.issue}`;
        await kit.site.hubot.rest.pulls.update({ ...hello, pull_number: pull.number, base });
        return github.setDraft(pull, draft);
      },
    }));
    await player.publishWith(queued, retargeted);
    await player.publish(queued);
    expect(await player.pullOf(queued)).toMatchObject({ draft: false, merged: false, state: "open" });
  });
});

describe("a run", () => {
  const lost = async (queued: Queued, before: string | null = null) => {
    await kit.plane.store.updatePipeline(queued.pipeline.id, { run_id: null, run_attempt: null });
    await performDispatch({ pipeline: queued.pipeline.id, number: 1, before }, kit.plane);
    return (await player.pipelineOf(queued)).run_id;
  };

  test("that Kin started and whose answer was lost is found by its name", async () => {
    const queued = await kit.queue();
    expect(await lost(queued)).toBe(String(queued.run.id));
  });

  test("that is the one before is not found again", async () => {
    const queued = await kit.queue();
    expect(await lost(queued, String(queued.run.id))).not.toBe(String(queued.run.id));
  });

  test("of a pipeline whose name only begins like this one's is not taken for it", async () => {
    const queued = await kit.queue();
    await kit.end(queued.run, "cancelled");
    const github = await kit.plane.github(await projectOf());
    const inputs = { issue: String(queued.issue), pipeline: `${queued.pipeline.id}0` };
    const { run_id } = await github.dispatch("kin.yml", { ref: "main", inputs });
    expect((await kit.run(Number(run_id))).actor.login).toBe("kin[bot]");
    expect(await lost(queued)).not.toBe(String(run_id));
  });

  test.each(["main", "aside"])(
    "of that name that a person started on %s is not taken for it",
    async branch => {
      const queued = await kit.queue();
      await kit.end(queued.run, "cancelled");
      if (branch !== "main") await hands.branchAt(branch, await hands.headOf("main"));
      const { data } = await kit.site.hubot.request(
        "POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches",
        {
          ...hello,
          workflow_id: "kin.yml",
          ref: branch,
          inputs: { issue: String(queued.issue), pipeline: queued.pipeline.id },
          return_run_details: true,
        } as never,
      );
      const forged = String((data as unknown as { workflow_run_id: number }).workflow_run_id);
      const found = await lost(queued);
      expect(found).not.toBe(forged);
      expect((await kit.run(Number(found))).actor.login).toBe("kin[bot]");
    },
  );

  test.each([
    ["has ended", { state: "finished", outcome: "stopped" }],
    ["waits for another run itself", { state: "paused" }],
  ] as const)("waits where `limits.runs` are under way, and is asked for when one %s", async (_, then) => {
    await kit.queue();
    await writeFile(kit.site.octocat, { path: ".github/kin.yml", content: "limits: { runs: 1 }\n" });
    const running = await kit.plane.store.openPipelines();
    const { data: issue } = await kit.site.octocat.rest.issues.create({ ...hello, title: "One more" });
    await player.receiving(() =>
      kit.site.octocat.rest.issues.addLabels({ ...hello, issue_number: issue.number, labels: ["kin"] }),
    );
    const task = await kit.plane.store.findTask({
      project_id: (await projectOf()).id,
      issue: issue.number,
    });
    if (task === null) throw new Error("Intake did not take the issue.");
    const pass = async () => {
      const view = await loadView(task.id, kit.plane);
      if (view === null) throw new Error("There is nothing to dispatch.");
      return publishDispatch({ plane: kit.plane, github: await kit.plane.github(view.project), view });
    };
    expect(await pass()).toBeGreaterThan(kit.plane.clock.now());
    expect(await player.pipelineOf({ task })).toMatchObject({ dispatches: 0 });
    for (const { id } of running) await kit.plane.store.updatePipeline(id, then);
    expect(await pass()).toBeNull();
    expect(await player.pipelineOf({ task })).toMatchObject({ dispatches: 1 });
    await writeFile(kit.site.octocat, { path: ".github/kin.yml", content: CONFIG });
  });
});

test("a task that is handed over twice, because of a crash, is one issue with one pipeline", async () => {
  const queued = await kit.queue();
  const at = kit.plane.clock.now();
  await kit.plane.store.updatePipeline(queued.pipeline.id, { state: "finished", outcome: "superseded" });
  await setTask(kit.plane.store, queued.task.id, { status: "blocked" }, at);
  const handover = {
    kind: "escalation" as const,
    head: "backend_head",
    root_cause: "The parts do not fit.",
    brief: "Make them fit.",
    clarifications: [],
  };
  const order: JobOf<"hand_over">["data"] = {
    task_id: queued.task.id,
    pipeline: queued.pipeline.id,
    handover,
  };
  await handOver(order, kit.plane);
  await handOver(order, kit.plane);
  const { waits_for } = await player.taskOf(queued);
  expect(waits_for).toHaveLength(1);
  const { id: project_id } = await projectOf();
  const task = await kit.plane.store.findTask({ project_id, issue: Number(waits_for?.[0]) });
  expect(await kit.plane.store.pipelines(task?.id ?? 0)).toHaveLength(1);
});

describe("a turn of a job opens one issue", () => {
  const again = ({ issue: issue_number }: Queued) =>
    player.receiving(() =>
      kit.site.octocat.rest.issues.createComment({ ...hello, issue_number, body: "/kin rerun" }),
    );
  const below = async ({ issue }: Queued) =>
    (await kit.site.octocat.rest.issues.listForRepo({ ...hello, state: "all", per_page: 100 })).data
      .filter(({ body }) => body?.includes(`#${issue}`))
      .map(({ title }) => title);

  test("of a task that was cut into parts, which waits for all of them; and of one that is cut again", async () => {
    const queued = await kit.queue();
    const cut = async (...titles: readonly string[]) => {
      const { id: pipeline } = await player.pipelineOf(queued);
      await kit.plane.store.updatePipeline(pipeline, { state: "finished", outcome: "superseded" });
      await setTask(kit.plane.store, queued.task.id, { status: "blocked" }, kit.plane.clock.now());
      const tasks = titles.map(title => ({
        ...{ title, brief: "Do it.", acceptance_criteria: [], depends_on: [], priority: "medium" as const },
      }));
      const order: JobOf<"hand_over">["data"] = {
        ...{ task_id: queued.task.id, pipeline },
        handover: { kind: "children", tasks },
      };
      const before = (await below(queued)).length;
      for (const count of titles.keys()) {
        const again = await handOver(order, kit.plane);
        expect("again" in again).toBe(count < titles.length - 1);
        expect(await below(queued)).toHaveLength(before + count + 1);
      }
      expect((await player.taskOf(queued)).waits_for).toHaveLength(titles.length);
    };
    await cut("One", "Two", "Three");
    await setTask(kit.plane.store, queued.task.id, { waits_for: null }, kit.plane.clock.now());
    await again(queued);
    await cut("Four", "Five");
  });

  test("of what a passed pipeline leaves, and behind one that leaves nothing, too", async () => {
    const queued = await kit.queue();
    await kit.plane.store.updatePipeline(queued.pipeline.id, { state: "finished", outcome: "stopped" });
    await again(queued);
    const debt = (description: string) => ({ tech_debt: { description: `${description} #${queued.issue}` } });
    await player.play(queued, {
      plan: ["debugger", "reviewer", "tester"],
      play: [
        { ...wrote(`left-${queued.issue}.txt`), answer: { status: "done", ...debt("Debt one of") } },
        { answer: { ...APPROVED.answer, ...debt("Debt two of") } },
        { answer: { ...APPROVED.answer, ...debt("Debt three of") } },
      ],
    });
    const view = await loadView(queued.task.id, kit.plane);
    if (view === null) throw new Error("The task is gone.");
    const github = await kit.plane.github(view.project);
    const left: (number | null)[] = [];
    do left.push(await publishFollowUps({ plane: kit.plane, github, view }));
    while (left.at(-1) !== null && left.length < 10);
    const opened = (await below(queued)).filter(title => title.includes("Debt"));
    expect([opened.length, left.length]).toEqual([3, 4]);
  });
});

test("Kin lifts its own requested changes when a gate has passed, and no earlier", async () => {
  const queued = await kit.queue();
  const at = () => kit.plane.clock.now();
  await player.play(queued, { ...forReview(queued), play: [wrote(`m-${queued.issue}.txt`), REJECTED] });
  await player.publish(queued);
  const { number: pull_number } = await player.pullOf(queued);
  const [rejection] = (await kit.site.octocat.rest.pulls.listReviews({ ...hello, pull_number })).data;
  const { data: asked } = await kit.site.hubot.rest.pulls.createReview({
    ...hello,
    pull_number,
    event: "REQUEST_CHANGES",
    body: rejection?.body ?? "No.",
  });
  const result = JSON.stringify({ id: asked.id, by: "actions" });
  await kit.plane.store.query(
    `UPDATE jobs SET result = '${result}' WHERE key LIKE 'review:gate:${queued.pipeline.id}%'`,
  );
  const stateOf = async () =>
    (await kit.site.octocat.rest.pulls.getReview({ ...hello, pull_number, review_id: asked.id })).data.state;
  await setTask(kit.plane.store, queued.task.id, { status: "blocked" }, at());
  await player.publish(queued);
  expect(await stateOf()).toBe("CHANGES_REQUESTED");
  await setTask(kit.plane.store, queued.task.id, { status: "review" }, at());
  await player.publish(queued);
  expect(await stateOf()).toBe("DISMISSED");
});

test("where there is a reviewer App it asks for the changes, once, and whoever else bears its marker is not it", async () => {
  const permissions = { pull_requests: "write", contents: "read" };
  const app = kit.site.github.addApp({ slug: "judge", name: "Judge", permissions, events: [] });
  const { installationId: installation_id } = kit.site.github.install({ slug: "judge", owner: "octocat" });
  const asApp = kit.site.as(await jwtOf(app));
  const { token } = (await asApp.rest.apps.createInstallationAccessToken({ installation_id })).data;
  const octokit = kit.site.as(token);
  const plane: Plane = {
    ...kit.plane,
    reviewer: {
      bot_id: app.botId,
      github: async project =>
        createGitHub({ octokit, project: { ...project, installation_id }, pace: async () => {} }),
    },
  };
  const queued = await kit.queue();
  await player.play(queued, { ...forReview(queued), play: [wrote(`m-${queued.issue}.txt`), REJECTED] });
  const pass = async () => {
    await player.publishWith(queued, plane);
    const { number: pull_number } = await player.pullOf(queued);
    return (await kit.site.octocat.rest.pulls.listReviews({ ...hello, pull_number })).data;
  };
  const saidBy = (reviews: Awaited<ReturnType<typeof pass>>) =>
    reviews.map(({ user, state }) => [user?.login, state]);
  const reviews = await pass();
  expect(saidBy(reviews)).toEqual([["judge[bot]", "CHANGES_REQUESTED"]]);
  // Killed between the review and its record; meanwhile somebody posted a copy.
  const { number: pull_number } = await player.pullOf(queued);
  const copy = { ...hello, pull_number, event: "COMMENT", body: reviews[0]?.body ?? "" } as const;
  await kit.site.hubot.rest.pulls.createReview(copy);
  await kit.plane.store.query(`DELETE FROM jobs WHERE key LIKE 'review:gate:${queued.pipeline.id}%'`);
  expect(saidBy(await pass())).toEqual([
    ["judge[bot]", "CHANGES_REQUESTED"],
    ["hubot", "COMMENTED"],
  ]);
  await setTask(kit.plane.store, queued.task.id, { status: "review" }, kit.plane.clock.now());
  expect(saidBy(await pass())[0]).toEqual(["judge[bot]", "DISMISSED"]);
});

const projectOf = async (of?: Queued) => {
  const id = of?.task.project_id ?? (await kit.site.octocat.rest.repos.get(hello)).data.id;
  const found = await kit.plane.store.project(id);
  if (found === null) throw new Error("The project is gone.");
  return found;
};
