// What an answer's proof is worth: on the tree that is kept, and beside the project's own gates.
import { afterAll, describe, expect, test } from "vitest";
import { aRole, aRoster, ROLES } from "../model-rules/roles.ts";
import { closeAll } from "../workbench/kit.ts";
import {
  APPROVED,
  all,
  aModel,
  bash,
  CHECK,
  DONE,
  MENDED,
  opened,
  proof,
  run,
  type Script,
  submit,
  withPlan,
  write,
  YES,
} from "./kit.ts";

afterAll(closeAll);

describe("a proof that ran on something else than what is kept", () => {
  const mending = bash("sed -i 's/a - b/a + b/' sum.js");
  const script = (...tester: Script[string][number]): Script => ({
    ...withPlan("debugger", "tester"),
    debugger: [
      [
        [write("notes.txt", "looked\n"), bash("test -e sum.js")],
        [submit({ ...DONE, ...proof("test -e sum.js") })],
      ],
    ],
    tester: [tester],
  });
  const protocol = { status: "done", files_changed: [], errors: ["a name"], next_action: "" };
  test.each<[what: string, said: object]>([
    ["", {}],
    [", and says that it is not finished", { status: "partial" }],
    [", in the form of the protocol with an error", protocol],
  ])("is run again on what is: a gate that mended the work itself%s approves nothing", async (_, said) => {
    const model = aModel(script([mending, bash(CHECK)], [submit({ ...APPROVED, ...said })]));
    const { pipeline, journal } = await run({ model });
    expect(all(journal, "turn").map(turn => turn.put_back)).toEqual([
      undefined,
      undefined,
      undefined,
      true,
      undefined,
    ]);
    expect(all(journal, "attempt_finished").at(-1)?.checks).toMatchObject([{ command: CHECK, exit_code: 1 }]);
    expect(pipeline.outcome).toMatchObject({ kind: "returned", reason: expect.stringContaining("exited 1") });
  });
  test("counts where it holds again", async () => {
    const model = aModel({
      ...script([bash("echo >> sum.js"), bash(CHECK)], [submit(APPROVED)]),
      debugger: [[[write("sum.js", MENDED), bash(CHECK)], [submit(DONE)]]],
    });
    const { pipeline, journal } = await run({ model });
    expect(all(journal, "attempt_finished").at(-1)?.checks).toMatchObject([{ command: CHECK, exit_code: 0 }]);
    expect(pipeline.outcome?.kind).toBe("passed");
  });
  test.each<[what: string, said: object]>([
    ["", {}],
    [", of a writer that gives a verdict besides", { verdict: "changes_requested" }],
  ])("is run again where a command behind it may have changed files%s", async (_, said) => {
    const worse = bash("sed -i 's/a + b/a - b/' sum.js");
    const model = aModel({
      ...withPlan("debugger", "tester"),
      debugger: [[[write("sum.js", MENDED), bash(CHECK), worse], [submit({ ...DONE, ...said })]]],
      tester: [[[submit(APPROVED)]]],
    });
    const { pipeline, journal } = await run({ model });
    expect(all(journal, "attempt_finished")[1]).toMatchObject({
      outcome: "failed",
      checks: [{ command: CHECK, exit_code: 1 }],
    });
    expect(pipeline.outcome?.kind).toBe("blocked");
  });
  test("is sent back where files were changed after it, and counts once it ran again", async () => {
    const more = write("notes.txt", "1");
    const model = aModel({
      ...withPlan("debugger", "reviewer"),
      debugger: [
        [[write("sum.js", MENDED), bash(CHECK)], [more], [submit(DONE)], [bash(CHECK), submit(DONE)]],
      ],
      reviewer: [[[submit(YES)]]],
    });
    const { pipeline, journal } = await run({ model });
    const [, , , refused, last] = all(journal, "turn");
    expect(JSON.stringify(refused?.results)).toContain("files were changed after run 1; run it once more");
    expect(last?.submitted).toMatchObject({ proof: { how_verified: [2] } });
    expect(JSON.stringify(all(journal, "turn")[1]?.results)).toContain("run 1: exit code 0");
    expect(pipeline.outcome?.kind).toBe("passed");
  });
  test("of a role that only runs commands, whose changes are thrown away", async () => {
    const output_schema = {
      verdict: "approved | changes_requested",
      proof: "{ what_was_done: string, how_verified: array of integer, verification_result: string }",
    };
    const judge = { name: "judge", gate: true, permissions: "read_bash", output_schema } as const;
    const roster = aRoster([...ROLES, aRole({ ...judge, tools: ["read", "bash"] })]);
    const model = aModel({
      ...withPlan("judge", "reviewer"),
      judge: [[[mending, bash(CHECK)], [submit({ ...APPROVED, status: "partial" })]]],
      reviewer: [[[submit(YES)]]],
    });
    const { pipeline, journal } = await run({ model, roster });
    expect(all(journal, "attempt_finished").at(-1)?.checks).toMatchObject([{ command: CHECK, exit_code: 1 }]);
    expect(pipeline.outcome?.kind).toBe("returned");
  });
});

