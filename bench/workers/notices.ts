// What a notice costs: workers that all answer at once, through the driver, with a model in this process.
import type { LanguageModel } from "../../action/drive/ports/model.ts";
import type { ModelOutcome, ModelRequest } from "../../core/model/request.ts";
import { driverOf } from "../drive.ts";
import { median } from "../median.ts";
import { COORDINATED, PART, WORKERS } from "./coordinated.ts";
import { processorTime } from "./side.ts";

const WARM_UP = 5;
const ROUNDS = 20;
const TURNS = 20;

/** CPU milliseconds per notice, from the workers' answers until their coordinator has been sent the last notice. */
export const noticeCost = async (): Promise<number> => {
  const found: number[] = [];
  for (let round = 0; round < WARM_UP + ROUNDS; round++) found.push(await played());
  return median(found.slice(WARM_UP));
};

const played = async (): Promise<number> => {
  const { promise: all, resolve } = Promise.withResolvers<void>();
  let [waiting, began, took] = [0, 0, 0];
  const reply: LanguageModel["reply"] = async request => {
    if (isWorkers(request)) {
      if (request.messages.length < 2 * TURNS) return replied([["read", { file_path: "a.txt" }]]);
      if (++waiting === WORKERS) {
        began = processorTime();
        resolve();
      }
      await all;
      return replied([["submit", { answer: ANSWER }]]);
    }
    if (request.messages.length === 1) return replied(SPAWNS);
    if (noticesIn(request) < WORKERS) return replied([]);
    took = processorTime() - began;
    return { kind: "refused", reason: "All were heard.", hint: "None." };
  };
  await driverOf({ reply })(COORDINATED);
  return took / WORKERS;
};

const isWorkers = ({ messages: [first] }: ModelRequest): boolean =>
  String(first?.content[0]?.text).includes(", worker w");

const noticesIn = ({ messages }: ModelRequest): number =>
  messages
    .flatMap(({ content }) => content as readonly { readonly text?: unknown }[])
    .filter(({ text }) => String(text).startsWith("<task-notification>")).length;

const ANSWER = {
  ...{ status: "done", scope: "A place", result: "x".repeat(4_000), key_files: ["a.txt"], issues: [] },
};

type Call = readonly [name: string, input: object];

const SPAWNS = Array.from({ length: WORKERS }, (): Call => ["spawn_worker", PART]);

const USAGE = { input: 10, output: 10, cache_read: 0, cache_write: 0, cache_write_1h: 0 };

const replied = (calls: readonly Call[]): ModelOutcome => ({
  kind: "replied",
  reply: {
    content: calls.map(([name, input], index) => ({ type: "tool_use", id: `toolu_${index}`, name, input })),
    stop_reason: calls.length > 0 ? "tool_use" : "end_turn",
    model: "claude-sonnet-5-5",
    usage: USAGE,
    request_id: null,
  },
});
