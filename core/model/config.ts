// `.github/kin.yml`: what a repository may configure. Strict, so that a misspelt key is an error; every
// key has a default, so that an empty file is fine. Read from the default branch only.
import * as z from "zod";
import { ID_FORMS, type IdName } from "./identity.ts";
import { McpServers } from "./mcp.ts";
import { entryProblem, hostEntry, hostName } from "./network/host.ts";

export const ProjectType = z.enum(["development", "operations", "research"]);

export const Tier = z.enum(["opus", "sonnet", "haiku"]);
export type Tier = z.infer<typeof Tier>;

export const CompletionMode = z.enum(["auto_complete", "review"]);
export type CompletionMode = z.infer<typeof CompletionMode>;

export const HookEvent = z.enum([
  "step_completed",
  "pipeline_completed",
  "task_done",
  "returned",
  "escalated",
]);
export type HookEvent = z.infer<typeof HookEvent>;

/** A command needs a runner, and when a task is done there is none. */
const Hook = z
  .strictObject({
    on: HookEvent.describe(
      "When: step_completed, pipeline_completed, returned, escalated or task_done, which comes without a runner.",
    ),
    run: z
      .string()
      .min(1)
      .max(2000)
      .optional()
      .describe("A shell command in the sandbox. Either this or `comment`; not with task_done."),
    comment: z.string().min(1).max(2000).optional().describe("A comment on the issue. Either this or `run`."),
  })
  .refine(hook => (hook.run === undefined) !== (hook.comment === undefined), {
    message: "give either `run` or `comment`",
  })
  .refine(hook => hook.run === undefined || hook.on !== "task_done", {
    message: "`task_done` comes when no runner is there: only `comment` works",
    path: ["run"],
  });
export type Hook = z.infer<typeof Hook>;

interface Range {
  readonly from: number;
  readonly to: number;
  readonly usual: number;
}

const whole = ({ from, to, usual }: Range) => z.number().int().min(from).max(to).default(usual);
const minutes = (usual: number) => z.number().min(1).max(300).default(usual);
const dollars = ({ to, usual }: Omit<Range, "from">) => z.number().positive().max(to).default(usual);

export const Limits = z
  .strictObject({
    step_turns: whole({ from: 1, to: 500, usual: 60 }).describe("Model turns in one attempt of a step."),
    step_minutes: minutes(30).describe("Minutes in one attempt of a step."),
    step_usd: dollars({ to: 1000, usual: 3 }).describe("US dollars in one attempt of a step."),
    pipeline_minutes: minutes(90).describe("Minutes of model and tool time in one pipeline."),
    pipeline_usd: dollars({ to: 1000, usual: 10 }).describe("US dollars in one pipeline."),
    task_usd: dollars({ to: 10000, usual: 20 }).describe("US dollars in all pipelines of one task."),
    day_usd: dollars({ to: 100000, usual: 50 }).describe(
      "US dollars of the whole repository in one UTC day.",
    ),
    revisions: whole({ from: 0, to: 10, usual: 2 }).describe("Loops back to the writer inside one pipeline."),
    returns: whole({ from: 1, to: 50, usual: 6 }).describe(
      "Returns after which Kin stops and asks a person.",
    ),
    workers: whole({ from: 0, to: 32, usual: 4 }).describe(
      "Workers of a coordinator that are at work at once; 0: none are started.",
    ),
    attempts_in_parallel: whole({ from: 1, to: 4, usual: 1 }).describe(
      "Ways in which one step may be tried at once, each judged, the best taken; each costs what the step costs. 1: each step is done once.",
    ),
    runs: whole({ from: 1, to: 50, usual: 3 }).describe("Workflow runs at once for one owner."),
  })
  .describe("What a task may cost.");

export const Auth = z.enum(["key", "workload-identity"]);

const id = (name: IdName, what: string) => {
  const { form, like, variable } = ID_FORMS[name];
  return z
    .string()
    .regex(new RegExp(`^$|${form.source}`), { message: `it is ${like}, as the Claude Console shows it` })
    .default("")
    .describe(`${what}, ${like}. Or the variable ${variable}.`);
};

const MOST_HOSTS = 100;

const hostBy = (read: (entry: string) => string | null) =>
  z
    .string()
    .min(1)
    .max(255)
    .transform((entry, { addIssue }) => {
      const host = read(entry.trim());
      if (host === null) addIssue({ code: "custom", message: entryProblem(entry.trim()) });
      return host ?? entry;
    });

