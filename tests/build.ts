// Builders for tests: journals written by the real rules and folded by the real fold, and the rows around them.

import { type Config, Config as ConfigSchema } from "../core/model/config.ts";
import type { CommandRun, EventData, EventOf, JournalEvent } from "../core/model/event.ts";
import { Key } from "../core/model/key.ts";
import type { ReplyBlock } from "../core/model/message.ts";
import { costOf } from "../core/model/models.ts";
import type { Attempt, Pipeline, Step } from "../core/model/pipeline.ts";
import type { Plan } from "../core/model/plan.ts";
import type {
  PipelineRecord,
  ProjectRecord,
  RejectionRow,
  ReturnRow,
  TaskRecord,
} from "../core/model/record.ts";
import type { Opening, Snapshot } from "../core/model/task.ts";
import { totalTokens } from "../core/model/usage.ts";
import { apply, fold, open } from "../core/pipeline/apply.ts";
import { decide, firstOf } from "../core/pipeline/decide.ts";
import { openingOf } from "../core/pipeline/opening.ts";
import { ownOf } from "../core/pipeline/own-commands.ts";
import { settle } from "../core/pipeline/settle.ts";
import { currentStep } from "../core/pipeline/state.ts";
import type { TaskView } from "../core/report/view.ts";

export interface TurnSpec {
  /** A command, or the command with its exit code and output. */
  readonly bash?: string | readonly [command: string, exit_code: number | null, output?: string];
  /** `failed`: what the model was told. */
  readonly tool?: { readonly name: string; readonly input: object; readonly failed?: string };
  readonly text?: string;
  /** What the API searched for by itself. */
  readonly web?: { readonly name: string; readonly input: object };
  /** Files that this turn changed, with made-up content. */
  readonly wrote?: readonly string[];
  readonly model?: string;
  /** Null: no known price. Absent: by the price table. */
  readonly usd?: number | null;
  readonly seconds?: number;
}

export interface AttemptSpec {
  readonly turns?: readonly TurnSpec[];
  /** The last turn submits it. Absent: the attempt is still under way, unless it `failed`. */
  readonly answer?: object;
  /** The last turn ends the conversation without an answer. */
  readonly failed?: string;
  readonly checks?: readonly CommandRun[];
}

export interface JournalSpec {
  readonly opening?: Partial<Opening>;
  readonly task?: Partial<Snapshot>;
  readonly config?: object;
  /** False: no run has claimed it yet. */
  readonly claimed?: boolean;
  readonly scripted?: boolean;
  /** False: not set up yet. */
  readonly setup?: false | Partial<EventOf<"set_up">>;
  /** The results of the project's own commands before any change. Absent: they did not run. */
  readonly base?: readonly CommandRun[];
  /** Roles, or whole steps. Absent: not planned yet. The project manager's attempt is made up. */
  readonly plan?: readonly (string | Partial<Plan["steps"][number]>)[];
  readonly planned?: Partial<Plan>;
  /** Attempts in order, each of the step whose turn it is; events among them are written unchanged. */
  readonly play?: readonly (AttemptSpec | EventData)[];
  /** Appended unchanged. */
  readonly more?: readonly EventData[];
}

const GATES: ReadonlySet<string> = new Set(["tester", "reviewer"]);
const PROTOCOL: ReadonlySet<string> = new Set(["backend_specialist", "test_automator"]);
const READERS: ReadonlySet<string> = new Set(
  "pm architect reviewer return_analyst analyst error_coordinator cto_advisor smoke_tester".split(" "),
);

