// One line of plain text per event, for terminals and log groups. No control characters and no transcript: what a tool was
// called with, never what a model said or a command printed.
import type { CommandRun, EventOf, JournalEvent } from "../model/event.ts";
import { isServerToolUse, isToolUse, type ReplyBlock } from "../model/message.ts";
import { type Attempt, type Pipeline, workerIn } from "../model/pipeline.ts";
import { totalTokens } from "../model/usage.ts";
import { workerName } from "../model/worker.ts";
import { type Command, decide } from "../pipeline/decide.ts";
import { remarksOn } from "../pipeline/remarks.ts";
import { refusalOf, verdictOf } from "../pipeline/state.ts";
import { conversingStep } from "../pipeline/workers.ts";
import { plainLine, withoutMarks } from "../text/plain.ts";
import { duration, exitOf, firstSentence, plural, shorten, stepTitle, tokens, usd } from "./format.ts";
import { limitNote } from "./limit-note.ts";
import { outcomeWords } from "./words.ts";

/** `pipeline` has the event folded in. Null if the event tells people nothing. */
export const storyLine = (event: JournalEvent, pipeline: Pipeline): string | null => {
  const text = textOf(event, pipeline);
  return text === null ? null : plainLine(text);
};

/** Warnings after this event, a line each. */
export const warningLines = ({ data }: JournalEvent, pipeline: Pipeline): readonly string[] => {
  if (data.kind === "attempt_started") return noted(data.mcp?.notes ?? []);
  if (data.kind === "turn") return noted((data.mcp ?? []).flatMap(({ note }) => note ?? []));
  const step =
    data.kind === "attempt_finished" && data.worker === undefined ? pipeline.steps[data.step] : undefined;
  return step === undefined
    ? []
    : remarksOn(step, pipeline).map(text => plainLine(`${at({ step: step.number }, pipeline)}: ${text}`));
};

const noted = (notes: readonly string[]): readonly string[] =>
  notes.map(note => plainLine(`MCP server ${shorten(note, 240)}`));

/** The setup, attempt or workers that come next, before anything is heard of them. */
export const beginsLines = (pipeline: Pipeline): readonly string[] =>
  (pipeline.run === null ? [] : decide(pipeline))
    .flatMap(next => beginsText(next, pipeline) ?? [])
    .map(text => plainLine(text));

const beginsText = (next: Command, pipeline: Pipeline): string | null => {
  if (next.kind === "set_up") return "setting up";
  if (next.kind !== "take_turn" || next.held === true) return null;
  const { attempt } = next;
  const step = conversingStep(pipeline, next);
  const last = step?.attempts.at(-1);
  const worker = step === undefined ? null : workerIn(step);
  if (worker !== null) {
    const goesOn = last !== undefined && last.resumed === last.turns.length;
    const begins = `${goesOn ? "goes on" : "begins"}: ${short(worker.description)}`;
    return last === undefined || goesOn ? `${at(next, pipeline)}  ${begins}` : null;
  }
  // The end of an attempt comes before its plan is accepted.
  if (last?.number === attempt || last?.finished?.outcome === "done") return null;
  return `${at(next, pipeline)}  ${attempt === 1 ? "" : `attempt ${attempt} `}begins`;
};

