// Check runs, which show the gate on a commit.

import type { Connection } from "./connection.ts";
import type { Answer } from "./octokit.ts";
import type { CheckOutput, ForeignCheck, GitHub } from "./port.ts";
import { shortened } from "./shortened.ts";

export const createChecks = ({ ask, list }: Connection) =>
  ({
    checkOf: async (ref, { name: check_name, app_id }) => {
      const asked = { ref, check_name, app_id, filter: "latest" } as const;
      const { check_runs } = await ask("GET /commits/{ref}/check-runs", asked);
      // Older servers do not support the filter.
      const run = check_runs.find(({ app }) => app?.id === app_id);
      return run === undefined ? null : { id: Number(run.id) };
    },
    foreignChecks: async (ref, { app_id }) => {
      const runs = await list("GET /commits/{ref}/check-runs", { ref, filter: "latest" }, page =>
        page.filter(run => run.app?.id !== app_id).map(ofRun),
      );
      const { statuses } = await ask("GET /commits/{ref}/status", { ref, per_page: 100 });
      return [...runs, ...statuses.map(ofStatus)];
    },
    createCheck: async ({ name, sha, ...check }) => {
      const { id } = await ask("POST /check-runs", { name, head_sha: sha, ...fieldsOf(check) });
      return { id: Number(id) };
    },
    updateCheck: async (check_run_id, check) => {
      await ask("PATCH /check-runs/{check_run_id}", { check_run_id, ...fieldsOf(check) });
    },
  }) satisfies Partial<GitHub>;

const fieldsOf = ({ title, summary, status, conclusion }: CheckOutput) => ({
  status,
  ...(conclusion === null ? {} : { conclusion }),
  output: { title, summary },
});

type Run = Answer<"GET /repos/{owner}/{repo}/commits/{ref}/check-runs">["check_runs"][number];
type Status = Answer<"GET /repos/{owner}/{repo}/commits/{ref}/status">["statuses"][number];

/** No finding is longer. */
const LONGEST_SUMMARY = 16_000;

const RED: ReadonlySet<string> = new Set([
  "failure",
  "timed_out",
  "cancelled",
  "startup_failure",
  "action_required",
]);

const ofRun = ({ name, status, conclusion, output, html_url }: Run): ForeignCheck => ({
  name,
  state: status !== "completed" ? "pending" : RED.has(conclusion ?? "") ? "failed" : "passed",
  summary: shortened([output.title, output.summary].filter(text => text).join("\n"), LONGEST_SUMMARY),
  url: html_url,
});

const ofStatus = ({ context, state, description, target_url }: Status): ForeignCheck => ({
  name: context,
  state: state === "pending" ? "pending" : state === "success" ? "passed" : "failed",
  summary: description ?? "",
  url: target_url,
});
