// The workflow in the repository, and its runs.

import type { Connection } from "./connection.ts";
import { isStatus, orNull } from "./failure.ts";
import type { Answer } from "./octokit.ts";
import type { GitHub, GitHubRun } from "./port.ts";
import { toId, toUser } from "./user.ts";

export const createWorkflows = ({ ask }: Connection) =>
  ({
    workflow: async workflow_id => {
      const found = await orNull(ask("GET /actions/workflows/{workflow_id}", { workflow_id }));
      return found && { state: found.state, html_url: found.html_url };
    },
    hasWorkflowsBeside: async path => {
      const { workflows } = await ask("GET /actions/workflows", { per_page: 100 });
      return workflows.some(
        workflow => workflow.state === "active" && workflow.path !== `.github/workflows/${path}`,
      );
    },
    run: async (run_id, attempt_number) => {
      const run = await orNull(
        attempt_number === undefined
          ? ask("GET /actions/runs/{run_id}", { run_id })
          : ask("GET /actions/runs/{run_id}/attempts/{attempt_number}", { run_id, attempt_number }),
      );
      return run && toRun(run);
    },
    runs: async workflow_id => {
      const asked = { workflow_id, event: "workflow_dispatch", per_page: 50 };
      return (await ask("GET /actions/workflows/{workflow_id}/runs", asked)).workflow_runs.map(toRun);
    },
    dispatch: async (workflow_id, { ref, inputs }) => {
      const route = "POST /actions/workflows/{workflow_id}/dispatches";
      const asked = { workflow_id, ref, inputs };
      // Older servers reject the field that asks for the run's id.
      const made = await ask(route, { ...asked, return_run_details: true }).catch(error => {
        if (!isStatus(error, 400)) throw error;
        return ask(route, asked);
      });
      return { run_id: toId(made?.workflow_run_id) };
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
