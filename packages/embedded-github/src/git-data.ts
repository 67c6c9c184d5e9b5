// The Git Data API over the real repository: blobs, trees, commits, refs.

import * as z from "zod";
import { grants } from "./access.ts";
import { renderGitCommit } from "./commit-render.ts";
import { Failure, notFound, unprocessable } from "./failure.ts";
import { gitMaybe, gitRaw } from "./git.ts";
import { objectContent, shaOf, typeOf } from "./git-batch.ts";
import { commitOf, isAncestor, isSha, listRefs, readRef, ZERO } from "./git-read.ts";
import { type TreeChange, writeBlob, writeTree } from "./git-write.ts";
import { commitAs } from "./identity.ts";
import { moveRef, refuseWorkflowChange } from "./refs.ts";
import { created, needs, noContent, ok, page, type RepositoryCall, type Route } from "./rest.ts";
import { gitDirectory, must, nodeId, repositoryUrl } from "./world.ts";

const NewBlob = z.object({ content: z.string(), encoding: z.enum(["utf-8", "base64"]).default("utf-8") });
const NewTree = z.object({
  base_tree: z.string().optional(),
  tree: z.array(
    z.object({
      path: z.string(),
      mode: z.string().optional(),
      type: z.string().optional(),
      sha: z.string().nullish(),
      content: z.string().optional(),
    }),
  ),
});
export const PersonBody = z.object({ name: z.string(), email: z.string(), date: z.string().optional() });
const NewCommitBody = z.object({
  message: z.string(),
  tree: z.string(),
  parents: z.array(z.string()).default([]),
  author: PersonBody.optional(),
  committer: PersonBody.optional(),
  signature: z.string().optional(),
});
const NewRef = z.object({ ref: z.string(), sha: z.string() });
const ChangedRef = z.object({ sha: z.string(), force: z.boolean().default(false) });

const read = needs("contents", "read", "read");
const write = needs("contents", "write", "write");
const base = "/repos/{owner}/{repo}/git";

export const gitDataRoutes: readonly Route[] = [
  { method: "POST", path: `${base}/blobs`, need: write, handle: nonEmpty(createBlob) },
  { method: "GET", path: `${base}/blobs/{file_sha}`, need: read, handle: getBlob },
  { method: "POST", path: `${base}/trees`, need: write, handle: nonEmpty(createTree) },
  { method: "GET", path: `${base}/trees/{tree_sha}`, need: read, handle: nonEmpty(getTree) },
  { method: "POST", path: `${base}/commits`, need: write, handle: nonEmpty(createCommit) },
  { method: "GET", path: `${base}/commits/{commit_sha}`, need: read, handle: nonEmpty(getCommit) },
  { method: "POST", path: `${base}/refs`, need: write, handle: nonEmpty(createRef) },
  { method: "GET", path: `${base}/ref/{ref}`, need: read, handle: nonEmpty(getRef) },
  { method: "GET", path: `${base}/matching-refs/{ref}`, need: read, handle: matchingRefs },
  { method: "PATCH", path: `${base}/refs/{ref}`, need: write, handle: nonEmpty(updateRef) },
  { method: "DELETE", path: `${base}/refs/{ref}`, need: write, handle: nonEmpty(deleteRef) },
];

type Handle = Extract<Route, { need: unknown }>["handle"];

function nonEmpty(handle: Handle): Handle {
  return async call => {
    const directory = gitDirectory(call.world, call.repository);
    const main = await readRef(directory, `refs/heads/${call.repository.defaultBranch}`);
    if (main === null && (await listRefs(directory, "refs/heads")).size === 0)
      throw new Failure(409, "Git Repository is empty.");
    return handle(call);
  };
}

const directoryOf = (call: RepositoryCall): string => gitDirectory(call.world, call.repository);

async function createBlob(call: RepositoryCall) {
  const { content, encoding } = call.read(NewBlob);
  if (encoding === "base64" && !isBase64(content)) throw new Failure(422, "content is not valid Base64");
  const sha = await writeBlob(
    directoryOf(call),
    encoding === "base64" ? Buffer.from(content, "base64") : content,
  );
  return created({ sha, url: `${repositoryUrl(call.world, call.repository)}/git/blobs/${sha}` });
}

