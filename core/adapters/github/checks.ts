// Check runs, which are what the gate looks like on a commit.
import type { CheckOutput, GitHub } from "../../ports.ts";
import type { Connection } from "./connection.ts";

export const createChecks = ({ at, request }: Connection) =>
  ({
    checkOf: async (ref, check_name) => {
      const route = "GET /repos/{owner}/{repo}/commits/{ref}/check-runs";
      const { data } = await request(route, { ...at, ref, check_name, filter: "latest" });
      const run = data.check_runs.at(0);
      return run === undefined ? null : { id: Number(run.id) };
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
