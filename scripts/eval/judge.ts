// Asks the model to judge an answer by the case's text, without telling it whose prompt the answer came from.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { LanguageModel } from "../../action/drive/ports/model.ts";
import type { Answer } from "../../core/model/answer.ts";
import { isToolUse } from "../../core/model/message.ts";
import { costOf, MODELS } from "../../core/model/models.ts";
import type { ModelRequest } from "../../core/model/request.ts";
import { fence } from "../../core/text/clean.ts";
import type { EvalCase } from "./case.ts";

export const JUDGE_MODEL = MODELS.opus.id;

const Judgement = z.object({ why: z.string(), holds: z.boolean() });

export type Judged =
  | {
      readonly kind: "judged";
      readonly holds: boolean;
      readonly why: string;
      readonly model: string;
      readonly usd: number | null;
    }
  | { readonly kind: "unjudged"; readonly why: string };

export interface Judging {
  readonly model: LanguageModel;
  readonly signal: AbortSignal;
  readonly delimiter: string;
}

export const judge = async (
  { asked, answer }: { readonly asked: EvalCase; readonly answer: Answer },
  { model, signal, delimiter }: Judging,
): Promise<Judged> => {
  const outcome = await model.reply(judgeRequest(asked, { answer, delimiter }), { signal });
  if (outcome.kind !== "replied")
    return { kind: "unjudged", why: "reason" in outcome ? outcome.reason : "It was stopped." };
  const { content, usage, model: by } = outcome.reply;
  const call = content.filter(isToolUse).find(({ name }) => name === TOOL.name);
  const parsed = Judgement.safeParse(call?.input);
  if (!parsed.success) return { kind: "unjudged", why: "The judge gave no judgement." };
  return { kind: "judged", ...parsed.data, model: by, usd: costOf(by, usage) };
};

export const judgeRequest = (
  { title, wanted }: EvalCase,
  { answer, delimiter }: { readonly answer: Answer; readonly delimiter: string },
): ModelRequest => ({
  model: JUDGE_MODEL,
  max_tokens: 4_000,
  system: [{ text: readFileSync(join(import.meta.dirname, "judge.md"), "utf8").trim(), cached: true }],
  tools: [TOOL],
  messages: [
    {
      role: "user",
      content: [
        {
          type: "text",
          text: [
            `## The case\n\n${title}`,
            `## What a good answer holds\n\n${wanted.answer ?? ""}`,
            `## The answer\n\n${fence("answer", JSON.stringify(answer, null, 2), delimiter)}`,
          ].join("\n\n"),
        },
      ],
    },
  ],
});

const TOOL = {
  name: "judge",
  description: "Give your judgement, once.",
  input_schema: {
    type: "object",
    properties: { why: { type: "string" }, holds: { type: "boolean" } },
    required: ["why", "holds"],
    additionalProperties: false,
  },
} as const;
