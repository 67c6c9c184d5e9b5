// The commands, each loaded when it is called, so that `kin sql` does not wait for what `kin start` needs.
import { type Env, readArguments } from "./arguments.ts";

export interface Command {
  readonly summary: string;
  readonly help: string;
  /** Returns the exit code. */
  readonly run: (args: readonly string[], env: Env) => Promise<number>;
}

export const COMMANDS: ReadonlyMap<string, Command> = new Map(
  Object.entries<Command>({
    start: {
      summary: "the embedded world: a GitHub, a runner, a model and the App on 127.0.0.1",
      help: `kin start [--once] [--port N] [--data D] [--repo D] [--issue FILE] [--answers D] [--identity] [--story NAME|--no-story]

Opens a world on this machine with an example project, labels its issue, and tells what happens. Nothing leaves
127.0.0.1 except calls to the model, and those only with ANTHROPIC_API_KEY set; without it a script plays the
model, and everything says so. docs/embedded-world.md goes through it with a repository of yours.

  --once          ends when the issue's task waits for a person; exit code 0 when the gate passed, else 1
  --port N        GitHub's port (default: the one that the world in --data had, where it is free; else 4480, with
                  --once any free one)
  --data DIR      where the world lives (default .kin; with --once a new temporary directory); the same
                  directory continues it, with the repository that is in it
  --repo DIR      a git repository whose committed files become the project, copied once; it takes a key or --answers
  --issue FILE    Markdown; the first line is the title (default: the example's issue, once; with --repo none)
  --answers DIR   what the scripted model says, of your own (docs/fake-model.md); also where a key is set
  --story NAME    return (a rejection and its mending; default), escalation (three rejections, their analysis, the
                  handing over to a department head, and what comes back) or workers (a head, and those who write two
                  parts side by side for it); all with the scripted model
  --no-story      the example's issue is not opened
  --identity      no key anywhere: the scripted model takes the tokens of runs, as with workload identity

Environment: ANTHROPIC_API_KEY, ANTHROPIC_BASE_URL; KIN_DEBUG=1 shows what the App and the runs print; NO_COLOR.`,
      run: async (args, env) => (await import("./start.ts")).start(args, env),
    },
    serve: {
      summary: "the App for real GitHub",
      help: `kin serve

Starts the App. Its settings are environment variables: docs/configuration.md lists them, docs/setup.md walks
through. It refuses to start with a list of what is missing. It brings the store to the present tables itself.
\`kin app create\` makes an App and prints the variables; \`kin doctor\` says what does not work, and why.`,
      run: async (args, env) => {
        readArguments(args, {});
        await (await import("../app/main.ts")).serve(env);
        return new Promise(() => {});
      },
    },
    app: {
      summary: "`kin app create` registers the App on GitHub",
      help: `kin app create [--url KIN_URL] [--org NAME] [--name NAME] [--github URL] [--out FILE] [--json]

Registers a GitHub App with the permissions and events of app.yml. Prints an address on 127.0.0.1: open it in a
browser on this machine, and confirm the App on GitHub. Then prints the App's environment variables, each as
NAME="value"; they are secrets, and GitHub tells them once.

  --url KIN_URL   the App's public https address, where GitHub and runners reach it (default: the variable
                  KIN_URL)
  --org NAME      the App belongs to this organization (default: to you)
  --name NAME     the App's name, which is unique on GitHub (default Kin; the page on GitHub lets you change it)
  --github URL    GitHub's web address (default GITHUB_SERVER_URL, or https://github.com)
  --out FILE      writes the variables to a new file that only you can read, instead of printing them
  --json          as JSON`,
      run: async (args, env) => (await import("./app-create.ts")).app(args, env),
    },
    init: {
      summary: "sets a repository up: workflow, configuration, labels",
      help: `kin init [--repo DIR] [--repository OWNER/NAME] [--action OWNER/NAME@REF] [--prove] [--dry-run] [--force]

Prepares a checkout for Kin. Writes .github/workflows/kin.yml, which runs the pipelines, and .github/kin.yml, with
what was found in the repository and every other key as a comment. Creates Kin's labels on GitHub where a token is
given; the App does so too when it is installed. Then says what remains: the App, a variable, a secret.

It may be run again at any time: what is right stays, what is missing is written, and a file that differs is left
alone and the difference shown. Commits and pushes nothing. Exit code 1 when something could not be done.

  --repo DIR                 the checkout (default: the directory you are in)
  --repository OWNER/NAME    its name on GitHub (default: from the remote origin)
  --action OWNER/NAME@REF    your copy of Kin, and the commit of it that the workflow runs (default: what the
                             workflow has already; else the remote and the commit of the checkout that kin runs
                             from, where that is pushed; else a terminal is asked)
  --prove                    runs each command that was found to check the project once, in the checkout, as you and
                             without Kin's sandbox: what passes becomes a gate, what does not stays a comment with
                             the reason (default: a terminal is asked, and else none is run). Of the environment
                             they get what toolchains need, such as PATH, HOME and JAVA_HOME. What they leave running
                             is ended, but for what began a session of its own (setsid); --dry-run runs none
  --dry-run                  shows what would be written and created, and changes nothing
  --force                    writes over files that differ

Environment: GH_TOKEN or GITHUB_TOKEN, which may create labels (Issues: write), for example \`gh auth token\`;
GITHUB_SERVER_URL and GITHUB_API_URL for another GitHub than github.com.`,
      run: async (args, env) => (await import("./init.ts")).init(args, env),
    },
    doctor: {
      summary: "says what works, what does not, and what to do",
      help: `kin doctor [--repo OWNER/NAME] [--data DIR] [--json]

Looks at everything that Kin needs, and changes nothing: settings, this machine's sandbox, the model's key, the
public address, the store, the issuers of runners' tokens, the App's key, permissions, events, webhook and
installations, and a repository's workflow, labels and configuration. One line each: ✓ in order, ✗ to mend, with
what to do, · cannot be seen from here. The exit code is 1 when there is a ✗.

  --repo OWNER/NAME   looks at this repository (default: the only one that the App is installed on)
  --data DIR          looks at the embedded world in this directory (default: the last one, if its App runs and
                      APP_ID is not set)
  --json              the same as JSON: { ok, world, checks: [{ name, state, detail, remedy }] }, where state is
                      ok, failed or unknown

Environment: that of \`kin serve\`; ANTHROPIC_API_KEY, ANTHROPIC_BASE_URL.`,
      run: async (args, env) => (await import("./doctor.ts")).doctor(args, env),
    },
    check: {
      summary: "looks at what a repository says to Kin, before it is pushed",
      help: `kin check [--repo DIR] [--answers DIR] [--json]

Looks at .github/kin.yml, .github/kin/ and .github/workflows/kin.yml as they stand in the checkout. Asks nobody and
changes nothing. One line each, as \`kin doctor\` tells it; the exit code is 1 when there is a ✗.

  --repo DIR      the checkout (default: the directory you are in)
  --answers DIR   looks at answers of the scripted model, too
  --json          { ok, checks: [{ name, state, detail, remedy }] }`,
      run: async (args, env) => (await import("./check.ts")).check(args, env),
    },
    tasks: {
      summary: "lists what Kin has been handed, and how it stands",
      help: `kin tasks [--data DIR] [--json]

The latest hundred, the newest first: issue, state, cost, returns, pull request, title; and below
it the tasks that carry it on.

  --data DIR      a world's directory (default: KIN_DATABASE_URL where it is set, else the world that was started last)
  --json          as JSON`,
      run: async (args, env) => (await import("./tasks.ts")).tasks(args, env),
    },
    plan: {
      summary: "the plan of a task, and what it is likely to cost",
      help: `kin plan [ISSUE] [--estimate] [--data DIR] [--json]

Lists the steps of the task's latest plan, with how far each has come.

  ISSUE           the issue's number, or owner/name#number where several repositories have it
  --estimate      says what the steps that are ahead are likely to cost: of each the median of what its role cost in
                  this project, with this model, and the quartiles; and what revisions, and what comes behind a gate,
                  added on the average. Without ISSUE: what a pipeline of each repository is likely to cost. It is
                  told from the latest 50 pipelines, at list prices; where there is no past it is not known
  --data DIR      a world's directory (default: KIN_DATABASE_URL where it is set, else the world that was started last)
  --json          { pipeline, plan, estimate }, or [{ repository, estimate }]

Environment: KIN_DATABASE_URL, KIN_DATABASE_TOKEN.`,
      run: async (args, env) => (await import("./plan.ts")).plan(args, env),
    },
    logs: {
      summary: "what the pipelines of a task did, event by event",
      help: `kin logs ISSUE [--follow] [--data DIR]

A line for each event of the journals, with the time since the pipeline was opened.

  ISSUE           the issue's number, or owner/name#number where several repositories have it
  --follow        goes on as it happens, until Ctrl-C
  --data DIR      a world's directory (default: KIN_DATABASE_URL where it is set, else the world that was started last)

Environment: KIN_DATABASE_URL, KIN_DATABASE_TOKEN; NO_COLOR.`,
      run: async (args, env) => (await import("./logs.ts")).logs(args, env),
    },
    workers: {
      summary: "who works for a task's coordinators, and how far each has come",
      help: `kin workers ISSUE [--follow] [--data DIR] [--json]

Of the task's latest pipeline, a line for each worker: its type, what it is at, time, calls of tools, tokens, cost, and
what it was started for. \`/kin tell w2 <text>\` and \`/kin stop w2\` on the issue reach one that is at work.

  ISSUE           the issue's number, or owner/name#number where several repositories have it
  --follow        shows it anew as it changes, until Ctrl-C; on a terminal that it fits in its place
  --data DIR      a world's directory (default: KIN_DATABASE_URL where it is set, else the world that was started last)
  --json          [{ step, role, attempt, phase, workers }]

Environment: KIN_DATABASE_URL, KIN_DATABASE_TOKEN.`,
      run: async (args, env) => (await import("./workers.ts")).workers(args, env),
    },
    completion: {
      summary: "prints what makes bash, zsh or fish complete these",
      help: `kin completion SHELL

Prints a script for the shell. bash and zsh: \`eval "$(kin completion bash)"\` in the shell's startup file;
fish: \`kin completion fish > ~/.config/fish/completions/kin.fish\`. It completes the word \`kin\`: where that is
\`npx kin\`, say \`alias kin='npx kin'\` first.

  SHELL           bash, zsh or fish`,
      run: async args => (await import("./completion.ts")).completion(args, COMMANDS),
    },
    migrate: {
      summary: "brings the store to the present tables",
      help: `kin migrate [--json]

Applies the migrations that the store lacks, and prints which they were. \`kin serve\` does so as well.

  --json          { applied, before, unknown }: what was applied now, what had been, what a later Kin applied

Environment: KIN_DATABASE_URL (default file:.kin/kin.db), KIN_DATABASE_TOKEN.`,
      run: async (args, env) => (await import("./migrate.ts")).migrate(args, env),
    },
    run: {
      summary: "one pipeline on a local checkout, without any GitHub",
      help: `kin run --repo DIR --issue FILE [--branch NAME | --patch FILE] [--unsafe-no-sandbox]

Plans and runs a pipeline on a git repository's committed files. Needs ANTHROPIC_API_KEY. Exit code 0 when the gate
passed, else 1. Whether the branch or the patch can be made is looked at before the first call to the model; Ctrl-C
keeps what was written so far.

  --repo DIR             the repository; its work tree is not touched
  --issue FILE           Markdown; the first line is the title
  --branch NAME          the result becomes a commit on this new branch (default kin/local-<title>, with a number
                         where that is taken)
  --patch FILE           the result becomes a patch instead; - for standard output
  --unsafe-no-sandbox    run the model's commands without a sandbox: only on a machine that you can lose

Environment: ANTHROPIC_API_KEY, ANTHROPIC_BASE_URL; NO_COLOR.`,
      run: async (args, env) => (await import("./run.ts")).run(args, env),
    },
    patch: {
      summary: "what Kin changed for an issue, as a patch for `git apply`",
      help: `kin patch ISSUE [--data DIR]

Prints the difference between the default branch and Kin's branch for the issue, from an embedded world, also when that
is down. Branches of an App of your own are on GitHub.

  ISSUE           the issue's number, or owner/name#number where several repositories have it
  --data DIR      the world's directory (default: the last one)`,
      run: async (args, env) => (await import("./patch.ts")).patch(args, env),
    },
    report: {
      summary: "rejections, patterns, revisions and costs over all tasks",
      help: `kin report [--data DIR] [--json]

Prints what all tasks of a store together say: rejections by category, role, project and month, and what became of
them; categories that returned one task twice or more; revisions by role; what a task, a return and an accepted pull
request cost; how often people saw it otherwise than the gate. Amounts are US dollars at the price table's list prices.

  --data DIR      a world's directory (default: KIN_DATABASE_URL where it is set, else the world that was started last)
  --json          as JSON`,
      run: async (args, env) => (await import("./report.ts")).report(args, env),
    },
    returns: {
      summary: "every rejection, with what it found and what became of it",
      help: `kin returns [ISSUE] [--limit N] [--data DIR] [--json]

Lists what gates and people rejected, oldest first: as a return, which went back to the project manager and counts
towards \`limits.returns\`; as a revision, which the same pipeline made; or not taken up, where its pipeline ended
before. "open" stands where no pipeline has passed that knew of it.

  ISSUE           only those of the issue with this number, or owner/name#number
  --limit N       so many, the latest (default 100)
  --data DIR      a world's directory (default: KIN_DATABASE_URL where it is set, else the world that was started last)
  --json          the rows of the view \`rejections\` (docs/store.md), with the project and the issue of each`,
      run: async (args, env) => (await import("./returns.ts")).returns(args, env),
    },
    sql: {
      summary: "asks the store",
      help: `kin sql 'select …' [--data DIR] [--json]

Prints the rows of one reading statement. docs/store.md describes tables and views. Works when the world is down.
One that writes or attaches a file is refused. Of columns that share a name the second is told as name_2.

  --data DIR      a world's directory (default: KIN_DATABASE_URL where it is set, else the world that was started last)
  --json          the rows as JSON, whole: the table shows 60 characters of a cell`,
      run: async (args, env) => (await import("./sql.ts")).sql(args, env),
    },
    deliver: {
      summary: "sends a signed webhook to the running world",
      help: `kin deliver FILE [--event NAME] [--times N] [--data DIR] [--url URL --secret SECRET]

Signs the payload in FILE and sends it, as GitHub would; then reads back what it caused. Exit code 0 when every
delivery was taken.

  FILE            JSON; - for standard input
  --event NAME    the event's name (default: what the payload shows)
  --times N       sends it N times (default 1, at most 10000), 16 at a time; half of the deliveries have one id and
                  half have new ones
  --data DIR      the world's directory (default: the last one)
  --url URL       another receiver than the world's App, with --secret; nothing is read back
  --secret SECRET the secret to sign with`,
      run: async args => (await import("./deliver.ts")).deliver(args),
    },
  }),
);
