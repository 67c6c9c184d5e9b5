// The commits in a bench's repository: the base, what earlier pipelines left, and each step that wrote.
import { KinError } from "../../core/model/error.ts";
import type { History } from "../drive/ports/workbench.ts";
import type { Fetched } from "./fetch.ts";
import type { Git } from "./git.ts";

export interface Commits {
  /** The commit that a conversation starts from, with exactly the files of `tree`. */
  readonly headOf: (tree: string, history?: readonly History[]) => Promise<string>;
  /** Throws `tree_unknown` if no such tree was made or fetched here. */
  readonly requireTree: (tree: string) => Promise<void>;
}

export const createCommits = (
  git: Git,
  { base, baseline }: { readonly base: Fetched; readonly baseline: string },
): Commits => {
  // Objects stay once they are there, and the same parent, message, date and tree make the same commit.
  const trees = new Set<string>();
  const made = new Map<string, string>();
  const isTree = async (tree: string): Promise<boolean> => {
    if (trees.has(tree)) return true;
    const isThere = (await git.text(["cat-file", "-t", tree]).catch(() => null)) === "tree";
    if (isThere) trees.add(tree);
    return isThere;
  };
  const commit = async (parent: string, { title, tree }: History): Promise<string> => {
    const key = JSON.stringify([parent, title, tree]);
    const known = made.get(key);
    if (known !== undefined) return known;
    const id = await git.text(["commit-tree", "-p", parent, "-m", title, tree], { env: author(base.date) });
    made.set(key, id);
    return id;
  };
  return {
    headOf: async (tree, history = []) => {
      const steps = [
        ...(baseline === base.tree
          ? []
          : [{ tree: baseline, title: "What earlier pipelines of this task left" }]),
        ...history,
        { tree, title: "What is there now" },
      ];
      let [at, head] = [base.tree, base.commit];
      for (const step of steps) {
        if (step.tree === at || !(await isTree(step.tree))) continue;
        head = await commit(head, step);
        at = step.tree;
      }
      return head;
    },

    requireTree: async tree => {
      if (/^[0-9a-f]{40,64}$/.test(tree) && (await isTree(tree))) return;
      throw new KinError(`The tree ${tree.slice(0, 64)} is not known on this runner.`, {
        code: "tree_unknown",
        hint: "It has to be restored from the journal first.",
      });
    },
  };
};

const author = (date: string): Readonly<Record<string, string>> => {
  // git shows some dates that it does not accept itself.
  const when = `@${/^\d{1,12} [+-]\d{4}$/.test(date) ? date : "0 +0000"}`;
  return {
    GIT_AUTHOR_NAME: "Kin",
    GIT_AUTHOR_EMAIL: "kin@localhost",
    GIT_AUTHOR_DATE: when,
    GIT_COMMITTER_NAME: "Kin",
    GIT_COMMITTER_EMAIL: "kin@localhost",
    GIT_COMMITTER_DATE: when,
  };
};
