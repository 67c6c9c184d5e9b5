// The example project and its story, as a person who tries Kin for the first time sees them.
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Octokit } from "@octokit/rest";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EXAMPLE, exampleProject, readIssue, STORY_ANSWERS, STORY_ISSUE } from "../../local/example.ts";
import { ROOT } from "../../local/world.ts";
import { readWorldFile } from "../../local/world-file.ts";
import { startKin } from "../cli/kin.ts";
import { COMPILED } from "../compiled.ts";
import { openSite } from "./site.ts";

const temp = mkdtempSync(join(tmpdir(), "kin-example-"));
afterAll(() => rmSync(temp, { recursive: true, force: true }));

const kin = (...args: string[]) =>
  spawnSync(process.execPath, [join(ROOT, "cli", "main.ts"), ...args], {
    encoding: "utf8",
    env: { ...COMPILED, PATH: process.env.PATH, HOME: temp },
    timeout: 180_000,
  });
/** The project's own test command, as its owner runs it. */
const npmTest = (directory: string): number | null =>
  spawnSync("npm", ["test"], { cwd: directory, env: { PATH: process.env.PATH, HOME: temp } }).status;

describe("npm start -- --once", { shuffle: false }, () => {
  const data = join(temp, "world");
  const copy = join(temp, "copy");
  let told: ReturnType<typeof kin>;
  beforeAll(() => {
    told = kin("start", "--once", "--data", data);
    cpSync(EXAMPLE, copy, { recursive: true });
    execFileSync("git", ["init", "-q"], { cwd: copy });
  });

  test("exits 0 and says that a script played the model", () => {
    expect(told.stderr).toBe("");
    expect(told.status).toBe(0);
    expect(told.stdout).toContain("a script plays the model");
    expect(told.stdout).toContain("1 return");
  });

  test("says how its pages are opened again, and gives no address that is dead", () => {
    expect(told.stdout).toContain(
      `Pull request #2, issue #1: \`npm start -- --data ${data} --no-story\` opens these pages again\n`,
    );
    expect(told.stdout.split("Ready for review")[1]).not.toContain("http://");
  });

  test("kin tasks lists it, and kin logs tells what its pipelines did", () => {
    expect(kin("tasks", "--data", data).stdout).toMatch(
      /^octocat\/house-costs#1 +ready for review +\$0\.\d\d +1 return +PR #2 +The flats' shares do not add up to the bill\n$/,
    );
    const logs = kin("logs", "1", "--data", data).stdout;
    expect(logs).toMatch(/^ 0:00 {2}pipeline 1 {2}pipeline 1 of octocat\/house-costs#1: /);
    expect(logs).toMatch(/ {2}pipeline 2 {2}passed: All criteria are met.*\n$/);
  });

  test("a second start goes on with what is there: the port, the issue, and nothing is told twice", () => {
    const { stdout, stderr, status } = kin("start", "--once", "--data", data);
    expect([status, stderr]).toEqual([0, ""]);
    const url = (text: string) => /GitHub +(http:\S+)/.exec(text)?.[1];
    expect(url(stdout)).toBe(url(told.stdout));
    expect(stdout).toContain("\nContinued, 1 task.\n");
    expect(stdout).toContain(
      `The example's issue is here already and is not opened again: ${url(stdout)}/issues/1\n`,
    );
    expect(stdout).not.toContain("#1 pipeline");
    expect(stdout).toContain("1 return");
  });

  test("tells every result, also those behind the first; the script refuses what it does not know, and says what to do", async () => {
    const started = startKin(["start", "--data", data, "--no-story"], { HOME: temp });
    await started.says(/the embedded world/);
    const { githubUrl, maintainerToken: auth } = readWorldFile(data);
    const octokit = new Octokit({ auth, baseUrl: `${githubUrl}/api/v3` });
    const at = { owner: "octocat", repo: "house-costs" };
    const { data: issue } = await octokit.rest.issues.create({ ...at, title: "Print the year, too" });
    await octokit.rest.issues.addLabels({ ...at, issue_number: issue.number, labels: ["kin"] });
    await started.says(
      new RegExp(
        `\n#${issue.number} Needs information: 1 pipeline, .*\n.* it knows only the example's issue,`,
      ),
    );
    await octokit.rest.pulls.merge({ ...at, pull_number: 2 });
    await started.says(/\n#1 Done: 2 pipelines, 1 return, /);
    const { data: said } = await octokit.rest.issues.listComments({ ...at, issue_number: issue.number });
    expect(said.map(({ body }) => body).join("\n")).toMatch(
      /ANTHROPIC_API_KEY.* or with answers that you write/,
    );
    started.stop("SIGINT");
    expect((await started.ended).code).toBe(0);
  }, 120_000);

  test("leaves a patch with which the example's failing tests pass", () => {
    expect(npmTest(copy)).toBe(1);
    const patch = kin("patch", "1", "--data", data);
    expect(patch.status).toBe(0);
    execFileSync("git", ["apply"], { cwd: copy, input: patch.stdout });
    expect(npmTest(copy)).toBe(0);
    // It was merged above; now the branch is deleted, as GitHub suggests.
    const [name = ""] = readdirSync(join(data, "github", "repositories")).filter(name =>
      name.endsWith(".git"),
    );
    const git = (...args: string[]) =>
      execFileSync("git", ["-C", join(data, "github", "repositories", name), ...args], {
        encoding: "utf8",
      }).trim();
    const branch = git("for-each-ref", "--format=%(refname)", "refs/heads/kin/");
    expect(git("merge-base", "main", branch)).toBe(git("rev-parse", branch));
    git("update-ref", "-d", branch);
    expect(kin("patch", "1", "--data", data)).toMatchObject({ status: 0, stderr: "", stdout: patch.stdout });
  });

  test("kin sql's table cuts long cells, and shows them on one line", () => {
    const { stdout } = kin(
      "sql",
      "select title, reason_text, snapshot from tasks, task_returns",
      "--data",
      data,
    );
    expect(stdout).toContain("…");
    expect(Math.max(...stdout.split("\n").map(line => line.length))).toBeLessThan(220);
  });

  test("leaves the story's return in the store, which kin sql shows", () => {
    const { stdout } = kin(
      "sql",
      "select return_number, reason_category, returned_by from task_returns where task_id in (select id from tasks where issue = 1)",
      "--json",
      "--data",
      data,
    );
    expect(JSON.parse(stdout)).toEqual([
      { return_number: 1, reason_category: "recurring_quality_fail", returned_by: "tester" },
    ]);
  });
});

test("a script whose fix is wrong changes the patch, and the gate does not pass whatever it says: the exit code of the tests that it ran decides", async () => {
  const answers = join(temp, "answers");
  cpSync(STORY_ANSWERS, answers, { recursive: true });
  const file = join(answers, "debugger@p2.yaml");
  const changed = readFileSync(file, "utf8").replace(/Math\.(trunc|floor)\(/, "Math.ceil(");
  expect(changed).not.toBe(readFileSync(file, "utf8"));
  writeFileSync(file, changed);
  const { files = {} } = exampleProject();
  const site = await openSite({
    answers,
    files: { ...files, ".github/kin.yml": "limits: { revisions: 0, returns: 2 }\n" },
  });
  try {
    const issue = await site.open(readIssue(STORY_ISSUE));
    await site.label(issue);
    await site.until(issue, "blocked");
    const returns = await site.store.returns((await site.task(issue)).id, 10);
    expect(returns.map(row => row.return_number)).toEqual([1, 2]);
    expect(returns[1]?.reason_text).toMatch(/approved, but `npm test` exited 1/);
    const { data } = await site.owner.rest.pulls.listFiles({
      ...site.at,
      pull_number: (await site.task(issue)).pr_number as number,
    });
    expect(data.find(file => file.filename === "src/split.js")?.patch).toContain("Math.ceil(");
  } finally {
    await site.close();
  }
});

test("the story also ends well where nothing is configured: what a gate rejects is revised", () => {
  const directory = join(temp, "unconfigured");
  cpSync(EXAMPLE, directory, { recursive: true });
  writeFileSync(join(directory, ".github", "kin.yml"), "");
  for (const args of [
    ["init", "-q"],
    ["add", "."],
    ["commit", "-qm", "All"],
  ])
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.com", ...args], { cwd: directory });
  const options = ["--repo", directory, "--answers", STORY_ANSWERS, "--issue", STORY_ISSUE];
  const { status, stdout, stderr } = kin("start", "--once", ...options);
  expect([status, stderr]).toEqual([0, ""]);
  expect(stdout).toMatch(/\n#1 Ready for review: 1 pipeline, 0 returns, /);
  expect(stdout).toContain("revision: debugger → tester after step 2");
}, 180_000);
