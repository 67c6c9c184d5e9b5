// What random walks draw from: seeded numbers, answers that a role's schema accepts, replies, openings.

import { membersOf } from "../../core/agents/roster.ts";
import type { ModelOutcome, ModelRequest } from "../../core/model/request.ts";
import { ReturnCategory, TaskCategory } from "../../core/model/return.ts";
import type { OutputSchema, Roster } from "../../core/model/role.ts";
import type { Opening } from "../../core/model/task.ts";
import { ESCALATION_TARGETS } from "../../core/pipeline/escalation.ts";
import { anOpening, aPlan } from "../build.ts";
import { type Block, bash, call, submit, text, write } from "./kit.ts";

/** The same numbers for the same seed. */
const random = (seed: number) => {
  let state = seed;
  return (below: number): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
};

/**
 * `crew`: every plan has a coordinator or a head, with room for its workers. `beside`: plans are mostly of writers,
 * side by side. `tries`: the first step is tried in several ways.
 */
export const dice = (
  seed: number,
  {
    roster,
    tries = false,
    crew = tries,
    beside = false,
  }: { roster: Roster; crew?: boolean; beside?: boolean; tries?: boolean },
) => {
  const next = random(seed);
  return {
    next,
    roster,
    crew,
    beside,
    tries,
    roles: [...roster.roles.keys()],
    /** True one time in so many. */
    once: (times: number): boolean => next(times) === 0,
    pick: <T>(from: readonly T[]): T => from[next(from.length)] as T,
    list: <T>(most: number, make: (index: number) => T): T[] =>
      Array.from({ length: next(most + 1) }, (_, index) => make(index)),
  };
};
export type Dice = ReturnType<typeof dice>;

/** A value of a field's type; a role, a step or a path if the field's name asks for one. */
const fieldOf = (
  type: string | OutputSchema,
  { name, by }: { readonly name: string; readonly by: Dice },
): unknown => {
  if (typeof type !== "string") return objectOf(Object.entries(type), by);
  if (type.startsWith("array of ")) return by.list(3, () => fieldOf(type.slice(9), { name, by }));
  if (type.startsWith("{")) return objectOf(fieldsIn(type), by);
  if (type === "bool") return by.once(3);
  if (type === "integer" || type === "number") return by.next(4);
  if (type.includes("|")) return by.pick(type.split("|").map(word => word.trim()));
  if (name === "role" || name === "depends_on") return by.pick(by.roles);
  if (name === "category") return by.pick([...TaskCategory.options, "sec", "nope"]);
  return by.pick(["words", "npm test", "a.js", ""]);
};
const fieldsIn = (type: string): readonly (readonly [string, string])[] =>
  [...type.slice(1, -1).matchAll(/([\w?]+): ((?:array of )?(?:\{[^}]*\}|[^,]+))/g)].map(
    ([, name = "", of = ""]) => [name, of.trim()] as const,
  );
const objectOf = (fields: readonly (readonly [string, string | OutputSchema])[], by: Dice): object =>
  Object.fromEntries(
    fields.flatMap(([key, type]) => {
      const name = key.replace("?", "");
      return key.endsWith("?") && by.once(2) ? [] : [[name, fieldOf(type, { name, by })]];
    }),
  );

const PROOF = { what_was_done: "w", how_verified: [1], verification_result: "v" };
const ROUTES = ["debug", "multi_bug_debug", "feature", "department"];

/** Usually what a role should answer, sometimes whatever its schema accepts, sometimes blocked. */
const answerOf = (name: string, by: Dice): object => {
  const { roster } = by;
  if (by.once(30))
    return { status: "blocked", reason: "r", return_category: by.pick([...ReturnCategory.options, "nope"]) };
  const role = roster.roles.get(name);
  const answer = objectOf(Object.entries(role?.output_schema ?? {}), by);
  if (name === "pm") {
    const chosen = by.roles.filter(one => roster.roles.get(one)?.selectable);
    const leading = chosen.filter(one => roster.roles.get(one)?.tools.includes("workers"));
    const writing = chosen.filter(one => roster.roles.get(one)?.permissions === "full");
    const anyOf = (index: number) => {
      if (by.beside && !by.once(8)) return writing;
      if (by.tries && index === 0) return writing.filter(one => !roster.roles.get(one)?.gate);
      return by.crew && index === 0 ? leading : chosen;
    };
    const pipeline = Array.from({ length: (by.beside ? 2 : 1) + by.next(4) }, (_, index) => ({
      role: by.once(60) ? "nobody" : by.pick(anyOf(index)),
      brief: "Do it.",
      ...(by.once(by.beside ? 6 : 3) ? { depends_on: by.pick(by.roles) } : {}),
      ...(by.tries && index === 0
        ? { approaches: ["One.", "Two.", "Three.", "Four."].slice(by.next(3)) }
        : {}),
    }));
    if (by.beside) return { ...answer, route_type: "custom", parallel: true, pipeline, justification: "j" };
    return { ...answer, route_type: by.pick(ROUTES), pipeline, justification: "j" };
  }
  const members = role?.head === true ? membersOf(roster, name) : [];
  const step = () => ({
    role: by.once(30) ? "pm" : by.pick(members).name,
    brief: by.once(60) ? "" : "Do it.",
  });
  return {
    ...answer,
    ...("status" in answer && !by.once(12) ? { status: "done" } : {}),
    ...("proof" in answer && !by.once(12) ? { proof: PROOF } : {}),
    ...("clarification_list" in answer && !by.once(5) ? { clarification_list: [] } : {}),
    ...(members.length > 0 ? { sub_pipeline: by.list(3, step) } : {}),
    ...(role?.gate && by.once(2) ? { verdict: "approved" } : {}),
    ...(name === "smoke_tester" && !by.once(5) ? { verdict: "confirmed" } : {}),
  };
};

