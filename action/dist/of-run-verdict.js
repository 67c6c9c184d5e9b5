import {
  ID_FORMS
} from "./of-index-run-verdict.js";
import {
  _enum,
  array,
  boolean,
  config,
  discriminatedUnion,
  entryProblem,
  hostEntry,
  hostName,
  lazy,
  literal,
  looseObject,
  number,
  object,
  partialRecord,
  preprocess,
  record,
  strictObject,
  string,
  union,
  unknown
} from "./of-run-servers-verdict.js";

// action/jitless.ts
config({ jitless: true });

// core/model/change.ts
var FileChange = object({
  /** Relative to the work tree's root, with forward slashes. */
  path: string().min(1),
  mode: _enum(["100644", "100755"]),
  /** `null` deletes the file. */
  content: string().nullable(),
  /** `base64` if the bytes are not valid UTF-8. */
  encoding: _enum(["utf-8", "base64"]).default("utf-8"),
  /** Whether the file exists in the tree that the pipeline started from. */
  in_base: boolean()
});
var combineChanges = (lists) => {
  const byPath = /* @__PURE__ */ new Map();
  for (const change of lists.flat()) byPath.set(change.path, change);
  return [...byPath.values()].filter((change) => change.content !== null || change.in_base).sort((a, b) => a.path < b.path ? -1 : 1);
};

// core/model/guide.ts
var Guide = object({
  path: string(),
  /** What it applies to, as globs; empty: everything. */
  globs: array(string()),
  /** Its size in the repository. */
  bytes: number().int().nonnegative(),
  /** Cleaned, and cut to what is shown. */
  text: string(),
  /** `named`: there was no room for its text, so roles are told to read it. `left_out`: they are not told about it. */
  shown: _enum(["whole", "cut", "named", "left_out"]),
  /** Why it is not whole; null if it is. */
  why: string().nullable(),
  /** Fences its text. Derived from its path and bytes, so that the text cannot contain it. */
  mark: string()
});
var Guides = object({ files: array(Guide), more: number().int().nonnegative() });

// core/model/handover.ts
var ChildTask = looseObject({
  title: string().min(1),
  brief: string().min(1),
  category: string().nullish(),
  acceptance_criteria: array(string()).catch([]).default([]),
  depends_on: array(number().int().positive()).catch([]).default([]),
  priority: _enum(["high", "medium", "low"]).catch("medium").default("medium")
});
var Handover = discriminatedUnion("kind", [
  object({
    kind: literal("escalation"),
    head: string(),
    root_cause: string(),
    brief: string(),
    clarifications: array(string())
  }),
  object({ kind: literal("children"), tasks: array(ChildTask).min(1) })
]);

// core/model/knowledge.ts
var DecisionType = _enum(["gotcha", "workaround", "convention"]);
var DecisionRecord = object({
  id: number().int().positive(),
  type: DecisionType.catch("convention"),
  title: string(),
  description: string()
});
var ModuleRecord = object({ name: string(), path: string(), description: string() });
var ProposedDecision = looseObject({
  type: DecisionType.catch("convention"),
  title: string().min(1),
  description: string().min(1)
});

