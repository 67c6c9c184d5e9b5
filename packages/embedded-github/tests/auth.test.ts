import { afterAll, beforeAll, expect, test } from "vitest";
import { hello, jwtOf, openSite, refusal, type Site } from "../src/site.ts";

let site: Site;
beforeAll(async () => {
  site = await openSite({ validate: true });
  await site.github.addRepository({
    owner: "octocat",
    name: "secret",
    private: true,
    files: { "a.txt": "a\n" },
  });
});
afterAll(() => site.close());

const secret = { owner: "octocat", repo: "secret" };
const get = (path: string, authorization?: string) =>
  fetch(`${site.github.apiUrl}${path}`, authorization === undefined ? {} : { headers: { authorization } });

test("a bad token is refused even for what everybody may see", async () => {
  const answer = await get("/repos/octocat/hello", "bearer nonsense");
  expect(answer.status).toBe(401);
  expect(await answer.json()).toMatchObject({ message: "Bad credentials" });
  expect((await get("/repos/octocat/hello")).status).toBe(200);
});

test("a private repository is not there for those who may not see it", async () => {
  expect((await get("/repos/octocat/secret")).status).toBe(404);
  expect(await refusal(site.monalisa.rest.repos.get(secret))).toBe("404 Not Found");
  expect((await site.octocat.rest.repos.get(secret)).data.private).toBe(true);
});

test("an App's JWT answers for the App and for nothing else", async () => {
  const app = await site.asApp();
  const { data } = await app.rest.apps.getAuthenticated();
  expect(data).toMatchObject({ id: site.app.appId, slug: "helper" });
  const installed = await app.rest.apps.getRepoInstallation(hello);
  expect(installed.data).toMatchObject({ id: site.installationId, account: { login: "octocat" } });
  expect((await app.rest.apps.listInstallations()).data).toHaveLength(1);
  expect(await refusal(app.rest.issues.listForRepo(hello))).toMatch(/^401/);
  const forged = await jwtOf({ appId: site.app.appId + 1, privateKey: site.app.privateKey });
  expect((await get("/app", `bearer ${forged}`)).status).toBe(401);
});

test("a token narrowed to one repository and one permission does no more", async () => {
  const narrow = await site.asInstallation({ repositories: ["hello"], permissions: { contents: "read" } });
  expect((await narrow.rest.repos.getContent({ ...hello, path: "README.md" })).status).toBe(200);
  const { data } = await narrow.rest.apps.listReposAccessibleToInstallation();
  expect(data.repositories.map(one => one.name)).toEqual(["hello"]);
  expect(await refusal(narrow.rest.issues.create({ ...hello, title: "x" }))).toBe(
    "403 Resource not accessible by integration",
  );
  expect(await refusal(narrow.rest.repos.get(secret))).toBe("404 Not Found");
});

test("an App gets no token for more than it was granted", async () => {
  expect(await refusal(site.installationToken({ permissions: { administration: "write" } }))).toBe(
    "422 The permissions requested are not granted to this installation.",
  );
  expect(await refusal(site.installationToken({ repositories: ["elsewhere"] }))).toMatch(
    /^422 There is at least one/,
  );
});

test("a token dies after an hour", async () => {
  let now = new Date();
  const other = await openSite({ now: () => now });
  const bot = await other.asInstallation();
  expect((await bot.rest.issues.listForRepo(hello)).status).toBe(200);
  now = new Date(now.getTime() + 3_601_000);
  expect(await refusal(bot.rest.issues.listForRepo(hello))).toBe("401 Bad credentials");
  await other.close();
});

test("a person's permission is told folded and by role", async () => {
  const role = async (username: string, repo = hello) => {
    const { data } = await site.octocat.rest.repos.getCollaboratorPermissionLevel({ ...repo, username });
    return [data.permission, data.role_name];
  };
  site.github.setPermission({ ...hello, login: "monalisa", permission: "maintain" });
  expect(await role("monalisa")).toEqual(["write", "maintain"]);
  site.github.setPermission({ ...hello, login: "monalisa", permission: "triage" });
  expect(await role("monalisa")).toEqual(["read", "triage"]);
  site.github.setPermission({ ...hello, login: "monalisa", permission: "none" });
  expect(await role("monalisa")).toEqual(["read", "read"]);
  expect(await role("monalisa", secret)).toEqual(["none", "none"]);
  expect(await role("octocat")).toEqual(["admin", "admin"]);
  expect(await refusal(role("nobody-there"))).toMatch(/^404/);
});

test("an installation's token is no user", async () => {
  const bot = await site.asInstallation();
  expect(await refusal(bot.rest.users.getAuthenticated())).toMatch(/^403/);
  expect((await site.hubot.rest.users.getAuthenticated()).data.login).toBe("hubot");
  const { data } = await bot.rest.users.getByUsername({ username: "helper[bot]" });
  expect(data).toMatchObject({ id: site.app.botId, type: "Bot" });
});

test("a request that GitHub does not describe is answered 500 and noted", async () => {
  const asked = site.octocat.request("POST /repos/{owner}/{repo}/issues", {
    ...hello,
    body: "no title",
  } as never);
  expect(await refusal(asked)).toMatch(/^500 Not a request GitHub describes: POST .*title/);
  expect(await refusal(site.octocat.request("GET /repos/octocat/hello/nowhere"))).toMatch(/^404/);
  expect(await refusal(site.octocat.request("GET /repos/octocat/hello/stargazers"))).toMatch(/^501/);
  expect(site.github.violations).toHaveLength(2);
  const noted = await (await fetch(`${site.github.url}/_embedded/violations`)).json();
  expect(noted).toEqual(site.github.violations);
});
