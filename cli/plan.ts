// `kin plan`: the plan of a task, and its likely cost judging by its project's past; or the likely cost of a pipeline in
// each repository, before there is a plan.

import type { Store } from "../app/store/port.ts";
import { estimateOf } from "../app/tasks/estimate.ts";
import { KinError } from "../core/model/error.ts";
import type { Pipeline } from "../core/model/pipeline.ts";
import { fold } from "../core/pipeline/apply.ts";
import { type Estimate, estimatePipeline } from "../core/pipeline/estimate.ts";
import { estimateText, spreadText } from "../core/report/estimate-text.ts";
import { shorten, usd } from "../core/report/format.ts";
import { resultOf } from "../core/report/step-result.ts";
import { endWords } from "../core/report/words.ts";
import { plainLine } from "../core/text/plain.ts";
import { loadRoster } from "../host/roster.ts";
import { ROOT } from "../local/world.ts";
import { type Env, FLAG, readArguments, STORE } from "./arguments.ts";
import { withStore } from "./data-directory.ts";
import { taskNamed } from "./task-named.ts";

export const plan = async (args: readonly string[], env: Env): Promise<number> => {
  const { values, positionals } = readArguments(
    args,
    { estimate: FLAG, ...STORE },
    { positionals: ["ISSUE"] },
  );
  const say = (plain: string, data: unknown) =>
    console.log(values.json ? JSON.stringify(data, null, 2) : plain);
  return withStore({ data: values.data, env }, async store => {
    if (positionals[0] === undefined && values.estimate) {
      const all = await estimateAll(store);
      say(
        all
          .map(
            ({ repository, estimate }) => `What a pipeline of ${repository} costs: ${estimateText(estimate)}`,
          )
          .join("\n") || "No tasks yet: put the label `kin` on an issue.",
        all,
      );
      return 0;
    }
    const pipeline = await plannedOf(positionals[0], store);
    const estimate = values.estimate ? await estimateFor(pipeline, store) : null;
    say(
      [...stepsOf(pipeline, estimate), ...(values.estimate ? [aheadText(estimate, pipeline)] : [])]
        .map(line => plainLine(line))
        .join("\n"),
      { pipeline: pipeline.opening.pipeline, plan: pipeline.plan, ...(values.estimate ? { estimate } : {}) },
    );
    return 0;
  });
};

/** The latest pipeline, even a dry run: its plan is what was asked for. */
const plannedOf = async (name: string | undefined, store: Store): Promise<Pipeline> => {
  const task = await taskNamed(name, { store, command: "kin plan" });
  const last = (await store.pipelines(task.id)).at(-1);
  if (last !== undefined) return fold(await store.journal(last.id));
  throw new KinError(`${task.owner}/${task.name}#${task.issue} has no pipeline.`, {
    code: "no_plan",
    hint: "`kin tasks` says why; `kin plan --estimate` says what one is likely to cost.",
  });
};

/** Null: it is over, so nothing is ahead. */
const estimateFor = async (pipeline: Pipeline, store: Store): Promise<Estimate | null> =>
  pipeline.outcome === null || pipeline.outcome.kind === "planned_only"
    ? estimateOf(pipeline, { store, roster: loadRoster(ROOT).roster })
    : null;

const aheadText = (estimate: Estimate | null, pipeline: Pipeline): string => {
  if (estimate === null) return `It is over (${endWords(pipeline)}), and came to ${usd(pipeline.usd)}.`;
  const more = estimate.more === null ? "" : ` ${spreadText(estimate.more)} of it for what may come besides.`;
  return `What it will cost: ${estimateText(estimate)}${estimate.usd === null ? "" : more}`;
};

const stepsOf = (pipeline: Pipeline, estimate: Estimate | null): readonly string[] => {
  if (pipeline.plan === null) return ["There is no plan yet."];
  return pipeline.steps.slice(1).map(step => {
    const { sign, words } = resultOf(step, pipeline);
    const likely = estimate?.steps.find(one => one.step === step.number);
    const cost =
      likely === undefined ? "" : `  ${likely.usd === null ? "not known" : spreadText(likely.usd)}`;
    return `${sign} ${step.number} ${step.role} (${words})${cost}  ${shorten(step.brief, 100)}`;
  });
};

/** For each repository that has tasks, with the model, or the script, that played there last. */
const estimateAll = async (store: Store) => {
  const named = new Set(await store.repositories(MOST));
  // If a repository was made again, the present one: its id is greater.
  const ids = new Map((await store.projects()).map(({ id, owner, name }) => [`${owner}/${name}`, id]));
  return Promise.all(
    [...ids]
      .filter(([repository]) => named.has(repository))
      .map(async ([repository, id]) => {
        const past = await store.past(id);
        const scripted = past[0]?.step_costs?.scripted === true;
        return { repository, estimate: estimatePipeline({ past, scripted }) };
      }),
  );
};

const MOST = 100;
