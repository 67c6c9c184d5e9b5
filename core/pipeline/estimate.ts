// The likely cost of a pipeline, from what earlier ones of its project cost. Without any it is unknown, and nothing is made
// up.
import { conversationsIn, type Pipeline } from "../model/pipeline.ts";
import type { PastPipeline } from "../model/record.ts";
import type { StepCost, StepCosts } from "../model/step-costs.ts";

/** US dollars: the likely amount, and its range. */
export interface Spread {
  readonly mid: number;
  readonly low: number;
  readonly high: number;
}

export interface StepEstimate {
  readonly step: number;
  readonly role: string;
  /** What it will still cost. Null if this role, with this model, has not finished a step of its kind here. */
  readonly usd: Spread | null;
  readonly count: number;
}

export interface Estimate {
  /** Null: unknown. */
  readonly usd: Spread | null;
  /** How many past steps, or whole pipelines, it is based on. */
  readonly count: number;
  readonly of: "step" | "pipeline";
  /** A script played that past, and is to play this, too. */
  readonly scripted: boolean;
  /** The steps that are ahead or at work; empty for a whole pipeline. */
  readonly steps: readonly StepEstimate[];
  /** What may be added: revisions, and what is done after a gate passed. Null: nothing, or unknown. */
  readonly more: Spread | null;
}

interface Planned extends Pick<StepCost, "role" | "model" | "part"> {
  readonly step: number;
  /** Spent so far, in US dollars, if it is at work. */
  readonly spent: number;
  /** How often it is done: in several ways at once, or once for each of them. */
  readonly times: number;
}

interface Looking {
  readonly past: readonly PastPipeline[];
  /** What a script cost says nothing about a model, and the other way round. */
  readonly scripted: boolean;
}

/** What is kept of a pipeline that is over. */
export const stepCostsOf = ({ run, steps }: Pick<Pipeline, "run" | "steps">): StepCosts => ({
  scripted: run?.scripted === true,
  steps: steps.flatMap(({ role, part, answer, attempts }) => {
    const started = attempts.at(-1)?.started;
    if (answer === null || started == null) return [];
    const prices = attempts.flatMap(conversationsIn).flatMap(({ turns }) => turns.map(turn => turn.usd));
    return [{ role, part, model: started.model, usd: sum(prices) }];
  }),
});

/** For steps that are ahead. `besides`: what may still be added to them. */
export const estimateSteps = (
  planned: readonly Planned[],
  { besides, ...looking }: Looking & { readonly besides: readonly StepCost["part"][] },
): Estimate => {
  const past = costsOf(looking);
  const samples = Map.groupBy(past.flatMap(samplesOf), keyOf);
  const amountsOf = (step: Planned) => (samples.get(keyOf(step)) ?? []).flatMap(({ usd }) => usd ?? []);
  const steps = planned.map(
    (step): StepEstimate => ({
      step: step.step,
      role: step.role,
      usd: ahead(spreadOf(amountsOf(step)), step),
      count: amountsOf(step).length,
    }),
  );
  const known = steps.flatMap(({ usd }) => usd ?? []);
  const more = besides.length === 0 ? null : moreOf(past, besides);
  const counted = new Map(planned.map(step => [keyOf(step), amountsOf(step).length]));
  return {
    usd: known.length === 0 && planned.length > 0 ? null : add([...known, ...(more === null ? [] : [more])]),
    count: sum([...counted.values()]),
    of: "step",
    scripted: looking.scripted,
    steps,
    more,
  };
};

/** For a pipeline without a plan yet. */
export const estimatePipeline = (looking: Looking): Estimate => {
  const amounts = costsOf(looking).flatMap(({ isJudged, usd }) => (isJudged ? (usd ?? []) : []));
  const { scripted } = looking;
  return { usd: spreadOf(amounts), count: amounts.length, of: "pipeline", scripted, steps: [], more: null };
};

interface Costs {
  readonly steps: readonly StepCost[];
  /** Its work reached a gate; other pipelines ended before they cost what a whole one does. */
  readonly isJudged: boolean;
  readonly usd: number | null;
}

const costsOf = ({ past, scripted }: Looking): readonly Costs[] =>
  past.flatMap(({ outcome, usd, step_costs }) =>
    step_costs === null || step_costs.scripted !== scripted
      ? []
      : [
          {
            steps: step_costs.steps,
            isJudged: outcome === "passed" || outcome === "returned",
            usd: step_costs.steps.some(step => step.usd === null) ? null : usd,
          },
        ],
  );

/** As a plan has them: a department's steps count as their head's. Added steps count alone. */
const samplesOf = ({ steps }: Costs): readonly StepCost[] => {
  const planned: StepCost[] = [];
  for (const step of steps) {
    const head = step.part === "department" ? planned.pop() : undefined;
    if (head !== undefined) planned.push({ ...head, usd: sum([head.usd, step.usd]) });
    else if (step.part === "plan") planned.push(step);
  }
  return [...planned, ...steps.filter(({ part }) => part !== "plan")];
};

/** The mean, because the median ignores what is rare. */
const moreOf = (past: readonly Costs[], besides: readonly StepCost["part"][]): Spread | null => {
  const amounts = past.flatMap(({ isJudged, steps }) => {
    const added = steps.filter(({ part }) => besides.includes(part));
    return isJudged ? (sum(added.map(({ usd }) => usd)) ?? []) : [];
  });
  const spread = spreadOf(amounts);
  if (spread === null) return null;
  const mid = sum(amounts) / amounts.length;
  return { mid, low: Math.min(spread.low, mid), high: Math.max(spread.high, mid) };
};

/** The median and the quartiles. */
const spreadOf = (amounts: readonly number[]): Spread | null => {
  if (amounts.length === 0) return null;
  const sorted = amounts.toSorted((a, b) => a - b);
  return { mid: quantile(sorted, 0.5), low: quantile(sorted, 0.25), high: quantile(sorted, 0.75) };
};

/** Linear between two amounts. */
const quantile = (sorted: readonly number[], part: number): number => {
  const at = (sorted.length - 1) * part;
  const [below, above] = [sorted[Math.floor(at)] as number, sorted[Math.ceil(at)] as number];
  return below + (above - below) * (at - Math.floor(at));
};

/** What a step at work has spent is no longer ahead of it. */
const ahead = (spread: Spread | null, { times, spent }: Pick<Planned, "times" | "spent">): Spread | null => {
  const left = (usd: number) => Math.max(0, usd * times - spent);
  return spread === null ? null : { mid: left(spread.mid), low: left(spread.low), high: left(spread.high) };
};

const add = (spreads: readonly Spread[]): Spread => ({
  mid: sum(spreads.map(({ mid }) => mid)),
  low: sum(spreads.map(({ low }) => low)),
  high: sum(spreads.map(({ high }) => high)),
});

const keyOf = ({ role, model, part }: Pick<StepCost, "role" | "model" | "part">): string =>
  `${part} ${role} ${model}`;

/** Null if one of them is. */
function sum(amounts: readonly number[]): number;
function sum(amounts: readonly (number | null)[]): number | null;
function sum(amounts: readonly (number | null)[]): number | null {
  return amounts.reduce((all, one) => (all === null || one === null ? null : all + one), 0);
}
