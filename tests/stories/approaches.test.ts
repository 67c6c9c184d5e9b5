// A step that is tried in two ways: a judge rejects the first, and the second becomes the pull request.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { EventData } from "../../core/model/event.ts";
import { kin } from "../cli/kin.ts";
import { planOf } from "./journal.ts";
import { configured, NOTHING, openSite, type Project, type Site } from "./site.ts";

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

describe("with `attempts_in_parallel`", { shuffle: false }, () => {
  let project: Project;
  let issue: number;
  let journal: readonly EventData[];
  beforeAll(async () => {
    project = await site.project({
      name: "ways",
      files: configured(
        "execution_mode: review\nlearn: off\nlimits: { attempts_in_parallel: 2, revisions: 0 }\n",
      ),
    });
    issue = await project.open();
    await project.label(issue);
    await project.ended(issue, 1, "review");
    journal = await project.journal(issue);
  });
  const ends = () =>
    journal.flatMap(event =>
      event.kind === "attempt_finished" && event.step > 0
        ? [[event.step, event.worker ?? 0, event.answer?.verdict ?? event.outcome] as const]
        : [],
    );

  test("the project manager is told that it may, and the plan has both ways", () => {
    const first = journal.find(event => event.kind === "attempt_started");
    expect(first?.first).toContain("may have `approaches` (array of string): 2 ways");
    expect(planOf(journal).steps[0]?.approaches).toHaveLength(2);
  });

  test("each is judged, the one that is approved is joined, and the plan's own gate judges it once more", () => {
    expect(ends().toSorted()).toEqual([
      [1, 0, "done"],
      [1, 1, "done"],
      [1, 2, "done"],
      [1, 3, "changes_requested"],
      [1, 4, "approved"],
      [2, 0, "approved"],
    ]);
    expect(journal.filter(({ kind }) => kind === "joined")).toMatchObject([{ worker: 2 }]);
  });

  test("what was not taken is in the journal and in no pull request", async () => {
    const wrote = journal.flatMap(event =>
      event.kind === "turn" ? (event.wrote?.changes.map(({ path }) => path) ?? []) : [],
    );
    expect(wrote).toContain("make.sh");
    expect(await project.changed(issue)).toEqual(["greeting.txt"]);
    const { data } = await project.owner.rest.pulls.list({ ...project.at, state: "all" });
    expect(data).toHaveLength(1);
    expect(data[0]?.body).not.toContain("make.sh");
  });

  test("people see which was taken and what the other cost: on the issue, on the page, in the terminal, in the store", async () => {
    const [status] = await project.comments(issue);
    expect(status).toContain("done, best of 2: w2");
    expect(status).toMatch(/not taken cost \$0\.\d\d, and the judges \$0\.\d\d\./);
    const { id } = await project.task(issue);
    const page = await (await fetch(new URL(`/tasks/${id}`, site.world.pageUrl))).text();
    for (const words of ["judge of w1", "not taken", "is tried in 2 ways at once"])
      expect(page).toContain(words);
    const named = `${project.at.owner}/${project.at.repo}#${issue}`;
    const { out } = await kin(["workers", named], { KIN_DATABASE_URL: `file:${site.world.database}` });
    expect(out).toMatch(/^w1 +debugger +– not taken/m);
    expect(out).toMatch(/^w2 +debugger +✓ taken/m);
    const rows = await site.store.query("SELECT step, role, turns, outcome FROM steps ORDER BY step");
    expect(rows[1]).toMatchObject({ step: 1, role: "debugger", turns: 0, outcome: "done" });
    expect(await site.store.query("SELECT * FROM rejections")).toEqual([]);
  });

  test("the same deliveries again change nothing", async () => {
    expect(await project.again()).toEqual(NOTHING);
  });
});
