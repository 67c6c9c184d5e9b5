// The pages in a real browser: clicked through, at both widths and in both schemes, and followed while things happen.
// Skipped, with a message, if the machine has no Chromium.
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { hello } from "embedded-github/site";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { P1, P2 } from "../report/states.ts";
import { setTask } from "../store/facts.ts";
import { type Kit, openKit, type Queued } from "./kit.ts";
import { createPlayer, type Player } from "./play.ts";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const PLACES = [
  "/Applications/Google Chrome.app/Contents/MacOS",
  "/Applications/Chromium.app/Contents/MacOS",
];

/** `CHROMIUM`, or the first of the usual names on the PATH. */
const found = [
  ...(process.env.CHROMIUM ? [process.env.CHROMIUM] : []),
  ...(process.env.PATH ?? "").split(delimiter).flatMap(folder => NAMES.map(name => join(folder, name))),
  ...PLACES.flatMap(folder => ["Google Chrome", "Chromium"].map(name => join(folder, name))),
].find(path => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
});

const inBrowser = test.skipIf(found === undefined);
if (found === undefined)
  test.skip("the pages in a browser: no Chromium is here (apt-get install chromium, or CHROMIUM=<its path>)");

/** Something is learned from a task that came back. */
const LEARNED = { answer: { status: "done", decisions: [] } };

let kit: Kit;
let player: Player;
let queued: Queued;
let browser: Browser;
let page: Page;
/** What the browser complained about, including scripts and styles that the policy refuses. */
const complaints: string[] = [];

beforeAll(async () => {
  if (found === undefined) return;
  kit = await openKit();
  player = createPlayer(kit);
  await withoutRevisions();
  queued = await kit.queue();
  await player.play(queued, P1);
  await player.publish(queued);
  await kit.work("next");
  browser = await chromium.launch({ executablePath: found, args: ["--no-sandbox", "--disable-gpu"] });
  page = await browser.newPage({
    viewport: { width: 1280, height: 900 },
    colorScheme: "light",
    timezoneId: "Asia/Kolkata",
    locale: "en-GB",
  });
  page.on("console", message => message.type() === "error" && complaints.push(message.text()));
  page.on("pageerror", error => complaints.push(error.message));
});
afterAll(async () => {
  await browser?.close();
  await kit?.close();
});

/** Without revisions, so that a gate's rejection becomes a return and starts the next pipeline. */
const withoutRevisions = async () => {
  const file = { ...hello, path: ".github/kin.yml" };
  const { data } = await kit.site.octocat.rest.repos.getContent(file);
  const content = Buffer.from("limits: { runs: 50, revisions: 0 }\n").toString("base64");
  const sha = "sha" in data ? data.sha : "";
  await kit.site.octocat.rest.repos.createOrUpdateFileContents({
    ...file,
    message: "Configure",
    content,
    sha,
  });
};

/** Marks the loaded window: the mark is gone if the page was reloaded. */
const mark = () => page.evaluate("window.marked = true");
const isMarked = () => page.evaluate("window.marked === true");
/** By how many pixels the page is wider than the window; and its background. */
const looks = () =>
  page.evaluate(
    "[document.documentElement.scrollWidth - innerWidth, getComputedStyle(document.body).backgroundColor]",
  );

