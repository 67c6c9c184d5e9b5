// Files by path: read at a ref, write as one commit on a branch.

import * as z from "zod";
import { grants } from "./access.ts";
import { renderGitCommit } from "./commit-render.ts";
import { Failure, forbidden, notFound, unprocessable } from "./failure.ts";
import { gitRaw } from "./git.ts";
import { objectContent } from "./git-batch.ts";
import { isBase64, PersonBody, wrapBase64 } from "./git-data.ts";
import { commitOf, readRef, resolveCommit, ZERO } from "./git-read.ts";
import { type TreeChange, writeTree } from "./git-write.ts";
import { commitAs } from "./identity.ts";
import { moveRef } from "./refs.ts";
import { needs, ok, type RepositoryCall, type Route } from "./rest.ts";
import { gitDirectory, htmlUrl, must, repositoryUrl } from "./world.ts";

const File = z.object({
  message: z.string(),
  content: z.string().optional(),
  sha: z.string().optional(),
  branch: z.string().optional(),
  author: PersonBody.optional(),
  committer: PersonBody.optional(),
});
const path = "/repos/{owner}/{repo}/contents/{path}";
const read = needs("contents", "read", "read");
const write = needs("contents", "write", "write");

export const contentRoutes: readonly Route[] = [
  { method: "GET", path, need: read, handle: call => getContents(call, call.param("path")) },
  {
    method: "GET",
    path: "/repos/{owner}/{repo}/contents",
    need: read,
    handle: call => getContents(call, ""),
  },
  {
    method: "GET",
    path: "/repos/{owner}/{repo}/contents/",
    need: read,
    handle: call => getContents(call, ""),
  },
  { method: "PUT", path, need: write, handle: call => putContents(call, false) },
  { method: "DELETE", path, need: write, handle: call => putContents(call, true) },
];

interface Entry {
  readonly mode: string;
  readonly type: string;
  readonly sha: string;
  readonly size: number;
  readonly path: string;
}

async function entriesAt(directory: string, args: readonly string[]): Promise<Entry[]> {
  const listed = await gitRaw(directory, ["ls-tree", "-z", "-l", ...args]);
  return listed.stdout
    .toString("utf8")
    .split("\0")
    .flatMap(row => {
      const [, mode, type, sha, size, name] = /^(\d+) (\w+) (\w+) +(\S+)\t(.*)$/s.exec(row) ?? [];
      if (mode === undefined || type === undefined || sha === undefined || name === undefined) return [];
      return [{ mode, type, sha, size: Number(size) || 0, path: name }];
    });
}

async function getContents(call: RepositoryCall, name: string) {
  const directory = gitDirectory(call.world, call.repository);
  const ref = call.query.get("ref") ?? call.repository.defaultBranch;
  const commit = await resolveCommit(directory, ref);
  if (commit === null) {
    const failure = notFound();
    failure.message = `No commit found for the ref ${ref}`;
    throw failure;
  }
  const file = name.replace(/^\/+|\/+$/g, "");
  const entry = file === "" ? null : ((await entriesAt(directory, [commit, "--", file]))[0] ?? null);
  if (file !== "" && entry === null) throw notFound();
  if (entry === null || entry.type === "tree") {
    const tree = await entriesAt(directory, [entry === null ? commit : entry.sha]);
    const prefix = file === "" ? "" : `${file}/`;
    return ok(tree.map(one => renderEntry(call, { ...one, path: prefix + one.path }, ref)));
  }
  const content =
    entry.type === "commit" ? Buffer.alloc(0) : must(await objectContent(directory, entry.sha)).content;
  if (call.accept.includes("raw")) return { status: 200, text: content.toString("utf8") };
  return ok({ ...renderEntry(call, entry, ref), encoding: "base64", content: wrapBase64(content) });
}

