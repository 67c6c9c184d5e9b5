// What random walks draw from: numbers of a seed, answers that a role's schema lets pass, replies, openings.

import { membersOf } from "../../core/agents/roster.ts";
import { ReturnCategory, TaskCategory } from "../../core/model/return.ts";
import type { OutputSchema, Roster } from "../../core/model/role.ts";
import type { Opening } from "../../core/model/task.ts";
import { ESCALATION_TARGETS } from "../../core/pipeline/escalation.ts";
import type { ModelOutcome, ModelRequest } from "../../core/ports.ts";
import { anOpening, aPlan } from "../build.ts";
import { call, submit, text } from "./kit.ts";

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

export const dice = (seed: number, roster: Roster) => {
  const next = random(seed);
  return {
    next,
    roster,
    roles: [...roster.roles.keys()],
    /** One time in so many. */
    once: (times: number): boolean => next(times) === 0,
    pick: <T>(from: readonly T[]): T => from[next(from.length)] as T,
    list: <T>(most: number, make: (index: number) => T): T[] =>
      Array.from({ length: next(most + 1) }, (_, index) => make(index)),
  };
};
export type Dice = ReturnType<typeof dice>;

/** A value of a field's type; a role, a step, a path where the field's name asks for one. */
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

/** Mostly what a role should answer, sometimes whatever its schema lets pass, sometimes blocked. */
const answerOf = (name: string, by: Dice): object => {
  const { roster } = by;
  if (by.once(30))
    return { status: "blocked", reason: "r", return_category: by.pick([...ReturnCategory.options, "nope"]) };
  const role = roster.roles.get(name);
  const answer = objectOf(Object.entries(role?.output_schema ?? {}), by);
  if (name === "pm") {
    const pipeline = Array.from({ length: 1 + by.next(4) }, () => ({
      role: by.once(60) ? "nobody" : by.pick(by.roles.filter(one => roster.roles.get(one)?.selectable)),
      brief: "Do it.",
      ...(by.once(3) ? { depends_on: by.pick(by.roles) } : {}),
    }));
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

export const replyTo = (request: ModelRequest, by: Dice): ModelOutcome => {
  const first = request.messages[0]?.content[0];
  const name = /role (\w+)\./.exec(first?.type === "text" ? String(first.text) : "")?.[1] ?? "";
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
      return by.once(3)
        ? by.pick<ModelOutcome>([
            { kind: "unavailable", reason: "529", retry_after: null },
            { kind: "refused", reason: "r", hint: "h" },
            { kind: "too_long", reason: "r" },
          ])
        : replied([text("Well.")], "end_turn", by);
    default:
      return replied([...work.slice(1), answer], "tool_use", by);
  }
};

export const openingFor = (by: Dice): Opening => {
  const count = by.next(5);
  const type = by.once(4) ? "escalation" : "standard";
  const hooks = by.list(3, () => ({
    on: by.pick(["step_completed", "pipeline_completed", "returned", "escalated"]),
    run: "true",
  }));
  const config = {
    project_type: by.pick(["development", "development", "operations", "research"]),
    learn: by.pick(["off", "propose", "auto"]),
    execution_mode: by.pick([undefined, "review", "auto"]),
    gates: by.list(1, () => "npm run lint"),
    hooks,
    limits: { revisions: by.next(4), step_turns: 3 + by.next(9), pipeline_usd: by.pick([1, 10]) },
  };
  const kept = type === "standard" ? null : { plan: aPlan([by.pick(ESCALATION_TARGETS)]), answers: [] };
  return anOpening(
    {
      type,
      kept,
      dry_run: by.once(10),
      hold: by.once(5),
      analysis_due: count >= 3 && by.once(2),
      returns: { count, latest: [] },
      brief: by.pick([null, "An older brief."]),
    },
    { config, task: { acceptance_criteria: by.list(2, index => `Criterion ${index}.`) } },
  );
};
