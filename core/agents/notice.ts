// What a coordinator is told when a worker is over. Whatever a worker says is data: cut, and escaped so that it closes no
// element of this text.
import type { Answer } from "../model/answer.ts";
import { joined } from "../model/joined.ts";
import { isToolUse } from "../model/message.ts";
import { type Attempt, secondsOfAttempt, type Worker } from "../model/pipeline.ts";
import { workerName } from "../model/worker.ts";
import { prefix } from "../text/invisible.ts";
import { DIRECTS, voiceless } from "./voice.ts";

const LONGEST_RESULT = 12_000;
const LONGEST_ERROR = 2_000;
const MOST_FILES = 100;

export interface Ended {
  readonly state: string;
  /** Those of its files that were joined. */
  readonly wrote: readonly string[];
  /** Who is still at work. */
  readonly left: readonly number[];
  /** The person who stopped it. */
  readonly by?: string | undefined;
}

export const noticeOf = (worker: Worker, { state, wrote, left, by }: Ended): string => {
  const talk = worker.attempts.at(-1);
  const { reason = null } = talk?.finished ?? {};
  const answer = worker.answer ?? talk?.finished?.answer ?? null;
  const seconds = talk === undefined ? 0 : secondsOfAttempt(talk);
  const error = state === "failed" ? voiceless(reason ?? "") : "";
  const description = voiceless(worker.description);
  const stopped = by === undefined ? "was stopped" : `was stopped by ${by}, ${DIRECTS}`;
  const ends = state === "failed" ? `failed: ${cut(error, 200)}` : state === "stopped" ? stopped : state;
  return joined("\n", [
    "<task-notification>",
    element("task-id", workerName(worker.worker)),
    element("agent-type", worker.role),
    element("description", description),
    element("status", state),
    element("summary", `Agent "${description}" ${ends}`),
    element("result", answer === null ? "" : cut(voiceless(reportText(answer)), LONGEST_RESULT)),
    element("error", cut(error, LONGEST_ERROR)),
    element("files-joined", voiceless(filesText(wrote))),
    element("still-at-work", left.map(workerName).join(", ")),
    `<usage><tool_uses>${toolUses(talk)}</tool_uses><duration_ms>${Math.round(seconds * 1000)}</duration_ms></usage>`,
    "</task-notification>",
  ]);
};

const element = (name: string, text: string): string => {
  const shown = text.trim();
  return shown === "" ? "" : `<${name}>${escaped(shown)}</${name}>`;
};

const cut = (text: string, limit: number): string =>
  text.length <= limit ? text : `${prefix(text, limit)}… (cut: ${text.length - limit} characters more)`;

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

const filesText = (paths: readonly string[]): string =>
  [
    ...paths.slice(0, MOST_FILES),
    ...(paths.length > MOST_FILES ? [`and ${paths.length - MOST_FILES} more`] : []),
  ].join("\n");

/** One field per line, the scope first; empty ones are left out. */
export const reportText = (answer: Answer): string =>
  Object.entries(answer)
    .filter(([, value]) => value !== null && value !== "" && !(Array.isArray(value) && value.length === 0))
    .toSorted(([a], [b]) => Number(b === "scope") - Number(a === "scope"))
    .map(([field, value]) => `${titleOf(field)}: ${valueText(value)}`)
    .join("\n");

const titleOf = (field: string): string =>
  field.charAt(0).toUpperCase() + field.slice(1).replaceAll("_", " ");

const valueText = (value: unknown): string => {
  if (typeof value === "string") return value;
  if (!Array.isArray(value)) return JSON.stringify(value);
  return `\n${value.map(one => `- ${typeof one === "string" ? one : JSON.stringify(one)}`).join("\n")}`;
};

/** Every call counts, whatever its name. */
export const toolUses = (talk: Pick<Attempt, "turns"> | undefined): number =>
  (talk?.turns ?? []).reduce((sum, { reply }) => sum + reply.content.filter(isToolUse).length, 0);
