// The real driver, workbench, sandbox and git; only the model is scripted.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createLocalControl, type LocalControl } from "../../action/control/local.ts";
import { drive, type Interruption } from "../../action/drive/drive.ts";
import type { Control } from "../../action/drive/ports/control.ts";
import type { LanguageModel } from "../../action/drive/ports/model.ts";
import type { ToolServers } from "../../action/drive/ports/tool-servers.ts";
import type { Workbench } from "../../action/drive/ports/workbench.ts";
import type { World } from "../../action/drive/world.ts";
import { createWorkbench } from "../../action/workbench/workbench.ts";
import type { Clock } from "../../core/model/clock.ts";
import type { EventData, EventOf, JournalEvent } from "../../core/model/event.ts";
import type { ReplyBlock } from "../../core/model/message.ts";
import type { Pipeline } from "../../core/model/pipeline.ts";
import type { ModelOutcome, ModelRequest } from "../../core/model/request.ts";
import type { Roster } from "../../core/model/role.ts";
import type { Opening } from "../../core/model/task.ts";
import { fold } from "../../core/pipeline/apply.ts";
import { anOpening, byNumber, type JournalSpec } from "../build.ts";
import { aRoster } from "../model-rules/roles.ts";
import { aRepository, type Files, HOST_PATH, temporary, toolProcess } from "../workbench/kit.ts";

// ---------------------------------------------------------------- what the model says

export type Block =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "tool_use"; readonly name: string; readonly input: unknown }
  | { readonly type: "web_fetch_tool_result"; readonly tool_use_id: string; readonly content: unknown };
interface Reply {
  readonly blocks: readonly Block[];
  readonly stop_reason?: string;
  readonly model?: string;
  /** Input tokens of the reply. */
  readonly input?: number;
}
/** One reply: its blocks, or blocks with another ending, or another outcome of a call. */
export type Turn =
  | readonly Block[]
  | Reply
  | Exclude<ModelOutcome, { kind: "replied" }>
  | ((asked: Asked) => Promise<ModelOutcome | readonly Block[] | Reply>);

export const text = (words: string): Block => ({ type: "text", text: words });
export const call = (name: string, input: unknown): Block => ({ type: "tool_use", name, input });
export const bash = (command: string): Block => call("bash", { command });
export const write = (file_path: string, content: string): Block => call("write", { file_path, content });
export const submit = (answer: unknown): Block => call("submit", { answer });

/**
 * For each role, or for a worker by its name, its attempts, each a list of turns; further attempts repeat the last
 * one's turns.
 */
export type Script = Readonly<Record<string, readonly (readonly Turn[])[]>>;

export interface Asked {
  /** `<step>/<attempt>/<turn>`, or `<step>/<attempt>/<worker>/<turn>` for a worker. */
  readonly key: string;
  readonly request: ModelRequest;
  readonly signal: AbortSignal;
}

export interface PlayedModel extends LanguageModel {
  readonly asked: readonly Asked[];
}

/** Its replies depend on the request alone, as a resumed run requires. */
export const aModel = (script: Script): PlayedModel => {
  const asked: Asked[] = [];
  return {
    asked,
    reply: async (request, { signal }) => {
      const first = request.messages[0]?.content[0];
      const header = /step (\d+), attempt (\d+)(?:, worker (w\d+))?, role (\w+)\./.exec(
        first?.type === "text" ? String(first.text) : "",
      );
      const [, step = "", attempt = "", worker, role = ""] = header ?? [];
      const number = request.messages.filter(message => message.role === "assistant").length;
      const key = `${step}/${attempt}/${worker === undefined ? "" : `${worker}/`}${number}`;
      asked.push({ key, request, signal });
      const attempts = script[worker ?? ""] ?? script[role] ?? [];
      const turn = (attempts[Number(attempt) - 1] ?? attempts.at(-1))?.[number];
      if (turn === undefined) throw new Error(`the script has nothing for ${key}, ${role}`);
      const made = typeof turn === "function" ? await turn({ key, request, signal }) : turn;
      return outcomeOf(made, { key, request });
    },
  };
};

