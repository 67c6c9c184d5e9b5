// `kin patch <issue>`: Kin's branch against the default branch, from the world's own repositories.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { KinError } from "../core/model/error.ts";
import { type Env, readArguments, TEXT } from "./arguments.ts";
import { tellWorld, withStore } from "./data-directory.ts";
import { taskNamed } from "./task-named.ts";

export const patch = async (args: readonly string[], env: Env): Promise<number> => {
  const { values, positionals } = readArguments(args, { data: TEXT }, { positionals: ["ISSUE"] });
  if (values.data === undefined && env.KIN_DATABASE_URL)
    throw new KinError("KIN_DATABASE_URL is set: that store keeps no branches.", {
      code: "no_world",
      hint: "They are on GitHub, and `kin tasks` names the pull requests. For a world of this machine name its directory with --data.",
    });
  const dataDir = tellWorld(values.data);
  return withStore({ data: dataDir, env: {} }, async store => {
    const { id, issue } = await taskNamed(positionals[0], { store, command: "kin patch" });
    const task = await store.task(id);
    if (task === null || task.branch === null || task.head_sha === null)
      throw new KinError(`Kin has made no commit for issue ${issue} in ${dataDir}.`, {
        code: "no_commit",
        hint: "`kin tasks` says how it stands.",
      });
    const diff = branchDiff({ dataDir, ...task, branch: task.branch, head_sha: task.head_sha });
    if (diff === null)
      throw new KinError(`What Kin committed for issue ${issue} is not in ${dataDir} any more.`, {
        code: "no_commit",
        hint: "Its repository there was deleted, or the commit is gone from it: name another world with --data.",
      });
    if (diff === "")
      console.error(`Nothing differs: what Kin changed for issue ${issue} was taken back on its branch.`);
    process.stdout.write(diff);
    return 0;
  });
};

export interface BranchDiff {
  readonly dataDir: string;
  readonly project_id: number;
  readonly branch: string;
  /** What Kin committed last: still there if the branch is not. */
  readonly head_sha: string;
}

/** What the branch changed, even if it has been merged or deleted; null if repository or commit is gone. */
export const branchDiff = ({ dataDir, project_id, branch, head_sha }: BranchDiff): string | null => {
  const directory = join(dataDir, "github", "repositories", `${project_id}.git`);
  if (!existsSync(directory)) return null;
  const git = (...args: string[]) =>
    execFileSync("git", ["-C", directory, ...args], {
      encoding: "utf8",
      maxBuffer: 64 * 1024 * 1024,
      stdio: ["ignore", "pipe", "ignore"],
    });
  const commitAt = (name: string): string | null => {
    try {
      return git("rev-parse", "--verify", "--quiet", `${name}^{commit}`).trim();
    } catch {
      return null;
    }
  };
  const head = commitAt(`refs/heads/${branch}`) ?? commitAt(head_sha);
  if (head === null) return null;
  return git("diff-tree", "-p", "--binary", "--merge-base", beforeMerge(head, git), head);
};

type Git = (...args: string[]) => string;

/** The default branch or, if it already contains the branch, its state before that merge. */
const beforeMerge = (head: string, git: Git): string => {
  const base = git("symbolic-ref", "--short", "HEAD").trim();
  const merge = git("rev-list", "--first-parent", "--parents", `${head}..${base}`)
    .split("\n")
    .map(line => line.split(" "))
    .find(([, ...parents]) => parents.slice(1).includes(head));
  return merge?.[1] ?? base;
};
