// Drives pipelines as the Action does, with a journal in memory and this folder's workbench.
import { join } from "node:path";
import { createLocalControl } from "../action/control/local.ts";
import { drive } from "../action/drive/drive.ts";
import type { LanguageModel } from "../action/drive/ports/model.ts";
import { createLanguageModel } from "../action/llm/anthropic.ts";
import type { Pipeline } from "../core/model/pipeline.ts";
import { fold } from "../core/pipeline/apply.ts";
import { systemClock } from "../host/clock.ts";
import { loadRoster } from "../host/roster.ts";
import { aJournal, type JournalSpec } from "../tests/build.ts";
import { workbench } from "./workbench.ts";

export type Driver = (journal: JournalSpec) => Promise<Pipeline>;

export const driverFor = (baseUrl: string): Driver => driverOf(modelAt(baseUrl));

export const driverOf = (model: LanguageModel): Driver => {
  const clock = systemClock;
  const roster = loadRoster(join(import.meta.dirname, ".."));
  const world = { ...roster, model, workbench, clock, random: () => "0".repeat(24), log: () => {} };
  return spec => {
    const journal = aJournal({ setup: false, ...spec });
    const control = createLocalControl({ clock, journal });
    return drive(fold(journal), { control, world, signal: new AbortController().signal });
  };
};

const modelAt = (baseUrl: string): LanguageModel =>
  createLanguageModel({
    apiKey: "x",
    baseUrl,
    clock: systemClock,
    random: Math.random,
    log: console.error,
  });
