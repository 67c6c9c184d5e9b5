// What a pull request would bring: the files that differ between two trees of the harness's own git.

import type { Look } from "../../core/model/look.ts";
import { readBytes } from "../../core/model/patch/bytes.ts";
import { look, type Note } from "../../core/model/patch/look.ts";
import { MAX_CANDIDATES, MAX_FILE_BYTES } from "../../core/model/patch/patch-rules.ts";
import { diffBetween } from "./diff.ts";
import type { Git } from "./git.ts";
import { toChange } from "./recorder.ts";
import * as trees from "./tree.ts";

export const lookBetween = async (git: Git, between: readonly [string, string]): Promise<Look> => ({
  notes: await notesBetween(git, between),
  ...(await diffBetween(git, between)),
  files: await trees.pathsOfTree(git, between[1]),
});

const notesBetween = async (git: Git, between: readonly [string, string]): Promise<readonly Note[]> => {
  const differences = (await trees.diffTrees(git, between)).slice(0, MAX_CANDIDATES);
  const shas = differences.flatMap(({ before, after }) =>
    [before, after].flatMap(entry => (entry === null || entry.mode === "160000" ? [] : [entry.sha])),
  );
  const sizes = await trees.blobSizes(git, shas);
  // People's own commits on the branch may contain anything.
  const blobs = await trees.readBlobs(
    git,
    shas.filter(sha => (sizes.get(sha) ?? 0) <= 8 * MAX_FILE_BYTES),
  );
  return look(
    differences.map(difference => {
      const change = toChange(difference, blobs, NONE);
      const before = difference.before && blobs.get(difference.before.sha);
      return { change, before: before ? readBytes(before) : null };
    }),
  );
};

const NONE: trees.Entries = new Map();
