// The scripted model and the adapter in front of it, on a clock that jumps instead of waiting.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";
import type { LanguageModel } from "../../action/drive/ports/model.ts";
import { createLanguageModel, type LanguageModelOptions, type Workload } from "../../action/llm/anthropic.ts";
import type { Clock } from "../../core/model/clock.ts";
import type { ModelMessage, ModelOutcome, ModelRequest } from "../../core/model/request.ts";
import { type FakeModel, startFakeModel } from "../../local/model/server.ts";

export interface VirtualClock extends Clock {
  readonly waits: number[];
}

export const aClock = (start = Date.parse("2026-10-01T12:00:00Z")): VirtualClock => {
  let now = start;
  const waits: number[] = [];
  return {
    waits,
    now: () => now,
    sleep: async (ms, signal) => {
      if (signal?.aborted) return;
      waits.push(ms);
      now += ms;
    },
  };
};

export const aModel = ({
  workload,
  ...options
}: Partial<LanguageModelOptions> & {
  readonly baseUrl: string;
  readonly workload?: Workload;
}): LanguageModel =>
  createLanguageModel({
    ...(workload === undefined ? { apiKey: "sk-test-key" } : { workload }),
    clock: aClock(),
    random: () => 0.5,
    log: () => undefined,
    ...options,
  });

export interface World {
  readonly fake: FakeModel;
  readonly clock: VirtualClock;
  readonly log: string[];
  readonly ask: (request?: Partial<ModelRequest>, signal?: AbortSignal) => Promise<ModelOutcome>;
}

/** `files`: answers files by name, as YAML. */
export const aWorld = async (
  files: Readonly<Record<string, string>>,
  options: Partial<LanguageModelOptions> = {},
): Promise<World> => {
  const clock = aClock();
  const log: string[] = [];
  const fake = await startFakeModel({ answers: await answersIn(files), clock, log: line => log.push(line) });
  onTestFinished(() => fake.close());
  const model = aModel({ baseUrl: fake.url, clock, log: line => log.push(line), ...options });
  const ask: World["ask"] = (request, signal = new AbortController().signal) =>
    model.reply(aRequest(request), { signal });
  return { fake, clock, log, ask };
};

export const answersIn = async (files: Readonly<Record<string, string>>): Promise<string> => {
  const directory = await mkdtemp(path.join(tmpdir(), "kin-answers-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  for (const [name, source] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(directory, name)), { recursive: true });
    await writeFile(path.join(directory, name), source);
  }
  return directory;
};

export const HEADER = "Pipeline 2, step 1, attempt 1, role debugger.";
export const says = (text: string): ModelMessage => ({ role: "user", content: [{ type: "text", text }] });

export const aRequest = (over: Partial<ModelRequest> = {}): ModelRequest => ({
  model: "claude-sonnet-5-5",
  max_tokens: 4096,
  system: [{ text: "You mend programs.", cached: true }],
  tools: [{ name: "bash", description: "Runs a command.", input_schema: { type: "object" } }],
  messages: [says(`${HEADER}\nTask octo/hello#12.\nThe parser fails on empty input.`)],
  ...over,
});

/** The conversation after `reply`, with a result of `size` bytes for each of its tool calls. */
export const continued = (
  messages: readonly ModelMessage[],
  outcome: ModelOutcome,
  result = "exit code 0",
): ModelMessage[] => {
  if (outcome.kind !== "replied") throw new Error(`no reply but ${JSON.stringify(outcome)}`);
  const { content } = outcome.reply;
  const results = content.flatMap(block =>
    block.type === "tool_use"
      ? [{ type: "tool_result" as const, tool_use_id: String(block.id), content: result }]
      : [],
  );
  return [...messages, { role: "assistant", content }, { role: "user", content: results }];
};