function renderEntry(call: RepositoryCall, entry: Entry, ref: string) {
  const encoded = entry.path.split("/").map(encodeURIComponent).join("/");
  const url = `${repositoryUrl(call.world, call.repository)}/contents/${encoded}?ref=${encodeURIComponent(ref)}`;
  const git_url = `${repositoryUrl(call.world, call.repository)}/git/${entry.type}s/${entry.sha}`;
  const kind = entry.type === "tree" ? "dir" : entry.type === "commit" ? "submodule" : "file";
  const html_url = `${htmlUrl(call.world, call.repository)}/${kind === "dir" ? "tree" : "blob"}/${ref}/${encoded}`;
  return {
    name: entry.path.split("/").at(-1) ?? "",
    path: entry.path,
    sha: entry.sha,
    size: entry.size,
    url,
    html_url,
    git_url,
    download_url: kind === "file" ? html_url.replace("/blob/", "/raw/") : null,
    type: entry.mode === "120000" ? "symlink" : kind,
    _links: { self: url, git: git_url, html: html_url },
  };
}

async function putContents(call: RepositoryCall, removing: boolean) {
  const wanted = call.read(File);
  const file = call.param("path");
  const branch = wanted.branch ?? call.repository.defaultBranch;
  const directory = gitDirectory(call.world, call.repository);
  const head = await readRef(directory, `refs/heads/${branch}`);
  const empty = (await readRef(directory, `refs/heads/${call.repository.defaultBranch}`)) === null;
  if (head === null && !empty) throw new Failure(404, `Branch ${branch} not found`);
  refuseWorkflowFile(call, file);
  const known = head === null ? undefined : (await entriesAt(directory, [head, "--", file]))[0];
  checkSha({ file, known: known?.sha, given: wanted.sha, removing });
  if (!isBase64(wanted.content ?? "")) throw new Failure(422, "content is not valid Base64");
  const change: TreeChange = removing
    ? { path: file, sha: null }
    : { path: file, mode: known?.mode ?? "100644", content: Buffer.from(wanted.content ?? "", "base64") };
  const tree = await writeTree(directory, head, [change]);
  const sha = await commitOn(call, wanted, { tree, head, branch });
  const entry = (await entriesAt(directory, [sha, "--", file]))[0];
  const body = {
    content: entry === undefined ? null : renderEntry(call, entry, branch),
    commit: renderGitCommit(call.world, call.repository, must(await commitOf(directory, sha))),
  };
  return { status: known === undefined ? 201 : 200, body };
}

async function commitOn(
  call: RepositoryCall,
  wanted: z.output<typeof File>,
  at: { readonly tree: string; readonly head: string | null; readonly branch: string },
): Promise<string> {
  const dated = (person: z.output<typeof PersonBody> | undefined) =>
    person === undefined ? undefined : { ...person, date: person.date ?? call.world.stamp() };
  const parents = at.head === null ? [] : [at.head];
  const given = { author: dated(wanted.author), committer: dated(wanted.committer) };
  const sha = await commitAs(call, { tree: at.tree, parents, message: wanted.message }, given);
  const way = { status: 409 };
  await moveRef(call, { ref: `refs/heads/${at.branch}`, before: at.head ?? ZERO, after: sha, way });
  return sha;
}

function checkSha(file: {
  readonly file: string;
  readonly known: string | undefined;
  readonly given: string | undefined;
  readonly removing: boolean;
}): void {
  if (file.known === undefined && file.removing) throw notFound();
  if (file.known === undefined) return;
  if (file.given === undefined) throw unprocessable(`Invalid request.\n\n"sha" wasn't supplied.`);
  if (file.given !== file.known) throw new Failure(409, `${file.file} does not match ${file.given}`);
}

function refuseWorkflowFile(call: RepositoryCall, file: string): void {
  if (!file.startsWith(".github/workflows/") || call.actor.kind !== "installation") return;
  if (!grants(call.actor.permissions.workflows, "write")) throw forbidden();
}
