import { afterAll, beforeAll, expect, test } from "vitest";
import { hello, openSite, refusal, type Site } from "../src/site.ts";

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

const anIssue = async (more: Record<string, unknown> = {}) =>
  (await site.octocat.rest.issues.create({ ...hello, title: "It is broken", ...more })).data;

test("an issue that comes with labels sends opened and one labeled for each", async () => {
  await site.github.idle();
  site.receiver.hooks.length = 0;
  const issue = await anIssue({ labels: ["never", "Seen"] });
  await site.github.idle();
  expect(site.receiver.names()).toEqual([
    "label.created",
    "label.created",
    "issues.opened",
    "issues.labeled",
    "issues.labeled",
  ]);
  const labeled = site.receiver.hooks[3];
  expect(labeled?.payload).toMatchObject({
    action: "labeled",
    label: { name: "never" },
    issue: { number: issue.number },
    repository: { full_name: "octocat/hello" },
    sender: { login: "octocat" },
    installation: { id: site.installationId },
  });
});

test("labels of people without triage are dropped", async () => {
  const { data } = await site.monalisa.rest.issues.create({ ...hello, title: "Mine", labels: ["helper"] });
  expect(data.labels).toEqual([]);
  expect(
    await refusal(
      site.monalisa.rest.issues.addLabels({ ...hello, issue_number: data.number, labels: ["helper"] }),
    ),
  ).toMatch(/^403/);
});

test("labels are matched without regard to case and listed by filter", async () => {
  const bot = await site.asInstallation();
  const issue = await anIssue();
  await bot.rest.issues.addLabels({ ...hello, issue_number: issue.number, labels: ["Only-Here"] });
  const again = await bot.rest.issues.addLabels({
    ...hello,
    issue_number: issue.number,
    labels: ["ONLY-here"],
  });
  expect(again.data.map(label => label.name)).toEqual(["Only-Here"]);
  const listed = await bot.rest.issues.listForRepo({ ...hello, labels: "only-HERE" });
  expect(listed.data.map(one => one.number)).toEqual([issue.number]);
  await bot.rest.issues.removeLabel({ ...hello, issue_number: issue.number, name: "only-here" });
  expect(
    await refusal(bot.rest.issues.removeLabel({ ...hello, issue_number: issue.number, name: "only-here" })),
  ).toBe("404 Label does not exist");
});

test("a label's name and description have limits, and its name is taken once", async () => {
  const make = (name: string, description = "") =>
    site.octocat.rest.issues.createLabel({ ...hello, name, description });
  expect(await refusal(make("x".repeat(51)))).toMatch(/^422 Validation Failed name is too long/);
  expect(await refusal(make("fine", "x".repeat(101)))).toMatch(
    /^422 Validation Failed description is too long/,
  );
  await make("twice");
  expect(await refusal(make("TWICE"))).toBe("422 Validation Failed already_exists");
});

test("an edit says what was there before", async () => {
  const issue = await anIssue({ body: "old" });
  await site.octocat.rest.issues.update({ ...hello, issue_number: issue.number, body: "new" });
  await site.github.idle();
  const edited = site.receiver.hooks.findLast(hook => hook.event === "issues" && hook.action === "edited");
  expect(edited?.payload).toMatchObject({ changes: { body: { from: "old" } }, issue: { body: "new" } });
});

test("a body has at most 65,536 characters", async () => {
  const issue = await anIssue({ body: "x".repeat(65_536) });
  const comment = site.octocat.rest.issues.createComment({
    ...hello,
    issue_number: issue.number,
    body: "x".repeat(65_537),
  });
  expect(await refusal(comment)).toMatch(/^422 Validation Failed body is too long/);
});

test("closing and reopening is told with reason, actor and time in the timeline", async () => {
  const issue = await anIssue();
  const update = (more: object) =>
    site.hubot.rest.issues.update({ ...hello, issue_number: issue.number, ...more });
  const closed = await update({ state: "closed", state_reason: "not_planned" });
  expect(closed.data).toMatchObject({
    state: "closed",
    state_reason: "not_planned",
    closed_by: { login: "hubot" },
  });
  await update({ state: "open" });
  await site.octocat.rest.issues.addLabels({ ...hello, issue_number: issue.number, labels: ["helper"] });
  await site.octocat.rest.issues.createComment({ ...hello, issue_number: issue.number, body: "hm" });
  const { data } = await site.octocat.rest.issues.listEventsForTimeline({
    ...hello,
    issue_number: issue.number,
  });
  expect(data.map(one => one.event)).toEqual(["closed", "reopened", "labeled", "commented"]);
  expect(data[0]).toMatchObject({ actor: { login: "hubot" }, created_at: expect.stringMatching(/Z$/) });
  const events = await site.octocat.rest.issues.listEvents({ ...hello, issue_number: issue.number });
  expect(events.data.map(one => one.event)).toEqual(["closed", "reopened", "labeled"]);
});

