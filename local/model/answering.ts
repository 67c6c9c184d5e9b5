// One request of the Messages API from its body to its reply: checked, charged, answered or struck by a fault.

import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Turn } from "./answers.ts";
import { createPromptCache } from "./cache.ts";
import {
  type Choice,
  type Conversation,
  choose,
  conversationOf,
  NOBODY,
  type Player,
  type Script,
} from "./choose.ts";
import { Failure, invalid } from "./failure.ts";
import { type PromptBlock, prefixBefore, promptOf, totalTokens } from "./prompt.ts";
import { messageOf, type ScriptedMessage, signatureOf } from "./reply.ts";
import { blocksOf, CountRequest, MessagesRequest, readBody } from "./request.ts";
import { createSeenRequests, lineOf, type SeenRequest } from "./seen.ts";
import { send } from "./send.ts";
import { validate } from "./validate.ts";

export interface Answering {
  readonly message: (response: ServerResponse, body: unknown) => Promise<void>;
  readonly count: (body: unknown) => { readonly input_tokens: number };
  readonly requests: () => readonly SeenRequest[];
}

interface Options {
  readonly answers: string | Script | Player;
  readonly log: (line: string) => void;
  readonly now: () => number;
}

const CONTEXT_WINDOW = 1_000_000;

export const createAnswering = ({ answers, log, now }: Options): Answering => {
  const cache = createPromptCache(now);
  const seen = createSeenRequests();
  /** How often a fault has struck, by conversation and turn. */
  const struck = new Map<string, number>();

  const strikes = (turn: Turn, { file, turn: at }: Choice, { key }: Conversation): boolean => {
    const times = turn.error?.times ?? turn.times;
    if (times === undefined) return true;
    const place = `${file} ${at} ${key}`;
    const before = struck.get(place) ?? 0;
    struck.set(place, before + 1);
    return before < times;
  };

  const message: Answering["message"] = async (response, body) => {
    const note: Note = { ...NOTHING_YET, at: new Date(now()).toISOString(), body };
    response.setHeader("request-id", `req_scripted_${seen.list().length + 1}`);
    try {
      await answer(response, { body, note });
    } catch (error) {
      note.status = error instanceof Failure ? error.status : 500;
      throw error;
    } finally {
      log(lineOf(seen.add(note)));
    }
  };

  const answer = async (
    response: ServerResponse,
    { body, note }: { readonly body: unknown; readonly note: Note },
  ): Promise<void> => {
    const request = readBody(MessagesRequest, body);
    const { key, ...header } = conversationOf(request);
    Object.assign(note, header, { model: request.model });
    validate(request);
    const prompt = promptOf(request);
    checkThinking(request, prompt);
    checkLength(prompt);
    const choice = await choose(answers, { request, conversation: { key, ...header } });
    Object.assign(note, { turn: choice.turn, file: choice.file });
    checkWeb(request, choice);
    const fault = strikes(choice.answer, choice, { key, ...header }) ? choice.answer : {};
    if (choice.answer.delay_ms !== undefined) await sleep(choice.answer.delay_ms);
    if (fault.error !== undefined) throw failureOf(fault.error);
    const reply = messageOf(choice, {
      model: request.model,
      conversation: { key, ...header },
      charged: cache.charge(prompt, request.model),
      prefix: prefixBefore(prompt, { index: prompt.length, model: request.model }),
    });
    note.usage = reply.usage;
    note.fault = await deliver(response, { reply, request, fault });
  };

  return {
    message,
    count: body => {
      const request = readBody(CountRequest, body);
      validate(request);
      return { input_tokens: totalTokens(promptOf(request)) };
    },
    requests: seen.list,
  };
};

type Note = { -readonly [K in keyof Omit<SeenRequest, "n">]: SeenRequest[K] };
const NOTHING_YET = {
  ...NOBODY,
  model: null,
  turn: null,
  file: null,
  usage: null,
  status: 200,
  fault: null,
} satisfies Partial<Note>;

interface Delivery {
  readonly reply: ScriptedMessage;
  readonly request: MessagesRequest;
  readonly fault: Turn;
}

const deliver = (
  response: ServerResponse,
  { reply, request, fault }: Delivery,
): Promise<"cut" | "stalled" | null> =>
  send(response, {
    reply,
    stream: request.stream === true,
    cutAfter: fault.cut_after_events ?? null,
    stallAfter: fault.stall === true ? 0 : (fault.stall ?? null),
  });

const failureOf = ({ status, type, message, code, retry_after }: NonNullable<Turn["error"]>): Failure =>
  new Failure(status, message, { type, code, retry_after });

/** A model cannot use what it is not offered. */
const checkWeb = ({ tools = [] }: MessagesRequest, { answer: { web = [] }, file, turn }: Choice): void => {
  for (const use of web) {
    const name = "search" in use ? "web_search" : "web_fetch";
    if (!tools.some(tool => tool.name === name))
      throw invalid(`scripted: ${file}: turn ${turn}: the request offers no \`${name}\``);
  }
};

const checkLength = (prompt: readonly PromptBlock[]): void => {
  const tokens = totalTokens(prompt);
  if (tokens > CONTEXT_WINDOW)
    throw invalid(`prompt is too long: ${tokens} tokens > ${CONTEXT_WINDOW} maximum`);
};

/** Refuses thinking that is not this model's, or that belongs to another prompt. */
const checkThinking = ({ messages, model }: CountRequest, prompt: readonly PromptBlock[]): void => {
  for (const [index, { place }] of prompt.entries()) {
    if (place === null) continue;
    const block = blocksOf(messages[place.message]?.content ?? "")[place.block];
    if (block?.type !== "thinking") continue;
    const expected = signatureOf(String(block.thinking), prefixBefore(prompt, { index, model }));
    if (block.signature !== expected)
      throw invalid(
        `messages.${place.message}.content.${place.block}: Invalid \`signature\` in \`thinking\` block. The block is bound to a different conversation. Remove the block, or set \`thinking.block_binding.prefix_mismatch_behavior\` to "drop_block".`,
      );
  }
};
