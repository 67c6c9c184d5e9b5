// A coordinator's pipeline, with as many workers as there may be at once.
import type { JournalSpec } from "../../tests/build.ts";

export const WORKERS = 32;

export const COORDINATED: JournalSpec = {
  plan: [{ role: "coordinator", writes: false, gate: false }, "reviewer"],
  setup: { tree: "0".repeat(40) },
  config: { limits: { workers: WORKERS, step_turns: 200 } },
};

/** The input of the call that starts each of them. */
export const PART = { agent_type: "explore", description: "A place", task: "Find the place." };
