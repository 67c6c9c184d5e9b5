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
  await expect(site.as("nonsense").graphql("{ viewer { login } }")).rejects.toMatchObject({ status: 401 });
});

const ask = async (query: string, variables: object = {}): Promise<unknown> => {
  const body = JSON.stringify({ query, variables });
  const headers = { authorization: `bearer ${site.tokens.octocat}` };
  return (await fetch(site.github.graphqlUrl, { method: "POST", headers, body })).json();
};

const IN_HELLO = (fields: string) => `{ repository(owner: "octocat", name: "hello") { ${fields} } }`;

test.each([
  [
    "a field that is not in GitHub's schema",
    `query Made { repo: repository(owner: "octocat", name: "hello") {
  issueOrPullRequest(number: 1) { ... on Issue { madeUp } }
} }`,
    {
      path: ["query Made", "repo", "issueOrPullRequest", "... on Issue", "madeUp"],
      extensions: { code: "undefinedField", typeName: "Issue", fieldName: "madeUp" },
      locations: [{ line: 2, column: 50 }],
      message: "Field 'madeUp' doesn't exist on type 'Issue'",
    },
  ],
  [
    "an argument that its field does not have",
    IN_HELLO("issues(state: OPEN) { totalCount }"),
    {
      path: ["query", "repository", "issues", "state"],
      extensions: {
        ...{ code: "argumentNotAccepted", name: "issues", typeName: "Field", argumentName: "state" },
      },
      locations: [{ line: 1, column: 56 }],
      message: "Field 'issues' doesn't accept argument 'state'",
    },
  ],
  [
    "an argument that is missing",
    "{ ...A } fragment A on Query { node { id } }",
    {
      path: ["fragment A", "node"],
      extensions: { code: "missingRequiredArguments", className: "Field", name: "node", arguments: "id" },
      locations: [{ line: 1, column: 32 }],
      message: "Field 'node' is missing required arguments: id",
    },
  ],
  [
    "an object of which nothing is asked",
    IN_HELLO("owner"),
    {
      path: ["query", "repository", "owner"],
      extensions: { code: "selectionMismatch", nodeName: "field 'owner'", typeName: "RepositoryOwner" },
      locations: [{ line: 1, column: 49 }],
      message:
        "Field must have selections (field 'owner' returns RepositoryOwner but has no selections. Did you mean 'owner { ... }'?)",
    },
  ],
  [
    "what cannot be read",
    "{ viewer { login }",
    { locations: [{ line: 1, column: 19 }], message: "Expected Name, found <EOF> at [1, 19]" },
  ],
])("%s is refused before anything is done, in GitHub's shape", async (_, query, error) => {
  expect(await ask(query)).toEqual({ errors: [error] });
});

test("a variable of another type is refused, and no mutation is made", async () => {
  const before = site.github.writes.length;
  const answer = await ask(READY, { id: { a: 1 } });
  expect(answer).toEqual({
    errors: [{ locations: [expect.anything()], message: expect.stringContaining("$id") }],
  });
  expect(site.github.writes).toHaveLength(before);
});

test("what GitHub has and this one lacks is said as that", async () => {
  expect(await ask(IN_HELLO("stargazerCount"))).toMatchObject({
    errors: [
      {
        path: ["repository", "stargazerCount"],
        message: "Embedded GitHub has no field 'stargazerCount' of type 'Repository'",
      },
    ],
  });
  expect(await ask('mutation { addStar(input: { starrableId: "R_1" }) { clientMutationId } }')).toMatchObject(
    {
      errors: [{ path: ["addStar"], message: "Embedded GitHub has no field 'addStar' of type 'Mutation'" }],
    },
  );
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
