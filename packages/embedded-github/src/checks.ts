// Check runs and suites. A check belongs to the App that made it, or to "github-actions" if a job did.

import * as z from "zod";
import { emitRun, emitSuite } from "./check-events.ts";
import { renderCheckRun, renderWholeSuite, suiteState } from "./check-render.ts";
import { Failure, forbidden, unprocessable } from "./failure.ts";
import { commitOf, listRefs, type Person, resolveCommit } from "./git-read.ts";
import { created, needs, ok, page, type RepositoryCall, type Route } from "./rest.ts";
import type { CheckRun, CheckSuite } from "./state.ts";
import { type Deed, gitDirectory, must } from "./world.ts";

const Conclusion = z.enum([
  "action_required",
  "cancelled",
  "failure",
  "neutral",
  "success",
  "skipped",
  "stale",
  "timed_out",
]);
const Output = z.object({
  title: z.string().optional(),
  summary: z.string(),
  text: z.string().optional(),
  annotations: z.array(z.record(z.string(), z.unknown())).optional(),
});
const Fields = {
  details_url: z.string().optional(),
  external_id: z.string().optional(),
  status: z.enum(["queued", "in_progress", "completed", "waiting", "requested", "pending"]).optional(),
  conclusion: Conclusion.optional(),
  started_at: z.string().optional(),
  completed_at: z.string().optional(),
  output: Output.optional(),
  actions: z.array(z.record(z.string(), z.unknown())).optional(),
};
const NewCheck = z.object({ name: z.string(), head_sha: z.string(), ...Fields });
const ChangedCheck = z.object({ name: z.string().optional(), ...Fields });

const read = needs("checks", "read", "read");
const write = needs("checks", "write", "write");
const base = "/repos/{owner}/{repo}";

export const checkRoutes: readonly Route[] = [
  { method: "POST", path: `${base}/check-runs`, need: write, handle: createCheck },
  {
    method: "GET",
    path: `${base}/check-runs/{check_run_id}`,
    need: read,
    handle: call => shown(call, find(call)),
  },
  { method: "PATCH", path: `${base}/check-runs/{check_run_id}`, need: write, handle: updateCheck },
  {
    method: "GET",
    path: `${base}/check-runs/{check_run_id}/annotations`,
    need: read,
    handle: call => page(call, find(call).annotations, one => one),
  },
  { method: "POST", path: `${base}/check-runs/{check_run_id}/rerequest`, need: write, handle: rerequestRun },
  { method: "GET", path: `${base}/commits/{ref}/check-runs`, need: read, handle: listForRef },
  { method: "GET", path: `${base}/commits/{ref}/check-suites`, need: read, handle: listSuites },
  {
    method: "GET",
    path: `${base}/check-suites/{check_suite_id}`,
    need: read,
    handle: call => ok(renderWholeSuite(call.world, call.repository, findSuite(call))),
  },
  {
    method: "GET",
    path: `${base}/check-suites/{check_suite_id}/check-runs`,
    need: read,
    handle: listForSuite,
  },
  {
    method: "POST",
    path: `${base}/check-suites/{check_suite_id}/rerequest`,
    need: write,
    handle: rerequestSuite,
  },
];

const shown = (call: RepositoryCall, run: CheckRun) => ok(renderCheckRun(call.world, call.repository, run));
const find = (call: RepositoryCall): CheckRun =>
  must(call.repository.checkRuns.find(run => run.id === call.number("check_run_id")));
const findSuite = (call: RepositoryCall): CheckSuite =>
  must(call.repository.checkSuites.find(suite => suite.id === call.number("check_suite_id")));

function appOfCall(call: RepositoryCall): number {
  if (call.appId === null) throw forbidden("You must authenticate via a GitHub App.");
  return call.appId;
}

async function createCheck(call: RepositoryCall) {
  const appId = appOfCall(call);
  const wanted = call.read(NewCheck);
  checkOutput(wanted);
  const { world, repository } = call;
  const sha = await resolveCommit(gitDirectory(world, repository), wanted.head_sha);
  if (sha === null || sha !== wanted.head_sha)
    throw unprocessable(`No commit found for SHA: ${wanted.head_sha}`);
  const suite = await suiteFor(call, appId, sha);
  const run: CheckRun = {
    id: world.id(),
    suiteId: suite.id,
    appId,
    name: wanted.name,
    headSha: sha,
    status: "queued",
    conclusion: null,
    startedAt: null,
    completedAt: null,
    externalId: "",
    detailsUrl: null,
    output: { title: null, summary: null, text: null },
    annotations: [],
    actions: [],
  };
  repository.checkRuns.push(run);
  change(call, run, wanted);
  emitRun(call, "created", run);
  if (run.status === "completed") finished(call, run, suite);
  return created(renderCheckRun(world, repository, run));
}

async function suiteFor(call: RepositoryCall, appId: number, sha: string): Promise<CheckSuite> {
  const { world, repository } = call;
  const known = repository.checkSuites.find(suite => suite.appId === appId && suite.headSha === sha);
  if (known !== undefined) return known;
  const heads = await listRefs(gitDirectory(world, repository), "refs/heads");
  const branch = [...heads].find(([, head]) => head === sha)?.[0].replace("refs/heads/", "") ?? null;
  return addSuite(call, { appId, headSha: sha, headBranch: branch, runId: null, status: null });
}

