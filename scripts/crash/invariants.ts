// What must hold whatever died when: counted, not compared.
import { verdictOf } from "../../core/pipeline/state.ts";
import type { Facts, Said } from "./ending.ts";

export interface Asked {
  readonly role: string | null;
  readonly pipeline: number | null;
  readonly step: number | null;
  readonly attempt: number | null;
  readonly worker: string | null;
  readonly turn: number | null;
}

export interface Seen {
  /** Repeated model calls, named as by `repeatedCalls`. */
  readonly again: readonly string[];
  readonly crashes: number;
}

const STATES = ["kin:running", "kin:review", "kin:needs-info", "kin:blocked", "kin:done"];

/** One line for each violated invariant. */
export const brokenBy = (facts: Facts, { again, crashes }: Seen): readonly string[] => {
  const { branches, pulls, comments, reviews, returns, labels } = facts;
  const verdicts = facts.pipelines.flatMap(({ steps }) =>
    steps.filter(step => verdictOf(step) !== null),
  ).length;
  const states = labels.filter(label => STATES.includes(label));
  return [
    ...(branches.length === 1 ? [] : [`${branches.length} branches: ${branches.join(", ")}`]),
    ...(pulls === 1 ? [] : [`${pulls} pull requests`]),
    ...twice(comments, "comment"),
    ...twice(reviews, "review"),
    ...(reviews.length === verdicts ? [] : [`${reviews.length} reviews for ${verdicts} verdicts`]),
    ...(returns.every((number, index) => number === index + 1) ? [] : [`returns ${returns.join(", ")}`]),
    ...facts.unfolded,
    ...(states.length === 1 ? [] : [`state labels: ${states.join(", ") || "none"}`]),
    ...doubled(facts.messages.flatMap(trailersOf), "commits with the trailer"),
    ...(again.length > crashes * inFlight(facts) ? [`model calls made again: ${again.join(", ")}`] : []),
  ];
};

/** Whatever dies interrupts at most one call per conversation under way. */
const inFlight = ({ pipelines }: Facts): number => {
  const hasWorkers = pipelines.some(({ steps }) =>
    steps.some(({ attempts }) => attempts.some(({ crew }) => crew !== undefined)),
  );
  return hasWorkers ? 1 + Math.max(...pipelines.map(({ opening }) => opening.config.limits.workers)) : 1;
};

/** Each of Kin's texts has a marker: two with the same one are one text posted twice. */
const twice = (said: readonly Said[], what: string): readonly string[] =>
  doubled(
    said.flatMap(({ body }) => /<!-- kin:[0-9a-f]+ -->/g.exec(body)?.[0] ?? []),
    `${what}s with the marker`,
  );

const doubled = (keys: readonly string[], what: string): readonly string[] =>
  [...Map.groupBy(keys, key => key)]
    .filter(([, list]) => list.length > 1)
    .map(([key, list]) => `${list.length} ${what} ${key}`);

const trailersOf = (message: string): readonly string[] => message.match(/^Kin-Step: .+$/gm) ?? [];

export const repeatedCalls = (asked: readonly Asked[]): readonly string[] =>
  [
    ...Map.groupBy(
      asked,
      ({ role, pipeline, step, attempt, worker, turn }) =>
        `${role} p${pipeline} s${step} a${attempt}${worker ?? ""} t${turn}`,
    ),
  ].flatMap(([key, list]) => list.slice(1).map(() => key));
