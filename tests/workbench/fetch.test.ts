// Fetching from a real git server that requires a header, and from a directory.
import { spawn, spawnSync } from "node:child_process";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { basename, dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Workbench } from "../../action/drive/ports/workbench.ts";
import { fetchCommits, remoteRef } from "../../action/workbench/fetch.ts";
import { createGit } from "../../action/workbench/git.ts";
import { createWorkbench } from "../../action/workbench/workbench.ts";
import { Config } from "../../core/model/config.ts";
import { KinError } from "../../core/model/error.ts";
import {
  aRepository,
  aWorkbench,
  closeAll,
  FULL,
  git,
  HOST_PATH,
  never,
  temporary,
  toolProcess,
} from "./kit.ts";

const HEADER = "Basic eC1hY2Nlc3MtdG9rZW46Y2FuYXJ5";

/** Where a repository is now, by its former path. */
const moved = new Map<string, string>();
/** git's own server program after a check of the header. */
const serve =
  (root: string, header: string | null) => (request: IncomingMessage, response: ServerResponse) => {
    const to = header === null ? undefined : moved.get(`/${request.url?.split("/")[1]}`);
    if (to !== undefined) {
      response.writeHead(302, { location: `${to}${request.url}` }).end();
      return;
    }
    if (header !== null && request.headers.authorization !== header) {
      response.writeHead(401, { "www-authenticate": "Basic" }).end();
      return;
    }
    const url = new URL(request.url ?? "/", "http://localhost");
    const env = {
      PATH: "/usr/bin:/bin",
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: "1",
      PATH_INFO: decodeURIComponent(url.pathname),
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method ?? "GET",
      CONTENT_TYPE: request.headers["content-type"] ?? "",
      HTTP_CONTENT_ENCODING: String(request.headers["content-encoding"] ?? ""),
      GIT_PROTOCOL: String(request.headers["git-protocol"] ?? ""),
    };
    const backend = spawn("git", ["http-backend"], { env });
    request.pipe(backend.stdin);
    const chunks: Buffer[] = [];
    backend.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    backend.on("close", () => {
      const output = Buffer.concat(chunks);
      const end = output.indexOf("\r\n\r\n");
      for (const line of output.toString("latin1", 0, end).split("\r\n")) {
        const [name = "", value = ""] = line.split(": ");
        if (name === "Status") response.statusCode = Number.parseInt(value, 10);
        else response.setHeader(name, value);
      }
      response.end(output.subarray(end + 4));
    });
  };

