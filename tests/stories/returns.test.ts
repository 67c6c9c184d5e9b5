// Work that comes back: to the project manager as a return, or inside its pipeline as a revision.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { attemptsOf, deedsOf, endOf, openingOf, planOf, shownTo } from "./journal.ts";
import { configured, NOTHING, openSite, type Project, type Site } from "./site.ts";

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

const reviewsOf = async (project: Project, issue: number) => {
  const { pr_number } = await project.task(issue);
  const { data } = await project.owner.rest.pulls.listReviews({
    ...project.at,
    pull_number: pr_number as number,
  });
  return data.map(review => [review.user?.login, review.state]);
};
const returnsOf = async (project: Project, issue: number) =>
  site.store.returns((await project.task(issue)).id, 10);

describe("a task that its gate rejects three times", { shuffle: false }, () => {
  let project: Project;
  let issue: number;
  const REFINED = "say in a note whom it greets";
  beforeAll(async () => {
    project = await site.project({
      name: "recurring",
      files: configured("execution_mode: review\nlimits: { revisions: 0 }\nlearn: off\n"),
    });
    issue = await project.open();
    await project.label(issue);
    await project.ended(issue, 4, "review");
  }, 180_000);

  test("has three returns by its gate, each the start of the next pipeline", async () => {
    expect((await project.pipelines(issue)).map(p => p.outcome)).toEqual([
      "returned",
      "returned",
      "returned",
      "passed",
    ]);
    const returns = await returnsOf(project, issue);
    expect(returns.map(row => [row.return_number, row.returned_by, row.reason_category, row.actor])).toEqual(
      [1, 2, 3].map(number => [number, "tester", "recurring_quality_fail", null]),
    );
    expect(returns[0]?.reason_text).toBe("Gate tester: Nothing says whom the greeting is for.");
    expect(openingOf(await project.journal(issue, 2)).findings).toMatchObject([{ fix: "Add NOTES.md." }]);
    expect(shownTo(await project.journal(issue, 3), "pm")).toContain("Return History (return_count=2)");
  });

  test("is analysed first in the fourth pipeline, though its plan forgot that", async () => {
    const roles = async (number: number) =>
      planOf(await project.journal(issue, number)).steps.map(step => step.role);
    expect(await roles(3)).toEqual(["debugger", "tester"]);
    expect(await roles(4)).toEqual(["return_analyst", "debugger", "tester"]);
    const fourth = await project.journal(issue, 4);
    expect(shownTo(fourth, "return_analyst")).toContain("Pattern: recurring_quality_fail, 3 times.");
    expect(deedsOf(fourth).slice(4)).toEqual([
      "planned",
      "return_analyst done",
      "debugger done",
      "tester done",
      "passed",
    ]);
  });

  test("is worked on by the refined brief from then on, which the status comment shows", async () => {
    const fourth = await project.journal(issue, 4);
    expect(shownTo(fourth, "pm")).not.toContain(REFINED);
    for (const role of ["debugger", "tester"])
      expect(shownTo(fourth, role)).toMatch(/## Brief in force[^#]*say in a note whom it greets/);
    expect(await project.task(issue)).toMatchObject({
      return_count: 3,
      analysed_return: 3,
      brief: expect.stringContaining(REFINED),
    });
    const [status] = await project.comments(issue);
    expect(status).toMatch(/Brief in force[\s\S]*say in a note whom it greets/);
    expect(status).toContain("Nobody was ever told to write down whom the greeting is for.");
  });

  test("X35: has each rejection as a review that blocked until the gate passed, and no approval by Kin", async () => {
    expect(await reviewsOf(project, issue)).toEqual([
      ...[1, 2, 3].map(() => ["github-actions[bot]", "DISMISSED"]),
      ["kin[bot]", "COMMENTED"],
    ]);
  });

  test("is not analysed a second time for the same return; the brief stays in force", async () => {
    await project.say(issue, "/kin rerun");
    await project.ended(issue, 5, "review");
    const fifth = await project.journal(issue, 5);
    expect(planOf(fifth).steps.map(step => step.role)).toEqual(["debugger", "tester"]);
    expect(shownTo(fifth, "pm")).toContain(REFINED);
    const all = await Promise.all([1, 2, 3, 4, 5].map(number => project.journal(issue, number)));
    expect(all.flatMap(journal => attemptsOf(journal, "return_analyst"))).toHaveLength(1);
    expect((await project.comments(issue))[0]).toContain(REFINED);
    expect(await project.again()).toEqual(NOTHING);
  });
});

describe("a task that its project manager cannot plan", { shuffle: false }, () => {
  let project: Project;
  let issue: number;
  beforeAll(async () => {
    project = await site.project({ name: "unclear" });
    issue = await project.open({ title: "Greet", body: "Properly." });
    await project.label(issue);
    await project.ended(issue, 1, "needs_info");
  });

  test("goes back to its author with the question, as a return by the project manager", async () => {
    expect(deedsOf(await project.journal(issue))).toEqual([
      "opened",
      "claimed",
      "set_up",
      "pm blocked",
      "needs_info",
    ]);
    expect(await returnsOf(project, issue)).toMatchObject([
      {
        return_number: 1,
        reason_category: "requirements_unclear",
        reason_text: "The issue does not say who is greeted.",
        returned_by: "pm",
        source: `pm:${project.id}-${issue}-1`,
      },
    ]);
    expect(await project.labels(issue)).toEqual(["kin", "kin:needs-info"]);
    const [, question] = await project.comments(issue);
    expect(question).toMatch(/@octocat[\s\S]*The issue does not say who is greeted\.[\s\S]*\/kin rerun/);
    expect(await project.again()).toEqual(NOTHING);
  });

  test("goes on with the author's answer at /kin rerun, and passes", async () => {
    const body = "The world is greeted.";
    await project.owner.rest.issues.createComment({ ...project.at, issue_number: issue, body });
    await site.quiet();
    expect(await project.pipelines(issue)).toHaveLength(1);
    await project.say(issue, "/kin rerun");
    await project.ended(issue, 2, "review");
    const shown = shownTo(await project.journal(issue), "pm");
    expect(shown).toMatch(/Comment by octocat[^\n]*\nThe world is greeted\./);
    expect(shown).toContain("Return History (return_count=1)");
    expect((await project.task(issue)).return_count).toBe(1);
    expect(await project.again()).toEqual(NOTHING);
  });
});

describe("rejections where the configuration is empty", { shuffle: false }, () => {
  let project: Project;
  let issue: number;
  beforeAll(async () => {
    project = await site.project({ name: "revised", files: configured("") });
    issue = await project.open();
    await project.label(issue);
    await project.ended(issue, 1, "review");
  });
  const rejections = async () =>
    site.store.rejections({ task_id: (await project.task(issue)).id, limit: 20 });

  test("by a gate are dealt with in the same pipeline while revisions are left, the second time behind an analyst", async () => {
    const journal = await project.journal(issue);
    expect(deedsOf(journal).slice(4)).toEqual([
      "planned",
      "debugger done",
      "tester done",
      "added revision: debugger, tester",
      "debugger done",
      "tester done",
      "added revision: analyst, debugger, tester",
      "analyst done",
      "debugger done",
      "tester done",
      "added afterwards: learner",
      "learner done",
      "passed",
    ]);
    expect(shownTo(journal, "analyst")).toMatch(
      /Nothing says whom the greeting is for\.[\s\S]*The note is missing still\./,
    );
    const [, second, third] = attemptsOf(journal, "debugger");
    expect(second?.first).toContain("What the gate found (step 2, tester)");
    expect(third?.first).toContain("Begin with the note.");
    expect(endOf(journal).return).toBeNull();
  });

  test("that a revision took up are stored with their findings, are no returns, and are comments on the pull request", async () => {
    expect((await project.task(issue)).return_count).toBe(0);
    expect(await returnsOf(project, issue)).toEqual([]);
    expect(await rejections()).toMatchObject(
      ["Add one.", "Add NOTES.md."].map(fix => ({
        became: "revised",
        dealt_with: true,
        rejected_by: "tester",
        reason_category: "recurring_quality_fail",
        return_number: null,
        findings: [{ severity: "high", file: "greeting.txt", line: 1, issue: "A note is missing.", fix }],
      })),
    );
    expect(await reviewsOf(project, issue)).toEqual([1, 2, 3].map(() => ["kin[bot]", "COMMENTED"]));
    expect(await project.changed(issue)).toEqual(["NOTES.md", "greeting.txt"]);
    expect(await project.again()).toEqual(NOTHING);
  });

  test("by a person, by a gate with no revision left, and one whose pipeline was blocked are told apart, the same everywhere", async () => {
    await project.say(issue, "/kin return requirements_unclear Greet in French, too.");
    await project.ended(issue, 3, "blocked");
    expect(
      (await rejections()).map(row => [row.became, row.rejected_by, row.return_number, row.dealt_with]),
    ).toEqual([
      ["revised", "tester", null, true],
      ["revised", "tester", null, true],
      ["returned", "gh:monalisa", 1, false],
      ["revised", "tester", null, false],
      ["revised", "tester", null, false],
      ["returned", "tester", 2, false],
      ["revised", "tester", null, false],
    ]);
    const counted = "7 rejections (2 returns, 5 revised): 6 × changes requested, 1 × unclear requirements";
    const [status] = await project.comments(issue);
    const { data: pull } = await project.owner.rest.pulls.get({
      ...project.at,
      pull_number: (await project.task(issue)).pr_number as number,
    });
    expect(pull.body).toMatch(/^Closes #\d+ .*\n\n\*\*Blocked\*\*: Step 3 \(debugger\) failed 3 times\./);
    for (const text of [status, pull.body]) {
      expect(text?.replaceAll("\\_", "_")).toContain(counted.replaceAll("\\_", "_"));
      expect(text).toContain("high `greeting.txt:1`: The last line does not end.");
    }
    const { id } = await project.task(issue);
    const page = await (await fetch(new URL(`/tasks/${id}`, site.world.pageUrl))).text();
    expect(page.match(/<li><p><b>revised<\/b>(?: \(open\))? changes requested by tester/g)).toHaveLength(5);
    expect(page).toContain("<b>return 1</b> (open) unclear requirements by monalisa");
    expect(page).toContain("The last line does not end.");
    const { rejections: counts, verdicts } = await site.store.figures();
    expect(
      counts
        .filter(row => row.project === "octocat/revised")
        .map(row => [row.by, row.count, row.returned, row.revised, row.findings]),
    ).toEqual([
      ["tester", 6, 1, 5, 6],
      ["person", 1, 1, 0, 1],
    ]);
    expect(verdicts.gate_rejections).toBeGreaterThanOrEqual(6);
  }, 300_000);

  test("that nobody has dealt with are in the first messages of whoever works next, after a block and a rerun", async () => {
    await project.say(issue, "/kin rerun");
    await project.ended(issue, 4, "review");
    const fourth = await project.journal(issue, 4);
    for (const role of ["pm", "debugger"]) {
      const [, open = ""] = shownTo(fourth, role).split(
        "## What was rejected and is not dealt with yet, by ",
      );
      expect(open, role).toContain("Greet in French, too.");
      expect(open, role).toContain("The last line does not end. Remedy: End it.");
      expect(open, role).not.toContain("There is no French.");
    }
    expect((await rejections()).every(row => row.dealt_with)).toBe(true);
    await project.say(issue, "/kin rerun");
    await project.ended(issue, 5, "review");
    expect(openingOf(await project.journal(issue, 5)).findings).toEqual([]);
    expect(await project.again()).toEqual(NOTHING);
  }, 300_000);
});