async function getBlob(call: RepositoryCall) {
  const sha = call.param("file_sha");
  const directory = directoryOf(call);
  if (!isSha(sha) || (await typeOf(directory, sha)) !== "blob") throw notFound();
  const { content } = must(await objectContent(directory, sha));
  if (call.accept.includes("raw")) return { status: 200, text: content.toString("utf8") };
  return ok({
    sha,
    node_id: `B_${sha}`,
    size: content.length,
    url: `${repositoryUrl(call.world, call.repository)}/git/blobs/${sha}`,
    content: wrapBase64(content),
    encoding: "base64",
  });
}

/** With or without line breaks. */
export const isBase64 = (content: string): boolean => {
  const letters = content.replace(/[\r\n]/g, "");
  return letters.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(letters);
};

export const wrapBase64 = (content: Buffer): string => content.toString("base64").replace(/(.{60})/g, "$1\n");

async function createTree(call: RepositoryCall) {
  const wanted = call.read(NewTree);
  const directory = directoryOf(call);
  const baseTree =
    wanted.base_tree === undefined ? null : await shaOf(directory, `${wanted.base_tree}^{tree}`);
  if (wanted.base_tree !== undefined && baseTree === null)
    throw unprocessable("base_tree is not a valid tree oid");
  for (const entry of wanted.tree)
    if (entry.content === undefined && entry.sha === undefined)
      throw unprocessable("Must supply either tree.sha or tree.content");
  const sha = await writeTree(directory, baseTree, wanted.tree as readonly TreeChange[]);
  return created(await renderTree(call, sha, false));
}

async function getTree(call: RepositoryCall) {
  const directory = directoryOf(call);
  const name = call.param("tree_sha");
  const rev = isSha(name) ? name : `refs/heads/${name}`;
  const sha = await shaOf(directory, `${rev}^{tree}`);
  if (sha === null || sha === "") throw notFound();
  return ok(await renderTree(call, sha, call.query.has("recursive")));
}

/**
 * GitHub's limits for a recursive tree. It does not say what the second one measures; here it is the size of git's
 * rows.
 */
const [MOST_ENTRIES, MOST_BYTES] = [100_000, 7 * 1024 * 1024];

/** As many of git's rows as GitHub lists. */
export function listed(rows: readonly string[]): readonly string[] {
  let bytes = 0;
  const isBeyond = (row: string): boolean => {
    bytes += Buffer.byteLength(row);
    return bytes > MOST_BYTES;
  };
  const end = rows.findIndex(isBeyond);
  return rows.slice(0, Math.min(end < 0 ? rows.length : end, MOST_ENTRIES));
}

async function renderTree(call: RepositoryCall, sha: string, recursive: boolean) {
  const args = ["ls-tree", "-z", "-l", ...(recursive ? ["-r", "-t"] : []), sha];
  const rows = (await gitRaw(directoryOf(call), args)).stdout.toString("utf8").split("\0").slice(0, -1);
  const shown = recursive ? listed(rows) : rows;
  const url = `${repositoryUrl(call.world, call.repository)}/git`;
  const tree = shown.flatMap(row => {
    const [, mode, type, oid, size, path] = /^(\d+) (\w+) (\w+) +(\S+)\t(.*)$/s.exec(row) ?? [];
    if (path === undefined) return [];
    const sized = type === "blob" ? { size: Number(size) } : {};
    return [{ path, mode, type, sha: oid, ...sized, url: `${url}/${type}s/${oid}` }];
  });
  return { sha, url: `${url}/trees/${sha}`, tree, truncated: shown.length < rows.length };
}

async function createCommit(call: RepositoryCall) {
  const wanted = call.read(NewCommitBody);
  const directory = directoryOf(call);
  if ((await typeOf(directory, wanted.tree)) !== "tree") throw unprocessable("Tree SHA does not exist");
  for (const parent of wanted.parents)
    if (!isSha(parent) || (await typeOf(directory, parent)) !== "commit")
      throw unprocessable(`Parent SHA does not exist or is not a commit object`);
  const dated = (person: z.output<typeof PersonBody> | undefined) =>
    person === undefined ? undefined : { ...person, date: person.date ?? call.world.stamp() };
  const given = { author: dated(wanted.author), committer: dated(wanted.committer) };
  const sha = await commitAs(call, wanted, given);
  const commit = await commitOf(directory, sha);
  if (commit === null) throw notFound();
  return created(renderGitCommit(call.world, call.repository, commit));
}

