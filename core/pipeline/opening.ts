// What a pipeline begins from. Each shell says what it knows: the App from its store and GitHub, `kin run` from a checkout,
// an eval from its case.
import type { Opening } from "../model/task.ts";

type Needed = "pipeline" | "task" | "config" | "base" | "branch";

/** Whatever is not given is as for the first pipeline of a plain task. */
export const openingOf = (known: Pick<Opening, Needed> & Partial<Opening>): Opening => ({
  number: 1,
  type: "standard",
  brief: null,
  returns: { count: 0, latest: [] },
  findings: [],
  spent: { task_usd: 0, day_usd: 0 },
  kept: null,
  dry_run: false,
  decisions: [],
  modules: known.config.modules,
  active_tasks: [],
  mode: null,
  hold: false,
  analysis_due: false,
  followed_up: null,
  own_roles: { roles: [], prompts: {} },
  asked: [],
  ...known,
});