const textOf = ({ data }: JournalEvent, pipeline: Pipeline): string | null => {
  switch (data.kind) {
    case "opened":
      return openedText(data);
    case "claimed":
      return `run ${data.run_id}, attempt ${data.run_attempt}, took the pipeline`;
    case "set_up":
      return setUpText(data);
    case "base_checked":
      return `base   ${ranText(data.ran)}`;
    case "attempt_started":
      return null;
    case "turn":
      return turnText(data, pipeline);
    case "attempt_finished":
      return finishedAttempt(data, pipeline);
    case "step_given_up":
      return `${at(data, pipeline)}  failed: ${short(data.reason)}`;
    case "led":
      return `${at({ step: data.step, attempt: data.attempt }, pipeline)}  ${ledText(data)}`;
    case "joined":
      return `${at(data, pipeline)}  joined${joinedText(data, pipeline)}`;
    case "planned":
      return `plan: ${data.plan.steps.map(step => step.role).join(" → ")} (route ${data.plan.route_type})`;
    case "plan_held":
      return refusalOf(pipeline) !== null
        ? "the project's rules refuse what a machine wrote: it waits for a person's word"
        : "the plan waits for approval";
    case "plan_approved":
      return pipeline.plan === null ? `${data.by} goes on all the same` : `plan approved by ${data.by}`;
    case "steps_added":
      return `${data.part}: ${data.steps.map(step => step.role).join(" → ")} after step ${data.after}`;
    case "hook_ran":
      return `hook ${data.hook}: ${shorten(data.ran.command.replace(/\s+/g, " "), 80)} → ${exitOf(data.ran)}`;
    case "told":
      return `${data.by} says${data.worker === undefined ? "" : ` to ${workerName(data.worker)}`}: ${short(data.text)}`;
    case "limit_reached":
      return withoutMarks(limitNote(data)).replace(/^L/, "l");
    case "stop_asked":
      return `stop asked by ${data.by}: ${short(data.reason)}`;
    case "worker_stop_asked":
      return `stop of ${workerName(data.worker)} asked by ${data.by}: ${short(data.reason)}`;
    case "paused":
      return `paused: ${short(data.reason)}`;
    case "interrupted":
      return `interrupted: ${short(data.reason)}`;
    case "finished":
      return `${outcomeWords(data.outcome, data.return)}: ${short(data.reason)}   ${spent(pipeline)}`;
    default:
      return data satisfies never;
  }
};

const openedText = ({ opening }: EventOf<"opened">): string => {
  const { repository, issue, title } = opening.task;
  return `pipeline ${opening.number} of ${repository.owner}/${repository.name}#${issue}: ${short(title)}`;
};

const setUpText = (data: EventOf<"set_up">): string => {
  const seconds = data.commands.reduce((sum, run) => sum + run.seconds, 0);
  const what = data.commands.length === 0 ? "nothing to run" : plural(data.commands.length, "command");
  const without = data.reason === null ? "" : `; Kin goes on without it: ${short(data.reason)}`;
  const missing = (data.unavailable ?? []).map(
    ({ command, program }) => `; \`${command}\` is not available: the runner has no ${program}`,
  );
  return data.ok
    ? `setup  ${what}, ${duration(seconds)}${without}${missing.join("")}`
    : `setup failed: ${short(data.reason ?? "no reason given")}`;
};

const turnText = (data: EventOf<"turn">, pipeline: Pipeline): string => {
  const attempt = conversingStep(pipeline, data)?.attempts.find(({ number }) => number === data.attempt);
  const index = attempt?.turns.indexOf(data) ?? -1;
  const number = index >= 0 ? index + 1 : (attempt?.turns.length ?? 1);
  const cost =
    data.usd === null
      ? `${tokens(totalTokens(data.reply.usage))} tokens, cost unknown for ${data.reply.model}`
      : `${usd(data.usd)}${number === 1 ? `, ${data.reply.model}` : ""}`;
  const did = isWaiting(data, attempt) ? "waits for its workers" : callsText(data);
  return `${at(data, pipeline)}  turn ${number}: ${did}   ${cost}`;
};

/** A coordinator's reply without a call; any other role would be reminded to answer. */
const isWaiting = ({ reply, results, failed }: EventOf<"turn">, attempt: Attempt | undefined): boolean =>
  attempt?.started?.workers === true &&
  reply.stop_reason === "end_turn" &&
  failed === null &&
  results.length === 0;

const ledText = ({ orders }: EventOf<"led">): string => {
  const isJudging = orders.some(order => order.kind === "spawn" && order.on !== undefined);
  return isJudging ? `${orders.length} tries are judged` : `is tried in ${orders.length} ways at once`;
};

