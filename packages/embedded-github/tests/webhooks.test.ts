import { afterAll, beforeAll, expect, test } from "vitest";
import { startGitHub } from "../src/github.ts";
import { hello, openSite, refusal, type Site } from "../src/site.ts";

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

const anIssue = async () => (await site.octocat.rest.issues.create({ ...hello, title: "x" })).data;

test("an installation is told first, with what it covers", async () => {
  await site.github.idle();
  const [first] = site.receiver.hooks;
  expect(first).toMatchObject({
    event: "installation",
    action: "created",
    genuine: true,
    payload: {
      installation: { id: site.installationId, app_id: site.app.appId, account: { login: "octocat" } },
      repositories: [{ full_name: "octocat/hello" }],
    },
  });
});

test("a delivery is signed, named by a GUID and sent in order without holding the request up", async () => {
  await site.github.idle();
  const before = site.receiver.hooks.length;
  const numbers: number[] = [];
  for (let n = 0; n < 5; n++) numbers.push((await anIssue()).number);
  await site.github.idle();
  const opened = site.receiver.hooks.slice(before);
  expect(opened.map(hook => hook.payload.issue.number)).toEqual(numbers);
  for (const hook of opened) {
    expect(hook.genuine).toBe(true);
    expect(hook.guid).toMatch(/^[0-9a-f-]{36}$/);
    expect(hook.userAgent).toMatch(/^GitHub-Hookshot\//);
    expect(hook.target).toBe(String(site.app.appId));
  }
});

test("a failed delivery is not sent again by itself, and on request with the same GUID", async () => {
  site.receiver.status = 500;
  await anIssue();
  await site.github.idle();
  site.receiver.status = 200;
  const failed = site.receiver.hooks.at(-1);
  const app = await site.asApp();
  const { data } = await app.rest.apps.listWebhookDeliveries({ per_page: 1 });
  expect(data).toMatchObject([
    { guid: failed?.guid, status_code: 500, event: "issues", action: "opened", redelivery: false },
  ]);
  await app.rest.apps.redeliverWebhookDelivery({ delivery_id: data[0]?.id ?? 0 });
  await site.github.idle();
  expect(site.receiver.hooks.at(-1)?.guid).toBe(failed?.guid);
  expect(site.receiver.hooks.at(-1)?.payload).toEqual(failed?.payload);
  const again = await app.rest.apps.listWebhookDeliveries({ per_page: 2 });
  expect(again.data.map(one => [one.guid, one.redelivery, one.status_code])).toEqual([
    [failed?.guid, true, 200],
    [failed?.guid, false, 500],
  ]);
  const whole = await app.rest.apps.getWebhookDelivery({ delivery_id: again.data[0]?.id ?? 0 });
  expect(whole.data.request.payload).toMatchObject({ action: "opened" });
  expect(whole.data.response.payload).toBe("received");
});

test("deliveries are paged by cursor", async () => {
  for (let n = 0; n < 4; n++) await anIssue();
  await site.github.idle();
  const app = await site.asApp();
  const all = await app.paginate(app.rest.apps.listWebhookDeliveries, { per_page: 3 });
  expect(all.length).toBe(site.github.deliveries.length);
  expect(new Set(all.map(one => one.id)).size).toBe(all.length);
});

test("every write that succeeded is counted once, reads and refusals are not", async () => {
  const { number: issue_number } = await anIssue();
  const before = site.github.writes.length;
  const bot = await site.asInstallation();
  await bot.rest.issues.get({ ...hello, issue_number });
  await refusal(bot.rest.issues.createComment({ ...hello, issue_number: 999, body: "x" }));
  await bot.rest.issues.createComment({ ...hello, issue_number, body: "x" });
  expect(site.github.writes.slice(before)).toMatchObject([
    {
      n: before + 1,
      method: "POST",
      path: `/repos/octocat/hello/issues/${issue_number}/comments`,
      actor: "helper[bot]",
      app: "helper",
      status: 201,
    },
  ]);
  const told = (await (await fetch(`${site.github.url}/_embedded/writes`)).json()) as unknown[];
  expect(told).toHaveLength(before + 1);
});

test("the same directory continues the world at another port", async () => {
  const first = await openSite();
  const { data: issue } = await first.octocat.rest.issues.create({
    ...hello,
    title: "kept",
    labels: ["helper"],
  });
  await first.github.close();
  const github = await startGitHub({ dataDir: first.dataDir });
  try {
    expect(github.addUser({ login: "octocat" }).token).toBe(first.tokens.octocat);
    const app = { slug: "helper", name: "Helper", permissions: {}, events: [] };
    expect(github.addApp(app)).toEqual(first.app);
    expect(github.install({ slug: "helper", owner: "octocat" }).installationId).toBe(first.installationId);
    const answer = await fetch(`${github.apiUrl}/repos/octocat/hello/issues/${issue.number}`);
    expect(await answer.json()).toMatchObject({ id: issue.id, title: "kept", labels: [{ name: "helper" }] });
    const { id } = await github.addRepository({ owner: "octocat", name: "hello" });
    expect(await (await fetch(`${github.apiUrl}/repositories/${id}`)).json()).toMatchObject({
      full_name: "octocat/hello",
    });
  } finally {
    await github.close();
    await first.close().catch(() => undefined);
  }
});
