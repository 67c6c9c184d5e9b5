// What people and repositories get wrong, and what Kin then does: a visible outcome, nothing lost, nothing
// half-written.
import { afterAll, beforeAll, expect, test } from "vitest";
import { openSite, PROJECT, type Site } from "./site.ts";

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

const blockedWith = async (
  project: Pick<Site, "task" | "labels" | "comments" | "until">,
  issue: number,
  text: string | RegExp,
) => {
  await project.until(issue, "blocked");
  expect(await project.labels(issue)).toContain("kin:blocked");
  const said = (await project.comments(issue)).join("\n");
  expect(said).toMatch(text);
};

test("a misspelt key in kin.yml blocks with file, key and the keys that are allowed", async () => {
  const project = await site.project({
    name: "misspelt",
    files: { ...PROJECT, ".github/kin.yml": "limits: { step_turn: 3 }\n" },
  });
  const issue = await project.open();
  await project.label(issue);
  await blockedWith(project, issue, /step_turn/);
  const said = (await project.comments(issue)).join("\n");
  expect(said).toContain("kin.yml");
  expect(said).toContain("step_turns");
  expect(await project.pipelines(issue)).toEqual([]);
});

test("kin.yml that is no YAML blocks with its line", async () => {
  const project = await site.project({
    name: "broken",
    files: { ...PROJECT, ".github/kin.yml": "limits:\n  returns: [1\n" },
  });
  const issue = await project.open();
  await project.label(issue);
  await blockedWith(project, issue, /not valid YAML/);
});

test("kin.yml that GitHub cannot give just now blocks nothing: it is asked for again", async () => {
  const project = await site.project({ name: "flaky" });
  const issue = await project.open();
  site.world.github.failNext({ method: "GET", path: /flaky\/contents\/\.github(%2F|\/)kin\.yml$/, times: 2 });
  await project.label(issue);
  await project.until(issue, "review");
  expect((await project.comments(issue)).join("\n")).not.toMatch(/[Bb]locked/);
  expect((await project.pipelines(issue)).map(p => p.outcome)).toEqual(["passed"]);
  const [event] = await site.store.query(
    `SELECT attempts, error FROM jobs WHERE kind = 'event' AND json_extract(data, '$.repository.name') = 'flaky' AND json_extract(data, '$.action') = 'labeled' AND json_extract(data, '$.label') = 'kin'`,
  );
  expect(event).toEqual({ attempts: 0, error: null });
  expect(site.log.join("\n")).toMatch(/warning: delivery:.*contents\/\{path\}/);
});

test("a repository without the workflow file blocks and says where the file is to be had", async () => {
  const project = await site.project({ name: "no-workflow", withoutWorkflow: true });
  const issue = await project.open();
  await project.label(issue);
  await blockedWith(project, issue, /kin\.yml.*missing/);
});

test("an empty repository blocks and asks for a first commit", async () => {
  const project = await site.project({ name: "empty", files: {} });
  const issue = await project.open();
  await project.label(issue);
  await blockedWith(project, issue, /first commit/);
});

test("an issue with nothing but a title, locked, and whose branch's name somebody has, is worked on under another", async () => {
  const issue = await site.open({ title: "Name taken", body: "" });
  await site.owner.rest.issues.lock({ ...site.at, issue_number: issue });
  const { data: main } = await site.owner.rest.git.getRef({ ...site.at, ref: "heads/main" });
  const taken = `heads/kin/${issue}-name-taken`;
  await site.owner.rest.git.createRef({ ...site.at, ref: `refs/${taken}`, sha: main.object.sha });
  await site.label(issue);
  await site.until(issue, "review");
  // Kin may still comment.
  expect((await site.comments(issue)).length).toBeGreaterThan(0);
  const { branch, pr_number } = await site.task(issue);
  expect(branch).toBe(`kin/${issue}-name-taken-2`);
  const { data: left } = await site.owner.rest.git.getRef({ ...site.at, ref: taken });
  expect(left.object.sha).toBe(main.object.sha);

  // Closing a pull request unmerged cancels the task, with who and why.
  await site.writer.rest.pulls.update({ ...site.at, pull_number: pr_number as number, state: "closed" });
  await site.until(issue, "cancelled");
  expect((await site.task(issue)).status_reason).toMatch(/closed without merging.*monalisa/);
  expect(await site.labels(issue)).toEqual(["kin"]);
});

test("a closed issue is not started", async () => {
  const issue = await site.open({ title: "Closed" });
  await site.owner.rest.issues.update({ ...site.at, issue_number: issue, state: "closed" });
  await site.label(issue);
  await site.quiet();
  await expect(site.task(issue)).rejects.toThrow("no task");
});

test("an issue closed while Kin works is cancelled, without a state label", async () => {
  const issue = await site.open({ title: "Closed meanwhile" });
  await site.label(issue);
  await site.driven(issue);
  await site.owner.rest.issues.update({
    ...site.at,
    issue_number: issue,
    state: "closed",
    state_reason: "not_planned",
  });
  await site.until(issue, "cancelled");
  expect(await site.labels(issue)).toEqual(["kin"]);
  expect((await site.pipelines(issue)).map(p => [p.state, p.outcome])).toEqual([["finished", "stopped"]]);
});

