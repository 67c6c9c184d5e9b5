// Which answers file, and which of its turns, answers a request. Decided from the request alone, so that a resumed run gets
// the same replies again.
import { createHash } from "node:crypto";
import { KinError } from "../../core/model/error.ts";
import { joined } from "../../core/model/joined.ts";
import { type Answers, readAnswers, type Turn } from "./answers.ts";
import { invalid } from "./failure.ts";
import { blocksOf, type CountRequest } from "./request.ts";

/** What the first user message says about its conversation. */
export interface Conversation {
  /** The same for all requests of one conversation, different between conversations. */
  readonly key: string;
  readonly role: string | null;
  readonly pipeline: number | null;
  readonly step: number | null;
  readonly attempt: number | null;
  /** Such as `w2`; null if it is not a worker's. */
  readonly worker: string | null;
  readonly task: string | null;
}

/** Answers in place of files, if the reply depends on the request. */
export type Player = (request: CountRequest, conversation: Conversation) => Turn;

/** A directory of answers that were written for one thing; `refuse` replies to everything else. */
export interface Script {
  readonly directory: string;
  readonly refuse: (text: string, conversation: Conversation) => Turn | null;
}

export interface Choice {
  readonly file: string;
  /** From 1. */
  readonly turn: number;
  /** The turn with the fields of the `when` that matched, if one did. */
  readonly answer: Turn;
  /** From 1; 0 is the turn itself. */
  readonly alternative: number;
}

