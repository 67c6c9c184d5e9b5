// What somebody with write access may say while Kin works, and that nobody else is heard.
import { afterAll, beforeAll, expect, test } from "vitest";
import { deedsOf, shownTo } from "./journal.ts";
import { NOTHING, openSite, type Project, type Site, sleep } from "./site.ts";

let site: Site;
let project: Project;
let issue: number;
beforeAll(async () => {
  site = await openSite();
  project = await site.project({ name: "told" });
  issue = await project.open();
  await project.label(issue);
  for (let tries = 0; tries < 600 && !(await isAtWork()); tries++) await sleep(50);
  for (const body of ["/kin tell Greet the moon too.", "/kin workers", "/kin plan"])
    await project.say(issue, body);
  await project.ended(issue, 1, "review");
});
afterAll(() => site.close());

/** Whether the debugger's conversation is under way. */
const isAtWork = async () =>
  (await project.journal(issue).catch(() => [])).some(
    event => event.kind === "attempt_started" && event.role === "debugger",
  );

test("/kin tell is heard by the conversation under way, behind the turn that it came in", async () => {
  const journal = await project.journal(issue);
  expect(deedsOf(journal).slice(4)).toEqual(["planned", "told", "debugger done", "tester done", "passed"]);
  const requests = (site.world.modelRequests?.() ?? []) as readonly { role: string; body?: unknown }[];
  const heard = requests.filter(({ body }) =>
    JSON.stringify(body).includes("monalisa, who may direct this task, says: Greet the moon too."),
  );
  expect([...new Set(heard.map(({ role }) => role))]).toEqual(["debugger"]);
  expect(shownTo(journal, "tester")).toMatch(/What people said[\s\S]*- monalisa: Greet the moon too\./);
  expect(await site.store.query("SELECT kind, source FROM messages")).toMatchObject([
    { kind: "tell", source: expect.stringMatching(/^issue_comment:\d+$/) },
  ]);
});

test("/kin workers and /kin plan say who is at work on what", async () => {
  const said = (await project.comments(issue)).join("\n");
  expect(said).toMatch(/\| 1\/1 \| debugger \| running \|[^\n]*Make test\.sh pass/);
  expect(said).toMatch(/1\. [^\n]*\*\*debugger\*\*[^\n]*Make test\.sh pass\.\n2\. [^\n]*\*\*tester\*\*/);
});

test("when nobody is at work they say so", async () => {
  for (const body of ["/kin tell Anybody?", "/kin workers"]) await project.say(issue, body);
  await site.quiet();
  const said = (await project.comments(issue)).slice(-2).join("\n");
  expect(said).toContain("Nothing is running that could hear it");
  expect(said).toContain("Nobody is at work just now");
  expect(await project.again()).toEqual(NOTHING);
});

test("/kin mode and the label kin:auto say how the task completes; without either the project does", async () => {
  const mode = async () => (await project.task(issue)).execution_mode;
  for (const [word, found] of [
    ["auto", "auto_complete"],
    ["review", "review"],
  ] as const) {
    await project.say(issue, `/kin mode ${word}`);
    await site.quiet();
    expect(await mode()).toBe(found);
  }
  const at = { ...project.at, issue_number: issue };
  await project.writer.rest.issues.addLabels({ ...at, labels: ["kin:auto"] });
  await site.quiet();
  expect(await mode()).toBe("auto_complete");
  await project.writer.rest.issues.removeLabel({ ...at, name: "kin:auto" });
  await site.quiet();
  expect(await mode()).toBeNull();
  site.world.github.setPermission({ ...project.at, login: "hubot", permission: "triage" });
  await project.outsider.rest.issues.addLabels({ ...at, labels: ["kin:auto", "kin:hold"] });
  await site.quiet();
  // Anybody who may put a label on may ask for more care.
  expect(await project.task(issue)).toMatchObject({ execution_mode: null, hold: 1 });
});

const COMMANDS = [
  "/kin",
  "/kin tell Stop that.",
  "/kin mode auto",
  "/kin plan",
  "/kin workers",
  "/kin escalate",
  "/kin decide Greet nobody.",
  "/kin approve",
  "/kin return missing_context No.",
  "/kin rerun",
  "/kin stop",
];
test("by somebody without write access every command is silence, without even a reaction", async () => {
  const before = await project.task(issue);
  const writes = site.world.github.writes.length;
  for (const body of COMMANDS)
    await project.outsider.rest.issues.createComment({ ...project.at, issue_number: issue, body });
  await site.quiet();
  expect(site.world.github.writes.slice(writes).filter(write => write.app === "kin")).toEqual([]);
  expect(await project.task(issue)).toEqual(before);
  expect(await project.pipelines(issue)).toHaveLength(1);
  expect(await project.again()).toEqual(NOTHING);
});
