import { describe, expect, test } from "vitest";
import { type FileChange, FileChange as FileChangeSchema } from "../../core/model/change.ts";
import type { EventOf } from "../../core/model/event.ts";
import { collisions, MAX_PATCH_BYTES, MAX_PATCH_FILES } from "../../core/model/patch/patch-rules.ts";
import type { Pipeline, Step } from "../../core/model/pipeline.ts";
import { commitPoints } from "../../core/pipeline/commits.ts";
import { checkPatch, checkPull, refusable } from "../../core/pipeline/patch.ts";
import { aPipeline, type JournalSpec } from "../build.ts";

const change = (path: string, over: Partial<FileChange> = {}): FileChange =>
  FileChangeSchema.parse({ path, mode: "100644", content: "1", in_base: true, ...over });

const FILES: ReadonlyMap<string, string> = new Map([["gone", "100644"]]);

/** The pipeline with its writing turns' changes replaced, in order. */
const writing = (pipeline: Pipeline, ...lists: readonly FileChange[][]): Pipeline => {
  const left = [...lists];
  const turn = (event: EventOf<"turn">) =>
    event.wrote === null
      ? event
      : { ...event, wrote: { tree: event.wrote.tree, changes: left.shift() ?? [] } };
  const step = (step: Step): Step => ({
    ...step,
    attempts: step.attempts.map(attempt => ({ ...attempt, turns: attempt.turns.map(turn) })),
  });
  return { ...pipeline, steps: pipeline.steps.map(step) };
};
const paths = (pipeline: Pipeline) =>
  commitPoints(pipeline).map(point => [
    point.key,
    point.changes.map(({ path, content }) => `${path}=${content}`),
  ]);

const DONE = { status: "done" };
const APPROVED = { verdict: "approved", reason: "r" };
const REJECTED = { verdict: "changes_requested", reason: "r" };
const wrote = (path: string, answer?: object) => ({ turns: [{ wrote: [path] }], ...(answer && { answer }) });
const two: JournalSpec = { plan: ["debugger", "tester", "debugger", "reviewer"] };

describe("a pipeline's commits", () => {
  test("there is none before a gate has spoken", () => {
    expect(commitPoints(aPipeline())).toEqual([]);
    expect(commitPoints(aPipeline({ ...two, play: [wrote("a.js", DONE), wrote("a.test.js")] }))).toEqual([]);
  });
  test.each([[APPROVED], [REJECTED]])(
    "one lies behind a gate's %j, with what was written up to it",
    verdict => {
      const play = [wrote("a.js", DONE), { failed: "f" }, wrote("a.test.js", verdict)];
      const [point, ...more] = commitPoints(aPipeline({ ...two, play }));
      expect(more).toEqual([]);
      expect(point).toMatchObject({ key: "p1/2/2", step: { role: "tester" } });
      expect(point?.changes.map(({ path }) => path)).toEqual(["a.js", "a.test.js"]);
    },
  );
  test("a second one holds only what changed since the first", () => {
    const play = [wrote("a.js", DONE), { answer: APPROVED }, wrote("b.js", DONE), { answer: APPROVED }];
    expect(paths(aPipeline({ ...two, play }))).toEqual([
      ["p1/2/1", ["a.js=changed a.js\n"]],
      ["p1/4/1", ["b.js=changed b.js\n"]],
    ]);
  });
  test("a gate behind which nothing changed gives none", () => {
    const play = [wrote("a.js", DONE), { answer: APPROVED }, { answer: DONE }, { answer: APPROVED }];
    expect(paths(aPipeline({ ...two, play }))).toHaveLength(1);
    expect(paths(aPipeline({ plan: ["reviewer"], play: [{ answer: APPROVED }] }))).toEqual([]);
  });
  test("what was written after the last gate is committed when the pipeline ends", () => {
    const play = [wrote("a.js"), ...[2, 3].map(() => ({ failed: "f" }))];
    const stop = { kind: "stop_asked" as const, message: 1, by: "monalisa", reason: "r" };
    const running = aPipeline({ plan: ["debugger", "tester"], play: play.slice(0, 1) });
    expect(commitPoints(running)).toEqual([]);
    expect(paths(aPipeline({ plan: ["debugger", "tester"], play: play.slice(0, 1), more: [stop] }))).toEqual([
      ["p1/1/1", ["a.js=changed a.js\n"]],
    ]);
  });
  test("attempts that failed have left their files, so they are committed with the step's last attempt", () => {
    const play = [{ ...wrote("a.js"), failed: "f" }, wrote("b.js", DONE), { answer: APPROVED }];
    expect(paths(aPipeline({ plan: ["debugger", "tester"], play }))).toEqual([
      ["p1/2/1", ["a.js=changed a.js\n", "b.js=changed b.js\n"]],
    ]);
  });
  test("answers that a rerun kept give none: theirs were made before", () => {
    const { plan } = aPipeline({ plan: ["tester", "reviewer"] });
    const kept = plan && { plan, answers: [{ step: 1, answer: APPROVED }] };
    expect(commitPoints(aPipeline({ opening: { kept }, play: [{ answer: APPROVED }] }))).toEqual([]);
  });

  const pipeline = aPipeline({
    ...two,
    play: [wrote("x", DONE), { answer: APPROVED }, wrote("x", DONE), { answer: APPROVED }],
  });
  test("a file that came with the first and is gone in the second is deleted there", () => {
    const first = [change("new", { in_base: false }), change("kept", { in_base: false })];
    const second = [change("new", { in_base: false, content: null })];
    expect(paths(writing(pipeline, first, second))).toEqual([
      ["p1/2/1", ["kept=1", "new=1"]],
      ["p1/4/1", ["new=null"]],
    ]);
  });
  test("a deletion is made once", () => {
    const gone = [change("old", { content: null })];
    expect(paths(writing(pipeline, gone, gone))).toEqual([["p1/2/1", ["old=null"]]]);
  });
  test("a file that was deleted and came back is written", () => {
    expect(
      paths(writing(pipeline, [change("old", { content: null })], [change("old", { content: "2" })]))[1],
    ).toEqual(["p1/4/1", ["old=2"]]);
  });
  test.each<[what: string, over: Partial<FileChange>]>([
    ["its mode", { mode: "100755" }],
    ["its encoding", { encoding: "base64" }],
    ["its content", { content: "2" }],
  ])("a file of which only %s changed is in the second", (_, over) => {
    expect(paths(writing(pipeline, [change("a")], [change("a", over)]))[1]?.[0]).toBe("p1/4/1");
    expect(paths(writing(pipeline, [change("a")], [change("a")]))).toHaveLength(1);
  });
});

