// `kin tasks`: what Kin has been handed, newest first.
import type { ListedTask } from "../core/model/listing.ts";
import { plural, shorten, usd } from "../core/report/format.ts";
import { STATUS_WORDS } from "../core/report/words.ts";
import { plainLine } from "../core/text/plain.ts";
import { type Env, readArguments, STORE } from "./arguments.ts";
import { withStore } from "./data-directory.ts";

const MOST = 100;

export const tasks = async (args: readonly string[], env: Env): Promise<number> => {
  const { values } = readArguments(args, STORE);
  return withStore({ data: values.data, env }, async store => {
    const rows = (await store.listTasks({ limit: MOST })).map(rowOf);
    if (values.json) console.log(JSON.stringify(rows, null, 2));
    else if (rows.length === 0) console.log("No tasks yet: put the label `kin` on an issue.");
    else console.log(rows.flatMap(linesOf).join("\n"));
    return 0;
  });
};

const rowOf = (task: ListedTask) => ({
  repository: `${task.owner}/${task.name}`,
  issue: task.issue,
  url: task.url,
  status: task.status,
  title: task.title,
  pull: task.pr_number,
  pipelines: task.pipelines,
  returns: task.return_count,
  usd: task.usd,
  reason: task.status_reason,
  carried_on: task.carried_on,
});

const linesOf = ({ repository, returns, pull, carried_on, ...task }: ReturnType<typeof rowOf>) => [
  [
    `${repository}#${task.issue}`.padEnd(24),
    STATUS_WORDS[task.status].padEnd(17),
    usd(task.usd).padStart(7),
    (returns === 0 ? "" : plural(returns, "return")).padEnd(10),
    (pull === null ? "" : `PR #${pull}`).padEnd(8),
    shorten(plainLine(task.title), 60),
  ].join("  "),
  ...carried_on.map(
    ({ issue, url, status, usd: spent }) =>
      `  carried on by #${issue}: ${STATUS_WORDS[status]}, ${usd(spent)}  ${plainLine(url)}`,
  ),
];
