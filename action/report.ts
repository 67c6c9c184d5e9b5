// What a run leaves on GitHub's page for it: the Action's outputs and the job's summary.
import { setOutput, summary } from "@actions/core";
import type { Pipeline } from "../core/model/pipeline.ts";
import { jobSummary } from "../core/report/job-summary.ts";
import type { Inputs } from "./inputs.ts";

export const report = async (pipeline: Pipeline, { scripted }: Inputs): Promise<void> => {
  const { opening, outcome } = pipeline;
  const { repository, issue } = opening.task;
  setOutput("task", `${repository.owner}/${repository.name}#${issue}`);
  setOutput("pipeline", opening.pipeline);
  setOutput("status", outcome?.kind ?? "paused");
  setOutput("cost", pipeline.usd.toFixed(4));
  setOutput("reviews", String(outcome?.kind === "returned" ? 1 : 0));
  await summary.addRaw(jobSummary(pipeline, { url: pipeline.run?.run_url ?? null, scripted })).write();
};
