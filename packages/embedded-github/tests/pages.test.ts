import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { OnRun } from "../src/github.ts";
import { branchWith, hello, openSite, type Site } from "../src/site.ts";

let site: Site;
let count = 0;
let head: string;
let pull: { number: number };
let issue: string;
let next: OnRun;
beforeAll(async () => {
  site = await openSite({ onRun: run => next(run) });
});
beforeEach(async () => {
  head = `topic-${++count}`;
  await branchWith(site.hubot, head, { "src/add.js": `export const add = (a, b) => a + b; // ${count}\n` });
  pull = (await site.hubot.rest.pulls.create({ ...hello, title: "Add adds", head, base: "main" })).data;
  const { data } = await site.octocat.rest.issues.create({ ...hello, title: "One", labels: ["helper"] });
  issue = `/octocat/hello/issues/${data.number}`;
});
afterEach(() => site.github.setWorkflow({ ...hello, workflow: "helper.yml", state: "active" }));
afterAll(() => site.close());

const page = async (path: string, viewer = "octocat") => {
  const answer = await fetch(`${site.github.url}${path}`, {
    headers: { cookie: `embedded_github_user=${viewer}` },
  });
  return { status: answer.status, url: answer.url, headers: answer.headers, text: await answer.text() };
};
/** Submits a form like a browser, without following the redirect. */
const post = async (
  path: string,
  fields: Record<string, string>,
  more: { viewer?: string; headers?: object } = {},
) => {
  const answer = await fetch(`${site.github.url}${path}`, {
    method: "POST",
    redirect: "manual",
    headers: {
      cookie: `embedded_github_user=${more.viewer ?? "octocat"}`,
      origin: site.github.url,
      ...more.headers,
    },
    body: new URLSearchParams(fields),
  });
  return { status: answer.status, to: answer.headers.get("location"), text: await answer.text() };
};
const flash = (text: string) => /role="alert">.*?<span>(.*?)<\/span>/s.exec(text)?.[1];

test("every address that the API gives out is a page", async () => {
  await site.monalisa.rest.issues.createComment({ ...hello, issue_number: pull.number, body: "hm" });
  const bot = await site.asInstallation();
  const head_sha = (await site.octocat.rest.pulls.get({ ...hello, pull_number: pull.number })).data.head.sha;
  await bot.rest.checks.create({
    ...hello,
    name: "helper/gate",
    head_sha,
    output: { title: "T", summary: "S" },
  });
  next = async run => {
    run.job("run").log("hello\n");
    run.job("run").setSummary("# Sum **up**");
    return { conclusion: "success" };
  };
  await bot.rest.actions.createWorkflowDispatch({
    ...hello,
    workflow_id: "helper.yml",
    ref: "main",
    inputs: { issue: "1" },
  });
  await site.github.idle();
  const answers = await Promise.all([
    site.octocat.rest.repos.get(hello),
    site.octocat.rest.issues.listForRepo({ ...hello, state: "all" }),
    site.octocat.rest.issues.listCommentsForRepo(hello),
    site.octocat.rest.pulls.get({ ...hello, pull_number: pull.number }),
    site.octocat.rest.pulls.listFiles({ ...hello, pull_number: pull.number }),
    site.octocat.rest.repos.listCommits(hello),
    site.octocat.rest.repos.getContent({ ...hello, path: "" }),
    site.octocat.rest.checks.listForRef({ ...hello, ref: head }),
    site.octocat.rest.actions.listWorkflowRunsForRepo(hello),
    site.octocat.rest.actions.listRepoWorkflows(hello),
    site.octocat.rest.repos.compareCommitsWithBasehead({ ...hello, basehead: `main...${head}` }),
  ]);
  const found = JSON.stringify(answers.map(one => one.data)).matchAll(
    /"(?:html|diff|patch|blob|raw|avatar)_url":"([^"]+)"/g,
  );
  const urls = new Set([...found].map(([, url]) => String(url)).filter(url => !url.endsWith("/badge.svg")));
  expect(urls.size).toBeGreaterThan(25);
  for (const url of urls)
    expect([url, (await page(url.replace(site.github.url, ""))).status]).toEqual([url, 200]);
});

