// A run that ends too early, and an App that is down for a while: the real bundle is cancelled in the middle of a model
// call, and the App is killed during a run.
import { once } from "node:events";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { PipelineRecord } from "../../core/model/record.ts";
import { type FakeModel, startFakeModel } from "../../local/model/server.ts";
import { endingOf } from "../../scripts/crash/ending.ts";
import { environmentOf } from "../../scripts/crash/environment.ts";
import { type Asked, brokenBy, repeatedCalls } from "../../scripts/crash/invariants.ts";
import { ANSWERS, openSite, type Project, type Site, sleep } from "./site.ts";

const temp = mkdtempSync(join(tmpdir(), "kin-outage-"));
const effects = join(temp, "effects.log");
let site: Site;
beforeAll(async () => {
  const answers = join(temp, "answers");
  cpSync(ANSWERS, answers, { recursive: true });
  const planned = readFileSync(join(ANSWERS, "pm.yaml"), "utf8");
  // Time enough to stop the App.
  writeFileSync(join(answers, "pm.yaml"), planned.replace("- submit:", "- delay_ms: 2000\n  submit:"));
  site = await openSite({ answers, env: { action: environmentOf("action", { log: effects }) } });
});
afterAll(async () => {
  await site.close();
  rmSync(temp, { recursive: true, force: true });
});

const latest = async (project: Project, issue: number): Promise<PipelineRecord> =>
  (await project.pipelines(issue)).at(-1) as PipelineRecord;
const journalOf = async (project: Project, issue: number) =>
  (await site.store.journal((await latest(project, issue)).id)).map(event => event.data);
const completed = async ({ owner, at }: Project, run_id: number): Promise<void> => {
  for (let tries = 0; tries < 400; tries++) {
    if ((await owner.rest.actions.getWorkflowRun({ ...at, run_id })).data.status === "completed") return;
    await sleep(50);
  }
  throw new Error(`The run ${run_id} does not end.`);
};

const logOf = async ({ owner, at }: Project, run_id: number): Promise<string> => {
  const { data } = await owner.rest.actions.listJobsForWorkflowRun({ ...at, run_id });
  const job_id = data.jobs.find(job => job.name === "run")?.id ?? 0;
  return String((await owner.rest.actions.downloadJobLogsForWorkflowRun({ ...at, job_id })).data);
};

describe("a run that is cancelled while the model thinks", () => {
  /** Receives a request and never responds. */
  const silent = createServer();
  let model: FakeModel;
  let project: Project;
  let issue: number;
  let run_id: number;
  let journal: Awaited<ReturnType<typeof journalOf>>;
  beforeAll(async () => {
    // Removes what another run left.
    rmSync(effects, { force: true });
    await once(silent.listen(0, "127.0.0.1"), "listening");
    model = await startFakeModel({ answers: ANSWERS });
    project = await site.project({ name: "cancelled" });
    const ask = (value: string) =>
      site.world.github.setVariable({ ...project.at, name: "ANTHROPIC_BASE_URL", value });
    ask(`http://127.0.0.1:${(silent.address() as AddressInfo).port}`);
    const thinking = once(silent, "request");
    issue = await project.open();
    await project.label(issue);
    await thinking;
    ask(model.url);
    run_id = Number((await latest(project, issue)).run_id);
    await project.writer.rest.actions.cancelWorkflowRun({ ...project.at, run_id });
    await completed(project, run_id);
    await project.until(issue, "review");
    journal = await journalOf(project, issue);
  });
  afterAll(async () => {
    silent.close();
    silent.closeAllConnections();
    await model.close();
  });

  test("journals that it was interrupted, and nothing of the turn under way", () => {
    expect(journal.slice(0, 4).map(event => event.kind)).toEqual([
      "opened",
      "claimed",
      "set_up",
      "interrupted",
    ]);
    expect(journal[3]).toMatchObject({ reason: "The run was cancelled or its runner was shut down." });
  });

  test("gives its lease back before it goes, and is gone before it would be killed", async () => {
    const { id } = await latest(project, issue);
    const done = readFileSync(effects, "utf8").split("\n");
    expect(done.slice(0, done.lastIndexOf("claim"))).toEqual([
      "claim",
      `append ${id} set_up`,
      "model",
      `append ${id} interrupted`,
      "release",
      "end",
    ]);
    expect(await logOf(project, run_id)).not.toContain("The lease was not given back");
  });

  test("leaves the pipeline to another run, which ends it as usual", async () => {
    expect(journal.filter(event => event.kind === "claimed")).toHaveLength(2);
    expect(journal.at(-1)).toMatchObject({ kind: "finished", outcome: "passed" });
  });
});

describe("a run whose App is killed under it and is away for some seconds", () => {
  let issue: number;
  beforeAll(async () => {
    issue = await site.open();
    await site.label(issue);
    await site.driven(issue);
    while (!(await journalOf(site, issue)).some(event => event.kind === "set_up")) await sleep(20);
    const app = site.world.app();
    app?.kill("SIGKILL");
    await sleep(5_000);
    await site.world.startApp();
    await site.until(issue, "review");
  });

  test("sends again what was not answered, in the same run, to the usual end", async () => {
    const { state, outcome, dispatches, run_id } = await latest(site, issue);
    expect([state, outcome, dispatches]).toEqual(["finished", "passed", 1]);
    expect(await logOf(site, Number(run_id))).toMatch(/does not answer\. Kin goes on and sends it again/);
  });

  test("leaves nothing twice: no event, model call, commit, comment or review", async () => {
    const kinds = (await journalOf(site, issue)).map(event => event.kind);
    expect(kinds.filter(kind => kind === "claimed" || kind === "planned" || kind === "finished")).toEqual([
      "claimed",
      "planned",
      "finished",
    ]);
    const { world, store } = site;
    const { facts } = await endingOf({ world, store, repository: site.at.repo, issue });
    const asked = (world.modelRequests?.() ?? []) as readonly Asked[];
    expect(brokenBy(facts, { again: repeatedCalls(asked), crashes: 0 })).toEqual([]);
  });
});
