// `.github/kin.yml`: what a repository may configure. Strict, so that a misspelt key is an error; every
// key has a default, so that an empty file is fine. Read from the default branch only.
import * as z from "zod";

export const ProjectType = z.enum(["development", "operations", "research"]);
export type ProjectType = z.infer<typeof ProjectType>;

export const Tier = z.enum(["opus", "sonnet", "haiku"]);
export type Tier = z.infer<typeof Tier>;

export const Limits = z
  .strictObject({
    step_turns: z
      .number()
      .int()
      .min(1)
      .max(500)
      .default(60)
      .describe("Model turns in one attempt of a step."),
    step_minutes: z.number().min(1).max(300).default(30).describe("Minutes in one attempt of a step."),
    step_usd: z.number().positive().max(1000).default(3).describe("US dollars in one attempt of a step."),
    pipeline_minutes: z
      .number()
      .min(1)
      .max(300)
      .default(90)
      .describe("Minutes of model and tool time in one pipeline."),
    pipeline_usd: z.number().positive().max(1000).default(10).describe("US dollars in one pipeline."),
    task_usd: z
      .number()
      .positive()
      .max(10000)
      .default(20)
      .describe("US dollars in all pipelines of one task."),
    day_usd: z
      .number()
      .positive()
      .max(100000)
      .default(50)
      .describe("US dollars of the whole repository in one UTC day."),
    revisions: z
      .number()
      .int()
      .min(0)
      .max(10)
      .default(2)
      .describe("Loops back to the writer inside one pipeline."),
    returns: z
      .number()
      .int()
      .min(1)
      .max(50)
      .default(6)
      .describe("Returns after which Kin stops and asks a person."),
    conversations: z
      .number()
      .int()
      .min(1)
      .max(16)
      .default(4)
      .describe("Conversations with the model at once in one pipeline."),
    runs: z.number().int().min(1).max(50).default(3).describe("Workflow runs at once for one owner."),
  })
  .describe("What a task may cost.");

export const Config = z.strictObject({
  project_type: ProjectType.default("development").describe(
    "development: all roles. operations: sysadmin, debugger, reviewer. research: no code changes.",
  ),
  tech_stack: z
    .array(z.string().max(100))
    .max(30)
    .default([])
    .describe("Languages and frameworks, for the prompts."),
  trigger: z
    .strictObject({
      permission: z
        .enum(["triage", "write", "maintain", "admin"])
        .default("write")
        .describe("The least repository permission with which somebody may start a task."),
    })
    .prefault({}),
  bots: z
    .array(z.number().int().positive())
    .max(50)
    .default([])
    .describe("Numeric ids of bot accounts that may start tasks."),
  limits: Limits.prefault({}),
  models: z
    .strictObject({
      tiers: z.partialRecord(Tier, z.string().min(1)).default({}).describe("Model id for each tier."),
    })
    .prefault({}),
  paths: z
    .strictObject({
      protected: z
        .array(z.string().min(1))
        .max(100)
        .default([])
        .describe("Globs, besides the built-in ones, that no patch of Kin's may touch."),
    })
    .prefault({}),
  setup: z
    .array(z.string().min(1))
    .max(20)
    .optional()
    .describe(
      "Shell commands that prepare a checkout, with network, before the first step. Detected where absent.",
    ),
  gates: z
    .array(z.string().min(1))
    .max(20)
    .default([])
    .describe("Shell commands that must exit 0 after each step that wrote code."),
});
export type Config = z.infer<typeof Config>;
