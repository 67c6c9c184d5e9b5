// What a repository brings along: its own roles and prompts, and hooks.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { attemptsOf, deedsOf, openingOf, resultsOf, shownTo } from "./journal.ts";
import { configured, NOTHING, openSite, PROJECT, type Project, type Site } from "./site.ts";

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

const ROLES = `roles:
  - name: greeter
    model: haiku
    tools: [read, write]
    permissions: full
    description: Writes what people are greeted with, and nothing else.
    paths: [greeting.txt]
    output_schema: { greeting: string, polite: bool }
`;

describe("a role of its own and a prompt that it extends", { shuffle: false }, () => {
  let project: Project;
  let issue: number;
  beforeAll(async () => {
    project = await site.project({
      name: "own-role",
      files: {
        ...PROJECT,
        ".github/kin/roles.yml": ROLES.replace("model: haiku", "model: huge"),
        ".github/kin/prompts/greeter.md": "You greet people.\n",
        ".github/kin/prompts/tester.md": "Never trust a greeting that you did not read yourself.\n",
      },
    });
    issue = await project.open();
  });

  test("a role's file that is wrong blocks with file, key, what was found and what is allowed", async () => {
    await project.label(issue);
    await project.until(issue, "blocked");
    expect(await project.labels(issue)).toEqual(["kin", "kin:blocked"]);
    const said = (await project.comments(issue)).join("\n");
    expect(said).toContain(".github/kin/roles.yml");
    expect(said).toContain("roles[0].model");
    expect(said).toMatch(/huge.*opus.*sonnet.*haiku/s);
    expect(await project.pipelines(issue)).toEqual([]);
    expect(await project.again()).toEqual(NOTHING);
  });

  test("mended, it works with its own prompt, within its own paths", async () => {
    await project.commit(".github/kin/roles.yml", ROLES);
    await project.say(issue, "/kin rerun");
    await project.ended(issue, 1, "review");
    const journal = await project.journal(issue);
    expect(deedsOf(journal).slice(3)).toEqual([
      "pm done",
      "planned",
      "greeter done",
      "tester done",
      "passed",
    ]);
    expect(shownTo(journal, "pm")).toContain(
      "- greeter (haiku; changes greeting.txt): Writes what people are greeted with",
    );
    const [greeter] = attemptsOf(journal, "greeter");
    expect(greeter?.system.at(-1)?.text).toMatch(/\n\nYou greet people\.$/);
    expect(greeter?.model).toContain("haiku");
    expect(await project.changed(issue)).toEqual(["greeting.txt"]);
    expect(resultsOf(journal)).toContain("outside.txt");
  });

  test("the built-in prompt stands before its extension", async () => {
    const [tester] = attemptsOf(await project.journal(issue), "tester");
    expect(tester?.system.at(-1)?.text).toMatch(
      /\n\nYou are [\s\S]+\n\nNever trust a greeting that you did not read/,
    );
    expect(Object.keys(openingOf(await project.journal(issue)).own_roles.prompts)).toEqual([
      "greeter",
      "tester",
    ]);
    expect(await project.again()).toEqual(NOTHING);
  });
});

describe("hooks", { shuffle: false }, () => {
  let project: Project;
  let issue: number;
  beforeAll(async () => {
    project = await site.project({
      name: "hooks",
      files: configured(`execution_mode: review
limits: { revisions: 0 }
hooks:
  - { on: step_completed, run: "cat greeting.txt; touch left-behind; exit 3" }
  - { on: returned, comment: It came back. }
  - { on: task_done, comment: Thank you. }
`),
    });
    issue = await project.open();
    await project.label(issue);
    await project.ended(issue, 2, "review");
  });
  const said = async (text: string) =>
    (await project.comments(issue)).filter(comment => comment.startsWith(text)).length;

  test("a command runs once behind each step, on the work as it stands; its failure and what it leaves change nothing", async () => {
    const journal = await project.journal(issue, 1);
    expect(deedsOf(journal).slice(4)).toEqual([
      "planned",
      "debugger done",
      "hook step_completed/1/0",
      "tester done",
      "hook step_completed/2/0",
      "returned",
    ]);
    const [hook] = journal.filter(event => event.kind === "hook_ran");
    expect(hook?.ran).toMatchObject({ exit_code: 3, output: expect.stringContaining("Hello, world") });
    expect(await project.changed(issue)).toEqual(["NOTES.md", "greeting.txt"]);
  });

  test("a comment is posted once for a gate's return and once for a person's", async () => {
    expect(await said("It came back.")).toBe(1);
    await project.say(issue, "/kin return missing_context Say it louder.");
    await project.ended(issue, 3, "review");
    expect(await said("It came back.")).toBe(2);
    expect(await project.again()).toEqual(NOTHING);
  });

  test("a comment is posted once when the task is done", async () => {
    const { pr_number } = await project.task(issue);
    expect(await said("Thank you.")).toBe(0);
    await project.writer.rest.pulls.merge({ ...project.at, pull_number: pr_number as number });
    await project.until(issue, "done");
    expect(await said("Thank you.")).toBe(1);
    expect(await project.again()).toEqual(NOTHING);
    expect(await said("Thank you.")).toBe(1);
  });
});
