// A site to test against, in one call: people, a repository, an App with a real webhook receiver, and clients for all
// of them.

import { createHmac, timingSafeEqual } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { Octokit } from "@octokit/rest";
import { importPKCS8, SignJWT } from "jose";
import type { NewApp } from "./admin-apps.ts";
import { type EmbeddedGitHub, type GitHubOptions, startGitHub } from "./github.ts";

export const SECRET = "a webhook secret";

export interface Hook {
  readonly event: string;
  readonly action: string | undefined;
  readonly guid: string;
  readonly userAgent: string;
  readonly target: string;
  readonly genuine: boolean;
  // biome-ignore lint/suspicious/noExplicitAny: payloads are looked into freely
  readonly payload: any;
}

export interface Receiver {
  readonly url: string;
  readonly hooks: Hook[];
  status: number;
  /** "issues.opened" and the like, in order. */
  names(): string[];
  close(): Promise<void>;
}

export async function openReceiver(): Promise<Receiver> {
  const hooks: Hook[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const header = (name: string) => String(request.headers[name] ?? "");
    const wanted = `sha256=${createHmac("sha256", SECRET).update(body).digest("hex")}`;
    const given = header("x-hub-signature-256");
    const payload = JSON.parse(body.toString("utf8"));
    hooks.push({
      event: header("x-github-event"),
      action: payload.action,
      guid: header("x-github-delivery"),
      userAgent: header("user-agent"),
      target: header("x-github-hook-installation-target-id"),
      genuine: given.length === wanted.length && timingSafeEqual(Buffer.from(given), Buffer.from(wanted)),
      payload,
    });
    response.writeHead(receiver.status).end("received");
  });
  await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    hooks,
    status: 200,
    names: () => hooks.map(hook => (hook.action === undefined ? hook.event : `${hook.event}.${hook.action}`)),
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return receiver;
}

const EVENTS = [
  "issues",
  "issue_comment",
  "label",
  "pull_request",
  "pull_request_review",
  "pull_request_review_comment",
  "workflow_run",
  "workflow_dispatch",
  "check_run",
  "check_suite",
  "status",
  "push",
  "create",
  "delete",
  "repository",
  "merge_group",
];

const PERMISSIONS = {
  actions: "write",
  checks: "write",
  contents: "write",
  issues: "write",
  pull_requests: "write",
  statuses: "read",
};

const WORKFLOW = `name: Helper
run-name: "Helper #\${{ inputs.issue }} (\${{ inputs.pipeline || 'by hand' }}\${{ inputs.from_step && ', from step ' }}\${{ inputs.from_step }}\${{ (inputs.dry_run == true || inputs.dry_run == 'true') && ', dry run' || '' }})"
on:
  workflow_dispatch:
    inputs:
      issue: { required: true, type: string }
      pipeline: { type: string, default: "" }
      from_step: { type: string, default: "" }
      dry_run: { type: boolean, default: false }
jobs:
  run:
    runs-on: ubuntu-latest
    steps: []
`;

export const FILES = {
  "README.md": "# Hello\n\none\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\nten\n",
  "src/add.js": "export const add = (a, b) => a - b;\n",
  ".github/workflows/helper.yml": WORKFLOW,
  ".github/workflows/ci.yml": "name: CI\non: [push]\njobs: {}\n",
};

export const hello = { owner: "octocat", repo: "hello" };

export interface SiteOptions extends Partial<GitHubOptions> {
  /** Differences of the App under test from "helper", which gets nearly all events. */
  readonly app?: Partial<NewApp>;
  /** The initial files of octocat/hello. */
  readonly files?: Readonly<Record<string, string>>;
}

export interface Site {
  readonly github: EmbeddedGitHub;
  readonly receiver: Receiver;
  readonly dataDir: string;
  readonly app: { readonly appId: number; readonly privateKey: string; readonly botId: number };
  readonly installationId: number;
  readonly tokens: Readonly<Record<"octocat" | "hubot" | "monalisa", string>>;
  as(token: string): Octokit;
  readonly octocat: Octokit;
  readonly hubot: Octokit;
  readonly monalisa: Octokit;
  asApp(): Promise<Octokit>;
  installationToken(narrow?: Record<string, unknown>): Promise<string>;
  asInstallation(narrow?: Record<string, unknown>): Promise<Octokit>;
  close(): Promise<void>;
}