test("what people write is shown as text, save for the few tags they fold with", async () => {
  const body = [
    "<script>alert(1)</script> <img src=x onerror=alert(1)> <b onclick=x>bold</b>",
    "[a](javascript:alert(1)) ![p](https://example.com/p.png) #1 @hubot",
    "",
    "<details open><summary><b>More</b></summary>",
    "",
    "inside",
    "",
    "<!-- helper:hidden -->",
    "",
    "- [x] done",
    "",
    "```mermaid",
    "graph TD; a-->b",
    "```",
    "</div></section>",
  ].join("\n");
  const title = '"><script>alert(2)</script>';
  const { data } = await site.monalisa.rest.issues.create({ ...hello, title, body });
  const { text, headers } = await page(`/octocat/hello/issues/${data.number}`);
  expect(text).not.toMatch(
    /<script(?! type="module" src="\/_embedded\/follow.js"><\/script>)|<img src="?x|onclick=x>|href="javascript|example\.com\/p\.png" *alt|helper:hidden/,
  );
  expect(text).toContain("&#60;script&#62;alert(1)");
  expect(text).toContain("<details open><summary><b>More</b></summary>");
  expect(text).toContain('role="checkbox" aria-checked="true"');
  expect(text).toContain("graph TD; a--&#62;b");
  expect(text).toMatch(/href="[^"]*\/octocat\/hello\/issues\/1">#1</);
  expect(text.match(/<details/g)?.length).toBe(text.match(/<\/details>/g)?.length);
  const policy = headers.get("content-security-policy") ?? "";
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toContain("unsafe");
  expect(text).not.toMatch(/ style="/);
});

test("a box is ticked by those who may edit the text, once for each look; for everybody else it only shows", async () => {
  const body = "Done when:\n\n- [ ] one\n  - [x] two\n\n```\n- [ ] code\n```\n\n> 1. [ ] three";
  const issue_number = Number(issue.split("/").at(-1));
  const bot = await site.asInstallation();
  const { id } = (await bot.rest.issues.createComment({ ...hello, issue_number, body })).data;
  const boxesOn = async (viewer: string) =>
    (await page(issue, viewer)).text.match(/role="checkbox" aria-checked="\w+"/g)?.length ?? 0;
  expect(await Promise.all(["octocat", "hubot", "monalisa"].map(boxesOn))).toEqual([3, 3, 0]);
  expect(
    (await page(issue, "monalisa")).text.match(/<input[^>]*disabled[^>]*type="checkbox">/g),
  ).toHaveLength(3);
  const tick = { do: "tick", of: String(id), was: "", box: "2" };
  expect((await post(issue, tick, { viewer: "monalisa" })).status).toBe(403);
  expect(await post(issue, tick, { viewer: "hubot" })).toMatchObject({
    status: 303,
    to: expect.stringMatching(`#issuecomment-${id}$`),
  });
  const now = async () => (await site.octocat.rest.issues.getComment({ ...hello, comment_id: id })).data.body;
  expect(await now()).toBe(body.replace("[ ] three", "[x] three"));
  const late = await post(issue, { ...tick, box: "0" });
  expect([late.status, flash(late.text)]).toEqual([409, expect.stringMatching(/edited meanwhile/)]);
  const was = /name="was" value="([^"]+)"/.exec((await page(issue)).text)?.[1] ?? "";
  expect((await post(issue, { ...tick, was, box: "9" })).status).toBe(404);
  expect((await post(issue, { ...tick, was, box: "1" })).status).toBe(303);
  expect(await now()).toBe(body.replace("[ ] three", "[x] three").replace("[x] two", "[ ] two"));
});

test("whoever asks again is sent the page where something happened; its labels' colours have an address of their own", async () => {
  const path = issue;
  const { headers, text } = await page(path);
  const again = (viewer: string) =>
    fetch(`${site.github.url}${path}`, {
      headers: { cookie: `embedded_github_user=${viewer}`, "if-none-match": String(headers.get("etag")) },
    });
  expect([(await again("octocat")).status, (await again("hubot")).status]).toEqual([304, 200]);
  await site.octocat.rest.issues.createLabel({ ...hello, name: "odd", color: "0e8a16" });
  expect((await again("octocat")).status).toBe(200);
  const sheet = (of: string) => /href="(\/octocat\/hello\/labels\.css\?\w+)"/.exec(of)?.[1] ?? "";
  const after = sheet((await page(path)).text);
  expect(sheet(text)).not.toBe(after);
  expect((await page(after)).text).toContain(".l-0e8a16{background:#0e8a16;color:#ffffff}");
});

test("a form does what the API does, as whoever was chosen", async () => {
  await site.github.idle();
  site.receiver.hooks.length = 0;
  const made = await post(
    "/octocat/hello/issues/new",
    { do: "create", title: "By form", body: "a\r\nb" },
    { viewer: "monalisa" },
  );
  expect(made.status).toBe(303);
  const path = new URL(made.to ?? "").pathname;
  const issue_number = Number(path.split("/").at(-1));
  await post(path, { do: "comment", body: "more" }, { viewer: "hubot" });
  await post(path, { do: "label", label: "helper" });
  await post(path, { do: "close", body: "" });
  const { data } = await site.octocat.rest.issues.get({ ...hello, issue_number });
  expect(data).toMatchObject({ body: "a\nb", state: "closed", comments: 1, user: { login: "monalisa" } });
  await site.github.idle();
  expect(site.receiver.names()).toEqual([
    "issues.opened",
    "issue_comment.created",
    "issues.labeled",
    "issues.closed",
  ]);
  expect(site.github.writes.at(-1)).toMatchObject({ method: "PATCH", actor: "octocat" });
});

