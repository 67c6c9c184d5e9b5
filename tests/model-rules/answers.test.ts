import { describe, expect, test } from "vitest";
import {
  answerSchema,
  BlockedAnswer,
  blockedReason,
  GateAnswer,
  gateReason,
  isBlocked,
  Proof,
} from "../../core/model/answer.ts";
import type { KinError } from "../../core/model/error.ts";
import type { OutputSchema } from "../../core/model/role.ts";

const accepts = (type: string | OutputSchema, value: unknown): boolean =>
  answerSchema({ x: type }, "role").safeParse({ x: value }).success;

describe("J3: the mini-language of output_schema", () => {
  test.each<[type: string | OutputSchema, good: unknown, bad: unknown]>([
    ["string", "", 1],
    ["number", 1.5, "1"],
    ["integer", 2, 1.5],
    ["bool", false, "false"],
    ["  string  ", "padded", null],
    ["done | partial | blocked", "partial", "half"],
    ["a-b|c_d", "c_d", "c"],
    ["array of string", [], "text"],
    ["array of integer", [1, 2], [1, "2"]],
    ["array of array of bool", [[true], []], [true]],
    ["array of high | low", ["low"], ["medium"]],
    ["{ file: string, line?: integer }", { file: "a", line: null }, { line: 1 }],
    [
      "array of { a: { b: string, c: bool }, d: string }",
      [{ a: { b: "", c: true }, d: "" }],
      [{ a: {}, d: "" }],
    ],
    [
      { overview: "string", risks: "array of { risk: string }" },
      { overview: "", risks: [] },
      { overview: "" },
    ],
  ])("`%j` takes %j and not %j", (type, good, bad) => {
    expect(accepts(type, good)).toBe(true);
    expect(accepts(type, bad)).toBe(false);
  });

  test("a key that ends in ? may be absent or null, and any other must be there", () => {
    const schema = answerSchema({ a: "string", "b?": "string" }, "role");
    expect(schema.safeParse({ a: "" }).success).toBe(true);
    expect(schema.safeParse({ a: "", b: null }).success).toBe(true);
    expect(schema.safeParse({ b: "" }).success).toBe(false);
    expect(schema.safeParse({ a: null }).success).toBe(false);
  });

  test("keys that it does not name are kept, at every depth", () => {
    const answer = { a: { b: 1, more: [2] }, other: "kept" };
    expect(answerSchema({ a: { b: "number" } }, "role").parse(answer)).toEqual(answer);
  });

  test.each<[type: string, found: string]>([
    ["text", "text"],
    ["", ""],
    ["array of", "array of"],
    ["array of things", "things"],
    ["one|", "one|"],
    ["two words | other", "two words | other"],
    ["{}", ""],
    ["{ a }", "a"],
    ["{ : string }", ": string"],
    ["{ a: string, }", ""],
    ["{ a: { b: nothing } }", "nothing"],
    ["{ a: string", "{ a: string"],
  ])("`%s` is refused, with the place and the allowed types", (type, found) => {
    const build = () => answerSchema({ nested: { x: type } }, "file: role.output_schema");
    expect(build).toThrow(`cannot read the type "${found}"`);
    expect(build).toThrow("file: role.output_schema.nested.x");
    expect(() => build()).toThrow(expect.objectContaining({ code: "output_schema_invalid" }));
    try {
      build();
    } catch (error) {
      expect((error as KinError).hint).toContain("array of T");
    }
  });
});

describe("X7, K8: a blocked answer, in its three spellings,", () => {
  test.each([
    [{ status: "blocked", reason: "No access." }, "No access."],
    [{ status: "blocked", blocked_reason: "No access." }, "No access."],
    [{ status: "blocked", reason: "This.", blocked_reason: "Not this." }, "This."],
    [{ status: "blocked", reason: "r", return_category: "scope_too_large", blocked_at: "now" }, "r"],
  ])("%j says why", (answer, reason) => {
    const parsed = BlockedAnswer.parse(answer);
    expect(isBlocked(parsed)).toBe(true);
    expect(blockedReason(parsed)).toBe(reason);
  });

  test("J8: passes in place of any role's answer", () => {
    const schema = answerSchema({ verdict: "approved | changes_requested" }, "role");
    expect(schema.safeParse({ status: "blocked", reason: "r" }).success).toBe(true);
  });

  test.each([
    [{ status: "blocked" }],
    [{ status: "blocked", reason: "" }],
    [{ status: "blocked", reason: 7 }],
    [{ reason: "no status" }],
  ])("%j is none", answer => {
    expect(BlockedAnswer.safeParse(answer).success).toBe(false);
  });

  test.each([["recurring_quality_fail"], ["made up"], [7]])(
    "stays as it is with the category %j, which a planner may not choose",
    return_category => {
      const answer = { status: "blocked", reason: "r", return_category };
      expect(BlockedAnswer.parse(answer)).toEqual(answer);
    },
  );

  test("without any reason has an empty one", () => {
    expect(blockedReason({ status: "blocked" })).toBe("");
  });
});

describe("X33: a gate's answer", () => {
  test.each([
    [{ reason: "a", block_reason: "b", summary: "c" }, "a"],
    [{ block_reason: "b", summary: "c" }, "b"],
    [{ summary: "c" }, "c"],
    [{}, ""],
  ])("%j has the reason %j", (words, reason) => {
    expect(gateReason(GateAnswer.parse({ verdict: "approved", ...words }))).toBe(reason);
  });

  test("B7: counts only with one of the two verdicts", () => {
    expect(GateAnswer.safeParse({ verdict: "changes_requested" }).success).toBe(true);
    expect(GateAnswer.safeParse({ verdict: "approve" }).success).toBe(false);
    expect(GateAnswer.safeParse({}).success).toBe(false);
  });

  test("with findings that cannot be read is a verdict without findings", () => {
    expect(GateAnswer.parse({ verdict: "approved", findings: "none" }).findings).toEqual([]);
    expect(GateAnswer.parse({ verdict: "approved" }).findings).toEqual([]);
  });

  test("keeps a finding whose severity or line makes no sense", () => {
    const findings = [{ severity: "fatal", file: "a.ts", line: 0, issue: "Wrong." }];
    expect(GateAnswer.parse({ verdict: "changes_requested", findings }).findings).toEqual([
      { severity: "medium", file: "a.ts", line: null, issue: "Wrong." },
    ]);
  });
});

test("a proof names what was done, the commands and the result", () => {
  const proof = { what_was_done: "w", how_verified: ["npm test"], verification_result: "v" };
  expect(Proof.safeParse(proof).success).toBe(true);
  expect(Proof.safeParse({ ...proof, how_verified: "npm test" }).success).toBe(false);
  expect(Proof.safeParse({ ...proof, how_verified: [""] }).success).toBe(false);
  expect(Proof.safeParse({ ...proof, what_was_done: "" }).success).toBe(false);
});
