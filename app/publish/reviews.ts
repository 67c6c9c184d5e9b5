// Gate verdicts as reviews of the pull request, each exactly once. Kin never approves. A rejection is posted by an
// identity that may request changes on Kin's own pull request: the reviewer App, or the workflow's `verdict` job. If
// there is neither, or the job does not report, the App comments instead.
import { marks } from "../../core/model/keys.ts";
import { isStatus } from "../github/github.ts";
import type { GitHubPull } from "../github/port.ts";
import {
  findReview,
  type GateReview,
  gateReviews,
  type PreparedReview,
  prepareReview,
  submitReview,
} from "./gate-review.ts";
import type { Publishing } from "./publishing.ts";

const VERDICT_PATIENCE_MS = 10 * 60_000;

export const publishReviews = async (publishing: Publishing): Promise<number | null> => {
  const { plane, github, view } = publishing;
  const { pr_number } = view.task;
  if (pr_number === null) return null;
  let again: number | null = null;
  for (const gate of gateReviews(view)) {
    // A rejection that no revision took up ends its pipeline; until then it is not known who posts it.
    if (gate.rejects && gate.record.outcome === null) continue;
    if ((await plane.store.marked(marks.review(gate.source))) !== null) continue;
    const pull = await github.pull(pr_number);
    if (pull === null) return again;
    const due = await post(publishing, { gate, pull });
    if (due !== null) again = Math.min(again ?? due, due);
  }
  await dismissOld(publishing, pr_number);
  return again;
};

interface Posting {
  readonly gate: GateReview;
  readonly pull: GitHubPull;
}

/** Returns when to look again while the `verdict` job may still post. */
const post = async (publishing: Publishing, { gate, pull }: Posting): Promise<number | null> => {
  const { plane, github, view } = publishing;
  const reviewer = gate.rejects ? plane.reviewer : null;
  const done = async (id: number | null, by: "app" | "reviewer" | "actions"): Promise<null> => {
    if (id === null && pull.state === "open")
      plane.log(
        `GitHub takes the verdict ${gate.source} in no form; the check and the status comment show it.`,
      );
    await plane.store.markOnce(marks.review(gate.source), { now: plane.clock.now(), result: { id, by } });
    return null;
  };
  if (pull.state !== "open") return done(null, "app");
  const findBy = (author: number) => findReview(gate, { plane, github, pull: pull.number, author });
  const prepare = (event: PreparedReview["event"]) => prepareReview(gate, { ...publishing, pull, event });
  const mine = await findBy(plane.app.bot_id);
  if (mine !== null) return done(mine, "app");
  if (reviewer !== null) {
    const asReviewer = await reviewer.github(view.project);
    const found = await findBy(reviewer.bot_id);
    return done(
      found ?? (await submitReview(asReviewer, pull, await prepare("REQUEST_CHANGES"))),
      "reviewer",
    );
  }
  if (await isForVerdictJob(gate, publishing)) {
    const over = (await plane.store.marked(marks.runOver(gate.record.run_id))) !== null;
    const until = over ? 0 : Date.parse(gate.record.completed_at ?? "") + VERDICT_PATIENCE_MS;
    if (plane.clock.now() < until) return until;
    const adopted = await findBy(plane.actions_bot_id);
    if (adopted !== null) return done(adopted, "actions");
  }
  return done(await submitReview(github, pull, await prepare("COMMENT")), "app");
};

/** Only the rejection that ended a run can wait for that run's `verdict` job. */
export const isForVerdictJob = async (
  gate: GateReview,
  { plane, view }: Pick<Publishing, "plane" | "view">,
): Promise<boolean> =>
  gate.rejects &&
  gate.record.has_verdict_job === 1 &&
  gate.record.outcome === "returned" &&
  plane.reviewer === null &&
  (await plane.store.marked(marks.noVerdict(gate.source))) === null &&
  (await plane.store.marked(marks.noDismissal(view.project.id))) === null;

/**
 * Kin dismisses its own requests for changes when the gate passes; if GitHub forbids that, Kin only comments from then
 * on.
 */
const dismissOld = async ({ plane, github, view }: Publishing, pull: number): Promise<void> => {
  if (view.task.status !== "review") return; // guard: lifts-when-passed
  for (const gate of gateReviews(view).filter(gate => gate.rejects)) {
    const posted = (await plane.store.marked(marks.review(gate.source)))?.result;
    if (posted == null || posted.id === null || posted.by === "app") continue;
    const dismissed = marks.dismissed(gate.source);
    if ((await plane.store.marked(dismissed)) !== null) continue;
    const review = await github.review(pull, posted.id);
    if (review?.state === "CHANGES_REQUESTED") {
      const why = "The gate of a later pipeline approved.";
      await github.dismissReview(pull, posted.id, why).catch(async error => {
        if (!isStatus(error, 403, 422)) throw error;
        await plane.store.markOnce(marks.noDismissal(view.project.id), { now: plane.clock.now() });
      });
    }
    await plane.store.markOnce(dismissed, { now: plane.clock.now() });
  }
};