/** A journal that folds. If the rules say that the pipeline is over after `play`, their events end it. */
export const aJournal = (spec: JournalSpec = {}): readonly JournalEvent[] => {
  const writer = aWriter(spec);
  const { claimed = true, setup = {}, plan, play = [], more = [] } = spec;
  if (claimed) writer.write(claimedBy("9001", spec.scripted ?? false));
  if (setup !== false)
    writer.write({ kind: "set_up", tree: "tree0", commands: [], ok: true, reason: null, ...setup });
  if (spec.base !== undefined) writer.write({ kind: "base_checked", ran: [...spec.base] });
  if (plan !== undefined && writer.pipeline().plan === null) writePlan(writer, aPlan(plan, spec.planned));
  writeDecided(writer, isAmid);
  for (const next of play) {
    if ("kind" in next) writer.write(next);
    else writeAttempt(writer, next);
    writeDecided(writer, isAmid);
  }
  writer.write(...more);
  writeDecided(writer);
  return writer.journal();
};

/** What the rules conclude, as far as `wanted`. */
const writeDecided = (writer: Writer, wanted: (event: EventData) => boolean = () => true): void => {
  const next = firstOf(decide(writer.pipeline()));
  if (next?.kind !== "conclude" || !next.events.every(wanted)) return;
  writer.write(...next.events);
  writeDecided(writer, wanted);
};

/** Steps that the rules add must exist before the next attempt plays them. */
const isAmid = (event: EventData): boolean => event.kind === "steps_added" || event.kind === "plan_held";

/** The pipeline with further events, as the fold takes them. */
export const later = (pipeline: Pipeline, ...events: readonly EventData[]): Pipeline =>
  events.reduce<Pipeline>(
    (folded, data) => apply(folded, { seq: folded.seq + 1, at: "2026-10-07T10:00:00.000Z", data }),
    pipeline,
  );

export const aPipeline = (spec: JournalSpec = {}): Pipeline => fold(aJournal(spec));

export const anOpening = (
  over: Partial<Opening> = {},
  more: Pick<JournalSpec, "task" | "config"> = {},
): Opening =>
  openingOf({
    pipeline: "p1",
    task: { ...A_SNAPSHOT, ...more.task },
    config: aPlainConfig(more.config),
    base: { ref: "main", sha: "b".repeat(40) },
    branch: { name: "kin/12-the-flats-shares", head: null },
    ...over,
  });

export const aConfig = (over: object = {}): Config => ConfigSchema.parse(over);

/** A single pass: no revisions and no learner, unless a test asks for them. */
const aPlainConfig = (over: { readonly limits?: object } = {}): Config =>
  aConfig({ learn: "off", ...over, limits: { revisions: 0, ...over.limits } });

export interface ViewSpec {
  readonly pipelines?: readonly JournalSpec[];
  readonly task?: Partial<TaskRecord>;
  readonly record?: Partial<PipelineRecord>;
  readonly returns?: readonly Partial<ReturnRow>[];
  /** Gates' rejections without a return, besides these. */
  readonly rejections?: readonly Partial<RejectionRow>[];
  readonly carried_on?: TaskView["carried_on"];
  readonly left?: TaskView["left"];
  readonly estimate?: TaskView["estimate"];
  readonly scripted?: boolean;
  readonly queue?: number | null;
}

/** The pipelines are numbered in order; `record` is merged into the last one's row. */
export const aView = ({
  pipelines = [],
  task = {},
  record = {},
  returns: returned = [],
  rejections = [],
  ...more
}: ViewSpec = {}): TaskView => {
  const returns = returned.map((row, index) => ({
    ...A_RETURN,
    id: index + 1,
    return_number: index + 1,
    ...row,
  }));
  return {
    project: A_PROJECT,
    task: {
      ...A_TASK,
      return_count: returns.length,
      // All other checks have finished.
      published: task.head_sha == null ? {} : { ci: task.head_sha },
      ...task,
    },
    pipelines: pipelines.map((spec, index) => {
      const opening = { pipeline: `p${index + 1}`, number: index + 1, ...spec.opening };
      const pipeline = aPipeline({ ...spec, opening });
      return { pipeline, record: aRecord(pipeline, index === pipelines.length - 1 ? record : {}) };
    }),
    returns,
    rejections: [...returns.map(rejectionOf), ...rejections.map(row => ({ ...A_REJECTION, ...row }))],
    carried_on: more.carried_on ?? [],
    left: more.left ?? [],
    beside: false,
    estimate: more.estimate ?? null,
    server_url: "https://github.com",
    scripted: more.scripted ?? false,
    queue: more.queue ?? null,
  };
};

