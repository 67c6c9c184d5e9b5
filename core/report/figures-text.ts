// The figures of all tasks as plain tables, for a terminal and for the page.
import type { Figures } from "../model/figures.ts";
import { usd } from "./format.ts";
import { STATUS_WORDS } from "./words.ts";

export interface FigureTable {
  readonly title: string;
  /** Shown in place of an empty table. */
  readonly none: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export const figureTables = (figures: Figures): readonly FigureTable[] => [
  costTable(figures.costs),
  verdictTable(figures.verdicts),
  {
    title: "Rejections",
    none: "No work was rejected yet.",
    head: ["Month", "Project", "Category", "By", "Rejections", "Returned", "Revised", "Findings"],
    rows: figures.rejections.map(row => [
      ...[row.month, row.project, row.category, row.by],
      ...[row.count, row.returned, row.revised, row.findings].map(String),
    ]),
  },
  {
    title: "Patterns: one category twice or more among a task's returns",
    none: "No category came twice to a task.",
    head: ["Task", "Category", "Returns"],
    rows: figures.patterns.map(row => [row.task, row.category, String(row.count)]),
  },
  {
    title: "Handed over to a follow-up",
    none: "No task was escalated.",
    head: ["Task", "Follow-up", "State", "Cost"],
    rows: figures.handed_over.map(row => [row.task, row.follow_up, STATUS_WORDS[row.status], usd(row.usd)]),
  },
  {
    title: "Revisions inside pipelines, by role",
    none: "No step was done again inside a pipeline.",
    head: ["Role", "Revisions", "Of steps", "Per step"],
    rows: figures.revisions.map(row => [
      row.role,
      String(row.count),
      String(row.of),
      row.of === 0 ? "–" : (row.count / row.of).toFixed(2),
    ]),
  },
];

const costTable = (costs: Figures["costs"]): FigureTable => ({
  title: "Costs",
  none: "No task yet.",
  head: ["", "Count", "Cost each"],
  rows:
    costs.tasks === 0
      ? []
      : [
          ["Tasks", String(costs.tasks), amount(costs.usd_per_task)],
          ["Returns", "", amount(costs.usd_per_return)],
          ["Accepted pull requests", String(costs.accepted), amount(costs.usd_per_accepted)],
          ["All together", "", usd(costs.usd)],
        ],
});

const verdictTable = (verdicts: Figures["verdicts"]): FigureTable => ({
  title: "Gates and people",
  none: "No gate has judged yet.",
  head: ["The gate", "Times", "A person saw it otherwise", "Share"],
  rows:
    verdicts.gate_rejections + verdicts.gate_approvals === 0
      ? []
      : [
          ["rejected", ...ratio(verdicts.rejections_overturned, verdicts.gate_rejections)],
          ["approved", ...ratio(verdicts.approvals_overturned, verdicts.gate_approvals)],
        ],
});

const ratio = (part: number, whole: number): readonly string[] => [
  String(whole),
  String(part),
  whole === 0 ? "–" : `${Math.round((100 * part) / whole)} %`,
];

const amount = (value: number | null): string => (value === null ? "–" : usd(value));