const Hosts = z.array(hostBy(hostEntry)).max(MOST_HOSTS);

const RegistryCredential = z.strictObject({
  host: hostBy(hostName).describe("A single host. What reaches it says `hosts`, `private` and `setup`."),
  secret: z
    .string()
    .regex(/^[A-Z][A-Z0-9_]{0,99}$/, { message: "it is the name of a secret, such as NPM_TOKEN" })
    .describe("The name of its secret, of which the run has the value. Never the value."),
  scheme: z
    .enum(["bearer", "basic", "plain"])
    .default("bearer")
    .describe(
      "How it is sent. bearer: a token. basic: a name, a colon and a password. plain: as it is, as for Cargo.",
    ),
});
export type RegistryCredential = z.infer<typeof RegistryCredential>;

/** A list is the short form of a map with `hosts` alone. */
const Network = z.union([
  Hosts.transform(hosts => ({
    ...{ hosts, private: [] as string[], setup: undefined, credentials: [] as RegistryCredential[] },
  })),
  z.strictObject({
    hosts: Hosts.default([]).describe(
      "What commands of steps reach over https: names of hosts, `*.` and a name for all below it, and names of sets.",
    ),
    private: Hosts.default([]).describe(
      "Hosts that are reached by steps and setup also where they are at private addresses.",
    ),
    setup: z
      .union([z.literal("direct"), Hosts])
      .optional()
      .describe(
        "A list: what setup reaches instead of every public host. direct: setup has the machine's network, for tools that know no proxy.",
      ),
    credentials: z
      .array(RegistryCredential)
      .max(20)
      .default([])
      .describe("Private registries: hosts to which Kin's proxy sends a credential that no sandbox has."),
  }),
]);

