// The embedded runner: executes a workflow's jobs as GitHub's would, starting the real bundle for each step that uses Kin's
// Action. Steps with `run:` prepare a hosted machine; this one needs none of that, so they are only named.
import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { OnRun, QueuedRun, RunResult } from "embedded-github";
import { type Contexts, interpolate, isTrue } from "embedded-github/expression";
import { parse } from "yaml";
import * as z from "zod";
import { removeTree } from "../../host/remove-tree.ts";

export interface RunnerOptions {
  /** `action/dist/index.js` */
  readonly bundle: string;
  readonly node: string;
  readonly github: { readonly url: string; readonly apiUrl: string; readonly graphqlUrl: string };
  /** What a hosted machine would have in its environment: PATH, and what a test adds. */
  readonly env: Readonly<Record<string, string>>;
  /** Receives what runs print, line by line, as in their logs. */
  readonly log: (line: string) => void;
  /** The machine is switched off: what runs on it ends at once, as after a kill. */
  readonly off: AbortSignal;
}

const Values = z
  .record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String))
  .default({});
const Step = z.looseObject({
  id: z.string().optional(),
  name: z.string().optional(),
  uses: z.string().optional(),
  run: z.string().optional(),
  with: Values,
  env: Values,
});
const Job = z.looseObject({
  needs: z.union([z.string().transform(name => [name]), z.array(z.string())]).default([]),
  if: z.string().optional(),
  permissions: z.record(z.string(), z.enum(["read", "write", "none"])).default({}),
  outputs: z.record(z.string(), z.string()).default({}),
  steps: z.array(Step),
});
type Job = z.infer<typeof Job>;
const Workflow = z.looseObject({ jobs: z.record(z.string(), Job) });

interface JobResult {
  readonly result: "success" | "failure" | "cancelled" | "skipped";
  readonly outputs: Readonly<Record<string, string>>;
}

export const createRunner =
  (options: RunnerOptions): OnRun =>
  async run => {
    const workflow = Workflow.parse(parse(run.workflow.text));
    const results = new Map<string, JobResult>();
    for (const [name, job] of Object.entries(workflow.jobs))
      results.set(name, await runJob({ name, job, run, results, options }));
    return { conclusion: conclude([...results.values()], run) };
  };

const conclude = (results: readonly JobResult[], run: QueuedRun): RunResult["conclusion"] => {
  if (run.signal.aborted) return "cancelled";
  return results.some(({ result }) => result === "failure") ? "failure" : "success";
};

interface Running {
  readonly name: string;
  readonly job: Job;
  readonly run: QueuedRun;
  readonly results: ReadonlyMap<string, JobResult>;
  readonly options: RunnerOptions;
}

const runJob = async ({ name, job, run, results, options }: Running): Promise<JobResult> => {
  const handle = run.job(name);
  const needs = Object.fromEntries(
    job.needs.map(need => [need, results.get(need) ?? { result: "skipped", outputs: {} }]),
  );
  const token = run.jobToken(grantsOf(job));
  const contexts = {
    inputs: run.inputs,
    vars: run.variables,
    secrets: run.secrets,
    needs,
    github: { token },
  };
  const wanted =
    job.if === undefined
      ? Object.values(needs).every(({ result }) => result === "success")
      : isTrue(job.if, contexts);
  if (!wanted || run.signal.aborted || options.off.aborted) {
    handle.finish("skipped");
    return { result: "skipped", outputs: {} };
  }
  handle.start();
  const steps: Record<string, { outputs: Record<string, string> }> = {};
  let result: JobResult["result"] = "success";
  for (const step of job.steps) {
    if (result !== "success") break;
    if (step.uses === undefined) {
      handle.log(`(passed over on this machine: ${step.name ?? "a command"})\n`);
      continue;
    }
    const done = await runAction({
      step,
      contexts: { ...contexts, steps },
      name,
      run,
      options,
      log: text => handle.log(text),
      summarize: markdown => handle.setSummary(markdown),
    });
    if (step.id !== undefined) steps[step.id] = { outputs: done.outputs };
    result = run.signal.aborted ? "cancelled" : done.code === 0 ? "success" : "failure";
  }
  const values = Object.entries(job.outputs).map(([key, text]) => [
    key,
    interpolate(text, { ...contexts, steps }),
  ]);
  // As on GitHub's runner, an empty output counts as absent.
  const outputs = Object.fromEntries(values.filter(([, value]) => value !== ""));
  handle.finish(result);
  return { result, outputs };
};

/** A workflow writes `pull-requests`, the API `pull_requests`. */
const grantsOf = ({ permissions }: Job): Record<string, "read" | "write"> =>
  Object.fromEntries(
    Object.entries(permissions).flatMap(([name, level]) =>
      level === "none" ? [] : [[name.replaceAll("-", "_"), level]],
    ),
  );

interface Acting {
  readonly step: z.infer<typeof Step>;
  readonly contexts: Contexts;
  readonly name: string;
  readonly run: QueuedRun;
  readonly options: RunnerOptions;
  readonly log: (text: string) => void;
  readonly summarize: (markdown: string) => void;
}

