// Each prompt against its role's entry, and the cases against both.
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { roleOf } from "../../core/agents/roster.ts";
import { loadRoster } from "../../host/roster.ts";
import { readCases } from "../../scripts/eval/case.ts";
import {
  choicesOf,
  fieldsOf,
  fieldWordsOf,
  headingsOf,
  SECTIONS,
  sectionOf,
  sentencesOf,
  typeAt,
} from "./prompt-text.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const { roster } = loadRoster(ROOT);
const roles = [...roster.roles.values()];
const cases = readCases(join(ROOT, "tests", "cases"), { role: null, name: null });

describe("prompts", () => {
  test("J5: have the standard sections in their order, behind two lines of who and what", () => {
    for (const { name, prompt } of roles) {
      expect(headingsOf(prompt), name).toEqual(SECTIONS);
      expect(prompt, name).toMatch(/^You are .+\nYour job is .+\n\n## Input\n/);
    }
  });

  test("J5: have 30 to 90 lines", () => {
    for (const { name, prompt } of roles) {
      const { length } = prompt.trimEnd().split("\n");
      expect(length >= 30 && length <= 90, `${name} has ${length}`).toBe(true);
    }
  });

  test("J5: begin each with a line of its own", () => {
    const lines = roles.map(({ prompt }) => prompt.split("\n")[0]);
    expect(new Set(lines).size).toBe(roles.length);
  });

  test("H9: speak in Input of modules and decisions only where the role is shown them", () => {
    for (const { name, prompt, context_rules } of roles) {
      const input = sectionOf(prompt, "Input");
      if (!context_rules.modules) expect(input, name).not.toMatch(/\bmodules\b/i);
      if (context_rules.decisions === 0) expect(input, name).not.toMatch(/\bdeci(sions?|ded)\b/i);
    }
  });

  test("H3, H4, H5: speak of the return history where the role is shown it, and nowhere else", () => {
    for (const { name, prompt, context_rules } of roles)
      expect(/return history/i.test(sectionOf(prompt, "Input")), name).toBe(context_rules.returns > 0);
  });

  test("J5: share no sentence of eight words or more, but for the form of the Blocked Protocol", () => {
    const seen = new Map<string, string>();
    for (const { name, prompt } of roles)
      for (const sentence of new Set(sentencesOf(withoutBlockedForm(prompt)))) {
        expect(seen.get(sentence), `${name}: ${sentence}`).toBeUndefined();
        seen.set(sentence, name);
      }
  });

  test("J8: state the blocked form with reason and time; the planner's has a category besides", () => {
    for (const { name, prompt } of roles) {
      const category = name === "pm" ? ', "return_category": "…"' : "";
      expect(sectionOf(prompt, "Blocked Protocol"), name).toContain(
        `\`{ "status": "blocked", "reason": "…"${category}, "blocked_at": "<time, ISO 8601, UTC>" }\``,
      );
    }
  });

  test("J3: name every field of the answer in Return Format, nested ones too", () => {
    for (const { name, prompt, output_schema } of roles) {
      const named = fieldWordsOf(sectionOf(prompt, "Return Format"));
      expect(
        [...fieldsOf(output_schema)].filter(field => !named.has(field)),
        name,
      ).toEqual([]);
    }
  });

  /** Words in backquotes in Return Format that are not fields: the tool, the whole, and values of plain strings. */
  const OTHER_WORDS: Readonly<Record<string, readonly string[]>> = {
    pm: ["custom", "auto_complete", "review"],
    return_analyst: ["true", "false"],
    followup: ["decision", "data", "access", "configuration", "release", "review"],
  };

  test("J3: name no field there that the answer lacks", () => {
    for (const { name, prompt, output_schema } of roles) {
      const known = new Set([
        ...fieldsOf(output_schema),
        ...choicesOf(output_schema),
        ...["submit", "answer", "done", "partial", "blocked"],
        ...(OTHER_WORDS[name] ?? []),
      ]);
      const named = fieldWordsOf(sectionOf(prompt, "Return Format"));
      expect(
        [...named].filter(word => !known.has(word)),
        name,
      ).toEqual([]);
    }
  });

  test("J3: call a field optional where it may be absent, and give it the type that it has", () => {
    for (const { name, prompt, output_schema } of roles)
      for (const [key, type] of Object.entries(output_schema)) {
        const line = lineOf(key.replace(/\?$/, ""), sectionOf(prompt, "Return Format"));
        expect(line.split(":")[0]?.includes("optional"), `${name}: ${line}`).toBe(key.endsWith("?"));
        const said = typeSaid(type);
        if (said !== null) expect(line, name).toMatch(new RegExp(`^- .*\`[^(:]*\\(${said}s?\\b`));
      }
  });
});

describe("cases", () => {
  test.each(cases.map(one => [one.id, one] as const))(
    "the line that leads through %s stands in the role's prompt, word for word",
    (_, { role, line }) => {
      expect(
        roleOf(roster, role)
          .prompt.split("\n")
          .map(own => own.trim()),
      ).toContain(line.trim());
    },
  );

  test.each(cases.map(one => [one.id, one] as const))(
    "the checks of %s name fields that the role's answer has",
    (_, { role, wanted }) => {
      const { output_schema } = roleOf(roster, role);
      for (const path of Object.keys({ ...wanted.checks, ...wanted.form }))
        expect(typeAt(output_schema, path.split(".").slice(1)), path).toBeDefined();
    },
  );

  test("there are some for every gate, for every analyst and adviser, and for every role of the protocol", () => {
    const tried = new Set(cases.map(({ role }) => role));
    for (const name of [
      ...roles.filter(({ gate, group }) => gate || group === "protocol").map(role => role.name),
      "smoke_tester",
      "return_analyst",
      "analyst",
      "error_coordinator",
      "cto_advisor",
    ])
      expect(tried).toContain(name);
  });
});

const withoutBlockedForm = (prompt: string): string => prompt.replace(/^`\{ "status": "blocked".*\}`$/m, "");

const lineOf = (field: string, format: string): string =>
  format.split("\n").find(line => line.startsWith("- ") && line.includes(`\`${field}\``)) ?? "";

/** How Return Format names a field's type; null for one of a few words, which it lists. */
const typeSaid = (type: unknown): string | null => {
  if (typeof type !== "string" || type.startsWith("{")) return "object";
  if (type.startsWith("array of {")) return "array";
  if (type.startsWith("array of ")) return type;
  return type.includes(" | ") ? null : type;
};