/** What ran in a conversation, in the order of the numbers that it was shown. */
const commandsIn = ({ messages }: ModelRequest): readonly string[] => {
  const blocks = messages.flatMap(({ content }) => content as readonly { readonly [key: string]: unknown }[]);
  const ran = blocks.filter(
    ({ type, content }) => type === "tool_result" && /(?:^|\n)run \d+: [^\n]*$/.test(String(content)),
  );
  return ran.map(({ tool_use_id }) => commandOf(blocks.find(({ id }) => id === tool_use_id)?.input));
};
const commandOf = (input: unknown): string => String((input as { readonly command?: unknown })?.command);

const outcomeOf = (
  turn: Exclude<Turn, (...args: never) => unknown> | ModelOutcome,
  { key, request }: Pick<Asked, "key" | "request">,
): ModelOutcome => {
  if ("kind" in turn) return turn;
  const said = "blocks" in turn ? turn : { blocks: turn };
  const calls = said.blocks.flatMap(block =>
    block.type === "tool_use" && block.name === "bash" ? [block] : [],
  );
  const commands = [...commandsIn(request), ...calls.map(({ input }) => commandOf(input))];
  const content = said.blocks.map((block, index): ReplyBlock => {
    if (block.type === "text") return block;
    const { answer } = (block.type === "tool_use" ? block.input : {}) as { readonly answer?: object };
    const input =
      block.type === "tool_use" && block.name === "submit" && typeof answer === "object" && answer !== null
        ? { input: { answer: byNumber(answer, commands) } }
        : {};
    return { ...block, ...input, id: `toolu_${key.replaceAll("/", "_")}_${index}` };
  });
  const calling = content.some(block => block.type === "tool_use");
  return {
    kind: "replied",
    reply: {
      content,
      stop_reason: said.stop_reason ?? (calling ? "tool_use" : "end_turn"),
      model: said.model ?? "claude-sonnet-5-5",
      usage: { input: said.input ?? 100_000, output: 0, cache_read: 0, cache_write: 0, cache_write_1h: 0 },
      request_id: null,
    },
  };
};

/** A call that lasts until it is aborted; `begun` resolves when it is under way. */
export const hanging = (): {
  readonly turn: (asked: Asked) => Promise<ModelOutcome>;
  readonly begun: Promise<Asked>;
  readonly aborted: () => boolean;
} => {
  const { promise, resolve } = Promise.withResolvers<Asked>();
  let aborted = false;
  const turn = (asked: Asked): Promise<ModelOutcome> =>
    new Promise(answer => {
      resolve(asked);
      asked.signal.addEventListener("abort", () => {
        aborted = true;
        answer({ kind: "aborted" });
      });
    });
  return { turn, begun: promise, aborted: () => aborted };
};

// ---------------------------------------------------------------- the work: a sum that is wrong, and its check

export const FILES: Files = {
  "sum.js": "export const sum = (a, b) => a - b;\n",
  "check.sh": { run: "#!/bin/sh\ngrep -q 'a + b' sum.js || { echo 'not ok'; exit 1; }\n" },
  "test/.gitkeep": "",
};
export const MENDED = "export const sum = (a, b) => a + b;\n";
export const CHECK = "./check.sh";
export const proof = (...how_verified: readonly string[]) => ({
  proof: { what_was_done: "Mended.", how_verified, verification_result: "It adds up." },
});
export const planOf = (...roles: readonly string[]) => ({
  analysis: "The sign is wrong.",
  category: "FIX",
  route_type: "debug",
  pipeline: roles.map(role => ({ role, brief: `The part of ${role}.` })),
  ...(roles.includes("coordinator") ? { justification: "Two sides that touch no common file." } : {}),
});
export const DONE = { status: "done", ...proof(CHECK) };
export const YES = { verdict: "approved", reason: "Right." };
export const APPROVED = { verdict: "approved", reason: "It adds up.", ...proof(CHECK) };

/** Passes: the debugger fixes the bug, the tester adds a test and approves. */
export const SCRIPT: Script = {
  pm: [[[submit(planOf("debugger", "tester"))]]],
  debugger: [
    [
      [call("read", { file_path: "sum.js" }), bash(CHECK)],
      [write("sum.js", MENDED)],
      [bash(CHECK), submit(DONE)],
    ],
  ],
  tester: [[[write("test/sum.test.js", "// 1 + 1 is 2\n")], [bash(CHECK), submit(APPROVED)]]],
};

// ---------------------------------------------------------------- a run

let repository: ReturnType<typeof aRepository> | null = null;
/** Made again if another file of this process has cleaned up. */
const theRepository = () => {
  if (repository === null || !existsSync(repository.path)) repository = aRepository(FILES);
  return repository;
};

