// One case with one prompt: Kin's own decisions, requests, tools and checks of answers, for the role's single step.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openBenches } from "../../action/drive/benches.ts";
import { perform } from "../../action/drive/perform.ts";
import type { LanguageModel } from "../../action/drive/ports/model.ts";
import { openServers } from "../../action/drive/servers.ts";
import type { World } from "../../action/drive/world.ts";
import { createWorkbench } from "../../action/workbench/workbench.ts";
import { runsIn } from "../../core/agents/runs.ts";
import type { Answer } from "../../core/model/answer.ts";
import { explain } from "../../core/model/error.ts";
import type { Pipeline, Step } from "../../core/model/pipeline.ts";
import type { Roster } from "../../core/model/role.ts";
import { decide, firstOf } from "../../core/pipeline/decide.ts";
import { systemClock } from "../../host/clock.ts";
import type { EvalCase } from "./case.ts";
import { append, pipelineBefore } from "./journal.ts";
import { layFiles } from "./repository.ts";

export interface Stand {
  readonly model: LanguageModel;
  readonly roster: Roster;
  readonly preamble: string;
  readonly toolProcess: string;
  /** Where git, bwrap and toolchains are found. */
  readonly path: string;
  readonly random: () => string;
  readonly signal: AbortSignal;
  readonly onTurn: (turn: number) => void;
}

export interface Trial {
  /** What the role handed in, as settled by Kin's own checks; null if none of its attempts counted. */
  readonly answer: Answer | null;
  /** Why there is none, or why the trial says nothing about the prompt. */
  readonly reason: string | null;
  /** False if the model or the machine failed, not the role. */
  readonly counts: boolean;
  readonly turns: number;
  readonly attempts: number;
  readonly usd: number | null;
}

export const tryCase = async (asked: EvalCase, stand: Stand): Promise<Trial> => {
  const { path, toolProcess, roster } = stand;
  const directory = mkdtempSync(join(tmpdir(), "kin-eval-"));
  const source = join(directory, "repository");
  const workbench = createWorkbench({
    dir: join(directory, "work"),
    source: { kind: "local", path: source },
    toolProcess,
    node: process.execPath,
    sandbox: "bwrap",
    path,
    log: () => {},
  });
  try {
    const ground = { roster, ...layFiles(source, { asked, path }) };
    const world: World = { ...stand, workbench, clock: systemClock, log: () => {} };
    return trialOf(await converse(pipelineBefore(asked, ground), { world, stand }), stand.signal);
  } catch (error) {
    // The other cases have been paid for: one that breaks must not lose them.
    return { answer: null, reason: explain(error), counts: false, turns: 0, attempts: 0, usd: null };
  } finally {
    await workbench.close();
    rmSync(directory, { recursive: true, force: true });
  }
};

/** Until the step is answered, or Kin would give up on it. */
const converse = async (start: Pipeline, { world, stand }: Scene): Promise<Ended> => {
  const benches = openBenches(world, stand.signal);
  const servers = openServers(world, benches);
  const { signal, onTurn } = stand;
  const [first] = decide(start);
  if (first?.kind !== "take_turn") throw new Error(`the role's turn is not next, but ${first?.kind}`);
  let pipeline = start;
  let turns = 0;
  for (;;) {
    const next = firstOf(decide(pipeline));
    const own = (next?.kind === "take_turn" || next?.kind === "settle") && next.step === first.step;
    if (!own) break;
    if (next.kind === "take_turn") onTurn(++turns);
    const { events } = await perform(next, { pipeline, world, benches, servers, signal });
    if (events.length === 0) break;
    pipeline = append(pipeline, events);
  }
  await servers.close();
  await benches.close();
  return { pipeline, step: pipeline.steps[first.step] as Step, turns };
};

interface Scene {
  readonly world: World;
  readonly stand: Stand;
}

interface Ended {
  readonly pipeline: Pipeline;
  readonly step: Step;
  readonly turns: number;
}

const trialOf = ({ pipeline, step, turns }: Ended, { aborted }: AbortSignal): Trial => {
  const finished = step.attempts.at(-1)?.finished ?? null;
  const blocked = finished?.outcome === "blocked" ? finished.answer : null;
  const broken = aborted ? "It was stopped." : (pipeline.paused ?? pipeline.outcome?.reason ?? null);
  const told = {
    counts: broken === null,
    turns,
    attempts: step.attempts.length,
    usd: pipeline.unpriced ? null : pipeline.usd,
  };
  const answer = step.answer ?? blocked;
  if (answer !== null) return { ...told, answer: withCommands(answer, step), reason: null };
  return { ...told, answer, reason: broken ?? finished?.reason ?? "It came to its limit of turns or cost." };
};

/** Replaces the run numbers in an answer with their commands, which cases look for. */
const withCommands = (answer: Answer, { attempts }: Step): Answer => {
  const runs = attempts.flatMap(attempt => (attempt === attempts.at(-1) ? runsIn(attempt) : []));
  const named = (value: unknown): unknown =>
    Array.isArray(value) ? value.map(one => (typeof one === "number" ? runs[one - 1]?.command : one)) : value;
  const { proof, commands_run } = answer as { readonly proof?: { readonly how_verified?: unknown } } & Answer;
  return {
    ...answer,
    ...(proof === undefined ? {} : { proof: { ...proof, how_verified: named(proof.how_verified) } }),
    ...(commands_run === undefined ? {} : { commands_run: named(commands_run) }),
  };
};
