// `kin tasks`: what Kin has been handed, the newest first.
import type { TaskRecord } from "../core/model/record.ts";
import type { Store } from "../core/ports.ts";
import { shorten, usd } from "../core/report/format.ts";
import { plainLine } from "../core/report/plain.ts";
import { readArguments } from "./arguments.ts";
import { openStore } from "./data-directory.ts";

type Env = Readonly<Record<string, string | undefined>>;

const MOST = 100;

export const tasks = async (args: readonly string[], env: Env): Promise<number> => {
  const { values } = readArguments(args, {
    data: { type: "string" },
    json: { type: "boolean", default: false },
  });
  const store = await openStore(values.data, env);
  try {
    const rows = await Promise.all((await store.tasks({ limit: MOST })).map(task => rowOf(store, task)));
    if (values.json) console.log(JSON.stringify(rows, null, 2));
    else if (rows.length === 0) console.log("No tasks yet: put the label `kin` on an issue.");
    else for (const row of rows) console.log(lineOf(row));
    return 0;
  } finally {
    store.close();
  }
};

type Row = Awaited<ReturnType<typeof rowOf>>;

const rowOf = async (store: Store, task: TaskRecord) => {
  const [project, pipelines] = await Promise.all([store.project(task.project_id), store.pipelines(task.id)]);
  return {
    repository: project === null ? "" : `${project.owner}/${project.name}`,
    issue: task.issue,
    status: task.status,
    title: task.title,
    pull: task.pr_number,
    pipelines: pipelines.length,
    returns: task.return_count,
    usd: pipelines.reduce((sum, pipeline) => sum + pipeline.usd, 0),
    reason: task.status_reason,
  };
};

const lineOf = ({ repository, issue, status, title, pull, returns, usd: spent }: Row): string =>
  [
    `${repository}#${issue}`.padEnd(24),
    status.replace("_", " ").padEnd(10),
    usd(spent).padStart(7),
    `${returns} × back`.padStart(8),
    (pull === null ? "" : `PR #${pull}`).padEnd(8),
    shorten(plainLine(title), 60),
  ].join("  ");
