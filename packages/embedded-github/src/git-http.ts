// Git over HTTP: `git http-backend` as CGI over the bare repositories, behind GitHub's access rules.

import { spawn } from "node:child_process";
import path from "node:path";
import { Readable } from "node:stream";
import { appOf, can, canSee, grants, personOf } from "./access.ts";
import { type Actor, authenticate } from "./auth.ts";
import { Failure } from "./failure.ts";
import { GIT_ENV } from "./git.ts";
import { listRefs, ZERO } from "./git-read.ts";
import { mergeWhatIsReady } from "./pull-changes.ts";
import { refMoved } from "./refs.ts";
import { needs, recordWrite } from "./rest.ts";
import { pushedMoves, pushRefusal } from "./rulesets.ts";
import type { Repository } from "./state.ts";
import { type Deed, fullName, gitDirectory, movedRepository, repositoryByName, type World } from "./world.ts";

const SERVICES = ["git-upload-pack", "git-receive-pack"];

interface GitRequest {
  readonly repository: Repository;
  readonly tail: string;
  readonly pushing: boolean;
  readonly actor: Actor;
  /** Already read if the pushed refs had to be known first. */
  readonly body?: Uint8Array;
  readonly refused?: string;
}

/** Null if the path is not a git request. */
export async function gitHttp(world: World, request: Request): Promise<Response | null> {
  const url = new URL(request.url);
  const match = /^\/([^/]+)\/([^/]+?)(?:\.git)?\/(info\/refs|git-upload-pack|git-receive-pack)$/.exec(
    url.pathname,
  );
  if (match === null) return null;
  const [, owner = "", name = "", tail = ""] = match;
  const service = tail === "info/refs" ? (url.searchParams.get("service") ?? "") : tail;
  if (!SERVICES.includes(service)) return new Response("Please upgrade your git client.\n", { status: 403 });
  try {
    const actor = await authenticate(world, request.headers.get("authorization"));
    const pushing = service === "git-receive-pack";
    const repository = admit(world, { actor, owner, name, pushing });
    const asked = { repository, tail, pushing, actor };
    return pushing && tail !== "info/refs"
      ? await push(world, request, asked)
      : await backend(world, request, asked);
  } catch (error) {
    if (error instanceof Failure) return refusal(error);
    throw error;
  }
}

function refusal(failure: Failure): Response {
  const headers: Record<string, string> =
    failure.status === 401 ? { "www-authenticate": 'Basic realm="GitHub"' } : {};
  return new Response(`${failure.message}\n`, { status: failure.status, headers });
}

function admit(
  world: World,
  asked: { readonly actor: Actor; readonly owner: string; readonly name: string; readonly pushing: boolean },
): Repository {
  const { actor, pushing } = asked;
  const repository =
    repositoryByName(world, asked.owner, asked.name) ?? movedRepository(world, asked.owner, asked.name);
  const anonymous = actor.kind === "anonymous";
  const unseen = repository === undefined || !canSee(actor, repository);
  if (anonymous && (unseen || pushing)) throw new Failure(401, "Authentication required.");
  if (unseen) throw new Failure(404, "Repository not found.");
  const need = needs("contents", pushing ? "write" : "read", pushing ? "write" : "read");
  const who = actor.kind === "user" || actor.kind === "installation" ? actor.user.login : "you";
  if (!can(actor, repository, need))
    throw new Failure(403, `Permission to ${fullName(world, repository)}.git denied to ${who}.`);
  return repository;
}

