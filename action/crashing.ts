// Tests only: the run's effects with a crash point before each.
import type { CrashPoint } from "../host/crash-point.ts";
import type { Control } from "./drive/ports/control.ts";

/** Heartbeats are no effects: they say nothing that the lease does not say. */
export const crashingControl = (control: Control, crash: CrashPoint): Control => ({
  ...control,
  append: (pipeline, events) => {
    crash(`append ${pipeline.opening.pipeline} ${events.map(event => event.kind).join(" ")}`);
    return control.append(pipeline, events);
  },
});

export const crashingFetch =
  (crash: CrashPoint): typeof fetch =>
  (...request) => {
    crash("model");
    return fetch(...request);
  };