export async function addSuite(
  deed: Deed,
  suite: Pick<CheckSuite, "appId" | "headSha" | "headBranch" | "runId" | "status">,
): Promise<CheckSuite> {
  const { world, repository } = deed;
  const now = world.stamp();
  const commit = must(await commitOf(gitDirectory(world, repository), suite.headSha));
  const bare = ({ name, email }: Person) => ({ name, email });
  const headCommit = {
    id: commit.sha,
    tree_id: commit.tree,
    message: commit.message,
    timestamp: commit.committer.date,
    author: bare(commit.author),
    committer: bare(commit.committer),
  };
  const row: CheckSuite = {
    id: world.id(),
    ...suite,
    headCommit,
    createdAt: now,
    updatedAt: now,
    conclusion: null,
  };
  repository.checkSuites.push(row);
  return row;
}

type Wanted = z.output<typeof ChangedCheck>;

function checkOutput(wanted: Wanted): void {
  const { output } = wanted;
  const tooMany = (allowed: number, given: number, what: string) =>
    unprocessable(`Invalid request.\n\nOnly ${allowed} ${what} are allowed; ${given} were supplied.`);
  for (const text of [output?.summary, output?.text])
    if ((text ?? "").length > 65_535) throw tooMany(65_535, (text ?? "").length, "characters");
  if ((output?.annotations ?? []).length > 50)
    throw tooMany(50, output?.annotations?.length ?? 0, "annotations");
  if ((wanted.actions ?? []).length > 3) throw tooMany(3, wanted.actions?.length ?? 0, "actions");
  if (wanted.status === "completed" && wanted.conclusion === undefined)
    throw unprocessable("Invalid request.\n\nconclusion is required when status is completed");
  if (output !== undefined && output.title === undefined)
    throw unprocessable('Invalid request.\n\n"title" wasn\'t supplied.');
}

function change(call: RepositoryCall, run: CheckRun, wanted: Wanted): void {
  const now = call.world.stamp();
  run.name = wanted.name ?? run.name;
  run.detailsUrl = wanted.details_url ?? run.detailsUrl;
  run.externalId = wanted.external_id ?? run.externalId;
  run.startedAt = wanted.started_at ?? run.startedAt ?? now;
  run.actions = wanted.actions ?? run.actions;
  if (wanted.output !== undefined) {
    const { title, summary, text, annotations } = wanted.output;
    run.output = { title: title ?? null, summary, text: text ?? null };
    run.annotations = [...run.annotations, ...(annotations ?? [])];
  }
  const completed = wanted.conclusion !== undefined;
  run.status = completed ? "completed" : (wanted.status ?? run.status);
  // A run that is resumed loses its conclusion.
  run.conclusion = run.status === "completed" ? (wanted.conclusion ?? run.conclusion) : null;
  run.completedAt = run.status === "completed" ? (wanted.completed_at ?? run.completedAt ?? now) : null;
}

function updateCheck(call: RepositoryCall) {
  const run = find(call);
  if (run.appId !== appOfCall(call))
    throw forbidden(
      `Invalid app_id \`${call.appId}\` - check run can only be modified by the GitHub App that created it.`,
    );
  const wanted = call.read(ChangedCheck);
  checkOutput(wanted);
  const before = run.status;
  change(call, run, wanted);
  const suite = must(call.repository.checkSuites.find(one => one.id === run.suiteId));
  if (before !== "completed" && run.status === "completed") finished(call, run, suite);
  return shown(call, run);
}

function finished(call: RepositoryCall, run: CheckRun, suite: CheckSuite): void {
  suite.updatedAt = call.world.stamp();
  emitRun(call, "completed", run);
  if (suiteState(call.repository, suite).status === "completed") emitSuite(call, "completed", suite);
}

function rerequestRun(call: RepositoryCall) {
  const run = find(call);
  emitRun(call, "rerequested", run, run.appId);
  return created({});
}

function rerequestSuite(call: RepositoryCall) {
  const suite = findSuite(call);
  emitSuite(call, "rerequested", suite, suite.appId);
  return created({});
}

async function shaOf(call: RepositoryCall): Promise<string> {
  const sha = await resolveCommit(gitDirectory(call.world, call.repository), call.param("ref"));
  if (sha === null) throw new Failure(422, `No commit found for SHA: ${call.param("ref")}`);
  return sha;
}

async function listForRef(call: RepositoryCall) {
  const sha = await shaOf(call);
  return listRuns(call, run => run.headSha === sha);
}

function listForSuite(call: RepositoryCall) {
  const suite = findSuite(call);
  return listRuns(call, run => run.suiteId === suite.id);
}

function listRuns(call: RepositoryCall, wanted: (run: CheckRun) => boolean) {
  const { query, repository } = call;
  const [name, status, appId] = [query.get("check_name"), query.get("status"), query.get("app_id")];
  const found = repository.checkRuns.filter(
    run =>
      wanted(run) &&
      (name === null || run.name === name) &&
      (status === null || run.status === status) &&
      (appId === null || run.appId === Number(appId)),
  );
  const latest = new Map(found.map(run => [`${run.suiteId}/${run.name}`, run]));
  const rows = query.get("filter") === "all" ? found : [...latest.values()];
  rows.sort((a, b) => b.id - a.id);
  return page(
    call,
    rows,
    run => renderCheckRun(call.world, repository, run),
    check_runs => ({
      total_count: rows.length,
      check_runs,
    }),
  );
}

async function listSuites(call: RepositoryCall) {
  const sha = await shaOf(call);
  const appId = call.query.get("app_id");
  const found = call.repository.checkSuites.filter(
    suite => suite.headSha === sha && (appId === null || suite.appId === Number(appId)),
  );
  return page(
    call,
    found,
    suite => renderWholeSuite(call.world, call.repository, suite),
    check_suites => ({
      total_count: found.length,
      check_suites,
    }),
  );
}
