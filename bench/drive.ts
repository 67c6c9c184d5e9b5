// Pipelines driven as the Action drives them, with a journal in memory and the workbench of this folder.
import { join } from "node:path";
import { createLanguageModel } from "../core/adapters/anthropic.ts";
import { systemClock } from "../core/adapters/clock.ts";
import { createLocalControl } from "../core/adapters/control-local.ts";
import { loadRoster } from "../core/adapters/roster.ts";
import type { Pipeline } from "../core/model/pipeline.ts";
import type { Opening } from "../core/model/task.ts";
import { apply, fold } from "../core/pipeline/apply.ts";
import { drive } from "../core/run/drive.ts";
import { aJournal } from "../tests/build.ts";
import { workbench } from "./workbench.ts";

export type Driver = (opening: Partial<Opening>, config: object) => Promise<Pipeline>;

/** All of them ask the model at `baseUrl`. */
export const driverFor = (baseUrl: string): Driver => {
  const clock = systemClock;
  const model = createLanguageModel({
    apiKey: "x",
    baseUrl,
    clock,
    random: Math.random,
    log: console.error,
  });
  const roster = loadRoster(join(import.meta.dirname, ".."));
  const world = { ...roster, model, workbench, clock, random: () => "0".repeat(24), log: () => {} };
  return (opening, config) => {
    const journal = aJournal({ setup: false, opening, config });
    const control = createLocalControl({ clock, journal, apply, onAppended: () => {} });
    return drive(fold(journal), { control, world, signal: new AbortController().signal });
  };
};
