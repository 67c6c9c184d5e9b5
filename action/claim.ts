// Claims the pipeline, loading nothing that the claim does not need. Retries, because the App may be restarting or an
// earlier attempt of this run may still hold the lease.

import { KinError } from "../core/model/error.ts";
import { PROTOCOL } from "../core/model/protocol.ts";
import type { ClaimRequest } from "../core/model/wire.ts";
import { systemClock } from "../host/clock.ts";
import { request } from "./control/app-request.ts";
import type { Inputs } from "./inputs.ts";

export interface ClaimTools {
  /** A fresh OIDC token for the App: each claim needs a new one. */
  readonly idToken: () => Promise<string>;
  readonly log: (line: string) => void;
}

const PATIENCE_MS = 5 * 60_000;
const WAIT_MS = 3_000;

/** Returns the App's answer, a `ClaimAnswer` not yet parsed. */
export const claimPipeline = async (inputs: Inputs, { idToken, log }: ClaimTools): Promise<unknown> => {
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
      const token = await idToken();
      return await request(`${inputs.server}/kin/claim`, { token, body });
    } catch (error) {
      const retry = error instanceof KinError && error.retryable && systemClock.now() - begun < PATIENCE_MS;
      if (!retry) throw error;
      log(`${error.message} Kin tries again.`);
      await systemClock.sleep(WAIT_MS);
    }
  }
};
