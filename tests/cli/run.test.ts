// `kin run` with a scripted model over HTTP, the real bundle of tools and the real sandbox.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, expect, test } from "vitest";
import type { Turn } from "../../local/model/answers.ts";
import { type FakeModel, startFakeModel } from "../../local/model/server.ts";
import { kin, startKin } from "./kin.ts";

const temp = mkdtempSync(join(tmpdir(), "kin-run-test-"));
afterAll(() => rmSync(temp, { recursive: true, force: true }));
const repo = join(temp, "slug");
const git = (...args: string[]): string =>
  execFileSync("git", ["-C", repo, "-c", "user.name=O", "-c", "user.email=o@example.com", ...args], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  }).trim();
mkdirSync(join(temp, "tmp"));
mkdirSync(repo);
git("init", "-q", "-b", "main");
writeFileSync(join(repo, "slug.txt"), "old\n");
git("add", "-A");
git("commit", "-q", "-m", "First");
writeFileSync(join(temp, "issue.md"), "# Say new\n\nNot old.\n");

const PROOF = {
  what_was_done: "Says new now.",
  how_verified: [1],
  verification_result: "It does.",
};
const answers: Readonly<Record<string, readonly Turn[]>> = {
  pm: [
    {
      submit: {
        analysis: "It says old.",
        route_type: "debug",
        category: "FIX",
        pipeline: [
          { role: "debugger", brief: "Say new." },
          { role: "tester", brief: "Look." },
        ],
      },
    },
  ],
  debugger: [
    {
      tools: [
        { write: { file_path: "slug.txt", content: "new\n" } },
        { bash: { command: "grep new slug.txt" } },
      ],
    },
    {
      submit: {
        status: "done",
        root_cause: "It said old.",
        evidence: ["slug.txt"],
        fixes: [{ file: "slug.txt", description: "Says new." }],
        regression_test: "none",
        proof: PROOF,
      },
    },
  ],
  tester: [
    { tools: [{ bash: { command: "grep -c new slug.txt" } }] },
    {
      submit: {
        verdict: "approved",
        reason: "It says new.",
        findings: [],
        tests_written: [],
        tests_run: 1,
        passed: 1,
        failed: 0,
        failures: [],
        proof: PROOF,
      },
    },
  ],
};
const REJECTED: Turn = {
  submit: {
    verdict: "changes_requested",
    reason: "It is not new enough.",
    findings: [{ severity: "high", file: "slug.txt", line: 1, issue: "Not new enough.", fix: "Say newer." }],
    tests_written: [],
    tests_run: 1,
    passed: 0,
    failed: 1,
    failures: [],
    proof: PROOF,
  },
};
let model: FakeModel;
/** Never finishes the tester's first reply. */
let stalls = false;
/** The tester rejects the first work, and the debugger then writes something else. */
let rejects = false;
beforeEach(async () => {
  [stalls, rejects] = [false, false];
  let isRevised = false;
  model = await startFakeModel({
    answers: ({ messages }, { role }) => {
      const said = messages.filter(message => message.role === "assistant").length;
      if (stalls && role === "tester") return { text: "…", stall: true };
      if (rejects && role === "tester" && said === 1 && !isRevised) {
        isRevised = true;
        return REJECTED;
      }
      if (isRevised && role === "debugger" && said === 0)
        return {
          tools: [
            { write: { file_path: "slug.txt", content: "newer\n" } },
            { bash: { command: "grep new slug.txt" } },
          ],
        };
      return answers[role ?? ""]?.[said] ?? { submit: { status: "done" } };
    },
  });
});
afterEach(async () => {
  await model.close();
  expect(readdirSync(join(temp, "tmp"))).toEqual([]);
  expect(git("fsck", "--no-reflogs", "--dangling")).not.toMatch(/dangling commit/);
});
const env = () => ({
  ANTHROPIC_API_KEY: "scripted-key",
  ANTHROPIC_BASE_URL: model.url,
  TMPDIR: join(temp, "tmp"),
});
const ARGS = ["run", "--repo", repo, "--issue", join(temp, "issue.md")];
const refused = (message: string, hint: string) => ({ code: 1, out: "", err: `${message}\n${hint}\n` });

