// One turn of a conversation: the next request, and how a reply is to be read.
import { isSlip, isToolUse, type PersonBlock, type Reply, type ToolUseBlock } from "../model/message.ts";
import type { Attempt, Said } from "../model/pipeline.ts";
import type { ModelMessage, ModelRequest } from "../model/request.ts";
import { awaitsWorkers } from "./known-workers.ts";
import { SUBMIT } from "./submit.ts";
import { TOOLS, WEB_TOOLS } from "./tools.ts";
import { personSays } from "./voice.ts";
import { WORKER_TOOLS } from "./worker-tools.ts";

const OUTPUT_TOKENS = 16_000;
const OUTPUT_TOKENS_AFTER_A_CUT = 64_000;

/** The most that the next reply may have. */
export const outputTokens = ({ turns }: Pick<Attempt, "turns">): number =>
  turns.at(-1)?.reply.stop_reason === "max_tokens" ? OUTPUT_TOKENS_AFTER_A_CUT : OUTPUT_TOKENS;

/** What reaches a conversation under way, heard after `turn` of its turns. */
export interface Heard {
  readonly text: string;
  readonly turn: number;
}

/** From people who may direct the task. */
export const saidBy = ({ by, text, turn }: Said): Heard => ({
  text: personSays(by, text),
  turn,
});

/** `said`: what reached this conversation from outside, besides its workers' notices. */
export const nextRequest = (attempt: Attempt, said: readonly Heard[] = []): ModelRequest => {
  const { started, turns, crew } = attempt;
  const heard = [...said, ...(crew?.notices ?? [])];
  if (started === null) throw new Error("nextRequest: the attempt has not started");
  const first: ModelMessage = { role: "user", content: [{ type: "text", text: started.first }] };
  return {
    model: started.model,
    max_tokens: outputTokens(attempt),
    system: started.system,
    tools: [
      ...TOOLS,
      SUBMIT,
      ...(started.workers === true ? WORKER_TOOLS : []),
      ...(started.web === true ? WEB_TOOLS : []),
      ...foreignTools(started),
    ],
    messages: [
      first,
      ...turns.flatMap((turn, index) =>
        messagesOf(turn.reply, [...turn.results, ...heardAfter(index, { turns, heard })]),
      ),
    ],
  };
};

/** After all of Kin's own, because the prefix that roles share ends before them. */
const foreignTools = ({ mcp }: NonNullable<Attempt["started"]>): ModelRequest["tools"] =>
  (mcp?.tools ?? []).map(({ name, description, input_schema }) => ({ name, description, input_schema }));

/** Words wait until a turn is over: a paused one is sent again as it is. */
const heardAfter = (
  index: number,
  { turns, heard }: { readonly turns: Attempt["turns"]; readonly heard: readonly Heard[] },
): readonly PersonBlock[] => {
  const isPaused = (at: number) => turns[at]?.reply.stop_reason === "pause_turn";
  if (isPaused(index)) return [];
  const since = turns.slice(0, index).findLastIndex((_, at) => !isPaused(at));
  return heard.filter(({ turn }) => turn <= index && turn > since).map(({ text }) => say(text));
};

export interface ReadReply {
  /** Calls to run, in order; empty if the reply was cut. */
  readonly calls: readonly ToolUseBlock[];
  readonly submits: readonly ToolUseBlock[];
  /** Results that need no tool: a reminder, or refusals of calls in a cut reply. */
  readonly results: readonly PersonBlock[];
  readonly failed: string | null;
}

/**
 * What a reply asks for, by why it stopped. After `pause_turn` there is nothing to do: the same conversation is sent again.
 */
export const readReply = (reply: Reply, attempt: Attempt): ReadReply => {
  const uses = reply.content.filter(isToolUse);
  const slips = uses.filter(isSlip);
  const calls = uses.filter(use => use.name !== SUBMIT.name && !isSlip(use));
  const submits = uses.filter(use => use.name === SUBMIT.name && !isSlip(use));
  const nothing = { calls: [], submits: [], results: [], failed: null };
  switch (reply.stop_reason) {
    case "pause_turn":
      return nothing;
    case "refusal":
      return { ...nothing, failed: "The model refused to go on." };
    case "max_tokens":
      return count(attempt, "max_tokens") > 0
        ? { ...nothing, failed: "The model's reply was cut at its output limit twice." }
        : {
            ...nothing,
            results: [
              ...uses.map(notRun),
              say("Your reply was cut at the output limit. Go on in smaller pieces."),
            ],
          };
    case "model_context_window_exceeded":
      return { ...nothing, failed: "The conversation no longer fits the model's context window." };
    default:
      if (slips.length > 0 && slipped(attempt) >= MOST_SLIPS)
        return { ...nothing, failed: "The model's calls of tools were no JSON, three times." };
      // An answer may rest on calls that did not run.
      if (slips.length > 0)
        return { ...nothing, calls, results: [...slips.map(notJson), ...submits.map(tooEarly)] };
      if (uses.length > 0) return { ...nothing, calls, submits };
      // A reply without a call ends its turn; a notice comes next.
      if (awaitsWorkers(attempt)) return nothing;
      return wasReminded(attempt)
        ? { ...nothing, failed: "The model stopped without calling `submit`, twice." }
        : { ...nothing, results: [say(REMINDER)] };
  }
};

const REMINDER = "You have not submitted an answer. Go on with your work, or call `submit` with your answer.";

/** Whether a call may have changed files. */
export const mayWrite = ({ name }: ToolUseBlock): boolean =>
  name === "write" || name === "edit" || name === "bash";

export const refuse = (use: ToolUseBlock, text: string): PersonBlock => ({
  type: "tool_result",
  tool_use_id: use.id,
  content: text,
  is_error: true,
});

export const say = (text: string): PersonBlock => ({ type: "text", text });

/** How often an answer was sent back in this conversation; one in a cut reply, or beside a slip, was never looked at. */
export const refusedSubmits = (attempt: Attempt): number =>
  attempt.turns.filter(
    ({ submitted, reply }) =>
      submitted === null &&
      reply.stop_reason !== "max_tokens" &&
      !hasSlip(reply) &&
      reply.content.some(block => isToolUse(block) && block.name === SUBMIT.name),
  ).length;

const messagesOf = (reply: Reply, results: readonly PersonBlock[]): readonly ModelMessage[] => [
  ...(reply.content.length > 0 ? [{ role: "assistant" as const, content: reply.content }] : []),
  ...(results.length > 0 ? [{ role: "user" as const, content: results }] : []),
];

const notRun = (use: ToolUseBlock): PersonBlock => refuse(use, "Not run: the reply was cut before its end.");

/** How many replies with a slip a conversation may hold. */
const MOST_SLIPS = 2;

const notJson = (use: ToolUseBlock): PersonBlock =>
  refuse(
    use,
    'Not run: the input of this call is no JSON object. Write line breaks inside strings as \\n and quotes as \\", and make the call again.',
  );

const tooEarly = (use: ToolUseBlock): PersonBlock =>
  refuse(use, "Not looked at: another call beside it did not run. Make that call, then submit again.");

const slipped = (attempt: Attempt): number => attempt.turns.filter(({ reply }) => hasSlip(reply)).length;

const hasSlip = (reply: Reply): boolean => reply.content.some(block => isToolUse(block) && isSlip(block));

const count = (attempt: Attempt, reason: string): number =>
  attempt.turns.filter(t => t.reply.stop_reason === reason).length;

const wasReminded = (attempt: Attempt): boolean =>
  attempt.turns.some(turn => turn.results.some(block => block.type === "text" && block.text === REMINDER));
