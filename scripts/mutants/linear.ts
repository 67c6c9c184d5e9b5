// The mutants of caps and of what keeps costs linear: each marked line with its effect undone.
import { type Guard, g } from "./guard.ts";
import { by, inFile } from "./mutant.ts";

const commits = inFile("model-rules/commits");
const appends = inFile("app/appends");
const config = inFile("app/config");
const kinsOwn = inFile("app/kins-own");
const linear = inFile("text/linear");
const cleaned = inFile("text/clean");
const planning = inFile("model-rules/plan");
const lying = inFile("app/lying-runner");

const COST = "costs at most is told by its tokens";

export const LINEAR_GUARDS: Readonly<Record<string, readonly Guard[]>> = {
  "app/tasks/knowledge.ts": [
    g(
      "size-before-reading",
      "checkSize(prompt)",
      "void prompt",
      by(inFile("app/freeze")("by the size that their directory tells")),
    ),
    g(
      "size-of-a-link",
      "checkSize({ name, size: Buffer.byteLength(text) });",
      "",
      by(inFile("app/freeze")("that are links to what is too large")),
    ),
  ],
  "app/runs/folds.ts": [
    g(
      "newest-fold-stays",
      " && last.pipeline.seq > pipeline.seq",
      " && false",
      by(inFile("app/folds")("never replaced by one of fewer events")),
    ),
    g(
      "read-to-its-place",
      ", { until: seq }",
      "",
      by(inFile("app/folds")("never replaced by one of fewer events")),
    ),
    g(
      "readings-in-turn",
      "await next?.();",
      "await next?.(); for (const more of list.splice(0)) await more();",
      by(inFile("app/folds")("turn by turn among installations")),
    ),
    g("folds-by-size", " && held <= MOST_SIZE", "", by(inFile("app/folds")("Only so much is remembered"))),
  ],
  "app/publish/hand-over.ts": [
    g("one-part-at-a-time", "isNew && ", "false && ", by(kinsOwn("of a task that was cut into parts"))),
  ],
  "app/publish/leave-issues.ts": [
    g(
      "one-follow-up-at-a-time",
      "if (isNew)",
      "if (isNew === null)",
      by(kinsOwn("of what a passed pipeline")),
    ),
  ],
  "app/jobs/worker.ts": [
    g(
      "lanes-are-shared",
      "lanes >= most",
      "lanes > 99",
      by(inFile("app/worker")("leaves half of the lanes to others")),
    ),
  ],
  "app/intake/installation.ts": [
    g(
      "a-few-labels-in-a-turn",
      "LABELS.slice(count, next)",
      "LABELS",
      by(inFile("app/worker")("none writes more than a few labels in a turn")),
    ),
  ],
  "app/store/jobs.ts": [
    g(
      "installations-take-turns",
      "MIN(COALESCE((SELECT nth FROM served WHERE served.installation_id = asking.id), 0))",
      "MIN(asking.id)",
      by(inFile("store/contract")("Installations take turns")),
    ),
  ],
  "app/store/journals.ts": [
    g(
      "others-are-served-meanwhile",
      "await endOfTurn();",
      "void endOfTurn;",
      by(inFile("store/contract")("While a long journal is read")),
    ),
    g(
      "no-more-read-than-was-sent",
      "!events.every(isAsLong)",
      "!isAsLong",
      by(inFile("store/contract")("no more is read than was sent")),
    ),
  ],
  "core/model/journal-size.ts": [
    g("wide-letters", "? text.length : 0", "? 0 : 0", by(appends("counts what it holds in memory"))),
  ],
  "app/tasks/start.ts": [
    g(
      "openings-are-bounded",
      'await checkTask(plane, { task_id: task.id, size: sizeOf({ kind: "opened", opening }) });',
      "",
      by(appends("opens no other pipeline")),
    ),
  ],
  "app/intake/signal.ts": [
    g(
      "people-come-first",
      'OF_PEOPLE.has(name) ? "first" : "usual"',
      '"usual"',
      by(inFile("app/worker")("behind all that others ask")),
    ),
  ],
  "app/runs/journal.ts": [
    g(
      "past-places-cost-nothing",
      "after !== record.seq",
      "after > record.seq",
      by(inFile("app/folds")("nothing is folded for it")),
    ),
    g(
      "journals-are-bounded",
      'if (by === "run") await checkSize(plane, { ...request, size });',
      "",
      by(appends("all that a pipeline may write")),
    ),
    g(
      "tasks-are-bounded",
      "written + size > MOST_IN_A_TASK",
      "false",
      by(appends("all that a task's pipelines may write")),
    ),
  ],
  "app/runs/api.ts": [
    g(
      "one-append-at-a-time",
      "Promise.allSettled([last.get(id)])",
      "Promise.resolve()",
      by(inFile("app/door")("of many appends of one run one is read at a time")),
    ),
  ],
  "core/pipeline/patch.ts": [
    g(
      "path-sum",
      "names > MAX_PATCH_NAMES",
      "false",
      by(commits("what a pull request would bring in all"), linear("a patch whose paths are long together")),
    ),
    g(
      "onto-what-is-seen",
      "rules.files === null",
      "''.length > 0",
      by(commits("what goes onto a tree of which nothing is known is refused")),
    ),
  ],
  "app/github/commits.ts": [
    g(
      "compared-in-part",
      "files.length >= MOST_COMPARED",
      "files.length < 0",
      by(inFile("wire/wire")("is looked for in the trees where GitHub compares no more")),
    ),
    g(
      "co-authors-in-part",
      "[...accounts, null]",
      "accounts",
      by(inFile("app/whose-word")("a co-author whom git reads and GitHub does not")),
    ),
    g(
      "files-in-part",
      "if (data.truncated) return filesBeside(connection, { commit, touched });",
      "",
      by(inFile("wire/wire")("of more than GitHub lists those beside what is touched")),
    ),
  ],
  "app/github/repository.ts": [
    g(
      "collaborators-without-end",
      "if (count === MOST_COLLABORATOR_PAGES) return true;",
      "if (count === MOST_COLLABORATOR_PAGES) return false;",
      by(inFile("wire/wire")("is taken to be there where the pages do not end")),
    ),
  ],
  "core/pipeline/settle.ts": [
    g(
      "runs-of-a-proof",
      "named.length > MOST_RUNS",
      "false",
      by(planning("with a proof of more is looked at")),
    ),
    g(
      "proof-on-what-is-kept",
      'run.tree === "changed"',
      "false",
      by(planning("while there is time to mend it, is refused with the proof")),
    ),
    g(
      "claims-by-the-step",
      '(gate ? answer.verdict === "changes_requested" : answer.status === "partial")',
      'answer.status === "partial" || answer.verdict === "changes_requested"',
      by(inFile("model-rules/settle")("what proves it is told of")),
    ),
    g(
      "unsure-runs-again",
      'tree === "unsure"',
      "false",
      by(inFile("run/proof")("is run again where a command behind it may have changed files")),
    ),
  ],
  "core/pipeline/turn-problem.ts": [
    g("files-of-a-turn", "changes.length > MAX_PATCH_FILES", "false", by(lying("more changes than a patch"))),
    g("names-of-a-turn", "names > MAX_PATCH_NAMES", "false", by(lying("changes whose paths are long"))),
  ],
  "core/pipeline/plan/rules.ts": [
    g("steps-of-a-plan", "answer.pipeline.length > MOST_STEPS", "false", by(planning("forty steps at most"))),
  ],
  "core/pipeline/plan/department.ts": [
    g(
      "steps-of-a-department",
      "asked.length > MOST_STEPS",
      "false",
      by(inFile("model-rules/department")("are forty at most")),
    ),
  ],
  "core/pipeline/state.ts": [
    g(
      "who-cannot-confirm",
      "role === SMOKE_TESTER && ",
      "",
      by(inFile("model-rules/gates")("is nobody else's")),
    ),
  ],
  "core/pipeline/plan/accept.ts": [
    g(
      "deciding-fields",
      "!DECIDING.has(field) ||",
      "true ||",
      by(inFile("model-rules/gates")("what decides of a step is what its role's answer has a field for")),
    ),
    g(
      "children-of-a-task",
      "tasks.length > MOST_CHILDREN",
      "false",
      by(inFile("model-rules/decomposition")("twenty tasks at most")),
    ),
  ],
  "core/pipeline/follow-ups.ts": [
    g(
      "follow-ups-of-a-task",
      ".slice(0, MOST_CREATED)",
      "",
      by(inFile("model-rules/afterwards")("the first five that followup found")),
    ),
  ],
  "host/config-file.ts": [
    g("yaml-bytes", "text.length > LARGEST", "false", by(config("a megabyte"))),
    g("yaml-plain-errors", "prettyErrors: false,", "", by(linear(COST))),
    g("yaml-tokens", "++tokens > MOST_TOKENS", "false", by(config("4,000 lines"))),
    g(
      "yaml-depth",
      "open > DEEPEST || ",
      "",
      by(config("open brackets, for no more than their length costs")),
    ),
  ],
  "core/text/markup.ts": [
    g(
      "links-without-words",
      'work.out.push(counted(work, "address"));',
      "at;",
      by(cleaned("a link without words")),
    ),
  ],
  "core/text/drawings.ts": [
    g("math-fence", "HIDES.test(source)", "false", by(cleaned("math in a fence"))),
    g("math-ticks", "math && !found", "!math && !found", by(cleaned("math between dollars and ticks"))),
    g("math-spans", "from !== undefined", "false", by(cleaned("math that is a phantom"))),
    g("svg", "edits.push(", "void (", by(cleaned("the name of a picture"))),
  ],
};
