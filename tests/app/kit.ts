// The App's server as in production, in this process: real Probot, a libSQL file, the embedded GitHub with its token
// issuer. They share one clock, which tests move. No worker: requested jobs stay in `jobs`, to be examined.
import { createHash, createHmac, type KeyObject, randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { QueuedRun, RunResult } from "embedded-github";
import { GITHUB_ACTIONS_BOT } from "embedded-github";
import { hello } from "embedded-github/site";
import { decodeJwt, SignJWT } from "jose";
import { Probot, ProbotOctokit } from "probot";
import { afterAll, beforeAll, expect } from "vitest";
import { createGitHub } from "../../app/github/github.ts";
import { installedRepositories } from "../../app/github/installed.ts";
import { createOctokits } from "../../app/github/octokits.ts";
import { createDeliveries } from "../../app/intake/deliveries.ts";
import { handleSignal } from "../../app/intake/handle.ts";
import { toSignal } from "../../app/intake/signal.ts";
import { isWaiting } from "../../app/jobs/done.ts";
import { perform } from "../../app/jobs/perform.ts";
import type { Plane } from "../../app/plane.ts";
import { performDispatch, publishDispatch } from "../../app/publish/dispatch.ts";
import { loadView } from "../../app/publish/view.ts";
import { createFolds } from "../../app/runs/folds.ts";
import { createVerifier, type Verifier } from "../../app/runs/oidc.ts";
import { createAppServer, createPageServer } from "../../app/server.ts";
import { openDatabase } from "../../app/store/database.ts";
import { createStore } from "../../app/store/store.ts";
import { Key } from "../../core/model/key.ts";
import type { PipelineRecord, TaskRecord } from "../../core/model/record.ts";
import { type ClaimRequest, PROTOCOL } from "../../core/model/wire.ts";
import { loadRoster } from "../../host/roster.ts";
import type { CrashPoint } from "../../scripts/crash/crash-point.ts";
import { crashingDatabase, crashingOctokit } from "../../scripts/crash/wrap.ts";
import { openSite, type Site } from "../site.ts";
import { openPipeline, saveTask } from "../store/facts.ts";
import { issuerKey, WEBHOOK_SECRET } from "./served.ts";

export { WEBHOOK_SECRET };
export const TRUSTED_WORKFLOW = "kin/kin/.github/workflows/kin.yml@refs/heads/main";

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into freely
  readonly data: any;
}

export interface Queued {
  readonly issue: number;
  readonly task: TaskRecord;
  readonly pipeline: PipelineRecord;
  readonly run: QueuedRun;
}

export interface Kit {
  readonly site: Site;
  readonly plane: Plane;
  readonly url: string;
  readonly page_url: string;
  readonly server: Server;
  /** Everything that was logged, including warnings. */
  readonly logged: string[];
  /** The same App, but it dies at its n-th write to the store or to GitHub, counting from one that matches `from`. */
  readonly dying: (n: number, from?: RegExp) => Plane;
  /** Works off due jobs of these kinds, and what follows from them. */
  readonly work: (...kinds: readonly string[]) => Promise<void>;
  /** The same with another App, such as one that dies. */
  readonly workOn: (plane: Plane, ...kinds: readonly string[]) => Promise<void>;
  readonly pass: (seconds: number) => void;
  /** Meanwhile only `pass` moves the clock, however slow the machine is. */
  readonly still: (deed: () => Promise<void>) => Promise<void>;
  readonly post: (
    path: string,
    options: { readonly token?: string; readonly body: unknown },
  ) => Promise<Answer>;
  readonly claim: (token: string, request?: Partial<ClaimRequest>) => Promise<Answer>;
  /** Claims a pipeline with its own run, or another. */
  readonly claimed: (of: Queued, run?: QueuedRun) => Promise<Answer>;
  /** An issue that somebody labelled, taken up by intake, with a dispatched run that waits for a runner. */
  readonly queue: (options?: { readonly by?: "octocat" | "hubot" }) => Promise<Queued>;
  /** Another issue whose task and pipeline exist only in the store, with the same run: all that the run API needs. */
  readonly copy: (of: Queued) => Promise<Queued>;
  readonly dispatchedBy: (
    login: "octocat" | "hubot",
    issue: number,
    options?: { readonly pipeline?: string; readonly from_step?: string; readonly dry_run?: boolean },
  ) => Promise<QueuedRun>;
  readonly run: (id: number, attempt?: number) => Promise<QueuedRun>;
  /** Ends a run, and waits until GitHub has recorded it. */
  readonly end: (run: QueuedRun, conclusion: RunResult["conclusion"]) => Promise<void>;
  readonly idToken: (run: QueuedRun, audience?: string) => Promise<string>;
  /** The run's token with other claims, signed with the issuer's own key or another. */
  readonly forge: (
    run: QueuedRun,
    claims: Readonly<Record<string, unknown>>,
    options?: { readonly key?: KeyObject; readonly kid?: string },
  ) => Promise<string>;
  /** GitHub's claims about a run, with a new id each time. */
  readonly claims: (run: QueuedRun) => Promise<Readonly<Record<string, unknown>>>;
  readonly verify: Verifier;
  readonly close: () => Promise<void>;
}

