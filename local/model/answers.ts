// The answers that people write for the scripted model: YAML files, one list of turns each. What they may hold is here and
// in docs/fake-model.md; choose.ts picks the one that answers a request.
import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { parse, YAMLParseError } from "yaml";
import * as z from "zod";
import { KinError } from "../../core/model/error.ts";

const FAULT_TYPES =
  "invalid_request_error, authentication_error, rate_limit_error, api_error, overloaded_error …";

const strict = <S extends z.ZodRawShape>(shape: S) =>
  z.strictObject(shape, {
    error: issue =>
      issue.code === "unrecognized_keys"
        ? `found ${quoted(issue.keys as string[])}; allowed: ${quoted(Object.keys(shape))}`
        : undefined,
  });

const count = z.number().int().nonnegative();
const Input = z.record(z.string(), z.unknown());
const ToolCall = z.record(z.string(), Input.nullable()).refine(call => Object.keys(call).length === 1, {
  error: issue => `found ${Object.keys(issue.input ?? {}).length} keys; allowed: one, the name of the tool`,
});

const Fault = strict({
  status: z.number().int().min(300).max(599),
  type: z.string().describe(FAULT_TYPES),
  message: z.string(),
  /** `error.details.error_code`, such as `enforced_spend_limit_reached`. */
  code: z.string().optional(),
  retry_after: z.union([z.number(), z.string()]).optional(),
  times: count.optional(),
});

const Page = { url: z.string(), title: z.string().default("") };
/** What the API would have found on the web; nothing is fetched. */
const WebUse = z.union([
  strict({ search: z.string(), results: z.array(strict(Page)).default([]) }),
  strict({ fetch: z.string(), title: Page.title, text: z.string() }),
]);
export type WebUse = z.infer<typeof WebUse>;

const fields = {
  text: z.string().optional(),
  thinking: z.string().optional(),
  web: z.array(WebUse).optional(),
  tools: z.array(ToolCall).optional(),
  submit: Input.optional(),
  stop_reason: z
    .enum([
      "end_turn",
      "tool_use",
      "max_tokens",
      "stop_sequence",
      "pause_turn",
      "refusal",
      "model_context_window_exceeded",
    ])
    .optional(),
  usage: strict({
    input_tokens: count.optional(),
    output_tokens: count.optional(),
    cache_read_input_tokens: count.optional(),
    cache_creation_input_tokens: count.optional(),
  }).optional(),
  delay_ms: count.optional(),
  error: Fault.optional(),
  cut_after_events: count.optional(),
  /** How many events come before the silence; `true` is none. */
  stall: z.union([count, z.literal(true)]).optional(),
  /** How often this turn's fault strikes a conversation before the turn is answered. Always, if left out. */
  times: count.optional(),
};

const Pattern = z.string().superRefine((source, context) => {
  try {
    new RegExp(source, "m");
  } catch (error) {
    context.addIssue({
      code: "custom",
      message: `found ${JSON.stringify(source)}: ${(error as Error).message}`,
    });
  }
});

export const Turn = strict({
  ...fields,
  when: z.array(strict({ result_matches: Pattern, ...fields })).optional(),
  /** A coordinator's: this turn and those after it apply once it has heard this many of its workers' notices. */
  notices: count.optional(),
});
export type Turn = z.infer<typeof Turn>;
const Answers = z.array(Turn).min(1);
export type Answers = z.infer<typeof Answers>;

/** `null`: there is no such file. Read again each time, so that a file may be edited while the model runs. */
export const readAnswers = async (directory: string, name: string): Promise<Answers | null> => {
  const file = path.join(directory, name);
  const found = await stat(file).catch(() => null);
  return found?.isFile() ? parseAnswers(await readFile(file, "utf8"), name) : null;
};

/** Throws `answers_invalid`, which names the file, the key, what was found and what is allowed. */
export const parseAnswers = (source: string, name: string): Answers => {
  const parsed = Answers.safeParse(yamlOf(source, name), { reportInput: true });
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map(issue => `${name}: ${keyOf(issue.path)}: ${sentenceOf(issue)}`);
  throw answersInvalid(lines.join("\n"));
};

const yamlOf = (source: string, name: string): unknown => {
  try {
    return parse(source);
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error;
    throw answersInvalid(`${name}: ${error.message.split("\n")[0]}`);
  }
};

/** `turn 2, tools.1`: people count turns from 1. */
const keyOf = (at: readonly PropertyKey[]): string => {
  const [turn, ...rest] = at;
  if (typeof turn !== "number") return "the file";
  return [`turn ${turn + 1}`, ...(rest.length === 0 ? [] : [rest.join(".")])].join(", ");
};

const sentenceOf = (issue: z.core.$ZodIssue): string => {
  const found = `found ${JSON.stringify(issue.input)?.slice(0, 80) ?? "nothing"}`;
  if (issue.code === "invalid_type") return `${found}; allowed: ${issue.expected}`;
  if (issue.code === "invalid_value") return `${found}; allowed: ${quoted(issue.values.map(String))}`;
  if (issue.code === "too_small") return `${found}; allowed: at least ${issue.minimum}`;
  if (issue.code === "too_big") return `${found}; allowed: at most ${issue.maximum}`;
  if (issue.code === "invalid_union")
    return `${found}; allowed: ${issue.errors.flatMap(errors => errors.map(({ message }) => message)).join(" or ")}`;
  return issue.message;
};

const answersInvalid = (message: string): KinError =>
  new KinError(message, {
    code: "answers_invalid",
    hint: "docs/fake-model.md lists the keys of an answers file.",
  });

const quoted = (names: readonly string[]): string => names.map(name => `\`${name}\``).join(", ");
