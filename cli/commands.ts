// The commands, each loaded when it is called, so that `kin sql` does not wait for what `kin start` needs.

export interface Command {
  readonly summary: string;
  readonly help: string;
  /** Answers the exit code. */
  readonly run: (
    args: readonly string[],
    env: Readonly<Record<string, string | undefined>>,
  ) => Promise<number>;
}

export const COMMANDS: ReadonlyMap<string, Command> = new Map<string, Command>([
  [
    "start",
    {
      summary: "the embedded world: a GitHub, a runner, a model and the App on 127.0.0.1",
      help: `kin start [--once] [--port N] [--data DIR] [--repo DIR] [--issue FILE] [--no-story]

Opens a world on this machine with an example project, labels its issue, and tells what happens. Nothing leaves
127.0.0.1 except calls to the model, and those only with ANTHROPIC_API_KEY set; without it a script plays the
model, and everything says so.

  --once          ends when the issue's task waits for a person; exit code 0 when the gate passed, else 1
  --port N        GitHub's port (default 4480; with --once any free one)
  --data DIR      where the world lives (default .kin; with --once a new temporary directory); the same
                  directory continues it
  --repo DIR      a git repository whose committed files become the project
  --issue FILE    Markdown; the first line is the title
  --no-story      only the world, no issue is opened`,
      run: async (args, env) => (await import("./start.ts")).start(args, env),
    },
  ],
  [
    "serve",
    {
      summary: "the App for real GitHub",
      help: "kin serve\n\nStarts the App. Its settings are environment variables: docs/configuration.md lists them, docs/setup.md walks\nthrough. It refuses to start with a list of what is missing.",
      run: async (_args, env) => {
        await (await import("../app/main.ts")).serve(env);
        return new Promise(() => {});
      },
    },
  ],
  [
    "run",
    {
      summary: "one pipeline on a local checkout, without any GitHub",
      help: `kin run --repo DIR --issue FILE [--branch NAME | --patch FILE] [--unsafe-no-sandbox]

Plans and runs a pipeline on a git repository's committed files. Needs ANTHROPIC_API_KEY.

  --repo DIR             the repository; its work tree is not touched
  --issue FILE           Markdown; the first line is the title
  --branch NAME          the result becomes a commit on this new branch (default kin/local-<title>)
  --patch FILE           the result becomes a patch instead; - for standard output
  --unsafe-no-sandbox    run the model's commands without a sandbox: only on a machine that you can lose`,
      run: async (args, env) => (await import("./run.ts")).run(args, env),
    },
  ],
  [
    "patch",
    {
      summary: "what Kin changed for an issue, as a patch for `git apply`",
      help: "kin patch ISSUE [--data DIR]\n\nPrints the difference between the default branch and Kin's branch for the issue. Works when the world is down.",
      run: async args => (await import("./patch.ts")).patch(args),
    },
  ],
  [
    "sql",
    {
      summary: "asks the store",
      help: "kin sql 'select …' [--data DIR] [--json]\n\nPrints the rows. docs/store.md describes tables and views. Works when the world is down.",
      run: async args => (await import("./sql.ts")).sql(args),
    },
  ],
  [
    "deliver",
    {
      summary: "sends a signed webhook to the running world",
      help: `kin deliver FILE [--event NAME] [--times N] [--data DIR] [--url URL --secret SECRET]

Signs the payload in FILE (JSON; - for standard input) and sends it. With --times N half of the deliveries have one
id and half have new ones, 16 at a time; then the counts of what they caused are read back.`,
      run: async args => (await import("./deliver.ts")).deliver(args),
    },
  ],
]);