test("a locked issue takes comments from those with write only", async () => {
  const issue = await anIssue();
  await site.hubot.rest.issues.lock({ ...hello, issue_number: issue.number, lock_reason: "resolved" });
  const comment = (who: typeof site.octocat) =>
    who.rest.issues.createComment({ ...hello, issue_number: issue.number, body: "x" });
  expect(await refusal(comment(site.monalisa))).toBe("403 Unable to create comment because issue is locked.");
  expect((await comment(site.hubot)).status).toBe(201);
  await site.hubot.rest.issues.unlock({ ...hello, issue_number: issue.number });
  expect((await comment(site.monalisa)).status).toBe(201);
});

test("comments are created, edited, listed in pages and deleted", async () => {
  const bot = await site.asInstallation();
  const issue = await anIssue();
  const ids: number[] = [];
  for (const body of ["one", "two", "three"])
    ids.push((await bot.rest.issues.createComment({ ...hello, issue_number: issue.number, body })).data.id);
  const first = await bot.rest.issues.listComments({ ...hello, issue_number: issue.number, per_page: 2 });
  expect(first.headers.link).toMatch(/page=2>; rel="next"/);
  const all = await bot.paginate(bot.rest.issues.listComments, {
    ...hello,
    issue_number: issue.number,
    per_page: 2,
  });
  expect(all.map(one => one.body)).toEqual(["one", "two", "three"]);
  expect(all[0]).toMatchObject({
    user: { login: "helper[bot]", type: "Bot" },
    performed_via_github_app: { slug: "helper" },
  });
  await bot.rest.issues.updateComment({ ...hello, comment_id: ids[0] ?? 0, body: "uno" });
  expect(
    await refusal(
      site.monalisa.rest.issues.updateComment({ ...hello, comment_id: ids[0] ?? 0, body: "mine" }),
    ),
  ).toMatch(/^403/);
  await bot.rest.issues.deleteComment({ ...hello, comment_id: ids[1] ?? 0 });
  await site.github.idle();
  const told = site.receiver.hooks.filter(
    hook => hook.event === "issue_comment" && hook.payload.issue.number === issue.number,
  );
  expect(told.map(hook => hook.action)).toEqual(["created", "created", "created", "edited", "deleted"]);
  expect(told[3]?.payload.changes).toEqual({ body: { from: "one" } });
});

test("the same reaction twice is one reaction", async () => {
  const bot = await site.asInstallation();
  const issue = await anIssue();
  const react = () =>
    bot.rest.reactions.createForIssue({ ...hello, issue_number: issue.number, content: "eyes" });
  expect([(await react()).status, (await react()).status]).toEqual([201, 200]);
  const { data } = await bot.rest.reactions.listForIssue({ ...hello, issue_number: issue.number });
  expect(data.map(one => one.user?.login)).toEqual(["helper[bot]"]);
});

test("a sub-issue has one parent", async () => {
  const [parent, other, child] = [await anIssue(), await anIssue(), await anIssue()];
  const add = (to: number) =>
    site.octocat.request("POST /repos/{owner}/{repo}/issues/{issue_number}/sub_issues", {
      ...hello,
      issue_number: to,
      sub_issue_id: child.id,
    });
  expect((await add(parent.number)).status).toBe(201);
  expect(await refusal(add(other.number))).toBe("422 Sub-issue may only have one parent");
  const listed = await site.octocat.request("GET /repos/{owner}/{repo}/issues/{issue_number}/sub_issues", {
    ...hello,
    issue_number: parent.number,
  });
  expect(listed.data).toMatchObject([{ number: child.number }]);
  const up = await site.octocat.request("GET /repos/{owner}/{repo}/issues/{issue_number}/parent", {
    ...hello,
    issue_number: child.number,
  });
  expect(up.data).toMatchObject({ number: parent.number, sub_issues_summary: { total: 1, completed: 0 } });
});

test("a transferred issue says where it went, a deleted one that it is gone", async () => {
  const { id: _ } = await site.github.addRepository({ owner: "octocat", name: "attic", files: { a: "a" } });
  const issue = await anIssue();
  const attic = (await site.octocat.rest.repos.get({ owner: "octocat", repo: "attic" })).data;
  await site.octocat.graphql(
    "mutation($i: ID!, $r: ID!) { transferIssue(input: {issueId: $i, repositoryId: $r}) { issue { number } } }",
    {
      i: issue.node_id,
      r: attic.node_id,
    },
  );
  const moved = await fetch(`${site.github.apiUrl}/repos/octocat/hello/issues/${issue.number}`, {
    redirect: "manual",
  });
  expect([moved.status, moved.headers.get("location")]).toEqual([
    301,
    `${site.github.apiUrl}/repos/octocat/attic/issues/1`,
  ]);
  const doomed = await anIssue();
  await site.octocat.graphql("mutation($i: ID!) { deleteIssue(input: {issueId: $i}) { clientMutationId } }", {
    i: doomed.node_id,
  });
  expect(await refusal(site.octocat.rest.issues.get({ ...hello, issue_number: doomed.number }))).toMatch(
    /^410/,
  );
});

test("an unchanged answer can be had as 304", async () => {
  const url = `${site.github.apiUrl}/repos/octocat/hello/labels`;
  const etag = (await fetch(url)).headers.get("etag") ?? "";
  expect((await fetch(url, { headers: { "if-none-match": etag } })).status).toBe(304);
});