export async function openSite({
  app: own = {},
  files = FILES,
  ...options
}: SiteOptions = {}): Promise<Site> {
  const dataDir = options.dataDir ?? (await mkdtemp(path.join(tmpdir(), "embedded-github-")));
  const receiver = await openReceiver();
  const github = await startGitHub({ ...options, dataDir });
  const octocat = github.addUser({ login: "octocat" });
  const hubot = github.addUser({ login: "hubot" });
  const monalisa = github.addUser({ login: "monalisa" });
  await github.addRepository({ owner: "octocat", name: "hello", files });
  github.setPermission({ ...hello, login: "hubot", permission: "write" });
  const wanted = {
    slug: "helper",
    name: "Helper",
    webhookUrl: receiver.url,
    webhookSecret: SECRET,
    permissions: PERMISSIONS,
    events: EVENTS,
    ...own,
  };
  const app = github.addApp(wanted);
  const { installationId } = github.install({ slug: wanted.slug, owner: "octocat" });
  const as = (token: string) => new Octokit({ auth: token, baseUrl: github.apiUrl, log: quiet });
  const asApp = async () => as(await jwtOf(app));
  const installationToken = async (narrow: Record<string, unknown> = {}) => {
    const made = await (await asApp()).rest.apps.createInstallationAccessToken({
      installation_id: installationId,
      ...narrow,
    });
    return made.data.token;
  };
  return {
    github,
    receiver,
    dataDir,
    app,
    installationId,
    tokens: { octocat: octocat.token, hubot: hubot.token, monalisa: monalisa.token },
    as,
    octocat: as(octocat.token),
    hubot: as(hubot.token),
    monalisa: as(monalisa.token),
    asApp,
    installationToken,
    asInstallation: async narrow => as(await installationToken(narrow)),
    close: async () => {
      await github.close();
      await receiver.close();
      if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
    },
  };
}

const silent = () => undefined;
const quiet = { debug: silent, info: silent, warn: silent, error: silent };

export async function jwtOf(app: { readonly appId: number; readonly privateKey: string }): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({})
    .setProtectedHeader({ alg: "RS256" })
    .setIssuer(String(app.appId))
    .setIssuedAt(now - 60)
    .setExpirationTime(now + 540)
    .sign(await importPKCS8(app.privateKey, "RS256"));
}

export async function refusal(request: Promise<unknown>): Promise<string> {
  try {
    await request;
  } catch (error) {
    const { status, response } = error as { status: number; response?: { data?: Refused } };
    const details = (response?.data?.errors ?? []).map(one =>
      typeof one === "string" ? one : (one.message ?? one.code),
    );
    return [status, response?.data?.message, ...details].join(" ");
  }
  return "not refused";
}

interface Refused {
  readonly message?: string;
  readonly errors?: readonly (string | { readonly message?: string; readonly code?: string })[];
}

/** Writes one file as its client's owner, whether or not it exists; returns the commit. */
export async function writeFile(
  octokit: Octokit,
  {
    path,
    content,
    branch = "main",
  }: { readonly path: string; readonly content: string; readonly branch?: string },
): Promise<string> {
  const file = { ...hello, path, branch };
  const { data: known } = await octokit.rest.repos
    .getContent({ ...file, ref: branch })
    .catch(() => ({ data: {} }));
  const { data } = await octokit.rest.repos.createOrUpdateFileContents({
    ...{ ...file, message: `By hand: ${path}`, content: Buffer.from(content).toString("base64") },
    ...("sha" in known ? { sha: known.sha } : {}),
  });
  return data.commit.sha ?? "";
}

export async function branchWith(
  octokit: Octokit,
  branch: string,
  files: Readonly<Record<string, string>>,
): Promise<string> {
  const { data: main } = await octokit.rest.git.getRef({ ...hello, ref: "heads/main" });
  const tree = Object.entries(files).map(([file, content]) => ({
    path: file,
    mode: "100644" as const,
    type: "blob" as const,
    content,
  }));
  const { data: made } = await octokit.rest.git.createTree({ ...hello, base_tree: main.object.sha, tree });
  const { data: commit } = await octokit.rest.git.createCommit({
    ...hello,
    message: `Change ${branch}`,
    tree: made.sha,
    parents: [main.object.sha],
  });
  await octokit.rest.git.createRef({ ...hello, ref: `refs/heads/${branch}`, sha: commit.sha });
  return commit.sha;
}
