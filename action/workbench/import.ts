// Reported trees become trees of the harness's own git: built here from the reported contents, so that what is kept is
// what the journal says, whatever happened to the files.
import type { FileChange } from "../../core/model/change.ts";
import { KinError } from "../../core/model/error.ts";
import type { Recorded } from "../drive/ports/workbench.ts";
import type { Git } from "./git.ts";

/**
 * The id of the tree that `changes` make of the tree `from`. In one git process, because starting each costs as much as
 * the work.
 */
export const buildTree = async (git: Git, from: string, changes: readonly FileChange[]): Promise<string> => {
  // Deletions first: a file may have become a directory.
  const gone = changes.flatMap(({ path, content }) => (content === null ? [`D ${quoted(path)}\n`] : []));
  const kept = changes.flatMap(({ path, mode, content, encoding }) => {
    if (content === null) return [];
    const bytes = Buffer.from(content, encoding === "base64" ? "base64" : "utf8");
    return [`M ${mode} inline ${quoted(path)}\ndata ${bytes.length}\n`, bytes, "\n"];
  });
  const input = [aCommit(), `M 040000 ${from} ""\n`, ...gone, ...kept, 'ls ""\n'].map(part =>
    Buffer.from(part),
  );
  const said = await git.text(["fast-import", "--quiet", "--force"], { input: Buffer.concat(input) });
  const tree = /^040000 tree ([0-9a-f]{40,64})$/.exec(said)?.[1];
  if (tree === undefined) throw new Error(`git fast-import said ${JSON.stringify(said.slice(0, 200))}`);
  return tree;
};

let count = 0;

/**
 * fast-import wants a commit and a branch for a tree, which nobody looks at. A new one each time, because two imports
 * at once would lock each other out.
 */
const aCommit = (): string =>
  `commit refs/kin/import/${++count}\ncommitter Kin <kin@localhost> 0 +0000\ndata 0\n`;

// guard: quoted-paths
const quoted = (path: string): string => `"${path.replace(/["\\]/g, "\\$&").replaceAll("\n", "\\n")}"`;

/** Adds what was recorded to the harness's git. Throws if the changes do not make the tree. */
export const takeOver = async (git: Git, from: string, { tree, changes }: Recorded): Promise<void> => {
  if (tree === from && changes.length === 0) return;
  if ((await buildTree(git, from, changes)) === tree) return; // guard: tree-of-its-changes
  throw new KinError("What was recorded of the work tree is not what its changes make.", {
    code: "record_failed",
    retryable: true,
    hint: "This is a fault of Kin's or of the disk; see the log of the run.",
  });
};
