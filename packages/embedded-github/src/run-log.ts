// The logs of a run, line by line, applying the runner's commands and masking secrets.

import type { Job, RunAttempt } from "./state.ts";
import type { World } from "./world.ts";

export interface JobHandle {
  start(): number;
  log(text: string): void;
  /** What the job wrote to its step summary, in Markdown; shown on the run's page. */
  setSummary(markdown: string): void;
  finish(conclusion: "success" | "failure" | "cancelled" | "skipped"): void;
}

export interface RunLogs {
  job(name: string): JobHandle;
  log(text: string): void;
}

const KEPT_LOG = 2_000_000;
const KEPT_SUMMARY = 1_048_576;
// GitHub also masks shorter secrets; here a short one may be an ordinary word and would be struck out everywhere.
const SHORTEST_SECRET = 12;

export function openLogs(
  world: World,
  attempt: RunAttempt,
  secrets: readonly string[],
): RunLogs & { flush(): void } {
  const masks = new Set(secrets.filter(secret => secret.length >= SHORTEST_SECRET));
  const pending = new Map<{ log: string }, string>();
  const append = (to: { log: string }, text: string): void => {
    const lines = `${pending.get(to) ?? ""}${text}`.split("\n");
    pending.set(to, lines.pop() ?? "");
    const kept = lines.flatMap(line => keptLine(line, masks)).map(line => `${line}\n`);
    if (kept.length > 0) to.log = `${to.log}${kept.join("")}`.slice(-KEPT_LOG);
    world.saved();
  };
  const flush = (to: { log: string }): void => {
    if ((pending.get(to) ?? "") !== "") append(to, "\n");
  };
  return {
    log: text => append(attempt, text),
    flush: () => {
      for (const to of pending.keys()) flush(to);
    },
    job: name => {
      const find = () => attempt.jobs.find(job => job.name === name) ?? addJob(world, attempt, name);
      return {
        start: () => {
          const job = find();
          job.status = "in_progress";
          return job.id;
        },
        log: text => append(find(), text),
        setSummary: markdown => {
          find().summary = markdown.slice(0, KEPT_SUMMARY);
          world.saved();
        },
        finish: conclusion => {
          flush(find());
          finishJob(world, find(), conclusion);
        },
      };
    },
  };
}

/** `::add-mask::` is a command, not output: what it names is masked from then on. */
function keptLine(line: string, masks: Set<string>): string[] {
  const masked = /^::add-mask::(.+?)\r?$/.exec(line)?.[1];
  if (masked !== undefined) {
    masks.add(masked.replaceAll("%0D", "\r").replaceAll("%0A", "\n").replaceAll("%25", "%"));
    return [];
  }
  if (line.startsWith("::debug::")) return [];
  let shown = line;
  for (const mask of masks) shown = shown.replaceAll(mask, "***");
  return [shown];
}

export function finishJob(world: World, job: Job, conclusion: string): void {
  job.status = "completed";
  job.conclusion = conclusion;
  job.completedAt = world.stamp();
  world.saved();
}

function addJob(world: World, attempt: RunAttempt, name: string): Job {
  const job: Job = {
    id: world.id(),
    name,
    status: "queued",
    conclusion: null,
    startedAt: world.stamp(),
    completedAt: null,
    log: "",
    summary: "",
  };
  attempt.jobs.push(job);
  world.saved();
  return job;
}