export const A_SNAPSHOT: Snapshot = {
  repository: { id: 1, owner: "octocat", name: "flats", default_branch: "main" },
  issue: 12,
  url: "https://github.com/octocat/flats/issues/12",
  title: "The flats' shares do not add up to the bill",
  body: "For March the program collects a cent less than we were billed.",
  author: "octocat",
  asked_by: "monalisa",
  comments: [],
  acceptance_criteria: [],
  frozen_at: "2026-10-07T08:59:00.000Z",
  hidden_removed: 0,
};

const A_PROJECT: ProjectRecord = {
  id: 1,
  owner: "octocat",
  name: "flats",
  owner_id: 1,
  default_branch: "main",
  installation_id: 1,
};

/** The rest of a task's row before anything has happened. */
export const EMPTY_TASK = {
  snapshot: null,
  status: "running",
  status_reason: "",
  category: null,
  branch: null,
  head_sha: null,
  pr_number: null,
  comment_id: null,
  return_count: 0,
  task_type: "standard",
  parent_task_id: null,
  brief: null,
  analysed_return: 0,
  returns_at_last_done: 0,
  execution_mode: null,
  hold: 0,
  smoke_test_result: null,
  waits_for: null,
  followed_up: null,
  approval: null,
  published: {},
  last_pipeline: 0,
} as const satisfies Partial<TaskRecord>;

const A_TASK: TaskRecord = {
  ...EMPTY_TASK,
  id: 1,
  seq: 1,
  project_id: 1,
  issue: 12,
  title: A_SNAPSHOT.title,
  url: A_SNAPSHOT.url,
  asked_by: "monalisa",
  asked_by_id: 2,
  trigger_id: null,
  snapshot: A_SNAPSHOT,
  branch: "kin/12-the-flats-shares",
  created_at: "2026-10-07T08:59:00.000Z",
  updated_at: "2026-10-07T09:00:00.000Z",
};

const A_RETURN: ReturnRow = {
  id: 1,
  task_id: 1,
  return_number: 1,
  reason_category: "recurring_quality_fail",
  reason_text: null,
  returned_by: "tester",
  pipeline_id: null,
  returned_at: "2026-10-07T09:30:00.000Z",
  source: "gate:p1:2:1",
  actor: null,
  pr_number: null,
  findings: "[]",
};

const rejectionOf = (row: ReturnRow): RejectionRow => {
  const { returned_at: rejected_at, returned_by: rejected_by, findings, ...same } = row;
  return {
    ...A_REJECTION,
    ...same,
    rejected_at,
    rejected_by,
    findings: JSON.parse(findings),
    became: "returned",
  };
};

const A_REJECTION: RejectionRow = {
  task_id: 1,
  pipeline_id: "p1",
  rejected_at: "2026-10-07T09:30:00.000Z",
  rejected_by: "tester",
  actor: null,
  reason_category: "recurring_quality_fail",
  reason_text: "A cent is lost.",
  findings: [],
  pr_number: null,
  became: "revised",
  return_number: null,
  dealt_with: false,
  source: "gate:p1:2:1",
  project: "octocat/flats",
  issue: 12,
};

const aRecord = (pipeline: Pipeline, over: Partial<PipelineRecord>): PipelineRecord => ({
  id: pipeline.opening.pipeline,
  task_id: 1,
  number: pipeline.opening.number,
  pipeline_type: pipeline.opening.type,
  parent_pipeline_id: null,
  department: null,
  route_type: pipeline.plan?.route_type ?? null,
  state: stateOf(pipeline),
  outcome: pipeline.outcome?.kind ?? null,
  seq: pipeline.seq,
  dispatches: 1,
  run_id: pipeline.run?.run_id ?? null,
  run_attempt: pipeline.run?.run_attempt ?? null,
  run_url: pipeline.run?.run_url ?? null,
  has_verdict_job: 0,
  size: 0,
  step_costs: null,
  lease_hash: null,
  lease_until: null,
  lease_deadline: null,
  usd: pipeline.usd,
  tokens: totalTokens(pipeline.usage),
  seconds: pipeline.seconds,
  created_at: pipeline.started_at,
  completed_at: pipeline.outcome === null ? null : pipeline.updated_at,
  ...over,
});

