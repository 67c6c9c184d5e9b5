// What all pages of the App share: the frame, and how states, times and amounts look. Outside text goes through `html`,
// which escapes it; none of it becomes markup.
import { html } from "hono/html";
import type { TaskStatus } from "../../core/model/record.ts";
import { plural } from "../../core/report/format.ts";
import { capital, STATUS_WORDS } from "../../core/report/words.ts";
import { prose as clean } from "../../core/text/plain.ts";

export type Html = ReturnType<typeof html>;

export interface Frame {
  readonly title: string;
  readonly here: "tasks" | "figures";
  /** Seconds until an open page reloads itself; null for never. */
  readonly follow: number | null;
  readonly body: Html;
}

export const frame = ({ title, here, follow, body }: Frame): Html => html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="stylesheet" href="/style.css">
<link rel="icon" href="/icon.svg">
<script type="module" src="/follow.js"></script>
</head>
<body${follow === null ? "" : html` data-follow="${follow}"`}>
<header class="top"><a class="mark" href="/">Kin</a><nav aria-label="Pages">${navigation("tasks", "/", here)}${navigation("figures", "/figures", here)}</nav></header>
<p class="away" role="status">The App does not answer: this is how it stood.</p>
<main>
${body}
</main>
</body>
</html>`;

const navigation = (name: Frame["here"], href: string, here: Frame["here"]): Html =>
  html`<a href="${href}"${name === here ? html` aria-current="page"` : ""}>${name === "tasks" ? "Tasks" : "Figures"}</a>`;

export const pill = (status: TaskStatus): Html =>
  html`<span class="pill ${status}">${capital(STATUS_WORDS[status])}</span>`;

/** `at`: ISO 8601. A script converts the title to the reader's time zone. */
export const when = (at: string, now: number): Html =>
  html`<time datetime="${at}" title="${absolute(at)}">${ago(at, now)}</time>`;

const absolute = (at: string): string => `${at.slice(0, 10)} ${at.slice(11, 19)} UTC`;

const ago = (at: string, now: number): string => {
  const minutes = Math.floor((now - Date.parse(at)) / 60_000);
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${minutes} min ago`;
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ago`;
  const days = Math.floor(minutes / (24 * 60));
  return days < 30 ? `${plural(days, "day")} ago` : `on ${at.slice(0, 10)}`;
};

/** Keeps line breaks; text between backticks is shown as code. */
export const prose = (text: string): Html =>
  html`<p class="prose">${clean(text)
    .split(/`([^`\n]{1,500})`/)
    .map((part, at) => (at % 2 === 0 ? part : html`<code>${part}</code>`))}</p>`;

/** Facts in a row, separated by points, without those that are missing. */
export const facts = (...all: readonly (Html | string | null)[]): Html =>
  html`<p class="facts">${all.filter(one => one !== null && one !== "").map(one => html`<span>${one}</span>`)}</p>`;

/** A link to GitHub, or only the text if there is no address. */
export const outward = (url: string | null, text: Html | string): Html =>
  url === null ? html`${text}` : html`<a href="${url}" rel="noreferrer">${text}</a>`;

export const counted = (count: number, noun: string): string | null =>
  count === 0 ? null : plural(count, noun);