test("what a pull request would bring in all has the limits of a patch", () => {
  const files = Array.from({ length: MAX_PATCH_FILES }, (_, index) => change(`f${index}`));
  expect(checkPull(files)).toBeNull();
  expect(checkPull([...files, change("g")])).toMatch(
    /^Kin did not commit the patch: with .*, the pull request would have 101 files and 100 are allowed\./,
  );
  const large = Array.from({ length: 3 }, (_, index) =>
    change(`${index}`, { content: "x".repeat(400 * 1024) }),
  );
  expect(checkPull(large)).toMatch(/would have 1228800 bytes and/);
  expect(checkPull(Array.from({ length: 90 }, (_, index) => change(`${index}/${"x".repeat(250)}`)))).toMatch(
    /would have \d{5} characters of paths and 20000 are allowed/,
  );
});

describe("a patch is not committed", () => {
  const big = "x".repeat(400 * 1024);
  test.each<[why: string, changes: FileChange[], protectedPaths: string[], reason: RegExp]>([
    [
      "with too many files",
      Array.from({ length: MAX_PATCH_FILES + 1 }, (_, index) => change(`f${index}`)),
      [],
      /^Kin did not commit the patch: it has 101 files and 100 are allowed\. A person has to look at it\.$/,
    ],
    [
      "that is too big in all",
      [change("a", { content: big }), change("b", { content: big }), change("c", { content: big })],
      [],
      new RegExp(`^Kin did not commit the patch: it has 1228800 bytes and ${MAX_PATCH_BYTES} are allowed`),
    ],
    ["with too big a file", [change("a", { content: `${big}${big}${big}` })], [], /it has 1228800 bytes/],
    [
      "with a file that is too big once it is decoded",
      [change("a", { content: "é".repeat(600 * 1024) })],
      [],
      /it has 1228800 bytes/,
    ],
    [
      "with a name that is none",
      [change("a"), change("../b")],
      [],
      /`\.\.\/b`: it is not a plain relative path/,
    ],
    ["with a built-in protected path", [change(".github/workflows/ci.yml")], [], /it is protected/],
    [
      "with a deletion of one",
      [change("CODEOWNERS", { content: null })],
      [],
      /`CODEOWNERS`: it is protected/,
    ],
    [
      "with a path that the config protects",
      [change("infra/a.tf")],
      ["infra/**"],
      /`infra\/a\.tf`: it is protected/,
    ],
    [
      "with a secret",
      [change("a", { content: `ghp_${"a1".repeat(18)}` })],
      [],
      /what looks like a GitHub token/,
    ],
    [
      "with a secret in what is no text",
      [change("a.bin", { encoding: "base64", content: btoa(`\0ghp_${"a1".repeat(18)}`) })],
      [],
      /what looks like a GitHub token/,
    ],
    [
      "with a very long name, which is cut",
      [change("a/".repeat(150))],
      [],
      /^Kin did not commit `(?:a\/){100}`: /,
    ],
    [
      "with a secret as a name, which the reason does not tell",
      [change(`docs/npm_${"a1".repeat(18)}.md`)],
      [],
      /^Kin did not commit a file: its name holds what looks like a secret;/,
    ],
  ])("%s", (_, changes, protectedPaths, reason) => {
    expect(checkPatch(changes, { protected: protectedPaths, before: new Map(), files: FILES })).toMatch(
      reason,
    );
  });

  test("otherwise it is", () => {
    const changes = [
      change("src/a.ts"),
      change("gone", { content: null }),
      change("a.png", { encoding: "base64", content: "iVBORw0KGgoAAAANSUhEUg==" }),
      change("b.bin", { encoding: "base64", content: "A".repeat(640 * 1024) }),
    ];
    expect(checkPatch(changes, { protected: ["infra/**"], before: new Map(), files: FILES })).toBeNull();
    expect(checkPatch([], { protected: [], before: new Map(), files: FILES })).toBeNull();
  });

  const token = `ghp_${"a1".repeat(18)}`;
  test.each<[what: string, over: Partial<FileChange>, before: string | null, isRefused: boolean]>([
    ["the secret that the file held before", { content: `${token}\nMore.` }, `Before ${token}`, false],
    ["the same in what is no text", { encoding: "base64", content: btoa(`\xff${token}`) }, token, false],
    ["another one beside it", { content: `${token} ${token.replace("a1", "b2")}` }, token, true],
    ["one that only another file held", { content: token }, null, true],
    ["what calls itself base64 and is none", { encoding: "base64", content: `.${token}` }, token, true],
  ])("a secret that was there before may stay: %s", (_, over, before, isRefused) => {
    const changes = [change("src/key.ts", over), change("src/plain.ts")];
    expect(refusable(changes)).toEqual(["src/key.ts"]);
    const known = new Map(before === null ? [["other", token]] : [["src/key.ts", before]]);
    expect(checkPatch(changes, { protected: [], before: known, files: FILES }) !== null).toBe(isRefused);
  });
});

