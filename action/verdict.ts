// The job `verdict`: posts its run's rejection as a review, with the workflow's own token. No model key, no repository
// code; what it may post comes whole from the App.
import "./jitless.ts";
import { Octokit } from "@octokit/rest";
import { KinError } from "../core/model/error.ts";
import { PROTOCOL, VerdictAnswer } from "../core/model/wire.ts";
import { systemClock } from "../host/clock.ts";
import type { ClaimTools } from "./claim.ts";
import { request } from "./control/app-request.ts";
import type { Inputs } from "./inputs.ts";

const PATIENCE_MS = 5 * 60_000;
const WAIT_MS = 2_000;

export interface VerdictTools extends ClaimTools {
  /** The job's GITHUB_TOKEN. */
  readonly token: string;
  readonly apiUrl: string;
}

type Review = Extract<VerdictAnswer, { kind: "review" }>;

export const postVerdict = async (inputs: Inputs, tools: VerdictTools): Promise<void> => {
  if (inputs.pipeline === null)
    return tools.log("The job `run` names no pipeline; there is nothing to post.");
  const answer = await ask(inputs, tools);
  if (answer.kind !== "review")
    return tools.log(
      answer.kind === "wait"
        ? "The pull request is not ready yet; the App posts the review itself."
        : answer.reason,
    );
  const posted = await post(answer, tools).then(
    id => ({ review_id: id, reason: "" }),
    error => ({ review_id: null, reason: error instanceof Error ? error.message : String(error) }),
  );
  tools.log(
    posted.review_id === null
      ? `GitHub did not take the review: ${posted.reason}`
      : `Posted review ${posted.review_id} on #${answer.pull}.`,
  );
  await request(`${inputs.server}/kin/verdict/report`, {
    token: answer.report_token,
    body: { source: answer.source, ...posted },
  });
};

const ask = async ({ server, pipeline }: Inputs, { idToken, log }: VerdictTools): Promise<VerdictAnswer> => {
  const begun = systemClock.now();
  for (;;) {
    const late = systemClock.now() - begun >= PATIENCE_MS;
    try {
      const answer = VerdictAnswer.parse(
        await request(`${server}/kin/verdict`, {
          token: await idToken(),
          body: { protocol: PROTOCOL, pipeline },
        }),
      );
      if (answer.kind !== "wait" || late) return answer;
    } catch (error) {
      if (!(error instanceof KinError) || !error.retryable || late) throw error;
      log(`${error.message} Kin tries again.`);
    }
    await systemClock.sleep(WAIT_MS);
  }
};

/** Look first: an earlier attempt at this job may have posted it. */
const post = async (review: Review, { token, apiUrl }: VerdictTools): Promise<number> => {
  const octokit = new Octokit({ auth: token, baseUrl: apiUrl });
  const at = { owner: review.owner, repo: review.repo, pull_number: review.pull };
  const marker = review.body.slice(review.body.lastIndexOf("<!--"));
  const known = await octokit.paginate(octokit.rest.pulls.listReviews, { ...at, per_page: 100 });
  const mine = known.find(one => one.body.includes(marker) && one.user?.login === "github-actions[bot]");
  if (mine !== undefined) return mine.id;
  const { body, commit_id } = review;
  const comments = review.comments.map(comment => ({ ...comment, side: "RIGHT" }));
  const { data } = await octokit.rest.pulls.createReview({
    ...at,
    event: "REQUEST_CHANGES",
    body,
    commit_id,
    comments,
  });
  return data.id;
};
