// The small parts that pages are made of: people, times, labels, states, buttons.

import type { Label, Repository, User } from "../state.ts";
import { userById, type World } from "../world.ts";
import { type Html, html, type Part } from "./html.ts";
import { icon } from "./icons.ts";
import { type MarkdownPlace, markdown } from "./markdown.ts";

export const userPath = (user: User): string =>
  user.type === "Bot" ? `/apps/${user.login.replace(/\[bot\]$/, "")}` : `/${user.login}`;

export const avatar = (user: User, size = 20): Html =>
  html`<img class="avatar" src="/avatars/u/${user.id}" width="${size}" height="${size}" alt="">`;

export const person = (world: World, id: number): Html => {
  const user = userById(world, id);
  const bot = user.type === "Bot" ? html` <span class="tag">bot</span>` : null;
  return html`<a class="person" href="${userPath(user)}">${user.login.replace(/\[bot\]$/, "")}</a>${bot}`;
};

const STEPS: readonly (readonly [number, string])[] = [
  [31_536_000, "year"],
  [2_592_000, "month"],
  [86_400, "day"],
  [3_600, "hour"],
  [60, "minute"],
];

export const ago = (world: World, at: string | null): Html => {
  if (at === null) return html``;
  const seconds = Math.max(0, (world.now().getTime() - Date.parse(at)) / 1000);
  const step = STEPS.find(([length]) => seconds >= length);
  const count = step === undefined ? 0 : Math.floor(seconds / step[0]);
  const text = step === undefined ? "just now" : `${count} ${step[1]}${count === 1 ? "" : "s"} ago`;
  return html`<time datetime="${at}" title="${at.replace("T", " ").replace("Z", " UTC")}">${text}</time>`;
};

export const lasted = (from: string, to: string): string => {
  const seconds = Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / 1000));
  const [minutes, rest] = [Math.floor(seconds / 60), seconds % 60];
  return minutes === 0 ? `${rest}s` : `${minutes}m ${rest}s`;
};

/** Colours are classes in the page's own style sheet, because style attributes are not allowed here. */
export const labelTag = (label: Pick<Label, "name" | "color">): Html =>
  html`<span class="label l-${label.color.toLowerCase()}">${label.name}</span>`;

export const labelStyles = (repository: Repository): string => {
  const noted = repository.timeline.flatMap(({ more }) => {
    const label = more.label as { color?: unknown } | undefined;
    return typeof label?.color === "string" ? [label.color] : [];
  });
  const colors = [...repository.labels.map(label => label.color), ...noted]
    .map(color => color.toLowerCase())
    .filter(color => /^[0-9a-f]{6}$/.test(color));
  return [...new Set(colors)]
    .map(color => `.l-${color}{background:#${color};color:${inkOn(color)}}`)
    .join("\n");
};

const inkOn = (color: string): string => {
  const [red = 0, green = 0, blue = 0] = [0, 2, 4].map(at => Number.parseInt(color.slice(at, at + 2), 16));
  return red * 0.299 + green * 0.587 + blue * 0.114 > 150 ? "#1f2328" : "#ffffff";
};

export interface ButtonLook {
  readonly kind?: "primary" | "danger" | "plain";
  readonly value?: string;
}

export const button = (does: string, text: Part, look: ButtonLook = {}): Html =>
  html`<button class="button ${look.kind ?? ""}" name="do" value="${does}">${text}</button>`;

/** A form with a single button. */
export const deed = (
  to: string,
  does: string,
  what: { text: Part; kind?: ButtonLook["kind"]; with?: Readonly<Record<string, string>> },
): Html =>
  html`<form method="post" action="${to}" class="inline">${Object.entries(what.with ?? {}).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  )}${button(does, what.text, what.kind === undefined ? {} : { kind: what.kind })}</form>`;

export const rendered = (
  place: MarkdownPlace,
  text: string | null,
  empty = "No description provided.",
): Html =>
  (text ?? "").trim() === ""
    ? html`<div class="markdown muted"><em>${empty}</em></div>`
    : html`<div class="markdown">${markdown(place, text ?? "")}</div>`;

export const textarea = (
  name: string,
  value: string,
  more: { rows?: number; label: string; required?: boolean },
): Html =>
  html`<label class="field"><span>${more.label}</span><textarea name="${name}" rows="${more.rows ?? 5}"${
    more.required ? html` required` : ""
  }>${"\n"}${value}</textarea></label>`;

export const empty = (text: Part): Html => html`<div class="empty">${text}</div>`;

const VERDICTS: Readonly<Record<string, readonly [string, string]>> = {
  success: ["check", "good"],
  failure: ["cross", "bad"],
  error: ["cross", "bad"],
  timed_out: ["cross", "bad"],
  action_required: ["alert", "warn"],
  cancelled: ["stop", "muted"],
  skipped: ["stop", "muted"],
  neutral: ["square", "muted"],
  stale: ["square", "muted"],
};

/** The mark of a check, job or run. */
export const verdict = (status: string, conclusion: string | null): Html => {
  if (status !== "completed")
    return icon(status === "in_progress" ? "running" : "waiting", "warn", status.replace("_", " "));
  const [name, tone] = VERDICTS[conclusion ?? ""] ?? ["square", "muted"];
  return icon(name, tone, (conclusion ?? "").replace("_", " "));
};

export const words = (status: string, conclusion: string | null): string =>
  (status === "completed" ? (conclusion ?? "completed") : status).replaceAll("_", " ");

export const short = (sha: string): string => sha.slice(0, 7);
export const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? "" : "s"}`;
export const encodePath = (path: string): string => path.split("/").map(encodeURIComponent).join("/");