const replied = (content: readonly object[], stop_reason: string, by: Dice): ModelOutcome => ({
  kind: "replied",
  reply: {
    content: content.map((block, index) => ({ id: `toolu_${by.next(1e9)}_${index}`, ...block })) as never,
    stop_reason,
    model: by.pick(["claude-sonnet-5-5", "unknown"]),
    usage: { input: by.next(100_000), output: 0, cache_read: 0, cache_write: 0, cache_write_1h: 0 },
    request_id: null,
  },
});

const noReply = (by: Dice): ModelOutcome =>
  by.pick<ModelOutcome>([
    { kind: "unavailable", reason: "529", retry_after: null },
    { kind: "refused", reason: "r", hint: "h" },
    { kind: "too_long", reason: "r" },
  ]);

export const replyTo = (request: ModelRequest, by: Dice): ModelOutcome => {
  const first = request.messages[0]?.content[0];
  const [, worker, name = ""] =
    /(?:worker (w\d+), )?role (\w+)\./.exec(first?.type === "text" ? String(first.text) : "") ?? [];
  const writes = by.beside && by.roster.roles.get(name)?.permissions === "full";
  if ((by.crew && worker !== undefined) || writes) return workerReply(request, { name, by });
  if (by.crew && request.tools.some(tool => "name" in tool && tool.name === "spawn_worker") && !by.once(12))
    return replied(coordinatorBlocks(request, { name, by }), "tool_use", by);
  const work = [
    text("Hm."),
    call("bash", { command: "npm test" }),
    call("write", { file_path: "a.js", content: `${by.next(9)}` }),
  ];
  const answer = submit(answerOf(name, by));
  switch (by.next(16)) {
    case 0:
      return replied([], by.pick(["refusal", "pause_turn", "max_tokens", "end_turn"]), by);
    case 1:
      return replied(work, "tool_use", by);
    case 2:
      return replied([answer, answer], "tool_use", by);
    case 3:
      return by.once(by.crew ? 12 : 3) ? noReply(by) : replied([text("Well.")], "end_turn", by);
    default:
      return replied([...work.slice(1), answer], "tool_use", by);
  }
};

/** Two have directories that differ only in letter case: files written in both collide. */
const AREAS = [
  ...[["api/"], ["Side/web/"], ["side/new/"], ["api/x.js"], ["a.js", "side/new/"], ["api/", "Side/web/"]],
  ...[[], undefined, "api/", ["/etc/"]],
];
const FILES = ["a.js", "api/x.js", "api/y.js", "Side/web/z.js", "side/new/n.js"];
const TYPES = [
  "explore",
  "researcher",
  "coder",
  "coder",
  "general",
  "verifier",
  "wizard",
  "debugger",
  "reviewer",
];

const orderBy = (by: Dice): Block => {
  const worker = by.pick(["w1", "w2", "w3", "4", "w5", "w9"]);
  switch (by.next(8)) {
    case 0:
      return call("stop_worker", { worker });
    case 1:
      return call("record_contract", { contract: by.pick(["GET /hours", "GET /days", ""]) });
    case 2:
    case 3:
    case 4: {
      const as = by.once(3) ? { as: by.pick(TYPES) } : {};
      return call("send_message", {
        worker,
        message: "Go on.",
        ...as,
        area: by.once(3) ? by.pick(AREAS) : undefined,
      });
    }
    default:
      return spawnOf(by.pick(TYPES), by.pick(AREAS));
  }
};

const spawnOf = (agent_type: string, area?: unknown): Block =>
  call("spawn_worker", { agent_type, description: "A part", task: "Do the part.", area });

