// Everything that came out of a world, by place: what servers were asked, what GitHub and the store hold, what was
// printed and handed over. What may be somewhere is excluded by its exact place, and nothing else.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Came } from "./doors.ts";
import { OTHER, type Stage } from "./stage.ts";

export type Sinks = ReadonlyMap<string, readonly string[]>;

const TABLES = [
  ...[
    "projects",
    "tasks",
    "pipelines",
    "events",
    "task_returns",
    "messages",
    "jobs",
    "served",
    "decisions",
    "modules",
  ],
  "schema_migrations",
];

/** Headers that carry a credential to its rightful receiver. */
const CREDENTIALS: Readonly<Record<string, readonly string[]>> = {
  "the model": ["x-api-key", "authorization"],
  "the App": ["authorization"],
  GitHub: ["authorization"],
};

export const collect = async (stage: Stage): Promise<Sinks> => {
  const { site, handed } = stage;
  const state = await settledState(stage);
  return new Map([
    ...requestsOf(stage),
    ...(await rowsOf(stage)),
    ["the store's files", ["", "-wal"].flatMap(end => bytesOf(`${site.world.database}${end}`))],
    ["the App's log", site.log.filter(line => line.startsWith("app: "))],
    ["the runs' output", site.log.filter(line => line.startsWith("run: "))],
    ["outputs and summaries of runs", [...handed]],
    ...state.repositories.flatMap(repository => repositoryOf(stage, repository)),
  ]);
};

const requestsOf = ({ door, came }: Stage): readonly (readonly [string, readonly string[]])[] => {
  const all = came();
  const to = (name: string, is: (one: Came) => boolean) =>
    [
      `requests to ${name}`,
      unique(all.filter(is).flatMap(one => partsOf(one, CREDENTIALS[name] ?? []))),
    ] as const;
  const isModel = ({ line }: Came) => line.startsWith("POST /v1/");
  const isApp = ({ port }: Came) => port === door.port;
  return [to("the model", isModel), to("the App", isApp), to("GitHub", one => !isModel(one) && !isApp(one))];
};

/** Each turn repeats the conversation, so its messages are examined once. */
const partsOf = ({ line, headers, body }: Came, credentials: readonly string[]): readonly string[] => {
  const head = Object.entries(headers).filter(([name]) => !credentials.includes(name));
  const text = body();
  const parts = line.startsWith("POST /v1/messages") ? messagesIn(text) : [text];
  return [
    `${line} ${JSON.stringify(head)}`,
    ...parts.map(part => (isOthers(line) ? `${OTHERS}${part}` : part)),
  ];
};

const messagesIn = (text: string): readonly string[] => {
  const { messages = [], ...rest } = JSON.parse(text) as { readonly messages?: readonly object[] };
  return [JSON.stringify(rest), ...messages.map(message => JSON.stringify(message))];
};

const unique = (texts: readonly string[]): readonly string[] => [...new Set(texts)];

/** Prefix for what belongs to the other repository, which may contain its own canaries. */
export const OTHERS = "(of the other repository) ";
const isOthers = (line: string): boolean => new RegExp(`/octocat/${OTHER}(?:[/?. ]|$)`).test(line);

const rowsOf = async ({
  site: { store },
  other,
}: Stage): Promise<readonly (readonly [string, readonly string[]])[]> => {
  const ids = async (sql: string) => (await store.query(sql)).map(({ id }) => String(id));
  const tasks = await ids(`SELECT id FROM tasks WHERE project_id = ${other.id}`);
  const pipelines = await ids(
    `SELECT pipelines.id FROM pipelines JOIN tasks ON tasks.id = task_id WHERE project_id = ${other.id}`,
  );
  const owner = (row: Readonly<Record<string, unknown>>): boolean =>
    row.project_id === other.id ||
    tasks.includes(String(row.task_id)) ||
    pipelines.includes(String(row.pipeline_id)) ||
    pipelines.includes(String(row.id));
  const rows = await Promise.all(
    TABLES.map(async table =>
      (await store.query(`SELECT * FROM ${table}`)).map(
        row => `${owner(row) ? OTHERS : ""}${JSON.stringify(row)}`,
      ),
    ),
  );
  return TABLES.map((table, index) => [`rows of ${table}`, rows[index] ?? []] as const);
};

const bytesOf = (file: string): readonly string[] => (existsSync(file) ? [readFileSync(file, "latin1")] : []);

interface Repository {
  readonly id: number;
  readonly name: string;
  readonly [records: string]: unknown;
}

const RECORDS = [
  ...["issues", "comments", "reviews", "reviewComments", "checkRuns", "checkSuites", "statuses", "labels"],
  ...["timeline", "activities", "runs", "reactions"],
];

const repositoryOf = (
  { dataDir, site }: Stage,
  repository: Repository,
): readonly (readonly [string, readonly string[]])[] => {
  const own = repository.name === OTHER ? OTHERS : "";
  const where = repository.name === site.at.repo ? "" : `${repository.name}: `;
  const objects = objectsOf(join(dataDir, "repositories", `${repository.id}.git`));
  return [
    ...RECORDS.map(
      kind =>
        [
          `${where}${kind}`,
          (repository[kind] as readonly object[]).map(one => `${own}${JSON.stringify(one)}`),
        ] as const,
    ),
    ...["refs", "commit", "tree", "blob"].map(
      kind => [`${where}git: ${kind}`, objects.get(kind) ?? []] as const,
    ),
  ];
};

/** What is on branches other than the default one, and their names. */
const objectsOf = (directory: string): ReadonlyMap<string, readonly string[]> => {
  const git = (args: readonly string[], input = ""): Buffer =>
    execFileSync("git", ["--git-dir", directory, ...args], { input, maxBuffer: 512 * 1024 * 1024 });
  const names = git(["rev-list", "--objects", "--all", "--not", "main"])
    .toString()
    .split("\n")
    .map(line => line.slice(0, 40));
  const all = git(["cat-file", "--batch"], names.filter(name => name !== "").join("\n"));
  const found = new Map([["refs", [git(["for-each-ref"]).toString()]]]);
  for (let at = 0; at < all.length; ) {
    const end = all.indexOf("\n", at);
    const [, kind = "", size] = all.toString("latin1", at, end).split(" ");
    found.set(kind, [...(found.get(kind) ?? []), all.toString("latin1", end + 1, end + 1 + Number(size))]);
    at = end + 2 + Number(size);
  }
  return found;
};

/** The embedded GitHub writes its records with a delay: a last one proves that all are there. */
const settledState = async ({
  site,
  dataDir,
}: Stage): Promise<{ readonly repositories: readonly Repository[] }> => {
  const mark = `settled ${performance.now()}`;
  await site.owner.rest.issues.createLabel({ ...site.at, name: mark.slice(0, 50), color: "ffffff" });
  for (;;) {
    const text = readFileSync(join(dataDir, "state.json"), "utf8");
    if (text.includes(mark)) return JSON.parse(text);
    await new Promise(resolve => setTimeout(resolve, 50));
  }
};
