// `kin patch <issue>`: Kin's branch against the default branch, from the world's own repositories.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { openDatabase } from "../core/adapters/libsql/database.ts";
import { createStore } from "../core/adapters/libsql/store.ts";
import { KinError } from "../core/model/error.ts";
import { readArguments } from "./arguments.ts";
import { findWorld } from "./data-directory.ts";

export const patch = async (args: readonly string[]): Promise<number> => {
  const { values, positionals } = readArguments(
    args,
    { data: { type: "string" } },
    { positionals: ["ISSUE"] },
  );
  const issue = Number(positionals[0]);
  if (!Number.isInteger(issue) || issue < 1)
    throw new KinError("`kin patch` needs an issue's number.", {
      code: "arguments_invalid",
      hint: "For example: kin patch 1",
    });
  const dataDir = findWorld(values.data);
  const store = createStore(await openDatabase({ url: `file:${join(dataDir, "kin.db")}` }));
  try {
    const task = (await store.tasks({ limit: 1000 })).find(task => task.issue === issue);
    const project = task === undefined ? null : await store.project(task.project_id);
    if (task === undefined || project === null || task.branch === null || task.head_sha === null) {
      throw new KinError(`Kin has made no commit for issue ${issue} in ${dataDir}.`, {
        code: "no_commit",
        hint: "`kin sql 'select issue, status, status_reason from tasks'` shows the tasks.",
      });
    }
    process.stdout.write(branchDiff({ dataDir, project_id: task.project_id, branch: task.branch }));
    return 0;
  } finally {
    store.close();
  }
};

export interface BranchDiff {
  readonly dataDir: string;
  readonly project_id: number;
  readonly branch: string;
}

export const branchDiff = ({ dataDir, project_id, branch }: BranchDiff): string => {
  const directory = join(dataDir, "github", "repositories", `${project_id}.git`);
  if (!existsSync(directory)) return "";
  const git = (...args: string[]) =>
    execFileSync("git", ["-C", directory, ...args], { encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
  const base = git("symbolic-ref", "--short", "HEAD").trim();
  try {
    return git("diff", `${base}...refs/heads/${branch}`);
  } catch {
    return "";
  }
};
