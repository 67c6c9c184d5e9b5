// A coordinator's workers in Markdown: for the status comment, the reply to `/kin workers` and the job summary.

import { joined } from "../model/joined.ts";
import type { Pipeline, Worker } from "../model/pipeline.ts";
import { totalTokens } from "../model/usage.ts";
import { crewOf } from "../pipeline/workers.ts";
import { safeInline } from "../text/safe.ts";
import { COST_COLUMNS, costCell, costCells, costOfStep, costText, sumOf } from "./cost.ts";
import { duration, plural, tokens } from "./format.ts";
import { details, table } from "./frame.ts";
import { nameOf } from "./term.ts";
import { type CrewRows, crewsOf, isLiveRow, type WorkerRow } from "./workers.ts";

/** For each coordinator at work, at most `most` rows: workers at work, and the latest that are over. */
export const workersAtWork = (pipeline: Pipeline, most: number): string =>
  crewsOf(pipeline)
    .filter(({ isUnderWay }) => isUnderWay)
    .map(crew => atWork(crew, most))
    .join("\n\n");

const atWork = (crew: CrewRows, most: number): string => {
  const shown = shownOf(crew.rows, most);
  const left = crew.rows.length - shown.length;
  return [
    `**Workers of ${whereOf(crew)}**: ${crew.phase}, ${crew.atWork} of ${crew.rows.length} at work`,
    tableOf(shown),
    ...(left > 0 ? [`… and ${plural(left, "worker")} more`] : []),
  ].join("\n\n");
};

/** Workers whose coordinators are over, folded away; only the latest if there are many. */
export const workersBefore = (pipeline: Pipeline): string =>
  crewsOf(pipeline)
    .filter(({ isUnderWay }) => !isUnderWay)
    .slice(-MOST_CREWS)
    .map(crew =>
      details(
        `<b>${plural(crew.rows.length, "worker")}</b> of ${whereOf(crew)}`,
        joined("\n\n", [tableOf(crew.rows), notTaken(crew)]),
      ),
    )
    .join("\n\n");

const MOST_CREWS = 5;

export const workersOfAll = (pipeline: Pipeline, most: number): string =>
  table(
    ["Step", "Worker", "Type", "Result", "Description", ">Tools", ...COST_COLUMNS],
    crewsOf(pipeline)
      .flatMap(crew => crew.rows.map(row => ({ crew, row })))
      .slice(0, most)
      .map(({ crew: { step, attempt }, row }) => [
        attempt.number === 1 ? String(step.number) : `${step.number}, attempt ${attempt.number}`,
        ...whoOf(row),
        row.tools === 0 ? "" : String(row.tools),
        ...costCells(row.cost),
      ]),
  );

/** One line for each step that was tried in several ways. */
export const costOfTries = (pipeline: Pipeline): string => joined("\n\n", crewsOf(pipeline).map(notTaken));

const notTaken = (crew: CrewRows): string => {
  const { workers, taken } = crewOf(crew.attempt);
  if (taken === undefined) return "";
  const costOf = (some: readonly Worker[]) => costText(sumOf(some.map(costOfStep))) || "nothing";
  const tried = costOf(workers.filter(({ approach, worker }) => approach !== undefined && worker !== taken));
  const judged = costOf(workers.filter(({ on }) => on !== undefined));
  return `What was tried of ${whereOf(crew)} and not taken cost ${safeInline(tried)}, and the judges ${safeInline(judged)}.`;
};

const whereOf = ({ step, attempt }: CrewRows): string =>
  `step ${step.number} (${nameOf(step.role)})${attempt.number === 1 ? "" : `, attempt ${attempt.number}`}`;

const shownOf = (rows: readonly WorkerRow[], most: number): readonly WorkerRow[] => {
  if (rows.length <= most) return rows;
  const chosen = new Set(
    [...rows.filter(isLiveRow), ...rows.filter(row => !isLiveRow(row)).toReversed()].slice(0, most),
  );
  return rows.filter(row => chosen.has(row));
};

const tableOf = (rows: readonly WorkerRow[]): string =>
  table(
    ["Worker", "Type", "Result", "Description", ">Tools", ">Tokens", ">Cost", ">Time"],
    rows.map(row => [
      ...whoOf(row),
      row.tools === 0 ? "" : String(row.tools),
      row.cost.turns === 0 ? "" : tokens(totalTokens(row.cost.usage)),
      costCell(row.cost),
      row.cost.seconds === 0 ? "" : duration(row.cost.seconds),
    ]),
  );

const whoOf = ({ id, role, sign, words, state, description }: WorkerRow): readonly string[] => [
  id,
  nameOf(role),
  `${sign} ${BOLD.has(state) ? `**${words}**` : words}`,
  safeInline(description, { limit: 100 }),
];

const BOLD: ReadonlySet<string> = new Set(["working", "rejected", "failed"]);