describe("a patch is looked at together with the tree that it goes onto, as the recorder does", () => {
  const gone = (path: string) => change(path, { content: null });
  const onto = (files: readonly string[], ...changes: readonly FileChange[]) =>
    checkPatch(changes, {
      protected: [],
      before: new Map(),
      files: new Map(files.map(path => [path, path === "module" ? "160000" : "100644"])),
    });
  test.each<[why: string, files: string[], changes: FileChange[], reason: RegExp]>([
    ["a file and a file below it", [], [change("a"), change("a/b")], /`a` would be a file and a directory/],
    ["the same in the other order", [], [change("a/b"), change("a")], /`a` would be a file and a directory/],
    ["the same far above", [], [change("a/b/c/d"), change("a/b")], /`a\/b` would be a file and a directory/],
    ["a file below one that is there", ["a"], [change("a/b")], /`a` would be a file and a directory/],
    ["a file in place of a directory", ["a/b"], [change("a")], /`a` would be a file and a directory/],
    [
      "a file in place of a directory of which a part is deleted",
      ["docs/x", "docs/CODEOWNERS"],
      [gone("docs/x"), change("docs")],
      /`docs` would be a file and a directory/,
    ],
    ["two names that differ in letter case", [], [change("A/x"), change("a/y")], /`A` and `a` are one name/],
    ["one that is there in other letters", ["README.md"], [change("readme.md")], /are one name/],
    ["one in another Unicode form", ["caf\u00e9"], [change("cafe\u0301")], /are one name/],
    ["one that only some file systems fold", ["stra\u00dfe"], [change("strasse")], /are one name/],
    ["a file below one in other letters", ["A"], [change("a/b")], /`a` and `A` are one name/],
    [
      "a directory that is deleted as if it were a file",
      ["a/b"],
      [gone("a")],
      /no file that could be deleted/,
    ],
    ["a submodule", ["module"], [change("module")], /is a submodule/],
    ["a file below a submodule", ["module"], [change("module/x")], /would be a file and a directory/],
  ])("%s is refused", (_, files, changes, reason) => {
    expect(onto(files, ...changes)).toMatch(reason);
  });

  test.each<[why: string, changes: FileChange[], reason: RegExp]>([
    ["is deleted", [gone("src")], /no file that could be deleted/],
    ["gives way to a file", [change("src")], /`src` would be a file and a directory/],
    ["gets a twin", [change("SRC/a")], /`SRC` and `src` are one name/],
  ])("a directory of which only its name is known and that %s is refused", (_, changes, reason) => {
    expect(onto(["src/", "README.md"], ...changes)).toMatch(reason);
  });

  test("what goes onto a tree of which nothing is known is refused", () => {
    expect(checkPatch([change("a")], { protected: [], before: new Map(), files: null })).toMatch(
      /did not commit the patch: it goes onto a tree of more than 100,000 files/,
    );
  });

  test.each<[what: string, files: string[], changes: FileChange[]]>([
    ["a directory that a file takes the place of", ["a/b", "a/c"], [gone("a/b"), gone("a/c"), change("a")]],
    ["a file that a directory takes the place of", ["a"], [gone("a"), change("a/b")]],
    ["a name that changes its letters", ["README.md"], [gone("README.md"), change("readme.md")]],
    ["what collided before", ["x", "X"], [change("x"), change("y")]],
    ["names that only begin alike", ["a/b"], [change("ab"), change("a.b")]],
  ])("%s is not", (_, files, changes) => {
    expect(onto(files, ...changes)).toBeNull();
  });
});

test("an added path that no tree holds collides with nothing", () => {
  expect(collisions(["a/b"], ["c"]).size).toBe(0);
});
