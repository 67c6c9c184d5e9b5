// An entry of specialists.yaml or roles.yml: what it may contain, and its defaults.
import { describe, expect, test } from "vitest";
import { rosterWith } from "../../core/agents/roster.ts";
import {
  ContextRules,
  OwnRoles,
  Permission,
  RoleEntry,
  Specialists,
  ToolName,
} from "../../core/model/role.ts";
import { aRole, aRoster } from "./roles.ts";

const ENTRY = {
  name: "judge",
  model: "sonnet",
  tools: ["read"],
  description: "Judges what others did, and nothing else.",
  permissions: "read_only",
  output_schema: { notes: "string" },
};
const problemOf = (over: object) => RoleEntry.safeParse({ ...ENTRY, ...over }).error?.issues[0];

describe("J1: a role's entry", () => {
  test("B15: is selectable, no gate, no head, and sees twenty decisions where it says nothing", () => {
    expect(RoleEntry.parse(ENTRY)).toEqual({
      ...ENTRY,
      group: "core",
      gate: false,
      head: false,
      selectable: true,
      context_rules: {
        decisions: 20,
        modules: false,
        active_tasks: false,
        history: false,
        returns: 0,
        roster: false,
      },
    });
  });
  test.each<[object, string[], RegExp]>([
    [
      { tools: ["read", "write"] },
      ["tools"],
      /^judge: read_only allows read, glob, grep, skill, web, workers, found write$/,
    ],
    [{ tools: ["bash"] }, ["tools"], /read_only allows .*, found bash$/],
    [
      { permissions: "read_bash", tools: ["bash", "edit"] },
      ["tools"],
      /read_bash allows .*bash, skill, found edit$/,
    ],
    [{ permissions: "full", tools: ["read", "web"] }, ["tools"], /^judge: full allows .*, found web$/],
    [{ permissions: "read_bash", tools: ["web"] }, ["tools"], /found web$/],
    [
      { gate: true },
      ["output_schema"],
      /^judge: a gate's answer has `verdict: approved \| changes_requested`$/,
    ],
    [{ name: "Big Boss" }, ["name"], /./],
    [{ description: "Short." }, ["description"], /./],
    [{ permissions: "everything" }, ["permissions"], /./],
    [{ colour: "red" }, [], /colour/],
    [{ context_rules: { decisions: "some" } }, ["context_rules", "decisions"], /./],
  ])("%j is refused where it says so", (over, path, message) => {
    expect(problemOf(over)).toMatchObject({ path, message: expect.stringMatching(message) });
  });
  test.each([
    [{ permissions: "read_bash", tools: ["read", "glob", "grep", "bash"] }],
    [{ permissions: "full", tools: ToolName.options }],
    [{ permissions: "read_only", tools: ["read", "web"] }],
    [{ gate: true, output_schema: { verdict: "approved | changes_requested" } }],
    [{ department: ["backend", "qa"] }],
    [{ context_rules: { decisions: "all" } }],
    [{ paths: ["test/**"], paths_denied: ["**/*.css"] }],
  ])("%j is fine", over => expect(problemOf(over)).toBeUndefined());
  test("C5: three permissions there are: to read, to run, to change", () => {
    expect(Permission.options).toEqual(["read_only", "read_bash", "full"]);
  });
  test("H9: what a role is shown is rules, each with its default", () => {
    expect(ContextRules.parse({ decisions: "all", returns: 5 })).toMatchObject({
      decisions: "all",
      returns: 5,
    });
  });
  test("and a roster has roles, and routes where it gives some", () => {
    expect(Specialists.parse({ roles: [ENTRY] }).routes).toEqual([]);
    expect(Specialists.safeParse({ roles: [] }).success).toBe(false);
  });
});

describe("a repository's own roles", () => {
  const own = (over: object) => OwnRoles.parse(over);
  const roster = aRoster([aRole({ name: "pm" }), aRole({ name: "tester" })]);
  const promptOf = (over: object, name: string) => rosterWith(roster, own(over)).roles.get(name)?.prompt;
  test("leave the roster as it is where there are none", () => {
    expect(rosterWith(roster, own({}))).toBe(roster);
  });
  test("join it, with a prompt of their own", () => {
    const text = "You judge.";
    const given = { roles: [ENTRY], prompts: { judge: { text, how: "extend" } } };
    expect([...rosterWith(roster, own(given)).roles.keys()]).toEqual(["pm", "tester", "judge"]);
    expect(promptOf(given, "judge")).toBe(text);
    expect(promptOf({ roles: [ENTRY] }, "judge")).toBe("");
  });
  test("and its own words follow a built-in prompt, or take its place", () => {
    expect(promptOf({ prompts: { pm: { text: "And more.", how: "extend" } } }, "pm")).toBe(
      "You are pm.\n\nAnd more.",
    );
    expect(promptOf({ prompts: { pm: { text: "Only this.", how: "replace" } } }, "pm")).toBe("Only this.");
  });
  test("words for a role that there is not are passed over", () => {
    expect([
      ...rosterWith(roster, own({ prompts: { ghost: { text: "Boo.", how: "extend" } } })).roles.keys(),
    ]).toEqual(["pm", "tester"]);
  });
});