// core/model/mcp.ts
var SERVER_NAME = /^[a-z][a-z0-9-]{0,23}$/;
var Values = (name, what) => record(string().regex(name, { message: `a name is ${what}` }), string().max(2e3)).refine((map) => Object.keys(map).length <= 30, { message: "at most 30 of them" });
var ADDRESS = /^(?:https:\/\/[^\s/@?#]+|http:\/\/127\.0\.0\.1(?::\d{1,5})?)(?:[/?][^\s#]*)?$/;
var NOT_THERE = "that belongs to the other kind of server: one is started by `command`, the other reached at `url`";
var McpServer = strictObject({
  command: string().min(1).max(500).optional().describe(
    "A program that speaks MCP on its streams, started in a sandbox on the default branch's files as setup left them. Either this or `url`."
  ),
  args: array(string().max(1e3)).max(50).optional().describe("Its arguments."),
  env: Values(/^[A-Za-z_][A-Za-z0-9_]{0,99}$/, "letters, digits and underscores").optional().describe("Its environment, besides the sandbox's own. `secret:NAME` stands for a secret of the run."),
  url: string().max(2e3).regex(ADDRESS, { message: "it is an https address without a user's name in it" }).optional().describe(
    "The https address of a server that speaks MCP over streamable HTTP. Either this or `command`."
  ),
  headers: Values(/^[A-Za-z0-9-]{1,100}$/, "letters, digits and hyphens").optional().describe("Headers of each request. `secret:NAME` stands for a secret of the run."),
  private: boolean().optional().describe("true: `url` may lead to a private address. Absent: to a public one only."),
  roles: array(string().min(1).max(60)).min(1).max(60).describe("The roles that are offered its tools; nobody else is."),
  tools: array(string().min(1).max(128)).max(64).optional().describe("Which of its tools, by the server's own names. Absent: all."),
  timeout_seconds: number().int().min(1).max(600).default(60).describe("How long its start, and each call, may take.")
}).refine(({ command, url }) => command === void 0 !== (url === void 0), {
  message: "give either `command` or `url`"
}).refine(({ url, args, env }) => url === void 0 || args === void 0 && env === void 0, {
  message: NOT_THERE,
  path: ["args"]
}).refine(
  ({ command, headers, private: own }) => command === void 0 || headers === void 0 && own === void 0,
  { message: NOT_THERE, path: ["headers"] }
);
var MOST_SERVERS = 8;
var McpServers = record(
  string().regex(SERVER_NAME, { message: "a name is at most 24 small letters, digits and hyphens" }),
  McpServer
).refine((servers) => Object.keys(servers).length <= MOST_SERVERS, {
  message: `at most ${MOST_SERVERS} servers`
});
var serversOf = (role, { mcp = {} }) => Object.entries(mcp).filter(([, { roles }]) => roles.includes(role)).sort(([a], [b]) => a < b ? -1 : 1);
var LONGEST_NAME = 64;
var MCP_TOOL_NAME = /^mcp__([a-z][a-z0-9-]{0,23})__[A-Za-z0-9_-]{1,64}$/;
var mcpToolName = (server, tool) => {
  const before = `mcp__${server}__`;
  const plain = tool.replace(/[^A-Za-z0-9_-]/gu, "_");
  if (plain === tool && tool !== "" && before.length + tool.length <= LONGEST_NAME) return before + tool;
  const mark = `_${markOf(tool)}`;
  return before + plain.slice(0, LONGEST_NAME - before.length - mark.length) + mark;
};
var markOf = (text) => {
  let mark = 2166136261;
  for (const byte of new TextEncoder().encode(text)) mark = Math.imul(mark ^ byte, 16777619);
  return (mark >>> 0).toString(16).padStart(8, "0");
};
var McpTool = object({
  name: string().regex(MCP_TOOL_NAME),
  server: string(),
  /** The server's own name for it. */
  tool: string(),
  description: string(),
  input_schema: looseObject({ type: literal("object") })
});
var McpCall = object({
  server: string(),
  tool: string(),
  seconds: number().nonnegative(),
  is_error: boolean(),
  /** What people should know about it: that the server died, hung, or said too much. */
  note: string().optional()
});

// core/model/usage.ts
var Usage = object({
  input: number().int().nonnegative(),
  output: number().int().nonnegative(),
  cache_read: number().int().nonnegative(),
  cache_write: number().int().nonnegative(),
  /** The part of `cache_write` with the one-hour lifetime. */
  cache_write_1h: number().int().nonnegative().default(0),
  /** Priced per search; absent: none. */
  web_searches: number().int().nonnegative().optional()
});
var NO_USAGE = { input: 0, output: 0, cache_read: 0, cache_write: 0, cache_write_1h: 0 };
var addUsage = (a, b) => ({
  input: a.input + b.input,
  output: a.output + b.output,
  cache_read: a.cache_read + b.cache_read,
  cache_write: a.cache_write + b.cache_write,
  cache_write_1h: a.cache_write_1h + b.cache_write_1h,
  ...webSearches((a.web_searches ?? 0) + (b.web_searches ?? 0))
});
var webSearches = (count) => count === 0 ? {} : { web_searches: count };
var totalTokens = (u) => u.input + u.output + u.cache_read + u.cache_write;

// core/model/message.ts
var TextBlock = looseObject({ type: literal("text"), text: string() });
var ToolUseBlock = looseObject({
  type: literal("tool_use"),
  id: string(),
  name: string(),
  input: unknown()
});
var NOT_AN_OBJECT = "not_a_json_object";
var ToolResultBlock = looseObject({
  type: literal("tool_result"),
  tool_use_id: string(),
  content: string(),
  is_error: boolean().optional()
});
var OtherBlock = looseObject({ type: string() });
var ReplyBlock = union([TextBlock, ToolUseBlock, OtherBlock]);
var PersonBlock = union([ToolResultBlock, TextBlock]);
var Reply = object({
  content: array(ReplyBlock),
  stop_reason: string(),
  model: string(),
  usage: Usage,
  // guard: whole-tokens
  request_id: string().nullable()
});
var ServerToolUseBlock = looseObject({
  type: literal("server_tool_use"),
  name: string(),
  input: unknown()
});
var isServerToolUse = (block) => ServerToolUseBlock.safeParse(block).success;
var isSlip = ({ input }) => typeof input === "object" && input !== null && NOT_AN_OBJECT in input;
var isToolUse = (block) => block.type === "tool_use";

// core/model/config.ts
var ProjectType = _enum(["development", "operations", "research"]);
var Tier = _enum(["opus", "sonnet", "haiku"]);
var CompletionMode = _enum(["auto_complete", "review"]);
var HookEvent = _enum([
  "step_completed",
  "pipeline_completed",
  "task_done",
  "returned",
  "escalated"
]);
var Hook = strictObject({
  on: HookEvent.describe(
    "When: step_completed, pipeline_completed, returned, escalated or task_done, which comes without a runner."
  ),
  run: string().min(1).max(2e3).optional().describe("A shell command in the sandbox. Either this or `comment`; not with task_done."),
  comment: string().min(1).max(2e3).optional().describe("A comment on the issue. Either this or `run`.")
}).refine((hook) => hook.run === void 0 !== (hook.comment === void 0), {
  message: "give either `run` or `comment`"
}).refine((hook) => hook.run === void 0 || hook.on !== "task_done", {
  message: "`task_done` comes when no runner is there: only `comment` works",
  path: ["run"]
});
var whole = ({ from, to, usual }) => number().int().min(from).max(to).default(usual);
var minutes = (usual) => number().min(1).max(300).default(usual);
var dollars = ({ to, usual }) => number().positive().max(to).default(usual);
var Limits = strictObject({
  step_turns: whole({ from: 1, to: 500, usual: 60 }).describe("Model turns in one attempt of a step."),
  step_minutes: minutes(30).describe("Minutes in one attempt of a step."),
  step_usd: dollars({ to: 1e3, usual: 3 }).describe("US dollars in one attempt of a step."),
  pipeline_minutes: minutes(90).describe("Minutes of model and tool time in one pipeline."),
  pipeline_usd: dollars({ to: 1e3, usual: 10 }).describe("US dollars in one pipeline."),
  task_usd: dollars({ to: 1e4, usual: 20 }).describe("US dollars in all pipelines of one task."),
  day_usd: dollars({ to: 1e5, usual: 50 }).describe(
    "US dollars of the whole repository in one UTC day."
  ),
  revisions: whole({ from: 0, to: 10, usual: 2 }).describe("Loops back to the writer inside one pipeline."),
  returns: whole({ from: 1, to: 50, usual: 6 }).describe(
    "Returns after which Kin stops and asks a person."
  ),
  workers: whole({ from: 0, to: 32, usual: 4 }).describe(
    "Workers of a coordinator that are at work at once; 0: none are started."
  ),
  attempts_in_parallel: whole({ from: 1, to: 4, usual: 1 }).describe(
    "Ways in which one step may be tried at once, each judged, the best taken; each costs what the step costs. 1: each step is done once."
  ),
  runs: whole({ from: 1, to: 50, usual: 3 }).describe("Workflow runs at once for one owner.")
}).describe("What a task may cost.");
var Auth = _enum(["key", "workload-identity"]);
var id = (name, what) => {
  const { form, like, variable } = ID_FORMS[name];
  return string().regex(new RegExp(`^$|${form.source}`), { message: `it is ${like}, as the Claude Console shows it` }).default("").describe(`${what}, ${like}. Or the variable ${variable}.`);
};
var MOST_HOSTS = 100;
var hostBy = (read) => string().min(1).max(255).transform((entry, { addIssue }) => {
  const host = read(entry.trim());
  if (host === null) addIssue({ code: "custom", message: entryProblem(entry.trim()) });
  return host ?? entry;
});
var Hosts = array(hostBy(hostEntry)).max(MOST_HOSTS);
var RegistryCredential = strictObject({
  host: hostBy(hostName).describe("A single host. What reaches it says `hosts`, `private` and `setup`."),
  secret: string().regex(/^[A-Z][A-Z0-9_]{0,99}$/, { message: "it is the name of a secret, such as NPM_TOKEN" }).describe("The name of its secret, of which the run has the value. Never the value."),
  scheme: _enum(["bearer", "basic", "plain"]).default("bearer").describe(
    "How it is sent. bearer: a token. basic: a name, a colon and a password. plain: as it is, as for Cargo."
  )
});
var Network = union([
  Hosts.transform((hosts) => ({
    ...{ hosts, private: [], setup: void 0, credentials: [] }
  })),
  strictObject({
    hosts: Hosts.default([]).describe(
      "What commands of steps reach over https: names of hosts, `*.` and a name for all below it, and names of sets."
    ),
    private: Hosts.default([]).describe(
      "Hosts that are reached by steps and setup also where they are at private addresses."
    ),
    setup: union([literal("direct"), Hosts]).optional().describe(
      "A list: what setup reaches instead of every public host. direct: setup has the machine's network, for tools that know no proxy."
    ),
    credentials: array(RegistryCredential).max(20).default([]).describe("Private registries: hosts to which Kin's proxy sends a credential that no sandbox has.")
  })
]);
var Config = strictObject({
  project_type: ProjectType.default("development").describe(
    "development: all roles. operations: sysadmin, debugger, reviewer, infra_head, return_analyst, error_coordinator. research: no code changes."
  ),
  execution_mode: _enum(["auto_complete", "auto", "review"]).transform((mode) => mode === "auto" ? "auto_complete" : mode).optional().describe(
    "review: a person is asked to review each pull request. auto_complete, or auto: no review is asked for; whoever asked is told when the merge is theirs. Absent: by the kind of work."
  ),
  merge: _enum(["never", "auto"]).default("never").describe(
    "never: a person merges. auto: Kin merges its own pull request once the task completes by itself or a person approved it."
  ),
  plan: _enum(["auto", "approve"]).default("auto").describe(
    "auto: the steps of a plan start at once. approve: a plan waits for `/kin approve` before any step."
  ),
  ci: _enum(["wait", "ignore"]).default("wait").describe(
    "wait: other checks on Kin's commit are awaited before it is ready; red ones are worked on. ignore: they are not looked at."
  ),
  learn: _enum(["off", "propose", "auto"]).default("propose").describe(
    "What becomes of decisions that the learner finds. off: none are looked for. propose: people are asked. auto: they count at once."
  ),
  count_returns: _enum(["all", "since_done"]).default("all").describe(
    "Which returns bring the return_analyst at the third of them. all: every one of the task. since_done: those since it was last done. `limits.returns` counts all of them."
  ),
  web: _enum(["off", "on"]).default("off").describe(
    "on: tech_researcher, research_head and marketing_head may search and read the web, on the model provider's servers; each search is paid. off: nobody may."
  ),
  parallel: boolean().optional().describe(
    "true: steps of a plan that write and do not build on each other are at work at the same time, as many as `limits.workers` allows, unless the plan says otherwise. Absent: one after another, unless the plan asks for it."
  ),
  protocol: literal("specialist").optional().describe(
    "specialist: back-end work goes by the specialist's protocol, backend_specialist in the place of backend_dev, and test_automator for the tests. Absent: the project manager chooses its route where it fits."
  ),
  protocol_rules: strictObject({
    file_lines: number().int().min(20).max(1e4).optional().describe(
      "Lines that a file has at most; 300 is the protocol's own measure. A longer one that its roles write is told to them and to the gate. Absent: files may have any length."
    ),
    logging: boolean().optional().describe(
      "true: functions log what comes in, what goes out and what fails, by the project's logger."
    )
  }).optional().describe("House rules of the specialist's protocol, for its roles; off where they are absent."),
  language: string().max(40).default("English").describe("The language of what Kin's roles write for people."),
  tech_stack: array(string().max(100)).max(30).default([]).describe("Languages and frameworks, for the prompts."),
  trigger: strictObject({
    permission: _enum(["triage", "write", "maintain", "admin"]).default("write").describe("The least permission that starts a task: triage, write, maintain, admin."),
    follow_ups: boolean().default(false).describe("Whether issues that Kin opens start at once, with the label `kin`.")
  }).prefault({}).describe("What starts a task."),
  bots: array(number().int().positive()).max(50).default([]).describe("Numeric ids of bot accounts that may start tasks."),
  limits: Limits.prefault({}),
  auth: Auth.optional().describe(
    "How a run asks the model. key: with the secret ANTHROPIC_API_KEY. workload-identity: with a token of some minutes that it gets for GitHub's; a key that is set beside it is refused. Absent: workload-identity where the workflow passes one of its ids, else key."
  ),
  workload_identity: strictObject({
    federation_rule: id("federation_rule", "The federation rule"),
    organization: id("organization", "Your organization"),
    service_account: id("service_account", "The service account"),
    workspace: id("workspace", "One of several workspaces")
  }).optional().describe("Ids of workload identity, from the Claude Console. None of them is a secret."),
  models: strictObject({
    tiers: partialRecord(Tier, string().min(1)).default({}).describe("Model id for each tier: opus, sonnet, haiku."),
    roles: record(string().min(1), string().min(1)).default({}).describe("Tier or model id for single roles, by the role's name.")
  }).prefault({}).describe("Which models the roles use."),
  paths: strictObject({
    protected: array(string().min(1).max(200)).max(100).refine((globs) => globs.join("").length <= 5e3, { message: "together at most 5000 characters" }).default([]).describe("Globs, besides the built-in ones, that no patch of Kin's may touch.")
  }).prefault({}).describe("Which files Kin may change."),
  setup: array(string().min(1)).max(20).optional().describe(
    "Shell commands that prepare a checkout before the first step; what they reach is `network.setup`. Detected where absent."
  ),
  gates: array(string().min(1)).max(20).default([]).describe(
    "Shell commands that must exit 0 after each step that wrote code and before an approval; in the sandbox. Tests that failed on the base by name are no new failures. Absent: what the manifests tell runs before an approval."
  ),
  runtime_check: string().min(1).max(2e3).optional().describe(
    "A shell command that starts what was built and asks it something, such as its /health: like a gate, and after all of them. Absent: nothing is started."
  ),
  // Absent unless somebody wrote it, so that an older Action still reads the configuration.
  network: Network.optional().describe(
    "What commands reach. A list is that of `network.hosts`. Absent: steps reach nothing, setup every public host."
  ),
  modules: array(
    strictObject({
      name: string().min(1).max(60).describe("What the part is called."),
      path: string().min(1).max(200).describe("Where it lies, from the repository's root."),
      description: string().max(300).default("").describe("What it is for, in a sentence.")
    })
  ).max(100).default([]).describe("The parts of the project, for roles that are shown them."),
  prompts: record(string().min(1), _enum(["extend", "replace"])).default({}).describe(
    "How `.github/kin/prompts/<role>.md` is used. extend, also where a role is not named: after the built-in prompt. replace: in its place."
  ),
  hooks: array(Hook).max(20).default([]).describe("What happens besides, at points of a task's life."),
  // Absent unless somebody wrote it, so that an older Action still reads the configuration.
  mcp: McpServers.optional().describe(
    "MCP servers by name, whose tools the roles that they name are offered."
  )
});

// core/model/return.ts
var ReturnCategory = _enum([
  "requirements_unclear",
  "scope_too_large",
  "technical_blocker",
  "missing_context",
  "recurring_quality_fail",
  "conflicting_requirements"
]);
var PlannerCategory = ReturnCategory.exclude(["recurring_quality_fail"]);
var TaskCategory = _enum([
  "SEC",
  "UI",
  "API",
  "INFRA",
  "BIZ",
  "DB",
  "ARCH",
  "TEST",
  "PERF",
  "DOCS",
  "FIX",
  "OBS"
]);
var Finding = object({
  severity: _enum(["high", "medium", "low"]).catch("medium"),
  file: string().nullish(),
  line: number().int().positive().nullish().catch(null),
  issue: string(),
  fix: string().nullish()
});
var ReturnRecord = object({
  return_number: number().int().positive(),
  reason_category: ReturnCategory,
  reason_text: string().nullable(),
  returned_by: string(),
  returned_at: string()
});
var categoryAmong = (allowed, value) => allowed.safeParse(typeof value === "string" ? value.trim().toLowerCase() : value).data ?? null;

// core/model/word-list.ts
var wordList = (text) => text.trim().split(/\s+/);

// core/model/patch/test-files.ts
var TEST_FILES = wordList(`
  **/test/** **/tests/** **/Test/** **/__tests__/** **/__snapshots__/** **/spec/** **/specs/** **/e2e/**
  **/cypress/** **/testdata/** **/androidTest/** **/integrationTest/** **/*Tests/** **/testFixtures/**
  **/__mocks__/** **/features/step_definitions/**
  **/*.test.* **/*-test.* **/*_test.* **/*.spec.* **/*-spec.* **/*_spec.* **/*.e2e.* **/*.cy.* **/*.test-d.ts
  **/test_*.* **/tests.py **/tests.rs **/*_tests.* **/*_unittest.*
  **/conftest.py **/*Test.java **/*Tests.java **/*IT.java **/*Test.kt **/*Tests.kt **/*Spec.kt **/*IT.kt
  **/*Test.php **/*Test.cs **/*Tests.cs **/*Tests.vb **/*Tests.fs **/*Tests.swift **/*Test.cpp **/*Test.cc
  **/*Test.m **/*Tests.cpp **/*Tests.m **/*Test.scala **/*Spec.scala **/*Spec.groovy **/*Spec.hs
  **/*_SUITE.erl **/*.Tests.ps1 **/t/**/*.t **/*.bats **/*.feature
`);

// core/model/permission.ts
var TOOLS_OF = {
  read_only: ["read", "glob", "grep", "skill", "web", "workers"],
  read_bash: ["read", "glob", "grep", "bash", "skill"],
  full: ["read", "glob", "grep", "write", "edit", "bash", "skill"]
};
var permissionProblem = (tool, permission) => {
  if (TOOLS_OF[permission].includes(tool)) return null;
  return permission === "read_only" ? "your role's permission is read_only: it reads files (read, glob, grep) and neither changes them nor runs commands" : "your role's permission is read_bash: it reads files and runs commands (bash), and changes no files";
};

// core/model/skill.ts
var SKILL_NAME = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
var Skill = object({
  name: string(),
  description: string(),
  /** In the repository; null if it is one of Kin's own. */
  folder: string().nullable(),
  /** What lies beside SKILL.md, relative to it. Nothing else in the folder is read. */
  files: array(string())
});
var Skills = object({
  listed: array(Skill),
  /** What is missing or was left out, for people. */
  notes: array(string())
});
var SuggestedSkills = record(string(), array(string().regex(SKILL_NAME).max(64)));

// core/model/role.ts
var ToolName = _enum(["read", "glob", "grep", "write", "edit", "bash"]);
var RoleTool = _enum([...ToolName.options, "skill", "web", "workers"]);
var Permission = _enum(["read_only", "read_bash", "full"]);
var ContextRules = strictObject({
  decisions: union([literal("all"), number().int().min(0).max(200)]).default(20),
  modules: boolean().default(false),
  active_tasks: boolean().default(false).describe("Other tasks of the project that are under way."),
  history: boolean().default(false).describe("All earlier steps instead of the previous one's output."),
  returns: number().int().min(0).max(50).default(0).describe("Latest returns shown; 0 shows not even the count."),
  roster: boolean().default(false).describe("The selectable roles and the route templates."),
  envelope: boolean().optional().describe("Its step as the protocol's envelope, and the patch as it stands."),
  existing: boolean().optional().describe("Declarations that have words of the task in their names.")
});
var OutputSchema = record(
  string(),
  union([string(), lazy(() => OutputSchema)])
);
var Globs = union([
  literal("tests").transform(() => [...TEST_FILES]),
  array(string().max(200)).max(100)
]);
var RoleGroup = _enum(["core", "protocol"]);
var Entry = strictObject({
  name: string().regex(/^[a-z][a-z0-9_]{1,40}$/),
  model: Tier,
  tools: array(RoleTool).min(1),
  description: string().min(20).max(600),
  permissions: Permission,
  context_rules: ContextRules.prefault({}),
  output_schema: OutputSchema,
  group: RoleGroup.default("core"),
  department: union([string(), array(string())]).nullish(),
  gate: boolean().default(false),
  head: boolean().default(false).describe("Expands to steps of its department's members."),
  selectable: boolean().default(true).describe("Whether the project manager may put it into a plan."),
  paths: Globs.optional().describe("Globs it may change; everything where absent."),
  paths_denied: Globs.optional().describe("Globs it may not change.")
});
var RoleEntry = Entry.superRefine(({ name, tools, permissions, output_schema, gate }, context) => {
  const more = tools.filter((tool) => !TOOLS_OF[permissions].includes(tool));
  if (more.length > 0)
    context.addIssue({
      code: "custom",
      path: ["tools"],
      message: `${name}: ${permissions} allows ${TOOLS_OF[permissions].join(", ")}, found ${more.join(", ")}`
    });
  if (gate && !("verdict" in output_schema))
    context.addIssue({
      code: "custom",
      path: ["output_schema"],
      message: `${name}: a gate's answer has \`verdict: approved | changes_requested\``
    });
});
var OwnRoles = object({
  roles: array(RoleEntry).default([]),
  /** By role; `replace` takes the place of the built-in text, `extend` is appended to it. */
  prompts: record(string(), object({ text: string(), how: _enum(["replace", "extend"]) })).default({})
});
var Route = strictObject({
  name: string(),
  when: string(),
  steps: array(string()).min(1)
});
var Specialists = strictObject({
  roles: array(RoleEntry).min(1),
  routes: array(Route).default([]),
  skills: SuggestedSkills.default({})
});

// core/model/plan.ts
var PlanAnswer = looseObject({
  analysis: string(),
  category: string().nullish(),
  route_type: string().nullish(),
  completion_mode: string().nullish(),
  justification: string().nullish(),
  parallel: boolean().nullish(),
  pipeline: array(
    looseObject({
      role: string(),
      brief: string().min(1),
      module: string().nullish(),
      relevant_decisions: array(number().int()).nullish(),
      depends_on: string().nullish(),
      approaches: array(string()).nullish()
    })
  ).min(1)
});
var Part = _enum(["plan", "revision", "department", "afterwards", "decomposition", "replan"]);
var PlannedStep = object({
  role: string(),
  brief: string(),
  part: Part.default("plan"),
  /** The department whose head added it; null for the project manager's own. */
  department: string().nullable().default(null),
  /** Its answer adds a department's steps. */
  head: boolean().default(false),
  /** Ids of the decisions that bear on it, besides those its role is shown anyway. */
  decisions: array(number().int()).default([]),
  /** Acceptance criteria that this step answers for. They are the issue's text, so shown as data. */
  criteria: array(string()).default([]),
  module: string().nullable(),
  gate: boolean(),
  writes: boolean(),
  /** A step of the `protocol` group goes back to the project manager when its attempts are used up. */
  group: RoleGroup.default("core"),
  /** Index (from 1) of the earlier step it builds on. */
  depends_on: number().int().positive().nullable(),
  /** It is tried in each of these ways at once, and one is taken; absent: its role finds its own way. */
  approaches: array(string()).min(2).max(4).optional(),
  /** It may run at the same time as neighbours that have this, too; absent: it waits for the one before. */
  beside: boolean().optional()
});
var plainStep = (role, more) => ({
  role,
  part: "plan",
  department: null,
  head: false,
  decisions: [],
  criteria: [],
  module: null,
  gate: false,
  writes: false,
  group: "core",
  depends_on: null,
  ...more
});
var Plan = object({
  analysis: string(),
  category: TaskCategory.nullable(),
  route_type: string(),
  completion_mode: CompletionMode,
  steps: array(PlannedStep).min(1),
  /** What the rules repaired in the answer, as sentences for the status comment. */
  repairs: array(string())
});

// core/model/task.ts
var Repository = object({
  id: number().int(),
  owner: string(),
  name: string(),
  default_branch: string()
});
var Snapshot = object({
  repository: Repository,
  issue: number().int().positive(),
  url: string(),
  title: string(),
  body: string(),
  author: string(),
  asked_by: string(),
  comments: array(object({ author: string(), body: string(), at: string() })),
  acceptance_criteria: array(string()),
  frozen_at: string(),
  /** Hidden text removed on the way in, counted so that people see that it was there. */
  hidden_removed: number().int().nonnegative()
});
var Spent = object({ task_usd: number(), day_usd: number() });
var asNow = (config2) => {
  const { limits, ...rest } = config2 ?? {};
  const { conversations: _, ...now } = limits ?? {};
  return { ...rest, limits: now };
};
var Opening = object({
  pipeline: string(),
  number: number().int().positive().describe("1 for the task's first pipeline"),
  type: _enum(["standard", "escalation"]),
  task: Snapshot,
  /** A return_analyst's brief that replaces the issue's text, once there is one. */
  brief: string().nullable(),
  config: preprocess(asNow, Config),
  base: object({ ref: string(), sha: string() }),
  /** `head` is null until Kin's first commit. */
  branch: object({ name: string(), head: string().nullable() }),
  returns: object({ count: number().int().nonnegative(), latest: array(ReturnRecord) }),
  /** Rejections that no pipeline has dealt with, or what checks on the commit found. */
  findings: array(Finding),
  /** Who found them: a gate's role, `gh:` and a login, or what else rejected. */
  rejected_by: string().optional(),
  /** What the previous pipeline's writers and judges answered. */
  last_round: array(object({ step: number().int(), role: string(), answer: record(string(), unknown()) })).optional(),
  spent: Spent,
  /** For a rerun from a step: the earlier plan, and the answers of the steps that are kept. */
  kept: object({
    plan: Plan,
    answers: array(object({ step: number().int(), answer: record(string(), unknown()) }))
  }).nullable(),
  dry_run: boolean(),
  /** What the project knows: its active decisions and its modules. */
  decisions: array(DecisionRecord).default([]),
  modules: array(ModuleRecord).default([]),
  active_tasks: array(
    object({
      id: string().describe("owner/repo#12"),
      title: string(),
      status: string(),
      modules: array(string()).default([])
    })
  ).default([]),
  /** The task's own mode, from `kin:auto` or `/kin mode`; it overrides the project's. */
  mode: CompletionMode.nullable().default(null),
  /** The plan waits for approval before any step. */
  hold: boolean().default(false),
  /** The latest return has no analysis yet, and there are enough of them: return_analyst goes first. */
  analysis_due: boolean().default(false),
  /** What became of the issues that carried the task on. */
  followed_up: string().nullable().default(null),
  /**
   * Who went on, in an earlier pipeline of the task, although the project's rules refuse machine-written work; `true` if an
   * older Kin kept no name.
   */
  consented: union([string(), boolean()]).optional(),
  own_roles: OwnRoles.prefault({}),
  /** Decisions that people were asked for after an earlier pipeline: followup checks whether they still stand. */
  asked: array(string()).default([])
});

// core/model/output-lines.ts
var COUNT = /\b(\d{1,9}) ((?:problem|error|warning|issue|violation|offense|finding)s?)\b/g;
var BELOW = /^ {1,9}\d{1,9}:\d{1,9} /;
var linesOf = (output) => {
  let file = "";
  return output.split("\n").flatMap((line) => {
    const text = withoutPlaces(line);
    if (text === "") return [];
    if (/^\S/.test(line)) file = text;
    const counts = [...text.matchAll(COUNT)].map(([, count]) => Number(count));
    const named = text.replace(COUNT, (_, _count, what) => what.replace(/s$/, ""));
    return [{ line, text: BELOW.test(line) ? `${file}: ${named}` : named, counts }];
  });
};
var withoutPlaces = (line) => line.replace(BELOW, "").replace(/^[ >]{0,9}\d{0,9} {0,9}[|│]/, "|").replace(/(?<=\.\w{1,20})(?::\d{1,9}){1,2}/g, ":").replace(/(?<=\.\w{1,20})\(\d{1,9}(?:,\d{1,9})?\)/g, "()").replace(/(?<=\.\w{1,20}"?,? |\b(?:from|on|at) )line \d{1,9}/g, "line").replace(/\b\d{1,9}(?:\.\d{1,9})? ?m?s\b/g, "").replace(/\s+/g, " ").trim();

// core/model/test-report.ts
var MOST_NAMES = 100;
var LONGEST_NAME2 = 200;
var LONGEST_LINE = 400;
var TestReport = object({
  /** Null if the runner does not count them. */
  passed: number().int().nonnegative().nullable(),
  failed: number().int().nonnegative(),
  skipped: number().int().nonnegative(),
  /** Names of tests, and of files, suites or packages that failed as a whole. */
  failing: array(string().max(LONGEST_NAME2)).max(MOST_NAMES),
  /** What failed besides tests, one line each: what a compiler found, a part that crashed. Absent: nothing. */
  besides: array(string().max(LONGEST_NAME2)).max(MOST_NAMES).optional(),
  /** How often each kind of runner finished. Absent: not counted. */
  runners: record(string(), number().int().positive()).optional()
});
var EVERY = /^/;
var FORMS = [
  // node:test, for people and as TAP. It also writes a line for a suite with a failure in it.
  {
    name: "node",
    summary: /^(?:#|ℹ) (?:pass|fail|skipped) \d/,
    end: /^(?:#|ℹ) pass \d/,
    passed: /pass (\d{1,9})/g,
    failed: /fail (\d{1,9})/g,
    skipped: /skipped (\d{1,9})/g,
    failing: [
      /^ *✖ (?!failing tests:)(.+) \([\d.]+ms\)/,
      /^ *not ok \d+ (?:- )?((?:(?! # (?:TODO|SKIP)).)+)$/
    ]
  },
  // vitest, jest. vitest counts uncaught errors apart, and fails because of them.
  {
    name: "vitest",
    summary: /^ *Tests:? +(?:\d+ [a-z]|no tests)|^ *Errors +\d/,
    end: /^ *Tests:? /,
    passed: /(\d{1,9}) passed/g,
    failed: /(\d{1,9}) (?:failed|errors?$)/gm,
    skipped: /(\d{1,9}) skipped/g,
    failing: [/^ *FAIL +(\S.*)/, /^ {2}● (?!Test suite failed to run)(.+ › .+)/]
  },
  // mocha
  {
    name: "mocha",
    summary: /^ *\d+ (?:passing|failing|pending)\b/,
    end: /passing/,
    passed: /(\d{1,9}) passing/g,
    failed: /(\d{1,9}) failing/g,
    skipped: /(\d{1,9}) pending/g,
    failing: [/^ {2}\d+\) (.+):$/]
  },
  // pytest
  {
    name: "pytest",
    summary: /^(?:=+ )?(?:\d+ \w+, )*\d+ \w+ in [\d.]+s/,
    end: / in [\d.]+s/,
    passed: /(\d{1,9}) passed/g,
    failed: /(\d{1,9}) (?:failed|error)/g,
    skipped: /(\d{1,9}) skipped/g,
    failing: [/^(?:FAILED|ERROR) ([^\s:]+\.py\b.*?)(?: - .*)?$/]
  },
  // unittest
  {
    name: "unittest",
    summary: /^Ran \d+ tests? in |^(?:FAILED|OK) \([\w=, ]+\)$/,
    end: /^Ran /,
    total: /Ran (\d{1,9})/g,
    failed: /(?:failures|errors)=(\d{1,9})/g,
    skipped: /skipped=(\d{1,9})/g,
    failing: [/^(?:FAIL|ERROR): (\S.*)/]
  },
  // go test
  {
    name: "go",
    summary: /^(?:ok {2}|FAIL)\t\S/,
    failing: [/^ *--- FAIL: (\S+)/, /^FAIL\t(\S+(?: \[[\w ]+\])?)/]
  },
  // cargo test
  {
    name: "cargo",
    summary: /^test result: /,
    end: /^test result: /,
    passed: /(\d{1,9}) passed/g,
    failed: /(\d{1,9}) failed/g,
    skipped: /(\d{1,9}) ignored/g,
    failing: [/^test (\S.*) \.\.\. FAILED$/]
  },
  // ctest
  {
    name: "ctest",
    summary: /^\d+% tests passed, \d+ tests? failed out of \d/,
    end: EVERY,
    total: /out of (\d{1,9})/g,
    failed: /(\d{1,9}) tests? failed/g,
    failing: [/^\t *\d+ - (\S.*?) \((?!Skipped|Disabled)[^()]*\)/]
  },
  // Maven Surefire's totals; its lines for single classes say how long they took
  {
    name: "surefire",
    summary: /^(?:\[\w+\] )?Tests run: \d+, Failures: \d+, Errors: \d+, Skipped: \d+$/,
    end: EVERY,
    total: /run: (\d{1,9})/g,
    failed: /(?:Failures|Errors): (\d{1,9})/g,
    skipped: /Skipped: (\d{1,9})/g,
    failing: [/^(?:\[ERROR\] )?(?!Tests run: )(\S.*?)(?: --)? {1,2}Time elapsed: .*<<< (?:FAILURE|ERROR)!$/]
  },
  // dotnet test
  {
    name: "dotnet",
    summary: /^(?:Failed|Passed|Skipped)! +- Failed: +\d/,
    end: EVERY,
    passed: /Passed: +(\d{1,9})/g,
    failed: /Failed: +(\d{1,9})/g,
    skipped: /Skipped: +(\d{1,9})/g,
    failing: [/^ +Failed (\S.*) \[(?:< )?\d[^[\]]*\]$/]
  },
  // PHPUnit. It also lists what is risky, skipped or incomplete.
  {
    name: "phpunit",
    summary: /^Tests: \d+, Assertions: |^OK \(\d+ tests?, /,
    end: EVERY,
    total: /^(?:Tests: |OK \()(\d{1,9})/gm,
    failed: /(?:Errors|Failures): (\d{1,9})/g,
    skipped: /(?:Skipped|Incomplete): (\d{1,9})/g,
    failing: [/^\d+\) ([\w\\]+::\S.*)$/],
    parts: {
      begin: /^There (?:was|were) \d+ (?:error|failure)s?:$/,
      end: /^There (?:was|were) \d+ (?!(?:error|failure)s?:$)/
    }
  },
  // RSpec
  {
    name: "rspec",
    summary: /^\d+ examples?, \d+ failures?\b/,
    end: EVERY,
    total: /(\d{1,9}) examples?,/g,
    failed: /(\d{1,9}) (?:failures?\b|errors? occurred)/g,
    skipped: /(\d{1,9}) pending/g,
    failing: [/^rspec \S.*? # (\S.*)$/, /^An error occurred while loading (\S+?)\.?$/]
  },
  // minitest. It also lists what was skipped.
  {
    name: "minitest",
    summary: /^\d+ runs, \d+ assertions, \d+ failures/,
    end: EVERY,
    total: /(\d{1,9}) runs/g,
    failed: /(\d{1,9}) (?:failures|errors)/g,
    skipped: /(\d{1,9}) skips/g,
    failing: [/^(\S.*#test_.*?)(?: \[[^[\]]*\])?:$/],
    parts: { begin: /^(?: *\d+\) )?(?:Failure|Error):$/, end: /^(?: *\d+\) )?Skipped:$/ }
  },
  // test-unit
  {
    name: "test-unit",
    summary: /^\d+ tests, \d+ assertions, \d+ failures/,
    end: EVERY,
    total: /(\d{1,9}) tests/g,
    failed: /(\d{1,9}) (?:failures|errors)/g,
    skipped: /(\d{1,9}) (?:pendings|omissions)/g,
    failing: [/^(?:Failure|Error): (\w+\([\w:]+\))/]
  }
];
var readTests = (output) => {
  const lines = joined(output.split("\n").filter((line) => line.length <= LONGEST_LINE));
  const read = FORMS.flatMap((form) => {
    const report = readForm(form, lines);
    return report === null ? [] : [{ name: form.name, report }];
  });
  if (read.length === 0) return null;
  const reports = read.map(({ report }) => report);
  const runners = read.flatMap(({ name, report }) => report.ends > 0 ? [[name, report.ends]] : []);
  const besides = besidesTests(output);
  const counted = reports.flatMap(({ passed }) => passed ?? []);
  return {
    passed: counted.length === 0 ? null : sum(counted),
    failed: sum(reports.map(({ failed }) => failed)),
    skipped: sum(reports.map(({ skipped }) => skipped)),
    failing: [...new Set(reports.flatMap(({ failing }) => failing))].slice(0, MOST_NAMES),
    ...besides.length === 0 ? {} : { besides },
    ...runners.length === 0 ? {} : { runners: Object.fromEntries(runners) }
  };
};
var FINDINGS = [
  /^[\w@+./-]{1,200}\.\w{1,10}(?::\d{1,9}(?::\d{1,9})?|\(\d{1,9}(?:,\d{1,9})?\))(?::| -) (?! *\w{0,40}warning)(?!in \S+$)\S+ \S/i,
  /^ {1,9}\d{1,9}:\d{1,9} {1,9}error /,
  /^error(?: TS\d|\[\w|: (?:could not compile|aborting) )/
];
var ENDINGS = [
  /\bcoverage\b.{0,200}\b(?:threshold|fail[-_]under|not reached|minimum)\b/i,
  /^Node\.js v\d|heap out of memory|\bcore dumped\b|^(?:Segmentation fault|Bus error|Aborted|Killed)\b/,
  /^(?:panic|fatal error): /,
  // Tools that run several parts of a project, for each part that failed.
  /^npm (?:error|ERR!) workspace |\bERR_PNPM_\w|\bELIFECYCLE\b|^lerna ERR! |^\S{0,3} *Failed: +\S+#|^make(?:\[\d{1,9}\])?: \*\*\* /
];
var besidesTests = (output) => linesOf(output.split("\n").map(cut).join("\n")).flatMap(({ line, text }) => {
  if (FINDINGS.some((pattern) => pattern.test(line))) return [text];
  return ENDINGS.some((pattern) => pattern.test(line)) ? [text.replace(/(?<![\w.-])(v?)\d{1,9}(?:\.\d{1,9}){0,3}/g, "$1#")] : [];
}).slice(0, MOST_NAMES).map((text) => text.slice(0, LONGEST_NAME2).toWellFormed());
var cut = (line) => line.slice(0, LONGEST_LINE);
var readForm = (form, lines) => {
  const told = lines.filter((line) => form.summary.test(line));
  const summary = told.join("\n");
  if (summary === "") return null;
  const count = (pattern) => pattern === void 0 ? null : sum([...summary.matchAll(pattern)].map(([, digits]) => Number(digits)));
  const failing = [
    ...new Set(
      partsOf(form, lines).flatMap((line) => form.failing.flatMap((pattern) => pattern.exec(line)?.[1] ?? []))
    )
  ].map((name) => name.trim().slice(0, LONGEST_NAME2).toWellFormed());
  const failed = count(form.failed) || failing.length;
  const skipped = count(form.skipped) ?? 0;
  const total = count(form.total);
  const passed = total === null ? count(form.passed) : Math.max(0, total - failed - skipped);
  const { end } = form;
  const ends = end === void 0 ? 0 : told.filter((line) => end.test(line)).length;
  return { passed, failed, skipped, failing, ends };
};
var partsOf = ({ parts }, lines) => {
  if (parts === void 0) return lines;
  let isInside = false;
  return lines.filter((line) => {
    if (parts.begin.test(line)) isInside = true;
    else if (parts.end.test(line)) isInside = false;
    return isInside;
  });
};
var joined = (lines) => {
  const whole2 = [];
  let open = 0;
  for (const line of lines) {
    if (open > 0 && /^ {4,}\S/.test(line)) whole2[whole2.length - 1] += ` ${line.trim()}`;
    else whole2.push(line);
    const begins = /^ {2}\d+\) /.test(line);
    open = line.endsWith(":") || line.trim() === "" ? 0 : begins ? MOST_PARTS : Math.max(0, open - 1);
  }
  return whole2;
};
var MOST_PARTS = 8;
var sum = (numbers) => numbers.reduce((a, b) => a + b, 0);

// core/model/worker.ts
var MOST_PARTS2 = 20;
var MOST_ORDERS = 100;
var Place = {
  role: string(),
  writes: boolean(),
  area: array(string().min(1).max(300)).max(MOST_PARTS2)
};
var WorkerNumber = number().int().positive();
var Order = discriminatedUnion("kind", [
  object({
    kind: literal("spawn"),
    worker: WorkerNumber,
    ...Place,
    gate: boolean(),
    description: string(),
    task: string(),
    /** It tries its whole step in this way, beside others; absent: it has a part of a coordinator's work. */
    approach: string().optional(),
    /** The worker whose try it judges. */
    on: WorkerNumber.optional()
  }),
  object({
    kind: literal("message"),
    worker: WorkerNumber,
    text: string(),
    /** It goes on as another role, such as a reader that is now to write; absent: as before. */
    as: object(Place).optional()
  }),
  object({ kind: literal("stop"), worker: WorkerNumber }),
  /** What the parts agree on, quoted in the first message of everybody who writes from here on. */
  object({ kind: literal("contract"), text: string() })
]);
var Orders = array(Order).max(MOST_ORDERS);
var workerName = (worker) => `w${worker}`;

// core/model/event.ts
var CommandRun = object({
  command: string(),
  exit_code: number().int().nullable().describe("null: a limit ended it, or it did not run"),
  seconds: number().nonnegative(),
  output: string().default(""),
  /** Why the harness could not run it; absent if it did. */
  not_judged: string().optional(),
  /** What could be read of a test runner's output, if the harness ran it; absent if nothing could. */
  tests: TestReport.optional(),
  /** What it asked of the network and was refused; absent: nothing. */
  refused: array(object({ host: string().max(253), why: string().max(200) })).max(20).optional()
});
var Unavailable = object({ command: string(), program: string() });
var ProjectRules = object({
  path: string(),
  text: string(),
  /** The sentence that refuses machine-written work; null if there is none. */
  refuses: string().nullable()
});
var At = { step: number().int().nonnegative(), attempt: number().int().positive() };
var OfCrew = {
  crew: object({ step: number().int().nonnegative(), attempt: number().int().positive() }).optional()
};
var OfWorker = { worker: number().int().positive().optional() };
var Outcome = _enum([
  "passed",
  "returned",
  "needs_info",
  "blocked",
  "stopped",
  "planned_only",
  /** Other issues carry it on; the task waits for them. */
  "superseded"
]);
var EventData = discriminatedUnion("kind", [
  object({ kind: literal("opened"), opening: Opening }),
  object({
    kind: literal("claimed"),
    run_id: string(),
    run_attempt: number().int(),
    run_url: string().nullable(),
    /** A scripted model plays this run, which is said wherever its results show. */
    scripted: boolean().default(false),
    /** What other pipelines had spent when the run took this one; absent: as it was opened. */
    spent: Spent.optional()
  }),
  object({
    kind: literal("set_up"),
    tree: string(),
    commands: array(CommandRun),
    ok: boolean(),
    reason: string().nullable(),
    /** Commands that check the project, found in its manifests, if the configuration names no `gates`; absent: none. */
    detected: array(string()).optional(),
    /** Others found there whose program is not on the runner; absent: none. */
    unavailable: array(Unavailable).optional(),
    /** As the base has them; absent: none. */
    rules: array(ProjectRules).optional(),
    /** As the base has them; absent: none. */
    guides: Guides.optional(),
    /** The parts of a monorepo, by its workspaces; absent: none. */
    scopes: array(ModuleRecord).optional(),
    /** What roles are offered; absent: nothing, and nothing is missing. */
    skills: Skills.optional()
  }),
  /** The project's own commands on the base, before any change; those that failed are run once more. */
  object({ kind: literal("base_checked"), ran: array(CommandRun) }),
  object({
    kind: literal("attempt_started"),
    ...At,
    ...OfWorker,
    role: string(),
    model: string(),
    system: array(object({ text: string(), cached: boolean() })),
    first: string(),
    /** How many of the people's messages so far its first message holds; absent: all. */
    heard: number().int().nonnegative().optional(),
    /**
     * How many joins are in the tree that it begins with, if it works beside others; absent: all. A worker's: joins of its
     * coordinator's attempt.
     */
    joins: number().int().nonnegative().optional(),
    /** Whether the API's own search and fetch are offered; absent: no. */
    web: boolean().optional(),
    /** Whether it may start workers; absent: no. */
    workers: boolean().optional(),
    /** Tools of MCP servers as they are offered, and notes on those that could not be had; absent: the role has none. */
    mcp: object({ tools: array(McpTool), notes: array(string()) }).optional()
  }),
  object({
    kind: literal("turn"),
    ...At,
    ...OfWorker,
    reply: Reply,
    /** What goes back to the model; empty when the conversation is over. */
    results: array(PersonBlock),
    usd: number().nullable(),
    seconds: number().nonnegative(),
    ran: array(CommandRun),
    /** The work tree after this turn and how it differs from the one before; null if nothing changed. */
    wrote: object({ tree: string(), changes: array(FileChange) }).nullable(),
    /** Some of its changes were refused, so that what ran may have run on another tree; absent: none was. */
    put_back: boolean().optional(),
    /** Calls of MCP servers' tools, in order; absent: none. */
    mcp: array(McpCall).optional(),
    /** What it asked of workers; absent: nothing. */
    orders: Orders.optional(),
    /** An answer that passed its schema. */
    submitted: record(string(), unknown()).nullable(),
    /** Why the conversation cannot go on. */
    failed: string().nullable()
  }),
  object({
    kind: literal("attempt_finished"),
    ...At,
    ...OfWorker,
    outcome: _enum(["done", "failed", "blocked"]),
    answer: record(string(), unknown()).nullable(),
    reason: string().nullable(),
    /** Commands that the harness ran after the answer: the project's gates. */
    checks: array(CommandRun)
  }),
  /** Ends this one conversation, whether or not it had begun. */
  object({ kind: literal("step_given_up"), ...At, ...OfWorker, reason: string() }),
  /** What the rules order when a step is tried in several ways: who tries it, and later who judges each try. */
  object({ kind: literal("led"), ...At, role: string(), orders: Orders.min(1) }),
  /** What was written beside others becomes part of the pipeline's work, which is this tree from here on. */
  object({ kind: literal("joined"), ...At, ...OfWorker, tree: string() }),
  object({ kind: literal("planned"), plan: Plan }),
  /** The plan waits for somebody's approval, or the work does before there is a plan. No runner is held meanwhile. */
  object({ kind: literal("plan_held") }),
  object({ kind: literal("plan_approved"), by: string() }),
  /** Steps that the plan did not have, inserted after step `after`. */
  object({
    kind: literal("steps_added"),
    after: number().int().nonnegative(),
    part: Part.exclude(["plan"]),
    steps: array(PlannedStep).min(1)
  }),
  /** A command of the config's `hooks`, run in the sandbox. Its failure stops nothing. */
  object({ kind: literal("hook_ran"), hook: string(), ran: CommandRun }),
  object({ kind: literal("limit_reached"), limit: string(), found: number(), allowed: number() }),
  object({ kind: literal("stop_asked"), message: number().int(), by: string(), reason: string() }),
  /** Stops one worker; its coordinator and the others go on. */
  object({
    kind: literal("worker_stop_asked"),
    worker: number().int().positive(),
    ...OfCrew,
    message: number().int(),
    by: string(),
    reason: string()
  }),
  /** What a person told the conversation under way, or the next one; `worker`: one of its workers. */
  object({
    kind: literal("told"),
    ...OfWorker,
    ...OfCrew,
    message: number().int(),
    by: string(),
    text: string()
  }),
  object({ kind: literal("paused"), reason: string() }),
  object({ kind: literal("interrupted"), reason: string() }),
  object({
    kind: literal("finished"),
    outcome: Outcome,
    reason: string(),
    /** Only for `returned`: the return that the control plane records. */
    return: object({ category: ReturnCategory, by: string(), source: string(), findings: array(Finding) }).nullable(),
    /** Only for `superseded`: what carries the task on. */
    handover: Handover.optional()
  })
]);
var JournalEvent = object({ seq: number().int().positive(), at: string(), data: EventData });

// core/model/wire.ts
var ClaimRequest = object({
  protocol: number().int(),
  issue: string(),
  pipeline: string().nullable(),
  from_step: string().nullable(),
  dry_run: boolean(),
  scripted: boolean(),
  deadline_minutes: number().min(1).max(7200)
});
var ClaimAnswer = discriminatedUnion("kind", [
  object({
    kind: literal("claimed"),
    pipeline: string(),
    run_token: string(),
    /** Seconds between heartbeats. */
    heartbeat: number(),
    journal: array(JournalEvent),
    git: object({ url: string(), authorization: string() })
  }),
  /** Nothing to do, which is not a failure: finished, or running elsewhere. */
  object({ kind: literal("nothing"), reason: string() })
]);
var Message = object({
  id: number(),
  kind: _enum(["stop", "tell"]),
  by: string(),
  text: string(),
  worker: number().optional(),
  /** Whose worker: each attempt of a coordinator numbers its own from 1. */
  crew: object({ step: number(), attempt: number() }).readonly().optional()
}).readonly();
var AppendBody = object({
  after: number().int().nonnegative(),
  events: array(EventData).max(100)
});
var AppendAnswer = object({
  /** Times of the appended events, in order. */
  at: array(string()),
  messages: array(Message)
});
var VerdictRequest = object({ protocol: number().int(), pipeline: string() });
var VerdictAnswer = discriminatedUnion("kind", [
  /** The commit or the pull request is still being written. */
  object({ kind: literal("wait") }),
  object({ kind: literal("nothing"), reason: string() }),
  object({
    kind: literal("review"),
    source: string(),
    report_token: string(),
    owner: string(),
    repo: string(),
    pull: number().int(),
    commit_id: string(),
    body: string(),
    comments: array(object({ path: string(), line: number().int(), body: string() }))
  })
]);
var VerdictReport = object({
  source: string(),
  review_id: number().int().nullable(),
  reason: string()
});
var Refusal = object({ code: string(), message: string(), hint: string() });

export {
  FileChange,
  combineChanges,
  ChildTask,
  serversOf,
  mcpToolName,
  NO_USAGE,
  addUsage,
  totalTokens,
  NOT_AN_OBJECT,
  isServerToolUse,
  isSlip,
  isToolUse,
  Tier,
  PlannerCategory,
  TaskCategory,
  Finding,
  categoryAmong,
  wordList,
  TEST_FILES,
  permissionProblem,
  SKILL_NAME,
  ToolName,
  PlanAnswer,
  plainStep,
  linesOf,
  MOST_NAMES,
  readTests,
  MOST_ORDERS,
  workerName,
  ClaimAnswer,
  AppendAnswer,
  VerdictAnswer
};