describe("the project's gates", () => {
  const config = { gates: [CHECK] };
  /** Twice, because failures are repeated once. */
  const RED = { command: CHECK, exit_code: 1 };
  const nothing = [bash("test -e sum.js"), submit({ status: "done", ...proof("test -e sum.js") })];

  test("run behind a role that wrote code, and a red one fails the attempt", async () => {
    const model = aModel({
      ...withPlan("debugger", "reviewer"),
      debugger: [[[write("note.md", "n\n"), ...nothing]], [[write("sum.js", MENDED), ...nothing]]],
      reviewer: [[[submit(YES)]]],
    });
    const { pipeline } = await run({ model, journal: [opened({}, { config })] });
    const [red, green] = pipeline.steps[1]?.attempts ?? [];
    expect(red?.finished).toMatchObject({ outcome: "failed", checks: [RED, RED] });
    expect(red?.finished?.reason).toMatch(
      /exited 1; it failed before the change, too, but not like this:\n.*not ok/,
    );
    expect(green?.finished).toMatchObject({ outcome: "done", checks: [{ command: CHECK, exit_code: 0 }] });
    expect(pipeline.outcome?.kind).toBe("passed");
  });

  test("run again when a later attempt writes nothing: what the first one wrote is still there", async () => {
    const model = aModel({
      ...withPlan("debugger", "reviewer"),
      debugger: [[[write("note.md", "n\n"), ...nothing]], [nothing]],
      reviewer: [[[submit(YES)]]],
    });
    const { pipeline } = await run({ model, journal: [opened({}, { config })] });
    expect(pipeline.steps[1]?.attempts.map(({ finished }) => finished?.checks.length)).toEqual([2, 2, 2]);
    expect(pipeline.outcome).toMatchObject({ kind: "blocked", reason: expect.stringContaining(CHECK) });
  });

  test("do not run behind a role that wrote nothing, and behind every approval", async () => {
    const model = aModel({
      ...withPlan("debugger", "reviewer"),
      debugger: [[nothing]],
      reviewer: [[[submit(YES)]]],
    });
    const { pipeline, journal } = await run({
      model,
      journal: [opened({}, { config: { ...config, limits: { revisions: 0 } } })],
    });
    expect(all(journal, "base_checked").map(({ ran }) => ran)).toMatchObject([[RED, RED]]);
    const checks = all(journal, "attempt_finished").map(end => end.checks);
    expect(checks).toMatchObject([[], [], [RED, RED]]);
    expect(pipeline.outcome).toMatchObject({
      kind: "returned",
      reason: expect.stringContaining(`The gate approved, but \`${CHECK}\` exited 1`),
    });
  });
});