const joinedText = ({ step, attempt, worker, tree }: EventOf<"joined">, pipeline: Pipeline): string => {
  const { joined, crew } = pipeline.steps[step]?.attempts.find(({ number }) => number === attempt) ?? {};
  const laid =
    worker === undefined ? joined : crew?.joins.find(one => one.worker === worker && one.tree === tree);
  const paths = (laid?.changes ?? []).map(({ path }) => path);
  const left = paths.length - MOST_SHOWN;
  return paths.length === 0
    ? ""
    : `: ${paths.slice(0, MOST_SHOWN).join(", ")}${left > 0 ? `, ${left} more` : ""}`;
};

const MOST_SHOWN = 4;

/** Commands with the exits that were seen, in order; `ran` holds only those of `bash`. Other calls that failed say so. */
const callsText = (data: EventOf<"turn">): string => {
  const exits = [...data.ran];
  const failed = new Set(
    data.results.flatMap(block =>
      block.type === "tool_result" && block.is_error ? [block.tool_use_id] : [],
    ),
  );
  const calls = data.reply.content.filter(isCall).map(use => {
    const text = callText(use);
    if (!isToolUse(use)) return text;
    const run = use.name === "bash" ? exits.shift() : undefined;
    if (run !== undefined) return `${text} → ${exitOf(run)}`;
    return failed.has(use.id) ? `${text} → failed` : text;
  });
  if (data.failed !== null) calls.push(`failed: ${short(data.failed)}`);
  const shown = calls.slice(0, MOST_SHOWN);
  const left = calls.length - shown.length;
  return calls.length === 0 ? "words only" : `${shown.join("; ")}${left > 0 ? `; ${left} more` : ""}`;
};

type Call = Extract<ReplyBlock, { name: string; input?: unknown }>;

const isCall = (block: ReplyBlock): block is Call => isToolUse(block) || isServerToolUse(block);

const callText = (use: Call): string => {
  const input = (use.input ?? {}) as Readonly<Record<string, unknown>>;
  const what = [
    ...[input.command, input.file_path, input.path, input.pattern, input.query, input.url],
    ...[input.worker, input.description],
  ].find(value => typeof value === "string");
  if (typeof what !== "string" || use.name === "submit") return use.name;
  return `${use.name} ${shorten(what.replace(/\s+/g, " "), 80)}`;
};

const finishedAttempt = (data: EventOf<"attempt_finished">, pipeline: Pipeline): string => {
  const step = conversingStep(pipeline, data);
  const verdict = step === undefined || data.outcome !== "done" ? null : verdictOf(step);
  const checks = ranText(data.checks);
  const words = verdict === null ? data.outcome : verdict.verdict.replaceAll("_", " ");
  const reason = data.reason === null ? "" : `: ${short(data.reason)}`;
  return `${at(data, pipeline)}  ${words}${reason}${checks === "" ? "" : `   [${checks}]`}`;
};

/** Each command once, with how each of its runs ended: a second try is not another command. */
const ranText = (runs: readonly CommandRun[]): string => {
  const ends = new Map<string, string[]>();
  for (const run of runs)
    ends.set(run.command, [
      ...(ends.get(run.command) ?? []),
      run.seconds === 0 ? exitOf(run) : `${exitOf(run)} in ${duration(run.seconds)}`,
    ]);
  return [...ends]
    .map(([command, all]) => `${shorten(command.replace(/\s+/g, " "), 80)} → ${all.join(", then ")}`)
    .join("; ");
};

const at = (
  data: { readonly step: number; readonly attempt?: number; readonly worker?: number | undefined },
  pipeline: Pipeline,
): string => {
  const step = pipeline.steps[data.step];
  if (step === undefined) return `step ${data.step}`;
  const { attempt = 0, worker } = data;
  const working = worker === undefined ? step : conversingStep(pipeline, { ...data, attempt });
  const name = worker === undefined ? "" : `, ${workerName(worker)}`;
  return `${step.number === 0 ? "plan" : stepTitle(step, pipeline)}${name} ${working?.role ?? ""}`;
};

const spent = (pipeline: Pipeline): string =>
  `${pipeline.unpriced ? "at least " : ""}${usd(pipeline.usd)}, ${duration(pipeline.seconds)}`;

const short = (text: string): string => shorten(firstSentence(text), 200);