test("a refusal is said on the page in GitHub's words, and what was typed is still there", async () => {
  const denied = await post(issue, { do: "label", label: "x" }, { viewer: "monalisa" });
  expect(denied.status).toBe(403);
  expect(flash(denied.text)).toMatch(/^Must have/);
  const own = { do: "review", event: "APPROVE", body: "fine by me" };
  const refused = await post(`/octocat/hello/pull/${pull.number}/files`, own, { viewer: "hubot" });
  expect(refused.status).toBe(422);
  expect(flash(refused.text)).toBe("Unprocessable Entity: Review Can not approve your own pull request");
  expect(refused.text).toContain("fine by me");
});

test("a form from elsewhere is not taken, nor a page given under another name", async () => {
  const form = { do: "comment", body: "x" };
  const from = async (headers: object) => (await post(issue, form, { headers })).status;
  expect(await from({ origin: "http://evil.example" })).toBe(403);
  expect(await from({ origin: "null" })).toBe(403);
  expect(await from({ "sec-fetch-site": "cross-site" })).toBe(403);
  expect(await from({ "sec-fetch-site": "same-origin" })).toBe(303);
  const chosen = await post("/_embedded/acting", { login: "hubot", back: "//evil.example" });
  expect([chosen.status, chosen.to]).toEqual([303, "/"]);
});

test("a pull request is reviewed on a line, made ready, merged", async () => {
  const home = `/octocat/hello/pull/${pull.number}`;
  const line = { path: "src/add.js", line: "1", side: "RIGHT", "line-body": "why plus?" };
  expect(
    (await post(`${home}/files`, { do: "review", event: "REQUEST_CHANGES", body: "see there", ...line }))
      .status,
  ).toBe(303);
  expect((await page(`${home}/files`)).text).toContain("why plus?");
  expect((await page(home)).text).toContain("requested changes");
  await post(`${home}/files`, { do: "review", event: "APPROVE", body: "" });
  await post(home, { do: "draft" });
  expect((await post(home, { do: "merge", method: "squash", sha: "" })).status).toBe(405);
  await post(home, { do: "ready" });
  const { data } = await site.octocat.rest.pulls.get({ ...hello, pull_number: pull.number });
  expect((await post(home, { do: "merge", method: "squash", sha: data.head.sha })).status).toBe(303);
  expect((await page(home)).text).toContain("Merged and closed.");
  expect((await page(`${home}.diff`)).text).toContain("+export const add");
});

test("a workflow is started by form; its run shows logs and summary, without what was masked", async () => {
  next = async run => {
    const job = run.job("run");
    job.start();
    job.log("::add-mask::s3cr3t-value\n::debug::hidden\nuses s3cr");
    job.log("3t-value here\nlast");
    job.setSummary("## Done **well**");
    job.finish("success");
    return { conclusion: "success" };
  };
  const started = await post("/octocat/hello/actions/workflows/helper.yml", {
    do: "dispatch",
    ref: "main",
    "input-issue": "7",
  });
  expect(started.status).toBe(303);
  await site.github.idle();
  const { text } = await page(new URL(started.to ?? "").pathname);
  expect(text).toContain("uses *** here");
  expect(text).toContain("<li>last</li>");
  expect(text).not.toMatch(/s3cr3t|hidden<|add-mask/);
  expect(text).toContain("<h2>Done <strong>well</strong></h2>");
  expect((await post("/octocat/hello/actions/workflows/helper.yml", { do: "disable" })).status).toBe(303);
  const refused = await post("/octocat/hello/actions/workflows/helper.yml", {
    do: "dispatch",
    ref: "main",
    "input-issue": "7",
  });
  expect(flash(refused.text)).toMatch(/disabled workflow/);
});

test("a private repository's pages are for those who may see it", async () => {
  await site.github.addRepository({
    owner: "octocat",
    name: "secret",
    private: true,
    files: { "a.html": "<b>a</b>\n" },
  });
  expect((await page("/octocat/secret", "monalisa")).status).toBe(404);
  expect((await page("/octocat/secret")).status).toBe(200);
  const raw = await page("/octocat/secret/raw/main/a.html");
  expect(raw.headers.get("content-type")).toBe("text/plain; charset=utf-8");
  expect(raw.headers.get("content-security-policy")).toContain("sandbox");
});