export const aFreshWorkbench = async (): Promise<Workbench> =>
  createWorkbench({
    dir: join(temporary(), "bench"),
    source: { kind: "local", path: theRepository().path },
    toolProcess: await toolProcess(),
    node: process.execPath,
    sandbox: "bwrap",
    path: HOST_PATH,
    log: () => {},
  });

/** Sets up and opens nothing. */
export const anIdleWorkbench = (): Workbench => ({
  setUp: async () => ({ ok: true, tree: "0".repeat(40), commands: [], reason: null }),
  open: () => Promise.reject(new Error("no tool should run here")),
  judge: () => Promise.reject(new Error("no command should run here")),
  baseFile: async () => null,
  look: async () => ({ notes: [], changed: [], diff: "", files: [] }),
  lay: async () => "tree1",
  close: async () => {},
});

export const opened = (
  over: Partial<Opening> = {},
  more: Pick<JournalSpec, "task" | "config"> = {},
): JournalEvent => {
  const base = { ref: "main", sha: theRepository().base };
  const config = { setup: [], ...more.config };
  const opening = anOpening({ base, ...over }, { ...more, config });
  return { seq: 1, at: "2026-10-07T09:00:00.000Z", data: { kind: "opened", opening } };
};

export interface SteppedClock extends Clock {
  readonly forward: (ms: number) => void;
}
export const aClock = (): SteppedClock => {
  let now = Date.UTC(2026, 9, 7, 9);
  return { now: () => now, sleep: async () => {}, forward: ms => (now += ms) };
};

export interface RunOptions {
  readonly journal?: readonly JournalEvent[];
  readonly model: LanguageModel;
  readonly signal?: AbortSignal;
  readonly workbench?: Workbench;
  readonly clock?: Clock;
  readonly roster?: Roster;
  readonly servers?: ToolServers;
  /** Gets the control before the driver does. */
  readonly control?: (control: LocalControl) => Control;
}

export interface Run {
  readonly pipeline: Pipeline;
  readonly journal: readonly JournalEvent[];
}

/** One run, from a journal to its end or its next pause, on a new workbench. */
export const run = async (options: RunOptions): Promise<Run> => {
  const clock = options.clock ?? aClock();
  const journal = options.journal ?? [opened()];
  const local = createLocalControl({ clock, journal });
  const workbench = options.workbench ?? (await aFreshWorkbench());
  const world: World = {
    model: options.model,
    workbench,
    ...(options.servers === undefined ? {} : { servers: options.servers }),
    roster: options.roster ?? aRoster(),
    preamble: "You work here.",
    clock,
    random: () => "delimiter-of-tests",
    log: () => {},
  };
  const control = options.control?.(local) ?? local;
  try {
    const signal = options.signal ?? new AbortController().signal;
    const pipeline = await drive(fold(journal), { control, world, signal });
    return { pipeline, journal: local.journal() };
  } finally {
    await workbench.close();
  }
};

export const interruption = (kind: Interruption["kind"], reason: string): Interruption => ({ kind, reason });

export const claimed = (run_id: string): EventData => ({
  kind: "claimed",
  run_id,
  run_attempt: 1,
  run_url: null,
  scripted: true,
});

/** The journal with one more event, as the control plane would write it. */
export const extended = (journal: readonly JournalEvent[], data: EventData): readonly JournalEvent[] => [
  ...journal,
  { seq: journal.length + 1, at: "2026-10-07T11:00:00.000Z", data },
];

/** What a journal says, without when, how long, and on which runs. */
export const meaning = (journal: readonly JournalEvent[]): unknown =>
  JSON.parse(
    JSON.stringify(
      journal
        .map(event => event.data)
        .filter(data => !["claimed", "paused", "interrupted"].includes(data.kind)),
      (key, value: unknown) => (key === "seconds" ? undefined : value),
    ),
  );

/** The first reply plans these roles. */
export const withPlan = (...roles: readonly string[]): Script => ({ pm: [[[submit(planOf(...roles))]]] });

export const all = <K extends "turn" | "attempt_started" | "attempt_finished" | "base_checked">(
  journal: readonly JournalEvent[],
  kind: K,
): EventOf<K>[] => journal.flatMap(({ data }) => (data.kind === kind ? [data as EventOf<K>] : []));