/** Longer than a test runs: what waits is tried again when the test moves the clock. */
const WAIT_MS = 60_000;

const Unpaced = ProbotOctokit.defaults((options: { throttle?: object }) => ({
  ...options,
  retry: { enabled: false },
  throttle: { ...options.throttle, enabled: false },
}));

export const openKit = async (): Promise<Kit> => {
  const directory = await mkdtemp(join(tmpdir(), "kin-app-"));
  let offset = 0;
  let still: number | null = null;
  const now = () => (still ?? Date.now()) + offset;
  const runs: { readonly run: QueuedRun; readonly end: (result: RunResult) => void }[] = [];
  const site = await openSite({
    now: () => new Date(now()),
    onRun: run => new Promise(end => void runs.push({ run, end })),
  });
  const database = await openDatabase({ url: `file:${join(directory, "kin.db")}` });
  const store = createStore(database);
  const probot = new Probot({
    appId: site.app.appId,
    privateKey: site.app.privateKey,
    secret: WEBHOOK_SECRET,
    baseUrl: site.github.apiUrl,
    logLevel: "fatal",
    Octokit: Unpaced,
  });
  const { appId, privateKey } = site.app;
  const octokits = createOctokits({ appId, privateKey, baseUrl: site.github.apiUrl, Octokit: Unpaced });
  const logged: string[] = [];
  const warn: Plane["warn"] = (error, about) => void logged.push(`${about}: ${error.message}`);
  const asApp = await probot.auth();
  const planeWith = (point: CrashPoint | null): Plane => {
    const store = createStore(point === null ? database : crashingDatabase(database, point));
    return {
      store,
      folds: createFolds(store),
      clock: { now, sleep: ms => new Promise(resolve => setTimeout(resolve, ms)) },
      roster: loadRoster(join(import.meta.dirname, "..", "..")).roster,
      app: { id: site.app.appId, slug: "kin", bot_id: site.app.botId },
      actions_bot_id: GITHUB_ACTIONS_BOT,
      reviewer: null,
      github: async project => {
        const octokit = octokits(project);
        return createGitHub({
          octokit: point === null ? octokit : crashingOctokit(octokit, point),
          project,
          pace: async () => {},
        });
      },
      readToken: async project => {
        const { data } = await asApp.request("POST /app/installations/{installation_id}/access_tokens", {
          installation_id: Number(project.installation_id),
          repository_ids: [project.id],
          permissions: { contents: "read" },
        });
        return data.token;
      },
      installationOf: async (owner, repo) =>
        asApp.request("GET /repos/{owner}/{repo}/installation", { owner, repo }).then(
          ({ data }) => data.id,
          () => null,
        ),
      repositories: () => installedRepositories(asApp, { asInstallation: id => probot.auth(id), warn }),
      deliveries: createDeliveries(asApp),
      sign: text => createHmac("sha256", WEBHOOK_SECRET).update(text).digest("hex"),
      random: () => randomBytes(32).toString("base64url"),
      sha256: text => createHash("sha256").update(text).digest("hex"),
      server_url: site.github.url,
      public_url: "http://kin.test",
      log: line => void logged.push(line),
      warn,
    };
  };
  const plane = planeWith(null);
  const verify = createVerifier({ issuers: [site.github.oidcIssuer], audience: plane.public_url, now });
  const server = createAppServer({
    webhook_secret: WEBHOOK_SECRET,
    plane,
    claims: { plane, verify, trusted_workflows: [TRUSTED_WORKFLOW] },
    wake: () => {},
  });
  const page = createPageServer(plane);
  const [url, page_url] = (await Promise.all([server, page].map(listening))) as [string, string];
  await site.octocat.rest.repos.createOrUpdateFileContents({
    ...hello,
    path: ".github/kin.yml",
    message: "Configure Kin",
    content: Buffer.from("limits:\n  runs: 50\n").toString("base64"),
  });

  const post: Kit["post"] = async (path, { token, body }) => {
    const response = await fetch(`${url}${path}`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
    return { status: response.status, data: await response.json() };
  };
  const run: Kit["run"] = async (id, attempt = 1) => {
    for (let tries = 0; tries < 200; tries++) {
      const found = runs.find(one => one.run.id === id && one.run.attempt === attempt);
      if (found !== undefined) return found.run;
      await new Promise(resolve => setTimeout(resolve, 10));
    }
    throw new Error(`Attempt ${attempt} of run ${id} was never handed to a runner.`);
  };
  const idToken: Kit["idToken"] = async (of, audience = plane.public_url) => {
    const request = of.idTokenRequest("run");
    const response = await fetch(`${request.url}&audience=${encodeURIComponent(audience)}`, {
      headers: { authorization: `bearer ${request.token}` },
    });
    return ((await response.json()) as { value: string }).value;
  };

  const workOn: Kit["workOn"] = async (plane, ...kinds) => {
    const due = `SELECT key FROM jobs WHERE done_at IS NULL AND kind IN ('${kinds.join("','")}')`;
    for (;;) {
      const [row] = await store.query(`${due} AND due_at <= ${now()} ORDER BY due_at, rowid`);
      const job = row === undefined ? null : await store.job(Key.parse(row.key));
      if (job === null) return;
      const done = await perform(job, plane);
      if (isWaiting(done)) await store.retryJob(job, { due_at: now() + WAIT_MS, error: done.why });
      else await store.finishJob(job, { now: now(), ...done });
    }
  };

  const claim: Kit["claim"] = (token, request) => post("/kin/claim", { token, body: aRequest(request) });

  return {
    site,
    plane,
    url,
    page_url,
    server,
    logged,
    dying: (n, from = /./) => {
      let left = n;
      let counts = false;
      return planeWith(what => {
        counts ||= from.test(what);
        if (counts && --left <= 0) throw new Error(`killed before: ${what}`);
      });
    },
    work: (...kinds) => workOn(plane, ...kinds),
    workOn,
    pass: seconds => {
      offset += seconds * 1000;
    },
    still: async deed => {
      still = Date.now();
      await deed().finally(() => {
        still = null;
      });
    },
    post,
    claim,
    claimed: async (of, run = of.run) => claim(await idToken(run), { pipeline: of.pipeline.id }),
    queue: async ({ by = "octocat" } = {}) => {
      const { data: issue } = await site.octocat.rest.issues.create({ ...hello, title: "The sum is wrong" });
      await site[by].rest.issues.addLabels({ ...hello, issue_number: issue.number, labels: ["kin"] });
      const { data: repository } = await site.octocat.rest.repos.get(hello);
      const payload = { action: "labeled", repository, issue, label: { name: "kin" } };
      await handleSignal(toSignal("issues", payload, plane.sha256), plane);
      const found = await store.findTask({ project_id: repository.id, issue: issue.number });
      if (found === null) throw new Error("Intake did not take the issue.");
      const view = await loadView(found.id, plane);
      if (view === null) throw new Error("There is nothing to dispatch.");
      await publishDispatch({ plane, github: await plane.github(view.project), view });
      const before = view.pipelines.at(-1)?.record.id ?? "";
      await performDispatch({ pipeline: before, number: 1, before: null }, plane);
      const task = (await store.task(found.id)) as TaskRecord;
      const pipeline = (await store.pipelines(task.id)).at(-1) as PipelineRecord;
      return { issue: issue.number, task, pipeline, run: await run(Number(pipeline.run_id)) };
    },
    copy: async of => {
      const [opened] = await store.journal(of.pipeline.id);
      if (opened?.data.kind !== "opened") throw new Error("The journal does not begin with its opening.");
      const id = `${of.pipeline.id}-${randomBytes(4).toString("hex")}`;
      const { project_id, title, url, asked_by, asked_by_id } = of.task;
      const { number: issue } = (await site.octocat.rest.issues.create({ ...hello, title })).data;
      const made = await saveTask(
        store,
        { project_id, issue, title, url, asked_by, asked_by_id, trigger_id: null },
        now(),
      );
      const opening = { ...opened.data.opening, pipeline: id };
      await openPipeline(store, { task_id: made.id, opening, jobs: [], at: now() });
      await store.updatePipeline(id, { run_id: String(of.run.id), dispatches: 1 });
      const task = (await store.task(made.id)) as TaskRecord;
      return { issue, task, pipeline: (await store.pipeline(id)) as PipelineRecord, run: of.run };
    },
    dispatchedBy: async (login, issue, { pipeline = "", from_step = "", dry_run = false } = {}) => {
      const { data } = await site[login].request(
        "POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches",
        {
          ...hello,
          workflow_id: "kin.yml",
          ref: "main",
          inputs: { issue, pipeline, from_step, dry_run },
          return_run_details: true,
        } as never,
      );
      return run((data as unknown as { workflow_run_id: number }).workflow_run_id);
    },
    run,
    end: async (of, conclusion) => {
      runs.find(one => one.run === of)?.end({ conclusion });
      for (let tries = 0; tries < 200; tries++) {
        const { data } = await site.octocat.rest.actions.getWorkflowRun({ ...hello, run_id: of.id });
        if (data.status === "completed") return;
        await new Promise(resolve => setTimeout(resolve, 10));
      }
      throw new Error(`Run ${of.id} did not end.`);
    },
    idToken,
    forge: async (of, claims, { key, kid = "embedded-1" } = {}) => {
      const genuine = decodeJwt(await idToken(of));
      return new SignJWT({ ...genuine, ...claims })
        .setProtectedHeader({ alg: "RS256", kid })
        .sign(key ?? (await issuerKey(site)));
    },
    claims: async of => decodeJwt(await idToken(of)),
    verify,
    close: async () => {
      for (const one of [server, page]) {
        one.closeAllConnections();
        await new Promise(resolve => one.close(resolve));
      }
      for (const { end } of runs) end({ conclusion: "cancelled" });
      await site.github.idle();
      await site.close();
      store.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
};

export const listening = async (server: Server): Promise<string> => {
  await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

/** A kit for all tests of a file, with a task whose run waits. Fails if the App itself failed in any of them. */
export const openForFile = (take: (opened: { readonly kit: Kit; readonly first: Queued }) => void): void => {
  let kit: Kit;
  beforeAll(async () => {
    kit = await openKit();
    take({ kit, first: await kit.queue() });
  });
  afterAll(async () => {
    await kit.close();
    expect(kit.logged, "failures of the App's own").toEqual([]);
  });
};

export const aRequest = (over: Partial<ClaimRequest> = {}): ClaimRequest => ({
  protocol: PROTOCOL,
  issue: "1",
  pipeline: null,
  from_step: null,
  dry_run: false,
  scripted: false,
  deadline_minutes: 30,
  ...over,
});