test("a label taken off stops and cancels; put on again it freezes anew and runs", async () => {
  const issue = await site.open({ title: "On and off" });
  await site.label(issue);
  await site.driven(issue);
  await site.owner.rest.issues.removeLabel({ ...site.at, issue_number: issue, name: "kin" });
  await site.until(issue, "cancelled");
  expect(await site.labels(issue)).toEqual([]);
  await site.owner.rest.issues.update({ ...site.at, issue_number: issue, title: "On and off and on" });
  await site.label(issue);
  await site.until(issue, "review");
  const task = await site.task(issue);
  expect(task.snapshot?.title).toBe("On and off and on");
  expect((await site.pipelines(issue)).map(p => p.outcome)).toEqual(["stopped", "passed"]);
});

test("a label by somebody who may not start tasks starts none and says nothing", async () => {
  const issue = await site.open({ title: "By a triager" });
  site.world.github.setPermission({
    owner: site.at.owner,
    repo: site.at.repo,
    login: "hubot",
    permission: "triage",
  });
  await site.outsider.rest.issues.addLabels({ ...site.at, issue_number: issue, labels: ["kin"] });
  await site.quiet();
  await expect(site.task(issue)).rejects.toThrow("no task");
  expect(await site.comments(issue)).toEqual([]);
  site.world.github.setPermission({
    owner: site.at.owner,
    repo: site.at.repo,
    login: "hubot",
    permission: "none",
  });
});

test("somebody's push on Kin's branch, of an issue of 65,536 characters, is adopted: the next pipeline works on it and nothing is forced", async () => {
  // As long as GitHub allows; Kin's comments are limited too.
  const issue = await site.open({ title: "Pushed by hand", body: "x".repeat(65_536) });
  await site.label(issue);
  await site.until(issue, "review");
  for (const comment of await site.comments(issue)) expect(comment.length).toBeLessThanOrEqual(65_536);
  const task = await site.task(issue);
  await site.writer.rest.repos.createOrUpdateFileContents({
    ...site.at,
    path: "by-hand.txt",
    branch: task.branch as string,
    message: "By hand",
    content: Buffer.from("mine\n").toString("base64"),
  });
  await site.quiet();
  const { data: moved } = await site.owner.rest.pulls.get({
    ...site.at,
    pull_number: task.pr_number as number,
  });
  const { data: checks } = await site.owner.rest.checks.listForRef({
    ...site.at,
    ref: moved.head.sha,
    check_name: "kin/gate",
  });
  expect(checks.check_runs.map(run => run.conclusion)).toEqual(["neutral"]);
  await site.say(issue, "/kin return missing_context Add a note.");
  await site.until(issue, "running");
  await site.until(issue, "review");
  const { data: files } = await site.owner.rest.pulls.listFiles({
    ...site.at,
    pull_number: task.pr_number as number,
  });
  expect(files.map(file => file.filename).toSorted()).toEqual(["NOTES.md", "by-hand.txt", "greeting.txt"]);
});

test("somebody's push of a file that Kin changes too is not overwritten: the task blocks and names the file", async () => {
  const issue = await site.open({ title: "Both in one file" });
  await site.label(issue);
  await site.until(issue, "review");
  const task = await site.task(issue);
  await site.say(issue, "/kin return missing_context Add a note.");
  await site.until(issue, "running");
  await site.driven(issue);
  const { data: pushed } = await site.writer.rest.repos.createOrUpdateFileContents({
    ...site.at,
    path: "NOTES.md",
    branch: task.branch as string,
    message: "By hand",
    content: Buffer.from("mine\n").toString("base64"),
  });
  await blockedWith(site, issue, /both changed `NOTES\.md`/);
  const { data: head } = await site.owner.rest.git.getRef({ ...site.at, ref: `heads/${task.branch}` });
  expect(head.object.sha).toBe(pushed.commit.sha);
  await site.say(issue, "/kin rerun");
  await site.until(issue, "running");
  await site.until(issue, "review");
  const { data: commits } = await site.owner.rest.pulls.listCommits({
    ...site.at,
    pull_number: task.pr_number as number,
  });
  expect(commits.map(({ sha }) => sha)).toContain(pushed.commit.sha);
});

test("a base that moved into a conflict blocks and says what to do", async () => {
  const project = await site.project({ name: "moving" });
  const issue = await project.open();
  await project.label(issue);
  await project.driven(issue);
  const { data: file } = await project.owner.rest.repos.getContent({ ...project.at, path: "greeting.txt" });
  await project.owner.rest.repos.createOrUpdateFileContents({
    ...project.at,
    path: "greeting.txt",
    message: "Good day",
    content: Buffer.from("Good day\n").toString("base64"),
    sha: (file as { sha: string }).sha,
  });
  await blockedWith(project, issue, /conflict/);
});

test("a missing model key blocks with the name of the secret", async () => {
  const project = await site.project({ name: "keyless" });
  site.world.github.setSecret({
    owner: project.at.owner,
    repo: project.at.repo,
    name: "ANTHROPIC_API_KEY",
    value: "",
  });
  const issue = await project.open();
  await project.label(issue);
  await blockedWith(project, issue, /ANTHROPIC_API_KEY/);
});

test("an issue transferred away while Kin works is cancelled, and nothing is written to it any more", async () => {
  const elsewhere = await site.project({ name: "elsewhere" });
  const issue = await site.open({ title: "Transferred" });
  await site.label(issue);
  await site.driven(issue);
  const { data } = await site.owner.rest.issues.get({ ...site.at, issue_number: issue });
  const { data: target } = await site.owner.rest.repos.get(elsewhere.at);
  await site.owner.graphql(
    "mutation($issue: ID!, $to: ID!) { transferIssue(input: {issueId: $issue, repositoryId: $to}) { issue { number } } }",
    {
      issue: data.node_id,
      to: target.node_id,
    },
  );
  await site.until(issue, "cancelled");
});
