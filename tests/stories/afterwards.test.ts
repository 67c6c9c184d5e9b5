// What a task leaves behind: issues for remaining work, questions for people, and what the project learned.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { attemptsOf, deedsOf, openingOf, shownTo } from "./journal.ts";
import { NOTHING, openSite, type Project, type Site } from "./site.ts";

let site: Site;
let project: Project;
let issue: number;
beforeAll(async () => {
  site = await openSite();
  project = await site.project({ name: "lessons" });
  issue = await project.open();
  await project.label(issue);
  await project.ended(issue, 1, "review");
});
afterAll(() => site.close());

const issuesOf = async () =>
  (await project.owner.rest.issues.listForRepo({ ...project.at, state: "all" })).data
    .filter(({ number, pull_request }) => pull_request === undefined && number !== issue)
    .toSorted((a, b) => a.number - b.number);
const decisions = async () =>
  (await site.store.query("SELECT id, status, title, decided_by FROM decisions ORDER BY id")).map(row => [
    row.id,
    row.status,
    row.title,
    row.decided_by,
  ]);
const proposals = async () => {
  const { data } = await project.owner.rest.issues.listComments({ ...project.at, issue_number: issue });
  return data.find(({ user, body }) => user?.login === "kin[bot]" && body?.includes("What this task taught"));
};

describe("what a task leaves behind", { shuffle: false }, () => {
  test("a gate's remarks and a second attempt bring the followup and the learner, behind the gate", async () => {
    expect(deedsOf(await project.journal(issue)).slice(4)).toEqual([
      "planned",
      "debugger failed",
      "debugger done",
      "tester done",
      "added afterwards: followup, learner",
      "followup done",
      "learner done",
      "passed",
    ]);
  });

  test("tech debt and follow-ups are issues below the task, which nothing starts", async () => {
    const opened = await issuesOf();
    expect(opened.map(({ title, labels }) => [title, labels.map(label => Object(label).name)])).toEqual([
      ["The greeting is written out by hand.", ["kin:tech-debt"]],
      ["Test the farewell too", ["kin:follow-up"]],
    ]);
    expect(opened[0]?.body).toMatch(/There is no template yet\.[\s\S]*Make it of a template\./);
    const { data } = await project.owner.rest.issues.listSubIssues({ ...project.at, issue_number: issue });
    expect(data.map(child => child.number)).toEqual(opened.map(({ number }) => number));
    for (const { number } of opened) await expect(project.task(number)).rejects.toThrow("no task");
    const named = opened.map(({ number }) => `#${number}`).join(", ");
    expect((await project.comments(issue)).join("\n")).toContain(`**Left for later** ${named}`);
  });

  test("what people must decide is a checklist", async () => {
    const said = (await project.comments(issue)).filter(body => body.includes("To be decided by a person"));
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(/- \[ \] \*\*language:\*\* Which languages[\s\S]*English and French/);
    expect(await project.again()).toEqual(NOTHING);
  });

  test("what the learner found is proposed, a box each", async () => {
    expect(await decisions()).toEqual([
      [1, "proposed", "The greeting ends with a newline", null],
      [2, "proposed", "Tests are shell scripts", null],
    ]);
    expect((await proposals())?.body).toMatch(/- \[ \] `#1` gotcha[\s\S]*- \[ \] `#2` convention/);
  });

  test("a box that an outsider ticks, or copies into a comment of theirs, changes nothing", async () => {
    const comment = await proposals();
    const body = comment?.body?.replaceAll("[ ]", "[x]") ?? "";
    const { rest } = project.outsider;
    await expect(
      rest.issues.updateComment({ ...project.at, comment_id: comment?.id ?? 0, body }),
    ).rejects.toMatchObject({ status: 403 });
    const { data: copy } = await rest.issues.createComment({
      ...project.at,
      issue_number: issue,
      body: "Mine",
    });
    await rest.issues.updateComment({ ...project.at, comment_id: copy.id, body });
    await rest.issues.createComment({ ...project.at, issue_number: issue, body: "/kin decide 1" });
    await rest.issues.createComment({
      ...project.at,
      issue_number: issue,
      body: "/kin decide Greet nobody.",
    });
    await site.quiet();
    expect((await decisions()).map(([, status]) => status)).toEqual(["proposed", "proposed"]);
  });

  test("a box that a writer ticks is in force, as is what a writer decides by number or in words", async () => {
    const comment = await proposals();
    await project.writer.rest.issues.updateComment({
      ...project.at,
      comment_id: comment?.id ?? 0,
      body: comment?.body?.replace("- [ ] `#2`", "- [x] `#2`") ?? "",
    });
    await project.say(issue, "/kin decide 1");
    await project.say(issue, "/kin decide Greetings are English.\nOther languages come later.");
    await project.say(issue, "/kin decide 99");
    await site.quiet();
    expect(await decisions()).toEqual([
      [1, "active", "The greeting ends with a newline", "monalisa"],
      [2, "active", "Tests are shell scripts", "monalisa"],
      [3, "active", "Greetings are English.", "monalisa"],
    ]);
    const said = (await project.comments(issue)).join("\n");
    expect(said).toContain("Decision `#3` is in force from the next pipeline on: Greetings are English.");
    expect(said).toContain("no decision `99`");
    await project.say(issue, "/kin decide drop 2");
    await site.quiet();
    expect((await decisions()).map(([, status]) => status)).toEqual(["active", "rejected", "active"]);
    expect(await project.again()).toEqual(NOTHING);
  });

  test("a later pipeline is shown what is in force, and what it owes again is not opened again", async () => {
    const before = await issuesOf();
    await project.say(issue, "/kin rerun");
    await project.ended(issue, 2, "review");
    const journal = await project.journal(issue);
    expect(openingOf(journal).decisions.map(({ id }) => id)).toEqual([1, 3]);
    for (const role of ["pm", "debugger"]) {
      const shown = shownTo(journal, role);
      expect(shown).toMatch(/## Decisions of the project[\s\S]*The greeting ends with a newline/);
      expect(shown).toContain("Other languages come later.");
      expect(shown).not.toContain("Tests are shell scripts");
    }
    expect(attemptsOf(journal, "followup")).toHaveLength(1);
    expect((await issuesOf()).map(({ number }) => number)).toEqual(before.map(({ number }) => number));
    expect(await project.again()).toEqual(NOTHING);
  });

  test("what was asked and offered before says so once a later pipeline has passed, and what still stands is asked again", async () => {
    expect(shownTo(await project.journal(issue), "followup")).toMatch(
      /## What people were asked to decide after an earlier pipeline[^#]*Which languages/,
    );
    const said = await project.comments(issue);
    const asked = said.filter(body => body.includes("Which languages"));
    expect(asked.map(body => body.split("\n\n")[0])).toEqual([
      "**No longer asked.** This was asked after pipeline 1; pipeline 2 has changed the work since. What is still to be decided stands in its own comment below.",
      "**To be decided by a person.** Nothing of this happens by itself.",
    ]);
    const offered = await proposals();
    expect(offered?.body).toMatch(
      /^\*\*What this task taught up to pipeline 1\.\*\* Pipeline 2 has changed the work/,
    );
    expect(offered?.body).toContain("- [x] `#2`");
    const edits = site.world.github.writes.length;
    await project.publish(issue);
    expect(site.world.github.writes.slice(edits).filter(({ path }) => path.includes("/comments/"))).toEqual(
      [],
    );
  });
});