describe("a reader in a browser", { shuffle: false }, () => {
  inBrowser("a task is found, opened, and read down to a command that ran", async () => {
    await page.goto(kit.page_url);
    await page.getByRole("searchbox").fill("no such task");
    await page.getByRole("button", { name: "Search" }).click();
    await page.getByText("No task is like that").waitFor();
    await page.getByRole("link", { name: "All tasks" }).click();
    await page.getByRole("searchbox").fill("sum is");
    await page.getByRole("button", { name: "Search" }).click();
    await page.getByRole("link", { name: "The sum is wrong" }).click();
    expect(await page.title()).toBe(`The sum is wrong · octocat/hello#${queued.issue}`);
    const first = page.locator("#pipeline-1");
    await first.getByRole("heading", { name: "Pipeline 1" }).click();
    await first.locator("#step-1-2 > summary").click();
    await first.getByText("exit 1").waitFor();
    expect(await first.locator("#step-1-2 .findings li").count()).toBe(3);
  });

  inBrowser(
    "what happens shows by itself: nothing is loaded anew, opened parts and the place stay",
    async () => {
      await mark();
      await page.evaluate("scrollTo(0, 300)");
      await player.play(queued, { ...P2, play: P2.play?.slice(0, 1) ?? [] });
      const working = page.locator("#pipeline-2 [aria-current=step]");
      await working.locator(".what", { hasText: "tester" }).waitFor();
      expect(await page.locator("#step-1-2").getAttribute("open")).toBe("");
      await player.play(queued, { ...P2, play: [...(P2.play ?? []), LEARNED] });
      await page.locator("#pipeline-2 .outcome.passed").waitFor();
      await working.waitFor({ state: "detached" });
      expect([await isMarked(), await page.evaluate("scrollY >= 300")]).toEqual([true, true]);
    },
  );

  inBrowser("times are in the reader's time zone", async () => {
    const at = page.locator("#story time").first();
    const said = `${await at.getAttribute("title")}`;
    const clock = { timeZone: "Asia/Kolkata", hour: "2-digit", minute: "2-digit" } as const;
    const here = new Date(`${await at.getAttribute("datetime")}`).toLocaleTimeString("en-GB", clock);
    expect(said).toMatch(new RegExp(`${here}:\\d\\d GMT\\+5:30$`));
  });

  inBrowser(
    "the issue's page follows: a comment and a label show, and what is being typed stays",
    async () => {
      await page.goto(`${kit.site.github.url}/octocat/hello/issues/${queued.issue}`);
      await mark();
      const box = page.getByLabel("Add a comment (Markdown)");
      await box.fill("half a sentence");
      await page.getByRole("heading", { name: "The sum is wrong" }).click();
      const issue_number = queued.issue;
      await kit.site.hubot.rest.issues.createComment({ ...hello, issue_number, body: "And **here** I am." });
      await kit.site.hubot.rest.issues.createLabel({ ...hello, name: "odd", color: "0e8a16" });
      await kit.site.hubot.rest.issues.addLabels({ ...hello, issue_number, labels: ["odd"] });
      await page.locator(".markdown strong", { hasText: "here" }).waitFor();
      await page.locator("aside .label", { hasText: "odd" }).waitFor();
      await page.waitForFunction(
        "getComputedStyle(document.querySelector('aside .l-0e8a16')).backgroundColor === 'rgb(14, 138, 22)'",
      );
      expect([await isMarked(), await box.inputValue()]).toEqual([true, "half a sentence"]);
    },
  );

  inBrowser(
    "a page that nobody looks at asks for nothing, and is up to date when somebody looks again",
    async () => {
      await page.clock.install();
      await page.goto(`${kit.page_url}/tasks/${queued.task.id}`);
      const look = (hidden: boolean) =>
        page.evaluate(
          `Object.defineProperty(document, "hidden", { configurable: true, value: ${hidden} }); document.dispatchEvent(new Event("visibilitychange"))`,
        );
      await look(true);
      let asked = 0;
      page.on("request", request => {
        if (request.url() === page.url()) asked++;
      });
      await page.clock.runFor(120_000);
      expect(asked).toBe(0);
      // The long word tests the width of a phone.
      const reason = { status_reason: `Somebody looked again. ${"x".repeat(300)}` };
      await setTask(kit.plane.store, queued.task.id, reason, kit.plane.clock.now());
      await look(false);
      await page.getByText("Somebody looked again").waitFor();
      expect(asked).toBeGreaterThan(0);
    },
  );

  inBrowser("no page is wider than a phone, and each is dark where that is wanted", async () => {
    await player.publish(queued);
    const { pr_number } = await player.taskOf(queued);
    const { page_url, site } = kit;
    await page.emulateMedia({ colorScheme: "dark" });
    await page.setViewportSize({ width: 390, height: 844 });
    for (const address of [
      `${site.github.url}/octocat/hello/pull/${pr_number}`,
      `${site.github.url}/octocat/hello/issues/${queued.issue}`,
      `${page_url}/figures`,
      `${page_url}/`,
      `${page_url}/tasks/${queued.task.id}`,
    ]) {
      await page.goto(address);
      // Opens everything that can be opened.
      await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true");
      expect([address, await looks()]).toEqual([address, [0, "rgb(13, 17, 23)"]]);
    }
  });

  inBrowser("without scripts the same pages are plain ones", async () => {
    const plain = await browser.newPage({ javaScriptEnabled: false });
    await plain.goto(kit.page_url);
    await plain.getByRole("link", { name: "The sum is wrong" }).click();
    await plain.getByRole("heading", { name: "Pipeline 1" }).click();
    await plain.locator("#step-1-2 > summary").click();
    await plain.getByText("exit 1").waitFor();
    await plain.close();
  });

  inBrowser("the browser refused nothing of it", () => {
    expect(complaints).toEqual([]);
  });
});