/** A push is one write: comparing the refs before and after shows what moved. */
async function push(world: World, request: Request, asked: GitRequest): Promise<Response> {
  const { repository, actor } = asked;
  return world.lock(repository, async () => {
    const directory = gitDirectory(world, repository);
    const before = await listRefs(directory, "refs/");
    const deed: Deed = { world, repository, user: personOf(actor), appId: appOf(actor) };
    const body = new Uint8Array(await request.arrayBuffer());
    const refused = pushRefusal(deed, pushedMoves(body)) ?? "";
    const response = await backend(world, request, { ...asked, body, refused });
    const answer = await response.arrayBuffer();
    const after = await listRefs(directory, "refs/");
    const moved = [...new Set([...before.keys(), ...after.keys()])].filter(
      ref => before.get(ref) !== after.get(ref),
    );
    for (const ref of moved)
      await refMoved(deed, { ref, before: before.get(ref) ?? ZERO, after: after.get(ref) ?? ZERO });
    if (moved.length > 0) {
      const path = `/${fullName(world, repository)}.git/git-receive-pack`;
      recordWrite(world, actor, { method: "PUSH", path, status: 200 });
      await mergeWhatIsReady(deed);
      world.saved();
    }
    return new Response(answer, { status: response.status, headers: response.headers });
  });
}

function environment(world: World, request: Request, asked: GitRequest): Record<string, string> {
  const { actor } = asked;
  const header = (name: string) => request.headers.get(name) ?? "";
  const mayWorkflows = actor.kind !== "installation" || grants(actor.permissions.workflows, "write");
  const length = asked.body === undefined ? request.headers.get("content-length") : String(asked.body.length);
  return {
    ...GIT_ENV,
    GIT_PROJECT_ROOT: path.join(world.dataDir, "repositories"),
    GIT_HTTP_EXPORT_ALL: "1",
    PATH_INFO: `/${asked.repository.id}.git/${asked.tail}`,
    REQUEST_METHOD: request.method,
    QUERY_STRING: new URL(request.url).search.slice(1),
    CONTENT_TYPE: header("content-type"),
    HTTP_CONTENT_ENCODING: header("content-encoding"),
    GIT_PROTOCOL: header("git-protocol"),
    REMOTE_USER: actor.kind === "user" || actor.kind === "installation" ? actor.user.login : "anonymous",
    REFUSE_WORKFLOWS: mayWorkflows ? "" : "1",
    REFUSE_PUSH: asked.refused ?? "",
    ...(length === null ? {} : { CONTENT_LENGTH: length }),
  };
}

function backend(world: World, request: Request, asked: GitRequest): Promise<Response> {
  return new Promise((resolve, reject) => {
    const env = environment(world, request, asked);
    const child = spawn("git", ["http-backend"], { env, stdio: ["pipe", "pipe", "ignore"] });
    child.on("error", reject);
    child.stdin.on("error", () => undefined);
    if (asked.body !== undefined) child.stdin.end(asked.body);
    else if (request.body === null) child.stdin.end();
    else Readable.fromWeb(request.body as import("node:stream/web").ReadableStream).pipe(child.stdin);
    // When the client disconnects, its git process ends too.
    request.signal.addEventListener("abort", () => child.kill());
    readHead(child.stdout).then(({ status, headers, rest }) => {
      if (rest.length > 0) child.stdout.unshift(rest);
      resolve(new Response(Readable.toWeb(child.stdout) as ReadableStream, { status, headers }));
    }, reject);
  });
}

function readHead(stdout: Readable): Promise<{ status: number; headers: Headers; rest: Buffer }> {
  return new Promise((resolve, reject) => {
    let read = Buffer.alloc(0);
    const ended = () => reject(new Failure(500, "git http-backend gave no answer"));
    const onData = (chunk: Buffer) => {
      read = Buffer.concat([read, chunk]);
      const at = read.indexOf("\r\n\r\n");
      if (at < 0) return;
      stdout.off("data", onData);
      stdout.off("end", ended);
      stdout.pause();
      resolve({ ...parseHead(read.subarray(0, at).toString("latin1")), rest: read.subarray(at + 4) });
    };
    stdout.on("data", onData);
    stdout.on("end", ended);
  });
}

function parseHead(text: string): { status: number; headers: Headers } {
  const headers = new Headers();
  let status = 200;
  for (const line of text.split("\r\n")) {
    const colon = line.indexOf(":");
    const [name, value] = [line.slice(0, colon), line.slice(colon + 1).trim()];
    if (name.toLowerCase() === "status") status = Number.parseInt(value, 10);
    else headers.append(name, value);
  }
  return { status, headers };
}