const runAction = async (
  acting: Acting,
): Promise<{ readonly code: number; readonly outputs: Record<string, string> }> => {
  const { run, options, log } = acting;
  const dir = mkdtempSync(join(tmpdir(), "kin-runner-"));
  const files = {
    output: join(dir, "output"),
    summary: join(dir, "summary"),
    event: join(dir, "event.json"),
  };
  for (const file of [files.output, files.summary]) writeFileSync(file, "");
  writeFileSync(files.event, JSON.stringify({ inputs: run.inputs, repository: { id: run.repository.id } }));
  mkdirSync(join(dir, "temp"));
  // A root run's sandboxes belong to a user without rights: whatever they leave is in here, and goes with it.
  for (const place of [dir, join(dir, "temp")]) chmodSync(place, 0o711);
  try {
    const child = spawn(options.node, [options.bundle], {
      cwd: dir,
      env: environment(acting, { dir, ...files }),
      stdio: ["ignore", "pipe", "pipe"],
    });
    const write = logOf(text => {
      log(text);
      options.log(text.trimEnd());
    });
    child.stdout.on("data", data => write(String(data)));
    child.stderr.on("data", data => write(String(data)));
    const cancel = () => {
      child.kill("SIGINT");
      setTimeout(() => child.kill("SIGTERM"), 7_500).unref();
      setTimeout(() => child.kill("SIGKILL"), 10_000).unref();
    };
    const kill = () => child.kill("SIGKILL");
    run.signal.addEventListener("abort", cancel, { once: true });
    options.off.addEventListener("abort", kill, { once: true });
    if (options.off.aborted) kill();
    const code = await new Promise<number>(resolve => child.once("close", value => resolve(value ?? 137)));
    run.signal.removeEventListener("abort", cancel);
    options.off.removeEventListener("abort", kill);
    const summary = readFileSync(files.summary, "utf8");
    if (summary !== "") acting.summarize(summary);
    return { code, outputs: parseOutputs(readFileSync(files.output, "utf8")) };
  } finally {
    await removeTree(dir);
  }
};

/** Workflow commands work as on a runner: masks hide, debug lines are dropped, the rest is shown as text. */
const logOf = (log: (text: string) => void): ((text: string) => void) => {
  const masks: string[] = [];
  let rest = "";
  return text => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const [, command, value] = /^::([a-z-]+)(?: [^:]*)?::(.*)$/.exec(line) ?? [];
      if (command === "add-mask" && value !== undefined && value !== "") masks.push(value);
      if (command === "add-mask" || command === "debug") continue;
      const shown = command === undefined ? line : `${command}: ${value}`;
      log(`${masks.reduce((hidden, mask) => hidden.replaceAll(mask, "***"), shown)}\n`);
    }
  };
};

const environment = (
  { step, contexts, name, run, options }: Acting,
  files: Readonly<Record<"dir" | "output" | "summary" | "event", string>>,
): Record<string, string> => {
  const { url, token } = run.idTokenRequest(name);
  const inputs = Object.entries(step.with).map(([key, value]) => [
    `INPUT_${key.replaceAll(" ", "_").toUpperCase()}`,
    interpolate(value, contexts),
  ]);
  const env = Object.entries(step.env).map(([key, value]) => [key, interpolate(value, contexts)]);
  const { repository } = run;
  return {
    ...options.env,
    ...Object.fromEntries(inputs),
    ...Object.fromEntries(env),
    CI: "true",
    GITHUB_ACTIONS: "true",
    GITHUB_SERVER_URL: options.github.url,
    GITHUB_API_URL: options.github.apiUrl,
    GITHUB_GRAPHQL_URL: options.github.graphqlUrl,
    GITHUB_REPOSITORY: `${repository.owner}/${repository.name}`,
    GITHUB_REPOSITORY_ID: String(repository.id),
    GITHUB_RUN_ID: String(run.id),
    GITHUB_RUN_ATTEMPT: String(run.attempt),
    GITHUB_RUN_NUMBER: String(run.number),
    GITHUB_JOB: name,
    GITHUB_EVENT_NAME: run.event,
    GITHUB_EVENT_PATH: files.event,
    GITHUB_REF: run.ref,
    GITHUB_SHA: run.sha,
    GITHUB_ACTOR: run.actor.login,
    GITHUB_OUTPUT: files.output,
    GITHUB_STEP_SUMMARY: files.summary,
    GITHUB_WORKSPACE: files.dir,
    RUNNER_TEMP: join(files.dir, "temp"),
    RUNNER_OS: "Linux",
    RUNNER_ENVIRONMENT: "self-hosted",
    ACTIONS_ID_TOKEN_REQUEST_URL: url,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: token,
  };
};

/** `name<<delimiter`, the value's lines, the delimiter; or `name=value`. */
const parseOutputs = (text: string): Record<string, string> => {
  const outputs: Record<string, string> = {};
  const lines = text.split("\n");
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? "";
    const heredoc = /^([^=<]+)<<(.+)$/.exec(line);
    if (heredoc !== null) {
      const end = lines.indexOf(heredoc[2] as string, at);
      outputs[heredoc[1] as string] = lines.slice(at + 1, end).join("\n");
      at = end;
    } else if (line.includes("=")) {
      outputs[line.slice(0, line.indexOf("="))] = line.slice(line.indexOf("=") + 1);
    }
  }
  return outputs;
};
