import { afterAll, beforeAll, expect, test } from "vitest";
import { branchWith, hello, openSite, type Site } from "../src/site.ts";

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

const aPull = async (head: string, draft = false) => {
  await branchWith(site.hubot, head, { "a.txt": "a\n" });
  return (await site.hubot.rest.pulls.create({ ...hello, title: "T", head, base: "main", draft })).data;
};

const READY =
  "mutation Ready($id: ID!) { markPullRequestReadyForReview(input: { pullRequestId: $id }) { pullRequest { isDraft } } }";

test("a draft becomes ready, by those who may write both branch and pull request", async () => {
  const pull = await aPull("draft", true);
  const weak = await site.asInstallation({ permissions: { pull_requests: "write" } });
  await expect(weak.graphql(READY, { id: pull.node_id })).rejects.toMatchObject({
    errors: [
      {
        type: "FORBIDDEN",
        message: "Resource not accessible by integration",
        path: ["markPullRequestReadyForReview"],
      },
    ],
  });
  const bot = await site.asInstallation();
  expect(await bot.graphql(READY, { id: pull.node_id })).toEqual({
    markPullRequestReadyForReview: { pullRequest: { isDraft: false } },
  });
  await site.github.idle();
  expect(site.receiver.names().at(-1)).toBe("pull_request.ready_for_review");
  expect(site.github.writes.at(-1)).toMatchObject({
    method: "GRAPHQL",
    path: "/api/graphql#markPullRequestReadyForReview",
  });
});

test("aliases, fragments and variables are understood", async () => {
  const pull = await aPull("topic");
  const found = await site.octocat.graphql(
    `query ($owner: String!, $name: String!, $number: Int = ${pull.number}) {
       repo: repository(owner: $owner, name: $name) { nameWithOwner pull: pullRequest(number: $number) { ...State } }
     }
     fragment State on PullRequest { number isDraft mergeStateStatus headRefOid autoMergeRequest { enabledAt } }`,
    { owner: "octocat", name: "hello" },
  );
  expect(found).toMatchObject({
    repo: {
      nameWithOwner: "octocat/hello",
      pull: { number: pull.number, mergeStateStatus: "CLEAN", autoMergeRequest: null },
    },
  });
  const node = await site.octocat.graphql(
    "query($id: ID!) { node(id: $id) { __typename: id ... on PullRequest { number } ... on Issue { body } } }",
    { id: pull.node_id },
  );
  expect(node).toEqual({ node: { __typename: pull.node_id, number: pull.number } });
});

test("an issue tells when its text was last edited, and of its new titles", async () => {
  const { data: issue } = await site.octocat.rest.issues.create({ ...hello, title: "Old", body: "old" });
  const ask = () =>
    site.octocat.graphql(
      `query($number: Int!) { repository(owner: "octocat", name: "hello") { issue(number: $number) {
         lastEditedAt
         timelineItems(last: 1, itemTypes: [RENAMED_TITLE_EVENT]) { nodes { ... on RenamedTitleEvent { createdAt } } }
       } } }`,
      { number: issue.number },
    );
  const told = (lastEditedAt: unknown, nodes: unknown) => ({
    repository: { issue: { lastEditedAt, timelineItems: { nodes } } },
  });
  const edit = (change: object) =>
    site.octocat.rest.issues.update({ ...hello, issue_number: issue.number, ...change });
  const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  await edit({ body: "old", labels: ["helper"] });
  expect(await ask()).toEqual(told(null, []));
  await edit({ body: "new" });
  expect(await ask()).toEqual(told(time, []));
  await edit({ title: "New" });
  await edit({ title: "Newer" });
  expect(await ask()).toEqual(told(time, [{ createdAt: time }]));
});

test("what is not there is an error in GraphQL's own shape", async () => {
  await expect(
    site.octocat.graphql('{ repository(owner: "octocat", name: "none") { id } }'),
  ).rejects.toMatchObject({
    errors: [
      { type: "NOT_FOUND", message: "Could not resolve to a Repository with the name 'octocat/none'." },
    ],
  });
  await expect(
    site.octocat.graphql('{ repository(owner: "octocat", name: "hello") { nonsense } }'),
  ).rejects.toThrow("Field 'nonsense' doesn't exist on type 'Repository'");
  await expect(site.as("nonsense").graphql("{ viewer { login } }")).rejects.toMatchObject({ status: 401 });
});

test("a comment is hidden", async () => {
  const bot = await site.asInstallation();
  const { data: issue } = await bot.rest.issues.create({ ...hello, title: "T" });
  const comment = { ...hello, issue_number: issue.number, body: "old" };
  const { data } = await bot.rest.issues.createComment(comment);
  const hidden = await bot.graphql(
    "mutation($id: ID!) { minimizeComment(input: { subjectId: $id, classifier: OUTDATED }) { minimizedComment { isMinimized minimizedReason } } }",
    { id: data.node_id },
  );
  expect(hidden).toEqual({
    minimizeComment: { minimizedComment: { isMinimized: true, minimizedReason: "outdated" } },
  });
});