test.each([
  [
    ["--branch", "main"],
    refused(
      "The branch main cannot be made: a branch named 'main' already exists.",
      "Name another with --branch, or leave it out: then Kin takes a name that is free.",
    ),
  ],
  [
    ["--branch", "main/below"],
    { code: 1, err: expect.stringMatching(/^The branch main\/below cannot be made: cannot lock ref /) },
  ],
  [
    ["--branch", "no..name"],
    { code: 1, err: expect.stringMatching(/'no\.\.name' is not a valid branch name/) },
  ],
  [
    ["--branch", "a", "--patch", "b"],
    refused("--branch and --patch are both given.", "The result goes to one of them."),
  ],
  [
    ["--patch", join(temp, "none", "a.patch")],
    refused(
      `The patch cannot be written to ${join(temp, "none", "a.patch")} (ENOENT).`,
      "Name another file with --patch, or - for standard output.",
    ),
  ],
])("with %j nothing is asked of the model", async (args, said) => {
  expect(await kin([...ARGS, ...args], env())).toMatchObject(said);
  expect(model.requests()).toEqual([]);
});

test.each([
  ["http://127.0.0.1:1", "bad port"],
  ["http://127.0.0.1:64999", "ECONNREFUSED"],
])("a model at %s, where nothing answers, is said before the setup", async (url, why) => {
  const { code, out, err } = await kin(ARGS, { ...env(), ANTHROPIC_BASE_URL: url });
  expect([code, out]).toEqual([1, ""]);
  expect(err).toBe(
    `No model answers at ${url}: ${why}.\nLook at the way out of this machine, and at ANTHROPIC_BASE_URL: left out, it is Anthropic's own API.\n`,
  );
});

test("a branch that no number would help is refused at the first name", async () => {
  const args = [...ARGS.map(one => (one === repo ? join(temp, "taken") : one))];
  execFileSync("git", ["clone", "-q", repo, join(temp, "taken")]);
  execFileSync("git", ["-C", join(temp, "taken"), "branch", "kin"]);
  const { code, err } = await kin(args, env());
  expect(code).toBe(1);
  expect(err).toMatch(
    /^The branch kin\/local-say-new cannot be made: .*refs\/heads\/kin\/local-say-new'.*--patch/s,
  );
  expect(model.requests()).toEqual([]);
});

test("the result is a branch with a free name, made by one commit that says what it did", async () => {
  git("branch", "kin/local-say-new");
  const { code, err } = await kin(ARGS, env());
  expect(err).toMatch(/^The result will be the branch kin\/local-say-new-2\. /);
  expect(err).toMatch(/ {2}step 1 of 2 debugger {2}begins\n(?:.|\n)* {2}step 1 of 2 debugger {2}turn 1: /);
  expect(err).toMatch(
    /\nPassed: It says new\.\n\$(?:.|\n)*\nThe result is the branch kin\/local-say-new-2: git -C \/\S+\/slug diff HEAD\.\.\.kin\/local-say-new-2\n$/,
  );
  expect(code).toBe(0);
  expect(git("show", "kin/local-say-new-2:slug.txt")).toBe("new");
  expect(git("log", "-1", "--format=%s", "kin/local-say-new-2")).toBe("Says new now");
  expect(readFileSync(join(repo, "slug.txt"), "utf8")).toBe("old\n");
}, 60_000);

test("of work that was revised one commit is made, which bears the step that approved it", async () => {
  rejects = true;
  const { code, err } = await kin([...ARGS, "--branch", "revised"], env());
  expect(code, err).toBe(0);
  expect(git("show", "revised:slug.txt")).toBe("newer");
  expect(git("rev-list", "--count", "main..revised")).toBe("1");
  expect(git("log", "-1", "--format=%(trailers:key=Kin-Step,valueonly)", "revised")).toMatch(/\/4\/1$/);
}, 60_000);

test("Ctrl-C keeps what was written so far, and says that the next time begins anew", async () => {
  stalls = true;
  const started = startKin([...ARGS, "--patch", join(temp, "half.patch")], env());
  await started.says(/tester {2}begins/);
  started.stop("SIGINT");
  const { code, err } = await started.ended;
  expect(err).toMatch(
    /\nThe result is a patch in .*half\.patch: git apply takes it\.\nEnded before it was through; /,
  );
  expect(code).toBe(130);
  execFileSync("git", ["-C", repo, "apply", "--check", join(temp, "half.patch")]);
}, 60_000);
