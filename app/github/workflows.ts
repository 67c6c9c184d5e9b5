// The workflow in the repository, and its runs.

import type { Connection } from "./connection.ts";
import { isStatus, orNull } from "./failure.ts";
import { toId } from "./id.ts";
import type { Answer } from "./octokit.ts";
import type { GitHub, GitHubRun } from "./port.ts";
import { toUser } from "./user.ts";

export const createWorkflows = ({ at, request }: Connection) =>
  ({
    workflow: async workflow_id => {
      const route = "GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}";
      const answer = await orNull(request(route, { ...at, workflow_id }));
      return answer && { state: answer.data.state, html_url: answer.data.html_url };
    },
    hasWorkflowsBeside: async path => {
      const route = "GET /repos/{owner}/{repo}/actions/workflows";
      const { data } = await request(route, { ...at, per_page: 100 });
      return data.workflows.some(
        workflow => workflow.state === "active" && workflow.path !== `.github/workflows/${path}`,
      );
    },
    run: async (run_id, attempt_number) => {
      const answer = await orNull(
        attempt_number === undefined
          ? request("GET /repos/{owner}/{repo}/actions/runs/{run_id}", { ...at, run_id })
          : request("GET /repos/{owner}/{repo}/actions/runs/{run_id}/attempts/{attempt_number}", {
              ...at,
              run_id,
              attempt_number,
            }),
      );
      return answer && toRun(answer.data);
    },
    runs: async workflow_id => {
      const route = "GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs";
      const event = "workflow_dispatch";
      const { data } = await request(route, { ...at, workflow_id, event, per_page: 50 });
      return data.workflow_runs.map(toRun);
    },
    dispatch: async (workflow_id, { ref, inputs }) => {
      const route = "POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches";
      const asked = { ...at, workflow_id, ref, inputs };
      // Older servers reject the field that asks for the run's id.
      const { data } = await request(route, { ...asked, return_run_details: true }).catch(error => {
        if (!isStatus(error, 400)) throw error;
        return request(route, asked);
      });
      return { run_id: toId(data?.workflow_run_id) };
    },
  }) satisfies Partial<GitHub>;

type Run = Answer<"GET /repos/{owner}/{repo}/actions/runs/{run_id}">;

const toRun = (data: Run): GitHubRun => ({
  id: Number(data.id),
  attempt: data.run_attempt ?? 1,
  status: data.status ?? "",
  conclusion: data.conclusion ?? null,
  title: data.display_title ?? data.name ?? "",
  html_url: data.html_url,
  event: data.event,
  // Some servers append the ref.
  path: data.path.split("@")[0] ?? "",
  head_branch: data.head_branch ?? "",
  actor: toUser(data.actor),
  triggering_actor: toUser(data.triggering_actor ?? data.actor),
  // A first attempt may wait long before it starts.
  asked_at: (data.run_attempt ?? 1) > 1 ? (data.run_started_at ?? data.created_at) : data.created_at,
});
