// `kin workers ISSUE`: who works for a task's coordinators, and how far each has come, from the latest journal.

import { setTimeout as sleep } from "node:timers/promises";
import type { Store } from "../app/store/port.ts";
import type { Pipeline } from "../core/model/pipeline.ts";
import { totalTokens } from "../core/model/usage.ts";
import { fold } from "../core/pipeline/apply.ts";
import { costCell } from "../core/report/cost.ts";
import { duration, plural, stepTitle, tokens } from "../core/report/format.ts";
import { type CrewRows, crewsOf, type WorkerRow } from "../core/report/workers.ts";
import { plainLine } from "../core/text/plain.ts";
import { type Env, FLAG, readArguments, STORE } from "./arguments.ts";
import { withStore } from "./data-directory.ts";
import { endOf } from "./end.ts";
import { taskNamed } from "./task-named.ts";
import { aligned } from "./terminal.ts";

const LOOK_MS = 500;

export const workers = async (args: readonly string[], env: Env): Promise<number> => {
  const { values, positionals } = readArguments(args, { follow: FLAG, ...STORE }, { positionals: ["ISSUE"] });
  return withStore({ data: values.data, env }, async store => {
    const task = await taskNamed(positionals[0], { store, command: "kin workers" });
    const ended = endOf(process);
    const draw = createDrawing(process.stdout);
    let pipeline: Pipeline | null = null;
    do {
      pipeline = await latest(store, { task_id: task.id, known: pipeline });
      draw(values.json ? JSON.stringify(dataOf(pipeline), null, 2) : textOf(pipeline));
      if (values.follow && !ended.signal.aborted) await sleep(LOOK_MS);
    } while (values.follow && !ended.signal.aborted);
    return ended.code() ?? 0;
  });
};

/** Only reads the part of its journal that is not known yet. */
const latest = async (
  store: Store,
  { task_id, known }: { readonly task_id: number; readonly known: Pipeline | null },
): Promise<Pipeline | null> => {
  const last = (await store.pipelines(task_id)).at(-1);
  if (last === undefined) return null;
  const before = known?.opening.pipeline === last.id ? known : null;
  if (before?.seq === last.seq) return before;
  return fold(await store.journal(last.id, before?.seq ?? 0), before);
};

/** Draws only what has changed, in place if the terminal is large enough for it. */
export const createDrawing = (
  stream: Pick<NodeJS.WriteStream, "isTTY" | "rows" | "columns" | "write">,
): ((text: string) => void) => {
  let drawn: string | null = null;
  return text => {
    if (text === drawn) return;
    const lines = (drawn ?? "").split("\n");
    const fits =
      stream.isTTY && lines.length < stream.rows && lines.every(line => line.length < stream.columns);
    const up = drawn === null ? "" : fits ? `\u001b[${lines.length}A\u001b[J` : "\n";
    stream.write(`${up}${text}\n`);
    drawn = text;
  };
};

const dataOf = (pipeline: Pipeline | null) =>
  (pipeline === null ? [] : crewsOf(pipeline)).map(({ step, attempt, phase, rows }) => ({
    step: step.number,
    role: step.role,
    attempt: attempt.number,
    phase,
    workers: rows.map(({ id, role, is, words, description, tools, cost }) => ({
      ...{ id, type: role, state: is, result: words, description, tools },
      ...{ seconds: cost.seconds, turns: cost.turns, usage: cost.usage, usd: cost.usd },
    })),
  }));

const textOf = (pipeline: Pipeline | null): string => {
  const crews = pipeline === null ? [] : crewsOf(pipeline);
  if (pipeline === null) return "It has no pipeline.";
  if (crews.length === 0) return "No step of its latest pipeline has workers.";
  return crews
    .map(crew => [titleOf(crew, pipeline), ...linesOf(crew.rows)].map(line => plainLine(line)).join("\n"))
    .join("\n\n");
};

const titleOf = (
  { step, attempt, isUnderWay, phase, atWork, rows }: CrewRows,
  pipeline: Pipeline,
): string => {
  const number = attempt.number === 1 ? "" : `, attempt ${attempt.number}`;
  const how = isUnderWay ? `${phase}, ${atWork} of ${rows.length} at work` : plural(rows.length, "worker");
  return `pipeline ${pipeline.opening.number}, ${stepTitle(step, pipeline)} (${step.role})${number}: ${how}`;
};

const linesOf = (rows: readonly WorkerRow[]): readonly string[] =>
  aligned(
    rows.map(({ id, role, sign, words, tools, cost, description }) => [
      id,
      role,
      `${sign} ${words}`,
      cost.seconds === 0 ? "" : duration(cost.seconds),
      tools === 0 ? "" : plural(tools, "call"),
      cost.turns === 0 ? "" : `${tokens(totalTokens(cost.usage))} tokens`,
      cost.unpriced.length > 0 ? "" : costCell(cost),
      description,
    ]),
  );
