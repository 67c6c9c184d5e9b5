// Claims the pipeline. The App may just be restarting, or an earlier try of this run may still hold the lease.
import { systemClock } from "../core/adapters/clock.ts";
import { request } from "../core/adapters/control-http.ts";
import { KinError } from "../core/model/error.ts";
import { ClaimAnswer, type ClaimRequest, PROTOCOL } from "../core/model/wire.ts";
import type { Inputs } from "./inputs.ts";

export type Claimed = Extract<ClaimAnswer, { kind: "claimed" }>;

export interface ClaimTools {
  /** A fresh OIDC token for this audience: each claim takes one of its own. */
  readonly idToken: (audience: string) => Promise<string>;
  readonly log: (line: string) => void;
}

const PATIENCE_MS = 5 * 60_000;
const WAIT_MS = 3_000;

export const claimPipeline = async (inputs: Inputs, { idToken, log }: ClaimTools): Promise<ClaimAnswer> => {
  const body: ClaimRequest = {
    protocol: PROTOCOL,
    issue: inputs.issue,
    pipeline: inputs.pipeline,
    from_step: inputs.fromStep,
    dry_run: inputs.dryRun,
    scripted: inputs.scripted,
    deadline_minutes: inputs.deadlineMinutes,
  };
  const begun = systemClock.now();
  for (;;) {
    try {
      const token = await idToken(inputs.server);
      return ClaimAnswer.parse(await request(`${inputs.server}/kin/claim`, { token, body }));
    } catch (error) {
      const retry = error instanceof KinError && error.retryable && systemClock.now() - begun < PATIENCE_MS;
      if (!retry) throw error;
      log(`${error.message} Kin tries again.`);
      await systemClock.sleep(WAIT_MS);
    }
  }
};