const HEADER = /^Pipeline (\d+), step (\d+), attempt (\d+)(?:, worker (w\d+))?, role ([a-z0-9_-]+)\.$/;
const TASK = /^Task ([\w.-]+\/(?!\.+#)[\w.-]+#\d+)\.$/;

export const NOBODY = { role: null, pipeline: null, step: null, attempt: null, worker: null, task: null };

export const conversationOf = ({ messages }: CountRequest): Conversation => {
  const [first = "", second = ""] = firstText(messages).split("\n", 2);
  const header = HEADER.exec(first.trimEnd());
  const task = TASK.exec(second.trimEnd())?.[1] ?? null;
  if (header === null) return { key: hash(firstText(messages)), ...NOBODY };
  const [, pipeline, step, attempt, worker = null, role = ""] = header;
  return {
    key: hash(`${header[0]}\n${task ?? ""}`),
    role,
    pipeline: Number(pipeline),
    step: Number(step),
    attempt: Number(attempt),
    worker,
    task,
  };
};

/** `from`: a directory of answers, or a player. */
export const choose = async (
  from: string | Script | Player,
  { request, conversation }: { readonly request: CountRequest; readonly conversation: Conversation },
): Promise<Choice> => {
  const said = request.messages.filter(({ role }) => role === "assistant").length;
  const played = (answer: Turn): Choice => ({ file: "played", turn: said + 1, answer, alternative: 0 });
  if (typeof from === "function") return played(from(request, conversation));
  const refusal = typeof from === "string" ? null : from.refuse(firstText(request.messages), conversation);
  if (refusal !== null) return played(refusal);
  const { file, answers } = await answersFor(typeof from === "string" ? from : from.directory, conversation);
  refusePrefill(request, answers[Math.min(said, answers.length) - 1]);
  const turn = answers.some(({ notices }) => notices !== undefined)
    ? byNotices(answers, request.messages)
    : answers[Math.min(said, answers.length - 1)];
  if (turn === undefined) throw new Error("an answers file has at least one turn");
  return { file, turn: said + 1, ...alternativeOf(turn, latestResults(request)) };
};

/** Nobody knows how many notices arrive in one message, so turns are found by how many were heard in all. */
const byNotices = (answers: Answers, messages: CountRequest["messages"]): Turn | undefined => {
  const heardIn = messages.map(({ role, content }) => (role === "user" ? noticesIn(content) : 0));
  const heard = heardIn.reduce((sum, count) => sum + count, 0);
  const from = answers.findIndex(({ notices = 0 }) => notices === heard);
  const next = answers.findIndex(({ notices }) => notices !== undefined && notices > heard);
  if (from < 0) return { text: "I wait for the others." };
  const own = answers.slice(from, next < 0 ? answers.length : next);
  const since = messages.slice(heardIn.findLastIndex(count => count > 0) + 1);
  return own[since.filter(({ role }) => role === "assistant").length] ?? { text: "I wait." };
};

const noticesIn = (content: CountRequest["messages"][number]["content"]): number =>
  blocksOf(content).filter(({ text }) => String(text ?? "").startsWith("<task-notification>")).length;

/** The file names that are tried, in this order. */
const namesFor = ({ role, pipeline, step, attempt, worker }: Conversation): readonly string[] =>
  role === null
    ? ["default.yaml"]
    : [
        ...(worker === null
          ? []
          : [`${role}@p${pipeline}s${step}a${attempt}${worker}.yaml`, `${role}@${worker}.yaml`]),
        `${role}@p${pipeline}s${step}a${attempt}.yaml`,
        `${role}@p${pipeline}a${attempt}.yaml`,
        `${role}@p${pipeline}s${step}.yaml`,
        `${role}@p${pipeline}.yaml`,
        `${role}.yaml`,
        "default.yaml",
      ];

/** The directories that are tried, in this order: the issue's answers before the repository's before everybody's. */
const placesFor = ({ task }: Conversation): readonly string[] => {
  const [, repository, issue] = /\/(.+)#(\d+)$/.exec(task ?? "") ?? [];
  return repository === undefined ? [""] : [`${repository}/${issue}/`, `${repository}/`, `${issue}/`, ""];
};

const answersFor = async (
  directory: string,
  conversation: Conversation,
): Promise<{ readonly file: string; readonly answers: Answers }> => {
  const names = namesFor(conversation);
  const places = placesFor(conversation);
  for (const file of places.flatMap(place => names.map(name => place + name))) {
    const answers = await readAnswers(directory, file).catch(error => {
      throw error instanceof KinError ? invalid(`scripted: ${error.message}`) : error;
    });
    if (answers !== null) return { file, answers };
  }
  const where = joined(", ", places);
  throw invalid(
    `scripted: no answers file for this request; looked for ${names.join(", ")}${where && `, also in ${where}`}`,
  );
};

/** Current models do not continue an assistant's message, except for a turn that they paused themselves. */
const refusePrefill = ({ messages }: CountRequest, before: Turn | undefined): void => {
  if (messages.at(-1)?.role !== "assistant") return;
  const paused = [before, ...(before?.when ?? [])].some(turn => turn?.stop_reason === "pause_turn");
  if (!paused)
    throw invalid(
      "This model does not support assistant message prefill. The conversation must end with a user message.",
    );
};

const alternativeOf = (turn: Turn, results: string): Pick<Choice, "answer" | "alternative"> => {
  const index = (turn.when ?? []).findIndex(({ result_matches }) =>
    new RegExp(result_matches, "m").test(results),
  );
  const found = turn.when?.[index];
  if (found === undefined) return { answer: turn, alternative: 0 };
  const { result_matches: _, ...answer } = found;
  return { answer, alternative: index + 1 };
};

const latestResults = ({ messages }: CountRequest): string => {
  const last = messages.findLast(({ role }) => role === "user");
  return blocksOf(last?.content ?? "")
    .filter(({ type }) => type === "tool_result")
    .map(block => wordsOf(block.content))
    .join("\n");
};

const wordsOf = (content: unknown): string => {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.map(block => (typeof block?.text === "string" ? block.text : "")).join("\n");
};

const firstText = (messages: CountRequest["messages"]): string => {
  const first = messages.find(({ role }) => role === "user");
  const text = blocksOf(first?.content ?? "").find(({ type }) => type === "text");
  return String(text?.text ?? "");
};

export const hash = (text: string): string => createHash("sha256").update(text).digest("hex");
