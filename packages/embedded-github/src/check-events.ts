// Events that Apps get about checks and suites.

import { renderCheckRun, renderSuite } from "./check-render.ts";
import type { CheckRun, CheckSuite } from "./state.ts";
import type { Deed } from "./world.ts";

export function emitRun(deed: Deed, action: string, run: CheckRun, onlyApp?: number): void {
  const { world, repository, user } = deed;
  const payload = { check_run: renderCheckRun(world, repository, run) };
  const to = onlyApp === undefined ? {} : { onlyApp };
  world.emit({ event: "check_run", action, repository, sender: user, payload, ...to });
}

export function emitSuite(deed: Deed, action: string, suite: CheckSuite, onlyApp?: number): void {
  const { world, repository, user } = deed;
  const payload = { check_suite: renderSuite(world, repository, suite) };
  const to = onlyApp === undefined ? {} : { onlyApp };
  world.emit({ event: "check_suite", action, repository, sender: user, payload, ...to });
}