const first = aRepository({ "a.txt": "from afar\n" });
const repository = { ...first, base: first.commit({ "b.txt": "later\n" }) };
const server = createServer(serve(dirname(repository.path), HEADER));
const workbenches: Workbench[] = [];
let address: string;
beforeAll(async () => {
  await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/${basename(repository.path)}`;
});
afterAll(async () => {
  server.close();
  await Promise.all(workbenches.map(({ close }) => close()));
  await closeAll();
});

const remote = async (url: string, authorization: string | null) => {
  const dir = join(temporary(), "bench");
  const workbench = createWorkbench({
    dir,
    source: { kind: "remote", url, authorization },
    toolProcess: await toolProcess(),
    node: process.execPath,
    sandbox: "bwrap",
    path: HOST_PATH,
    log: () => undefined,
  });
  workbenches.push(workbench);
  const config = Config.parse({ setup: [] });
  return {
    dir,
    workbench,
    setUp: (base = repository.base) => workbench.setUp({ base, head: null, config, signal: never }),
  };
};

describe("a git server", () => {
  test("gets the header, which is then nowhere on the disk", async () => {
    const { dir, workbench, setUp } = await remote(address, HEADER);
    const { tree, ok } = await setUp();
    expect(ok).toBe(true);
    const bench = await workbench.open({ key: "1", tree, scope: FULL });
    const commands = ["cat a.txt; git remote -v; env", `git cat-file -t ${first.base}`];
    const [run, before] = await bench.judge(commands, { seconds: 10, signal: never });
    expect(run?.output).toMatch(/^from afar\n/);
    // One commit, and nothing before it.
    expect(before?.exit_code).toBe(128);
    expect(run?.output).not.toContain(HEADER);
    expect(spawnSync("grep", ["-r", "--quiet", "-e", HEADER.slice(6), "--", dir]).status).toBe(1);
  });

  test("that sends it on to another is not followed there with the credential, by a submodule without one", async () => {
    const library = aRepository({ "lib.txt": "lib\n" });
    const asked: (string | undefined)[] = [];
    const open = serve(dirname(library.path), null);
    const other = createServer((request, response) => {
      asked.push(request.headers.authorization);
      open(request, response);
    });
    await new Promise<void>(resolve => other.listen(0, "127.0.0.1", resolve));
    moved.set(`/${basename(library.path)}`, `http://127.0.0.1:${(other.address() as AddressInfo).port}`);
    try {
      const direct = await remote(`${new URL(address).origin}/${basename(library.path)}`, HEADER);
      await expect(direct.setUp(library.base)).rejects.toMatchObject({
        code: "fetch_redirected",
        retryable: false,
        message: expect.stringMatching(/returned error: 302/),
        hint: expect.stringMatching(/^Kin takes its credential to no other address\./),
      });
      expect(asked).toEqual([]);
      const modules = `[submodule "lib"]\n\tpath = lib\n\turl = ../${basename(library.path)}\n`;
      const project = aRepository({ ".gitmodules": modules });
      git(project.path, "update-index", "--add", "--cacheinfo", `160000,${library.base},lib`);
      git(project.path, "commit", "-qm", "modules");
      const own = await remote(`${new URL(address).origin}/${basename(project.path)}`, HEADER);
      const { tree, reason } = await own.setUp(git(project.path, "rev-parse", "HEAD"));
      expect(reason).toBeNull();
      const bench = await own.workbench.open({ key: "1", tree, scope: FULL });
      const [run] = await bench.judge(["cat lib/lib.txt"], { seconds: 10, signal: never });
      expect(run?.output).toBe("lib\n");
      expect(new Set(asked)).toEqual(new Set([undefined]));
      other.removeAllListeners("request");
      other.on("request", (_, response) => void response.writeHead(401).end());
      const away = await remote(`${new URL(address).origin}/${basename(project.path)}`, HEADER);
      expect((await away.setUp(git(project.path, "rev-parse", "HEAD"))).reason).toMatch(
        /returned error: 302.* Name in \.gitmodules where the repository is now\. Without a credential: /s,
      );
    } finally {
      other.close();
    }
  });

  test("of a stranger's, which was looked at, sends nobody on", async () => {
    const asked: string[] = [];
    const other = createServer((request, response) => {
      asked.push(request.url ?? "");
      if (request.url?.startsWith("/a/") === true)
        return void response.writeHead(307, { location: request.url.replace("/a/", "/b/") }).end();
      response.writeHead(404).end();
    });
    await new Promise<void>(resolve => other.listen(0, "127.0.0.1", resolve));
    const harness = await createGit({ dir: join(temporary(), "git"), program: "/usr/bin/git" });
    const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}/a/lib`;
    const from = (addresses: { readonly addresses?: readonly string[] }) =>
      fetchCommits(harness, ["main"], {
        source: { kind: "remote", url, authorization: null, ...addresses },
        ...{ proxy: {}, signal: never },
      });
    await expect(from({ addresses: [] })).rejects.toMatchObject({ code: "fetch_redirected" });
    expect(asked.map(path => path.split("/")[1])).toEqual(["a"]);
    await expect(from({})).rejects.toMatchObject({ code: "git_failed" });
    expect(asked.map(path => path.split("/")[1])).toContain("b");
    other.close();
  });

  test("that refuses is an error which may pass, without a question at a terminal", async () => {
    const { setUp } = await remote(address, "Basic wrong");
    await expect(setUp()).rejects.toMatchObject({ code: "git_failed", retryable: true });
  });

  test.each([
    "http://example.com/a.git",
    "ssh://git@example.com/a.git",
    "ext::sh -c touch% x",
    "file:///etc",
    "https://user:secret@example.com/a",
  ])("is never asked at %s", async url => {
    const { setUp } = await remote(url, null);
    const error = await setUp().catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: "source_refused" });
    expect(String(error)).not.toContain("secret");
  });
});

describe("what is fetched", () => {
  test.each(["main", "feature/x-1", "0123456789012345678901234567890123456789"])("%s may be", ref => {
    expect(remoteRef(ref)).toMatch(/^(?:refs\/heads\/.*|[0-9a-f]{40})$/);
  });

  test.each([
    "--upload-pack=touch x",
    "-x",
    "a..b",
    "@{u}",
    "x.lock",
    "",
    "a b",
    "a:b",
    "+a",
    "a~1",
    "a^",
    "/a",
    "a/",
    "a//b",
    "a/.b",
    "x\ny",
  ])("%j may not be", ref => {
    expect(() => remoteRef(ref)).toThrow(KinError);
  });

  test("a commit that does not exist is an error with a hint", async () => {
    const stand = await aWorkbench({ "a.txt": "a" });
    const request = { base: "f".repeat(40), head: null, config: Config.parse({}), signal: never };
    await expect(stand.workbench.setUp(request)).rejects.toMatchObject({
      code: "git_failed",
      hint: expect.stringContaining("commit still exists"),
    });
  });
});
