// A case: what a role is shown, the files of the repository, and what a good answer contains.
// tests/cases/<role>/*.yaml.
import { globSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { KinError } from "../../core/model/error.ts";
import { DecisionRecord } from "../../core/model/knowledge.ts";
import { Finding, ReturnRecord } from "../../core/model/return.ts";

const Pattern = z.string().refine(isPattern, { message: "is no regular expression" });

/** `matches` and `lacks` search, ignoring case, a text as it is and anything else as JSON; `null` means absent. */
export const Check = z.union([
  z.strictObject({ matches: Pattern }),
  z.strictObject({ lacks: Pattern }),
  z.string(),
  z.number(),
  z.boolean(),
  z.null(),
  z.array(z.unknown()),
]);
export type Check = z.infer<typeof Check>;

/** By path: `answer.verdict`, `answer.proof.how_verified`. */
export const Checks = z.record(z.string().regex(/^answer(\.[a-z_]+)+$/), Check);
export type Checks = z.infer<typeof Checks>;

const Answer = z.record(z.string(), z.unknown());

export const Case = z.strictObject({
  title: z.string().min(1),
  context: z.strictObject({
    task: z.strictObject({
      title: z.string(),
      author: z.string(),
      body: z.string(),
      comments: z.array(z.strictObject({ author: z.string(), at: z.string(), body: z.string() })).default([]),
    }),
    brief: z.string().nullable().default(null),
    criteria: z.array(z.string()).default([]),
    returns: z
      .strictObject({ count: z.number().int(), latest: z.array(ReturnRecord) })
      .default({ count: 0, latest: [] }),
    findings: z.array(Finding).default([]),
    decisions: z.array(DecisionRecord).default([]),
    /** The preceding steps, in order, with what each handed in. */
    previous: z
      .array(z.strictObject({ step: z.number().int(), role: z.string(), answer: Answer }))
      .default([]),
    step_criteria: z.array(z.string()).default([]),
    /** The step's brief; absent if Kin's own rules add the step and write it. */
    part: z.string().default(""),
  }),
  files: z.record(z.string(), z.string()),
  /** The content of these files before the last step that writes; null if a file did not exist. */
  base: z.record(z.string(), z.string().nullable()).default({}),
  wanted: z.strictObject({
    /** For the judge, if every check holds. */
    answer: z.string().optional(),
    checks: Checks,
    /** What only our prompt asks for, so it counts only there. */
    form: Checks.default({}),
  }),
  /** The sentence of the role's prompt that leads to the right answer. */
  line: z.string().min(1),
});

export interface EvalCase extends z.infer<typeof Case> {
  /** `<role>/<file's name>` */
  readonly id: string;
  readonly role: string;
}

export interface Selection {
  readonly role: string | null;
  /** An id, or only a file's name. */
  readonly name: string | null;
}

/** Throws `case_invalid` naming file, key and problem, and `case_unknown` if nothing is left. */
export const readCases = (directory: string, { role, name }: Selection): readonly EvalCase[] => {
  const cases = globSync("*/*.yaml", { cwd: directory })
    .toSorted()
    .map(file => readCase(directory, file));
  const chosen = cases.filter(
    ({ id, role: own }) =>
      (role === null || own === role) && (name === null || id === name || basename(id) === name),
  );
  if (chosen.length > 0) return chosen;
  const known = role === null || !cases.some(one => one.role === role) ? rolesOf(cases) : idsOf(cases, role);
  throw new KinError(`There is no case for ${[role, name].filter(part => part !== null).join(" ")}.`, {
    code: "case_unknown",
    hint: `Known: ${known.join(", ")}.`,
  });
};

const readCase = (directory: string, file: string): EvalCase => {
  const parsed = Case.safeParse(parse(readFileSync(join(directory, file), "utf8"), { schema: "core" }));
  if (parsed.success)
    return { ...parsed.data, id: file.replace(/\.yaml$/, ""), role: basename(dirname(file)) };
  throw new KinError(
    parsed.error.issues
      .map(issue => `${file}: ${issue.path.map(String).join(".")}: ${issue.message}`)
      .join("\n"),
    { code: "case_invalid", hint: "docs/roles.md describes cases." },
  );
};

const rolesOf = (cases: readonly EvalCase[]): readonly string[] => [
  ...new Set(cases.map(({ role }) => role)),
];
const idsOf = (cases: readonly EvalCase[], role: string): readonly string[] =>
  cases.filter(one => one.role === role).map(({ id }) => id);

function isPattern(source: string): boolean {
  try {
    return new RegExp(source) !== null;
  } catch {
    return false;
  }
}