/** Usually what brings the work to its end, otherwise anything that can be asked of workers. */
const coordinatorBlocks = (
  request: ModelRequest,
  { name, by }: { readonly name: string; readonly by: Dice },
): readonly Block[] => {
  const read = call("read", { file_path: "a.js" });
  const { open, any, verified } = heardOf(request);
  const orders = [orderBy(by), ...by.list(3, () => orderBy(by)), ...(by.once(4) ? [read] : [])];
  if (by.once(25)) return [...orders, submit(answerOf(name, by))];
  if (by.once(6)) return orders;
  if (open > 0) return by.pick([[text("I wait.")], [text("I wait.")], [read], orders]);
  if (!any)
    return [
      call("record_contract", { contract: "GET /hours" }),
      ...[["api/"], ["Side/web/"], ["a.js"], ["side/new/"]]
        .slice(0, 1 + by.next(4))
        .map(area => spawnOf(by.pick(["coder", "general"]), area)),
      ...(by.once(3) ? [spawnOf("explore")] : []),
    ];
  if (!verified) return by.once(3) ? orders : [spawnOf("verifier")];
  return [submit(answerOf(name, by))];
};

/** What a coordinator knows: how many are at work, whether any were, and whether a verifier judged the work last. */
const heardOf = ({ messages }: ModelRequest) => {
  const open = new Set<string>();
  let any = false;
  let verified = true;
  for (const block of messages.flatMap(({ role, content }) => (role === "user" ? content : []))) {
    const said = String(("text" in block ? block.text : null) ?? ("content" in block ? block.content : ""));
    const [, begun] = /^(w\d+) (?:is started|hears it)/.exec(said) ?? [];
    const [, ended = ""] =
      /<task-id>(w\d+)/.exec(said) ?? /^(w\d+) is (?:stopped|not running)/.exec(said) ?? [];
    if (begun !== undefined) open.add(begun);
    any ||= begun !== undefined;
    open.delete(ended);
    if (said.includes("<files-joined>")) verified = false;
    if (said.includes("<agent-type>verifier") && said.includes("Verdict: approved")) verified = true;
  }
  return { open: open.size, any, verified };
};

const workerReply = (
  request: ModelRequest,
  { name, by }: { readonly name: string; readonly by: Dice },
): ModelOutcome => {
  const changes = by.list(3, () => {
    const path = by.pick(FILES);
    return by.once(4) ? bash(`rm ${path}`) : write(path, `${by.next(by.beside ? 9 : 3)}`);
  });
  const work = [call("read", { file_path: "a.js" }), ...changes, bash("npm test")];
  const isBash = (block: object) => "name" in block && block.name === "bash";
  const ran = [...request.messages.flatMap(({ content }) => content), ...work].filter(isBash).length;
  const answer = answerOf(name, by);
  const proof = "proof" in answer ? { proof: { ...PROOF, how_verified: [ran] } } : {};
  const end = submit({ ...answer, ...proof });
  switch (by.next(14)) {
    case 0:
      return replied([], by.pick(["refusal", "pause_turn", "max_tokens", "end_turn"]), by);
    case 1:
      return replied(work, by.pick(["tool_use", "tool_use", "max_tokens"]), by);
    case 2:
      return replied([end, end], "tool_use", by);
    case 3:
      return by.once(3) ? noReply(by) : replied([text("Well.")], "end_turn", by);
    case 4:
    case 5:
    case 6:
      return replied(work, "tool_use", by);
    case 7:
      return replied([...orderedBy(by), ...work], "tool_use", by);
    default:
      return replied([...work, end], "tool_use", by);
  }
};

/** Workers have no workers, whatever they say. */
const orderedBy = (by: Dice): readonly Block[] => by.list(2, () => orderBy(by));

export const openingFor = (by: Dice): Opening => {
  const count = by.next(5);
  const type = by.once(by.crew ? 8 : 4) ? "escalation" : "standard";
  const hooks = by.list(3, () => ({
    on: by.pick(["step_completed", "pipeline_completed", "returned", "escalated"]),
    run: "true",
  }));
  const config = {
    project_type: by.pick([
      "development",
      "development",
      ...(by.crew || by.beside ? ["development"] : ["operations", "research"]),
    ]),
    learn: by.pick(["off", "propose", "auto"]),
    execution_mode: by.pick([undefined, "review", "auto"]),
    gates: by.list(1, () => "npm run lint"),
    hooks,
    ...(by.beside ? { parallel: true } : {}),
    limits:
      by.crew || by.beside
        ? {
            revisions: by.next(3),
            step_turns: 8 + by.next(30),
            pipeline_usd: by.pick([10, 50]),
            workers: by.pick([1, 2, 4, 8]),
            attempts_in_parallel: by.tries ? by.pick([2, 3, 4]) : 1,
          }
        : { revisions: by.next(4), step_turns: 3 + by.next(9), pipeline_usd: by.pick([1, 10]) },
  };
  const kept = type === "standard" ? null : { plan: aPlan([by.pick(ESCALATION_TARGETS)]), answers: [] };
  return anOpening(
    {
      type,
      kept,
      dry_run: !by.crew && by.once(10),
      hold: by.once(5),
      analysis_due: count >= 3 && by.once(2),
      returns: { count, latest: [] },
      brief: by.pick([null, "An older brief."]),
    },
    { config, task: { acceptance_criteria: by.list(2, index => `Criterion ${index}.`) } },
  );
};
