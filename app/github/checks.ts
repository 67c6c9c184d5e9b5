// Check runs, which show the gate on a commit.

import type { Connection } from "./connection.ts";
import type { Answer } from "./octokit.ts";
import { LONG_ONES, shortened } from "./pages.ts";
import type { CheckOutput, ForeignCheck, GitHub } from "./port.ts";

export const createChecks = ({ at, request, paginate }: Connection) =>
  ({
    checkOf: async (ref, { name: check_name, app_id }) => {
      const route = "GET /repos/{owner}/{repo}/commits/{ref}/check-runs";
      const { data } = await request(route, { ...at, ref, check_name, app_id, filter: "latest" });
      // Older servers do not support the filter.
      const run = data.check_runs.find(({ app }) => app?.id === app_id);
      return run === undefined ? null : { id: Number(run.id) };
    },
    foreignChecks: async (ref, { app_id }) => {
      const route = "GET /repos/{owner}/{repo}/commits/{ref}/check-runs";
      const asked = { ...at, ref, filter: "latest", per_page: LONG_ONES } as const;
      const runs = await paginate(route, asked, ({ data }) =>
        data.filter(run => run.app?.id !== app_id).map(ofRun),
      );
      const { data } = await request("GET /repos/{owner}/{repo}/commits/{ref}/status", {
        ...at,
        ref,
        per_page: 100,
      });
      return [...runs, ...data.statuses.map(ofStatus)];
    },
    createCheck: async ({ name, sha, ...check }) => {
      const { data } = await request("POST /repos/{owner}/{repo}/check-runs", {
        ...at,
        name,
        head_sha: sha,
        ...fieldsOf(check),
      });
      return { id: Number(data.id) };
    },
    updateCheck: async (check_run_id, check) => {
      const route = "PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}";
      await request(route, { ...at, check_run_id, ...fieldsOf(check) });
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