export const Config = z.strictObject({
  project_type: ProjectType.default("development").describe(
    "development: all roles. operations: sysadmin, debugger, reviewer, infra_head, return_analyst, error_coordinator. research: no code changes.",
  ),
  execution_mode: z
    .enum(["auto_complete", "auto", "review"])
    .transform(mode => (mode === "auto" ? ("auto_complete" as const) : mode))
    .optional()
    .describe(
      "review: a person is asked to review each pull request. auto_complete, or auto: no review is asked for; whoever asked is told when the merge is theirs. Absent: by the kind of work.",
    ),
  merge: z
    .enum(["never", "auto"])
    .default("never")
    .describe(
      "never: a person merges. auto: Kin merges its own pull request once the task completes by itself or a person approved it.",
    ),
  plan: z
    .enum(["auto", "approve"])
    .default("auto")
    .describe(
      "auto: the steps of a plan start at once. approve: a plan waits for `/kin approve` before any step.",
    ),
  ci: z
    .enum(["wait", "ignore"])
    .default("wait")
    .describe(
      "wait: other checks on Kin's commit are awaited before it is ready; red ones are worked on. ignore: they are not looked at.",
    ),
  learn: z
    .enum(["off", "propose", "auto"])
    .default("propose")
    .describe(
      "What becomes of decisions that the learner finds. off: none are looked for. propose: people are asked. auto: they count at once.",
    ),
  count_returns: z
    .enum(["all", "since_done"])
    .default("all")
    .describe(
      "Which returns bring the return_analyst at the third of them. all: every one of the task. since_done: those since it was last done. `limits.returns` counts all of them.",
    ),
  web: z
    .enum(["off", "on"])
    .default("off")
    .describe(
      "on: tech_researcher, research_head and marketing_head may search and read the web, on the model provider's servers; each search is paid. off: nobody may.",
    ),
  parallel: z
    .boolean()
    // Absent unless somebody wrote it, so that an older Action still reads the configuration.
    .optional()
    .describe(
      "true: steps of a plan that write and do not build on each other are at work at the same time, as many as `limits.workers` allows, unless the plan says otherwise. Absent: one after another, unless the plan asks for it.",
    ),
  protocol: z
    .literal("specialist")
    .optional()
    .describe(
      "specialist: back-end work goes by the specialist's protocol, backend_specialist in the place of backend_dev, and test_automator for the tests. Absent: the project manager chooses its route where it fits.",
    ),
  protocol_rules: z
    .strictObject({
      file_lines: z
        .number()
        .int()
        .min(20)
        .max(10_000)
        .optional()
        .describe(
          "Lines that a file has at most; 300 is the protocol's own measure. A longer one that its roles write is told to them and to the gate. Absent: files may have any length.",
        ),
      logging: z
        .boolean()
        .optional()
        .describe(
          "true: functions log what comes in, what goes out and what fails, by the project's logger.",
        ),
    })
    .optional()
    .describe("House rules of the specialist's protocol, for its roles; off where they are absent."),
  language: z
    .string()
    .max(40)
    .default("English")
    .describe("The language of what Kin's roles write for people."),
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
        .describe("The least permission that starts a task: triage, write, maintain, admin."),
      follow_ups: z
        .boolean()
        .default(false)
        .describe("Whether issues that Kin opens start at once, with the label `kin`."),
    })
    .prefault({})
    .describe("What starts a task."),
  bots: z
    .array(z.number().int().positive())
    .max(50)
    .default([])
    .describe("Numeric ids of bot accounts that may start tasks."),
  limits: Limits.prefault({}),
  auth: Auth.optional().describe(
    "How a run asks the model. key: with the secret ANTHROPIC_API_KEY. workload-identity: with a token of some minutes that it gets for GitHub's; a key that is set beside it is refused. Absent: workload-identity where the workflow passes one of its ids, else key.",
  ),
  workload_identity: z
    .strictObject({
      federation_rule: id("federation_rule", "The federation rule"),
      organization: id("organization", "Your organization"),
      service_account: id("service_account", "The service account"),
      workspace: id("workspace", "One of several workspaces"),
    })
    // Absent unless somebody wrote it, so that an older Action still reads the configuration.
    .optional()
    .describe("Ids of workload identity, from the Claude Console. None of them is a secret."),
  models: z
    .strictObject({
      tiers: z
        .partialRecord(Tier, z.string().min(1))
        .default({})
        .describe("Model id for each tier: opus, sonnet, haiku."),
      roles: z
        .record(z.string().min(1), z.string().min(1))
        .default({})
        .describe("Tier or model id for single roles, by the role's name."),
    })
    .prefault({})
    .describe("Which models the roles use."),
  paths: z
    .strictObject({
      protected: z
        .array(z.string().min(1).max(200))
        .max(100)
        .refine(globs => globs.join("").length <= 5000, { message: "together at most 5000 characters" })
        .default([])
        .describe("Globs, besides the built-in ones, that no patch of Kin's may touch."),
    })
    .prefault({})
    .describe("Which files Kin may change."),
  setup: z
    .array(z.string().min(1))
    .max(20)
    .optional()
    .describe(
      "Shell commands that prepare a checkout before the first step; what they reach is `network.setup`. Detected where absent.",
    ),
  gates: z
    .array(z.string().min(1))
    .max(20)
    .default([])
    .describe(
      "Shell commands that must exit 0 after each step that wrote code and before an approval; in the sandbox. Tests that failed on the base by name are no new failures. Absent: what the manifests tell runs before an approval.",
    ),
  runtime_check: z
    .string()
    .min(1)
    .max(2000)
    .optional()
    .describe(
      "A shell command that starts what was built and asks it something, such as its /health: like a gate, and after all of them. Absent: nothing is started.",
    ),
  // Absent unless somebody wrote it, so that an older Action still reads the configuration.
  network: Network.optional().describe(
    "What commands reach. A list is that of `network.hosts`. Absent: steps reach nothing, setup every public host.",
  ),
  modules: z
    .array(
      z.strictObject({
        name: z.string().min(1).max(60).describe("What the part is called."),
        path: z.string().min(1).max(200).describe("Where it lies, from the repository's root."),
        description: z.string().max(300).default("").describe("What it is for, in a sentence."),
      }),
    )
    .max(100)
    .default([])
    .describe("The parts of the project, for roles that are shown them."),
  prompts: z
    .record(z.string().min(1), z.enum(["extend", "replace"]))
    .default({})
    .describe(
      "How `.github/kin/prompts/<role>.md` is used. extend, also where a role is not named: after the built-in prompt. replace: in its place.",
    ),
  hooks: z.array(Hook).max(20).default([]).describe("What happens besides, at points of a task's life."),
  // Absent unless somebody wrote it, so that an older Action still reads the configuration.
  mcp: McpServers.optional().describe(
    "MCP servers by name, whose tools the roles that they name are offered.",
  ),
});
export type Config = z.infer<typeof Config>;