const stateOf = (pipeline: Pipeline): PipelineRecord["state"] => {
  if (pipeline.outcome !== null) return "finished";
  if (pipeline.paused !== null) return "paused";
  return pipeline.run === null ? "queued" : "running";
};

interface Writer {
  readonly write: (...events: readonly EventData[]) => void;
  readonly pipeline: () => Pipeline;
  readonly journal: () => readonly JournalEvent[];
}

/** Every event is folded as it is written, so that an impossible journal is refused where it goes wrong. */
const aWriter = (spec: JournalSpec): Writer => {
  const first: JournalEvent = {
    seq: 1,
    at: atOf(1),
    data: { kind: "opened", opening: anOpening(spec.opening, spec) },
  };
  const journal: JournalEvent[] = [first];
  let pipeline = open(first);
  return {
    write: (...events) => {
      for (const data of events) {
        const event = { seq: pipeline.seq + 1, at: atOf(pipeline.seq + 1), data };
        pipeline = apply(pipeline, event);
        journal.push(event);
      }
    },
    pipeline: () => pipeline,
    journal: () => journal,
  };
};

const START = Date.UTC(2026, 9, 7, 9);
const atOf = (seq: number): string => new Date(START + seq * 20_000).toISOString();

const claimedBy = (run_id: string, scripted: boolean): EventData => ({
  kind: "claimed",
  run_id,
  run_attempt: 1,
  run_url: `https://github.com/octocat/flats/actions/runs/${run_id}`,
  scripted,
});

export const aPlan = (steps: NonNullable<JournalSpec["plan"]>, over: Partial<Plan> = {}): Plan => ({
  analysis: "`split` in src/split.js rounds one share and gives it to every flat.",
  category: "FIX",
  route_type: "debug",
  completion_mode: "review",
  repairs: [],
  ...over,
  steps: steps.map(step => {
    const role = typeof step === "string" ? step : (step.role ?? "debugger");
    const rest = typeof step === "string" ? {} : step;
    return {
      role,
      brief: `The part of ${role}.`,
      part: "plan",
      department: null,
      head: isHead(role),
      decisions: [],
      criteria: [],
      module: null,
      gate: GATES.has(role),
      writes: !READERS.has(role) && !isHead(role),
      group: PROTOCOL.has(role) ? "protocol" : "core",
      depends_on: null,
      ...rest,
    };
  }),
});

const isHead = (role: string): boolean => role.endsWith("_head") || role === "cto_advisor";

const writePlan = (writer: Writer, plan: Plan): void => {
  const pipeline = plan.steps.map(({ role, brief }) => ({ role, brief }));
  writeAttempt(writer, {
    turns: [{ tool: { name: "read", input: { file_path: "README.md" } } }, {}],
    answer: { analysis: plan.analysis, route_type: plan.route_type, category: plan.category, pipeline },
  });
  writer.write({ kind: "planned", plan });
};

