// Charts: one row per bar, with its name and amount as text beside an SVG that also describes itself in words. The
// style sheet has the colours for both schemes.
import { html } from "hono/html";
import type { Html } from "./parts.ts";

export interface Bars {
  readonly title: string;
  /** Shown instead of an empty chart. */
  readonly none: string;
  /** What the parts of a bar are; a single word if every bar has one part. */
  readonly parts: readonly string[];
  readonly rows: readonly {
    readonly name: Html | string;
    readonly amounts: readonly number[];
    readonly text: string;
  }[];
}

/** Width of the longest bar in units of the view box. */
const WIDTH = 1000;

export const bars = ({ title, none, parts, rows }: Bars): Html => {
  const most = Math.max(...rows.map(({ amounts }) => sum(amounts)));
  const legend =
    parts.length === 1
      ? ""
      : html`<ul class="legend">${parts.map((part, at) => html`<li>${swatch(at)} ${part}</li>`)}</ul>`;
  return html`<section class="box chart"><h2>${title}</h2>${
    rows.length === 0
      ? html`<p class="empty">${none}</p>`
      : html`${legend}<ul class="bars">${rows.map(({ name, amounts, text }) => html`<li><span class="name">${name}</span>${bar(amounts, { parts, most })}<span class="amount">${text}</span></li>`)}</ul>`
  }</section>`;
};

const sum = (amounts: readonly number[]): number => amounts.reduce((all, amount) => all + amount, 0);

const swatch = (at: number): Html =>
  html`<svg class="swatch" viewBox="0 0 10 10" aria-hidden="true"><rect class="c${at}" width="10" height="10" rx="2"/></svg>`;

const bar = (
  amounts: readonly number[],
  { parts, most }: { readonly parts: readonly string[]; readonly most: number },
): Html => {
  const width = (amount: number) => (most === 0 ? 0 : Math.round((WIDTH * amount) / most));
  const shown = amounts
    .map((amount, at) => ({
      at,
      x: width(sum(amounts.slice(0, at))),
      width: width(amount),
      words: parts.length === 1 ? "" : `${amount} ${parts[at]}`,
    }))
    .filter(one => one.width > 0);
  const words = shown
    .map(one => one.words)
    .filter(one => one !== "")
    .join(", ");
  return html`<svg viewBox="0 0 ${WIDTH} 10" preserveAspectRatio="none"${words === "" ? html` aria-hidden="true"` : html` role="img" aria-label="${words}"`}>${shown.map(
    one =>
      html`<rect class="c${one.at}" x="${one.x}" width="${one.width}" height="10">${one.words === "" ? "" : html`<title>${one.words}</title>`}</rect>`,
  )}</svg>`;
};