async function getCommit(call: RepositoryCall) {
  const sha = call.param("commit_sha");
  const commit = isSha(sha) ? await commitOf(directoryOf(call), sha) : null;
  if (commit === null) throw notFound();
  return ok(renderGitCommit(call.world, call.repository, commit));
}

async function renderRef(call: RepositoryCall, ref: string, sha: string) {
  const type = must(await typeOf(directoryOf(call), sha));
  const url = `${repositoryUrl(call.world, call.repository)}/git`;
  return {
    ref,
    node_id: `${nodeId("REF", call.repository.id)}:${ref}`,
    url: `${url}/${ref}`,
    object: { sha, type, url: `${url}/${type}s/${sha}` },
  };
}

const fullRef = (call: RepositoryCall): string => `refs/${call.param("ref").replace(/^refs\//, "")}`;

async function getRef(call: RepositoryCall) {
  const ref = fullRef(call);
  const sha = await readRef(directoryOf(call), ref);
  if (sha === null || sha === "") throw notFound();
  return ok(await renderRef(call, ref, sha));
}

async function matchingRefs(call: RepositoryCall) {
  const prefix = fullRef(call);
  const all = await listRefs(directoryOf(call), "refs/");
  const found = [...all].filter(([ref]) => ref.startsWith(prefix));
  const rendered = await Promise.all(found.map(([ref, sha]) => renderRef(call, ref, sha)));
  return page(call, rendered, one => one);
}

const mayWorkflows = (call: RepositoryCall): boolean =>
  call.actor.kind === "installation" && grants(call.actor.permissions.workflows, "write");

async function createRef(call: RepositoryCall) {
  const { ref, sha } = call.read(NewRef);
  const directory = directoryOf(call);
  if (!/^refs\/[^/]+\/.+/.test(ref) || (await gitMaybe(directory, ["check-ref-format", ref])) === null)
    throw unprocessable(`${ref} is not a valid ref name.`);
  if (ref.startsWith("refs/pull/")) throw unprocessable("Reference cannot be created in a hidden namespace");
  if (!isSha(sha) || (await typeOf(directory, sha)) === null) throw unprocessable("Object does not exist");
  if ((await readRef(directory, ref)) !== null) throw unprocessable("Reference already exists");
  await refuseWorkflowChange({ ...call, workflows: mayWorkflows(call) }, sha);
  await moveRef(call, { ref, before: ZERO, after: sha }).catch(clash);
  return created(await renderRef(call, ref, sha));
}

/** Branches "a" and "a/b" cannot both exist. */
function clash(error: unknown): never {
  if (String(error).includes("cannot lock ref")) throw unprocessable("Reference update failed");
  throw error;
}

async function updateRef(call: RepositoryCall) {
  const ref = fullRef(call);
  const { sha, force } = call.read(ChangedRef);
  const directory = directoryOf(call);
  const before = await readRef(directory, ref);
  if (before === null) throw unprocessable("Reference does not exist");
  if (!isSha(sha) || (await typeOf(directory, sha)) === null) throw unprocessable("Object does not exist");
  if (!force && !(await isAncestor(directory, before, sha)))
    throw unprocessable("Update is not a fast forward");
  await refuseWorkflowChange({ ...call, workflows: mayWorkflows(call) }, sha);
  if (before !== sha) await moveRef(call, { ref, before, after: sha });
  return ok(await renderRef(call, ref, sha));
}

async function deleteRef(call: RepositoryCall) {
  const ref = fullRef(call);
  const before = await readRef(directoryOf(call), ref);
  if (before === null) throw unprocessable("Reference does not exist");
  if (ref === `refs/heads/${call.repository.defaultBranch}`)
    throw unprocessable("Cannot delete the default branch");
  await moveRef(call, { ref, before, after: ZERO });
  return noContent();
}