const writeAttempt = (writer: Writer, spec: AttemptSpec): void => {
  const step = currentStep(writer.pipeline()) as Step;
  const at = { step: step.number, attempt: step.attempts.length + 1 };
  const model = spec.turns?.[0]?.model ?? MODEL;
  writer.write({ kind: "attempt_started", ...at, role: step.role, model, system: [], first: "" });
  const turns = spec.turns ?? [{}];
  const isOver = spec.answer !== undefined || spec.failed !== undefined;
  const commands = turns.flatMap(ranOf).map(({ command }) => command);
  turns.forEach((turn, index) => {
    const isLast = isOver && index === turns.length - 1;
    const ending = isLast ? { ...spec, answer: spec.answer && byNumber(spec.answer, commands) } : {};
    writer.write({ kind: "turn", ...at, ...turnOf(turn, { ending, tree: `tree${step.number}.${index}` }) });
  });
  if (!isOver) return;
  const after = writer.pipeline().steps[step.number] as Step;
  const own = ownOf(writer.pipeline());
  writer.write(settle(after, { attempt: after.attempts.at(-1) as Attempt, checks: spec.checks ?? [], own }));
};

/**
 * An answer with its proof in the form that models use: each command by the number of its last run. Commands that never
 * ran get a number that does not exist; numbers stay.
 */
export const byNumber = (answer: object, commands: readonly string[]): object => {
  const { proof } = answer as { readonly proof?: { readonly how_verified?: unknown } };
  if (!Array.isArray(proof?.how_verified)) return answer;
  const numberOf = (named: unknown) =>
    typeof named === "string" ? commands.lastIndexOf(named) + 1 || 99 : named;
  return { ...answer, proof: { ...proof, how_verified: proof.how_verified.map(numberOf) } };
};

const MODEL = "claude-sonnet-5-5";

const turnOf = (
  spec: TurnSpec,
  { ending, tree }: { readonly ending: AttemptSpec; readonly tree: string },
): Omit<EventOf<"turn">, "kind" | "step" | "attempt"> => {
  const model = spec.model ?? MODEL;
  const usage = { input: 900, output: 400, cache_read: 6000, cache_write: 1200, cache_write_1h: 0 };
  return {
    reply: { content: contentOf(spec, ending), stop_reason: "tool_use", model, usage, request_id: null },
    results: resultsOf(spec),
    usd: spec.usd === undefined ? costOf(model, usage) : spec.usd,
    seconds: spec.seconds ?? 12,
    ran: ranOf(spec),
    wrote: spec.wrote === undefined ? null : { tree, changes: spec.wrote.map(changeOf) },
    submitted: (ending.answer as Record<string, unknown> | undefined) ?? null,
    failed: ending.failed ?? null,
  };
};

const contentOf = (spec: TurnSpec, ending: AttemptSpec): ReplyBlock[] => [
  ...(spec.text === undefined ? [] : [{ type: "text" as const, text: spec.text }]),
  ...(spec.web === undefined ? [] : [{ ...use(spec.web.name, spec.web.input), type: "server_tool_use" }]),
  ...(spec.bash === undefined ? [] : [use("bash", { command: commandOf(spec.bash) })]),
  ...(spec.tool === undefined ? [] : [use(spec.tool.name, spec.tool.input)]),
  ...(ending.answer === undefined ? [] : [use("submit", { answer: ending.answer })]),
];

const resultsOf = ({ tool }: TurnSpec): EventOf<"turn">["results"] =>
  tool?.failed === undefined
    ? []
    : [{ type: "tool_result", tool_use_id: `toolu_${tool.name}`, content: tool.failed, is_error: true }];

const use = (name: string, input: object): ReplyBlock => ({
  type: "tool_use",
  id: `toolu_${name}`,
  name,
  input,
});

const commandOf = (bash: NonNullable<TurnSpec["bash"]>): string =>
  typeof bash === "string" ? bash : bash[0];

const ranOf = ({ bash }: TurnSpec): CommandRun[] => {
  if (bash === undefined) return [];
  if (typeof bash === "string") return [{ command: bash, exit_code: 0, seconds: 1, output: "" }];
  return [{ command: bash[0], exit_code: bash[1], seconds: 1, output: bash[2] ?? "" }];
};

const changeOf = (path: string) => ({
  path,
  mode: "100644" as const,
  content: `changed ${path}\n`,
  encoding: "utf-8" as const,
  in_base: true,
});

export const aKey = (text: string): Key => Key.parse(text);
