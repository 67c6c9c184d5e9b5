// The `verdict` job: fetches its run's rejection and posts it as a review with the workflow's own token, which may
// request changes although Kin's App, as the author, may not. It can do nothing else here.

import { marks } from "../../core/model/keys.ts";
import { publish } from "../../core/model/new-job.ts";
import type { TaskRecord } from "../../core/model/record.ts";
import { pipelineOfGate } from "../../core/model/sources.ts";
import type { VerdictAnswer, VerdictRequest } from "../../core/model/wire.ts";
import { commitPoints } from "../../core/pipeline/commits.ts";
import type { TaskView } from "../../core/report/view.ts";
import type { Plane } from "../plane.ts";
import { findReview, type GateReview, gateReviews, prepareReview } from "../publish/gate-review.ts";
import { madeOf } from "../publish/made.ts";
import { isForVerdictJob } from "../publish/reviews.ts";
import { loadView } from "../publish/view.ts";
import { type Known, requireProtocol } from "./claim.ts";
import { refused } from "./oidc.ts";

export const claimVerdict = async (
  { claims, project, request }: Known & { readonly request: VerdictRequest },
  plane: Plane,
): Promise<VerdictAnswer> => {
  requireProtocol(request);
  const { pipeline: id } = request;
  const record = await plane.store.pipeline(id);
  const view = record === null ? null : await loadView(record.task_id, plane);
  if (record === null || view === null || view.project.id !== project.id) {
    throw refused("there is no such pipeline in this repository", "The `pipeline` comes from the job `run`.");
  }
  if (record.run_id !== claims.run_id)
    throw refused(
      `run ${claims.run_id} is not the one that drove pipeline ${id}`,
      "Only the run's own `verdict` job may ask.",
    );
  if (record.state !== "finished") return { kind: "nothing", reason: "The pipeline goes on in another run." };
  const gate = gateReviews(view).findLast(gate => gate.record.id === id && gate.rejects);
  if (
    gate === undefined ||
    (await plane.store.marked(marks.review(gate.source))) !== null ||
    !(await isForVerdictJob(gate, { plane, view }))
  ) {
    return { kind: "nothing", reason: "No gate asked for changes in this run." };
  }
  const github = await plane.github(project);
  const pull = view.task.pr_number === null ? null : await github.pull(view.task.pr_number);
  const commits = await commitsUpTo(gate, plane);
  if (pull?.state === "closed") return { kind: "nothing", reason: "The pull request is closed." };
  const mayOpen = async () => commits.includes(null) || (await hasCommit(view, plane));
  if (pull === null && (isOver(view.task) || !(await mayOpen())))
    return { kind: "nothing", reason: "There is no pull request, and nothing that one could be opened for." };
  if (pull === null || commits.includes(null)) return { kind: "wait" };
  const event = "REQUEST_CHANGES";
  const review = await prepareReview(gate, { plane, github, view, pull, event });
  return {
    kind: "review",
    source: gate.source,
    report_token: reportToken(gate.source, plane),
    owner: project.owner,
    repo: project.name,
    pull: pull.number,
    commit_id: review.commit_id,
    body: review.body,
    comments: [...review.comments],
  };
};

type Commit = Awaited<ReturnType<typeof madeOf>>;

/** The commits of what the gate judged; null while any is still pending. */
const commitsUpTo = ({ pipeline, step }: GateReview, plane: Plane): Promise<readonly Commit[]> =>
  Promise.all(
    commitPoints(pipeline)
      .filter(point => point.step.number <= step.number)
      .map(point => madeOf(point, plane)),
  );

const isOver = ({ status }: Pick<TaskRecord, "status">): boolean =>
  status === "cancelled" || status === "done";

/** The pull request is opened after the first commit, of whichever pipeline. */
const hasCommit = async ({ pipelines }: TaskView, plane: Plane): Promise<boolean> => {
  const points = pipelines.flatMap(({ pipeline }) => commitPoints(pipeline));
  const made = await Promise.all(points.map(point => madeOf(point, plane)));
  return made.some(one => one?.sha !== undefined);
};

/** Contains what it is for, so that it can be checked before anything else in the report. */
const reportToken = (source: string, plane: Plane): string =>
  `${Buffer.from(source).toString("base64url")}.${plane.sign(`verdict:${source}`)}`;

/** The gate whose review is reported. Throws `claim_refused`. */
export const reportedSource = (token: string, plane: Plane): string => {
  const source = Buffer.from(token.split(".")[0] ?? "", "base64url").toString("utf8");
  // Compares hashes, so that timing does not tell how far two tokens agree.
  if (plane.sha256(token) === plane.sha256(reportToken(source, plane))) return source; // guard: report-token
  throw refused("the report's token is not right", "It comes with the verdict claim.");
};

export interface VerdictReported {
  readonly source: string;
  readonly review_id: number | null;
  readonly reason: string;
}

/** The reported id counts as Kin's only if the review contains the marker that this claim was given. */
export const reportVerdict = async (
  { source, review_id, reason }: VerdictReported,
  plane: Plane,
): Promise<void> => {
  const record = await plane.store.pipeline(pipelineOfGate(source));
  const view = record === null ? null : await loadView(record.task_id, plane);
  const gate = view === null ? undefined : gateReviews(view).find(gate => gate.source === source);
  if (view === null || gate === undefined || view.task.pr_number === null) return;
  const now = plane.clock.now();
  const github = await plane.github(view.project);
  const found =
    review_id === null
      ? null
      : await findReview(gate, { plane, github, pull: view.task.pr_number, author: plane.actions_bot_id });
  if (found !== null && found === review_id)
    await plane.store.markOnce(marks.review(source), { now, result: { id: found, by: "actions" } });
  else await plane.store.markOnce(marks.noVerdict(source), { now, result: { reason: reason.slice(0, 500) } });
  await plane.store.askAgain([publish(view.task.id)]);
};
