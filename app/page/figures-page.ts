// The figures over all tasks: how often work comes back and why, how often people disagreed with a gate, and what an
// accepted pull request costs. As charts, and as tables.
import { html } from "hono/html";
import type { Figures } from "../../core/model/figures.ts";
import type { AcceptedPull } from "../../core/model/listing.ts";
import { ReturnCategory } from "../../core/model/return.ts";
import { type FigureTable, figureTables } from "../../core/report/figures-text.ts";
import { plural, usd } from "../../core/report/format.ts";
import type { Plane } from "../plane.ts";
import { type Bars, bars } from "./bars.ts";
import { line } from "./digest.ts";
import { frame, type Html } from "./parts.ts";

const MOST_MONTHS = 12;
const MOST_PULLS = 20;
const MOST_ROWS = 100;
/** They read whole tables, so they are computed at most this often, however often the page is viewed. */
const FRESH_MS = 60_000;

export const createFiguresPage = ({ store, clock }: Pick<Plane, "store" | "clock">) => {
  let counted: { readonly at: number; readonly page: Promise<Html> } | null = null;
  return (): Promise<Html> => {
    const now = clock.now();
    if (counted === null || now - counted.at >= FRESH_MS) {
      const page = Promise.all([store.figures(), store.acceptedPulls(MOST_PULLS)]).then(([figures, pulls]) =>
        figuresPage({ figures, pulls }),
      );
      counted = { at: now, page };
      page.catch(() => {
        counted = null;
      });
    }
    return counted.page;
  };
};

interface Counted {
  readonly figures: Figures;
  readonly pulls: readonly AcceptedPull[];
}

const figuresPage = ({ figures, pulls }: Counted): Html =>
  frame({
    title: "Kin: figures",
    here: "figures",
    follow: null,
    body: html`<h1>Figures over all tasks</h1>
${bars(rejectionsByMonth(figures))}
${bars(verdicts(figures))}
${bars(costOf(pulls))}
<details class="box tables" id="tables"><summary>All of it in numbers</summary>${figureTables(figures).map(table)}</details>`,
  });

const rejectionsByMonth = ({ rejections }: Figures): Bars => {
  const months = [...new Set(rejections.map(({ month }) => month))].sort().slice(-MOST_MONTHS);
  const count = (month: string, category: string) =>
    rejections
      .filter(row => row.month === month && row.category === category)
      .reduce((all, row) => all + row.count, 0);
  return {
    title: "Rejections by category and month",
    none: "No work was rejected yet.",
    parts: ReturnCategory.options,
    rows: months.map(month => {
      const amounts = ReturnCategory.options.map(category => count(month, category));
      return { name: month, amounts, text: String(amounts.reduce((all, amount) => all + amount, 0)) };
    }),
  };
};

const verdicts = ({ verdicts: v, gates }: Figures): Bars => ({
  title: "What gates said, and people",
  none: "No gate has judged yet.",
  parts: ["as the gate said", "overturned by a person"],
  rows: [
    ...gates.map(({ gate, rejections, overturned }) =>
      verdictRow(`${line(gate, 40)} rejected`, { all: rejections, overturned }),
    ),
    ...(v.gate_approvals === 0
      ? []
      : [verdictRow("approved", { all: v.gate_approvals, overturned: v.approvals_overturned })]),
  ],
});

const verdictRow = (
  name: string,
  { all, overturned }: { readonly all: number; readonly overturned: number },
): Bars["rows"][number] => ({
  name,
  amounts: [Math.max(0, all - overturned), overturned],
  text: overturned === 0 ? String(all) : `${all}, ${overturned} overturned`,
});

const costOf = (pulls: readonly AcceptedPull[]): Bars => ({
  title: "Cost of each accepted pull request",
  none: "No pull request was accepted yet.",
  parts: ["cost"],
  rows: pulls.map(({ id, owner, name, pr_number, title, usd: cost }) => ({
    name: html`<a href="/tasks/${id}" title="${line(title)}">${owner}/${name}#${pr_number}</a>`,
    amounts: [cost],
    text: usd(cost),
  })),
});

const table = ({ title, none, head, rows }: FigureTable): Html =>
  rows.length === 0
    ? html`<h3>${title}</h3><p class="muted">${none}</p>`
    : html`<h3>${title}</h3><div class="scroll"><table><thead><tr>${head.map(name => html`<th scope="col">${name}</th>`)}</tr></thead><tbody>
${rows.slice(0, MOST_ROWS).map(row => html`<tr>${row.map(cell => html`<td>${cell}</td>`)}</tr>`)}</tbody></table></div>${
        rows.length > MOST_ROWS
          ? html`<p class="muted">${plural(rows.length - MOST_ROWS, "more row")}: <code>kin report</code> has them.</p>`
          : ""
      }`;
