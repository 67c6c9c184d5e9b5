// Icons of 16 by 16 pixels, drawn for these pages.

import { type Html, html, trusted } from "./html.ts";

const ring = `<circle cx="8" cy="8" r="6.2" fill="none" stroke="currentColor" stroke-width="1.6"/>`;
const line = (d: string): string =>
  `<path d="${d}" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round"/>`;
const dot = (x: number, y: number, r = 1.9): string =>
  `<circle cx="${x}" cy="${y}" r="${r}" fill="none" stroke="currentColor" stroke-width="1.4"/>`;
const disc = `<circle cx="8" cy="8" r="7" fill="currentColor"/>`;
const white = (d: string): string =>
  `<path d="${d}" fill="none" stroke="var(--ground)" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round"/>`;

const DRAWINGS: Readonly<Record<string, string>> = {
  issue: `${ring}<circle cx="8" cy="8" r="1.9" fill="currentColor"/>`,
  closed: ring + line("M5.4 8.2l1.8 1.8 3.4-3.8"),
  pull:
    dot(4, 3.6) +
    dot(4, 12.4) +
    dot(12, 12.4) +
    line("M4 5.5v5M12 10.5V6.2c0-1.6-1-2.6-2.6-2.6H7.6M9.4 1.8L7.6 3.6l1.8 1.8"),
  draft: dot(4, 3.6) + dot(4, 12.4) + dot(12, 12.4) + line("M4 5.5v5M12 9v.1M12 6v.1M12 3v.1"),
  merged: dot(4, 3.6) + dot(4, 12.4) + dot(12, 9) + line("M4 5.5v5M4 5.5c.4 2.6 2.6 3.5 6.1 3.5"),
  refused:
    dot(4, 3.6) +
    dot(4, 12.4) +
    dot(12, 12.4) +
    line("M4 5.5v5M12 10.5V7M10.2 2.2l3.6 3.6M13.8 2.2l-3.6 3.6"),
  check: disc + white("M4.8 8.2l2.1 2.1 4.2-4.6"),
  cross: disc + white("M5.4 5.4l5.2 5.2M10.6 5.4l-5.2 5.2"),
  stop: disc + white("M4.8 4.8l6.4 6.4"),
  square: `<rect x="3" y="3" width="10" height="10" rx="2" fill="currentColor"/>`,
  alert: disc + white("M8 4.2v4.4M8 11.4v.2"),
  running: `${ring}<circle cx="8" cy="8" r="3" fill="currentColor"/>`,
  waiting: ring + line("M8 4.6V8l2.2 1.6"),
  comment: line("M2.5 3.5h11v7h-6l-3 2.6v-2.6h-2z"),
  commit: `<circle cx="8" cy="8" r="2.6" fill="none" stroke="currentColor" stroke-width="1.6"/>${line("M1.5 8h3.6M10.9 8h3.6")}`,
  folder: `<path d="M1.5 4c0-.6.4-1 1-1h3.7l1.4 1.6h6c.5 0 .9.4.9.9v6.6c0 .5-.4.9-.9.9h-11c-.6 0-1-.4-1-1z" fill="currentColor"/>`,
  file: line("M4 2h5l3 3v9H4zM9 2v3h3"),
  book: line(
    "M2.5 3h4.2c.7 0 1.3.6 1.3 1.3V13c0-.6-.6-1-1.3-1H2.5zM13.5 3H9.3C8.6 3 8 3.6 8 4.3V13c0-.6.6-1 1.3-1h4.2z",
  ),
  play: `${ring}<path d="M6.4 5.2v5.6L11 8z" fill="currentColor"/>`,
  tag: line("M2.5 2.5h5l6 6-5 5-6-6z") + dot(5.3, 5.3, 0.6),
  eye: `${line("M1.5 8C3 5.2 5.3 3.8 8 3.8S13 5.2 14.5 8C13 10.8 10.7 12.2 8 12.2S3 10.8 1.5 8z")}<circle cx="8" cy="8" r="2" fill="currentColor"/>`,
  pen: line("M3 13l.6-2.8L11 2.8l2.2 2.2-7.4 7.4z"),
  person: dot(8, 5.2, 2.6) + line("M2.8 13.6c.6-2.8 2.6-4.2 5.2-4.2s4.6 1.4 5.2 4.2"),
  branch: dot(4.5, 3.6) + dot(4.5, 12.4) + dot(11.5, 5.6) + line("M4.5 5.5v5M11.5 7.5c0 2-2.4 2.3-7 2.3"),
  lock: `<rect x="3.5" y="7" width="9" height="6.5" rx="1.2" fill="currentColor"/>${line("M5.5 7V5a2.5 2.5 0 015 0v2")}`,
};

export const icon = (name: string, tone = "", title = ""): Html =>
  html`<svg class="icon ${tone}" viewBox="0 0 16 16" width="16" height="16" ${title === "" ? trusted('aria-hidden="true"') : trusted('role="img"')}>${
    title === "" ? null : html`<title>${title}</title>`
  }${trusted(DRAWINGS[name] ?? "")}</svg>`;
