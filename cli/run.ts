// `kin run`: one pipeline on a local checkout, without GitHub. Ends in a branch or a patch.
import { execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createLocalControl } from "../action/control/local.ts";
import { drive } from "../action/drive/drive.ts";
import type { ToolServers } from "../action/drive/ports/tool-servers.ts";
import { ANTHROPIC_URL, createLanguageModel } from "../action/llm/anthropic.ts";
import { createWorkbench, findSandbox } from "../action/workbench/workbench.ts";
import { acceptanceCriteria } from "../core/agents/criteria.ts";
import { KinError } from "../core/model/error.ts";
import type { JournalEvent } from "../core/model/event.ts";
import type { Pipeline } from "../core/model/pipeline.ts";
import type { Roster } from "../core/model/role.ts";
import { readSecretLines } from "../core/model/secret-lines.ts";
import type { Opening } from "../core/model/task.ts";
import { apply, open } from "../core/pipeline/apply.ts";
import { commitPoints } from "../core/pipeline/commits.ts";
import { openingOf } from "../core/pipeline/opening.ts";
import { changesOf } from "../core/pipeline/written.ts";
import { commitMessage } from "../core/report/commit-message.ts";
import { duration, usd } from "../core/report/format.ts";
import { createStoryteller, wordsOf } from "../core/report/storyteller.ts";
import { capital, endWords } from "../core/report/words.ts";
import { clean } from "../core/text/clean.ts";
import { systemClock } from "../host/clock.ts";
import { parseConfig } from "../host/config-file.ts";
import { type OwnFiles, PROMPTS_PATH, ROLES_PATH, readOwnRoles } from "../host/own-roles.ts";
import { removeTree } from "../host/remove-tree.ts";
import { loadRoster } from "../host/roster.ts";
import { type IssueFile, readIssue } from "../local/example.ts";
import { ROOT } from "../local/world.ts";
import { type Env, FLAG, misused, readArguments, TEXT } from "./arguments.ts";
import { endOf } from "./end.ts";
import { deliver } from "./run/deliver.ts";
import { findPlace, type Place } from "./run/place.ts";
import { reachModel } from "./run/reach.ts";
import { createPrinter } from "./terminal.ts";

export const run = async (args: readonly string[], env: Env): Promise<number> => {
  const options = { repo: TEXT, issue: TEXT, branch: TEXT, patch: TEXT, "unsafe-no-sandbox": FLAG };
  const { values } = readArguments(args, options);
  if (values.repo === undefined || values.issue === undefined)
    throw misused("`kin run` needs --repo and --issue.", "`kin run --help` tells more.");
  const repo = resolve(values.repo);
  const loaded = loadRoster(ROOT);
  const opening = openingIn(repo, readIssue(values.issue), loaded.roster);
  const { branch, patch } = values;
  const place = findPlace(repo, { branch, patch, usual: opening.branch.name });
  const apiKey = env.ANTHROPIC_API_KEY;
  if (!apiKey)
    throw new KinError("ANTHROPIC_API_KEY is not set.", {
      code: "no_key",
      hint: "Set it, or try `npm start`, which needs none.",
    });
  const baseUrl = env.ANTHROPIC_BASE_URL || ANTHROPIC_URL;
  const path = env.PATH ?? "/usr/bin:/bin";
  const sandbox = await findSandbox(path);
  if (!sandbox.ok && values["unsafe-no-sandbox"] !== true) {
    throw new KinError(`No sandbox: ${sandbox.reason}`, {
      code: "no_sandbox",
      hint: `${sandbox.hint} Or, on a machine that you can lose, add --unsafe-no-sandbox.`,
    });
  }
  await reachModel(baseUrl);
  const at = new Date().toISOString();
  const opened: JournalEvent = { seq: 1, at, data: { kind: "opened", opening } };
  const claimed: JournalEvent = {
    seq: 2,
    at,
    data: { kind: "claimed", run_id: "local", run_attempt: 1, run_url: null, scripted: false },
  };
  const begun = apply(open(opened), claimed);
  const say = createPrinter(process.stderr);
  const tell = createStoryteller();
  const sayAll = (pipeline: Pipeline, event: JournalEvent) => {
    for (const one of tell(event, pipeline)) say({ text: wordsOf(one), tone: one.tone });
  };
  const control = createLocalControl({
    clock: systemClock,
    journal: [opened, claimed],
  });
  const temporary = mkdtempSync(join(tmpdir(), "kin-run-"));
  const workbench = createWorkbench({
    dir: join(temporary, "work"),
    source: { kind: "local", path: repo },
    toolProcess: join(ROOT, "action", "dist", "tools.js"),
    node: process.execPath,
    sandbox: sandbox.ok ? "bwrap" : "none",
    path,
    proxy: proxyIn(env),
    secrets: secretsIn(env),
    log: () => {},
  });
  const log = (line: string) => console.error(line);
  const model = createLanguageModel({
    apiKey,
    baseUrl,
    clock: systemClock,
    random: Math.random,
    log,
  });
  const ended = endOf(process);
  const abort = new AbortController();
  ended.signal.addEventListener("abort", () =>
    abort.abort({ kind: "interrupted", reason: "Ended by a signal." }),
  );
  console.error(destinationText(place));
  sayAll(open(opened), opened);
  sayAll(begun, claimed);
  try {
    const world = {
      model,
      workbench,
      ...(await serversFor(opening, env)),
      ...loaded,
      clock: systemClock,
      random: () => randomBytes(12).toString("hex"),
      log,
    };
    const pipeline = await drive(begun, { control, onAppended: sayAll, world, signal: abort.signal });
    const changes = changesOf(pipeline);
    console.error(endText(pipeline));
    if (changes.length > 0)
      console.error(deliver(pipeline, { path, repo, place, changes, message: messageOf(pipeline) }));
    const code = ended.code();
    if (code !== null)
      console.error(
        `Ended before it was through${changes.length === 0 ? ", with nothing written" : "; that is what was written so far"}. The same command begins anew.`,
      );
    return code ?? (pipeline.outcome?.kind === "passed" ? 0 : 1);
  } finally {
    await workbench.close();
    await removeTree(temporary);
  }
};

const PROXY = ["HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy"];

const proxyIn = (env: Env): Readonly<Record<string, string>> =>
  Object.fromEntries(PROXY.flatMap(name => (env[name] ? [[name, env[name]]] : [])));

/** As the Action's input `secrets`. */
const secretsIn = ({ KIN_SECRETS = "" }: Env): ReadonlyMap<string, string> => {
  const { secrets, wrong } = readSecretLines(KIN_SECRETS);
  if (wrong.length > 0) console.error(`KIN_SECRETS has lines that are no NAME=value: ${wrong.join(", ")}.`);
  return secrets;
};

const serversFor = async ({ config }: Opening, env: Env): Promise<{ readonly servers?: ToolServers }> => {
  if (Object.keys(config.mcp ?? {}).length === 0) return {};
  const { createToolServers } = await import("../action/mcp/servers.ts");
  return { servers: createToolServers({ secrets: secretsIn(env), log: () => {} }) };
};

const destinationText = (place: Place): string =>
  place.kind === "branch"
    ? `The result will be the branch ${place.name}. Ctrl-C ends the run and keeps what was written.`
    : `The result will be a patch${place.file === "-" ? "" : ` in ${place.file}`}. Ctrl-C ends the run and keeps what was written.`;

const endText = (pipeline: Pipeline): string => {
  const { outcome, paused, usd: spent, seconds } = pipeline;
  const why = outcome?.reason ?? paused ?? "";
  return `\n${capital(endWords(pipeline))}${why === "" ? "" : `: ${why}`}\n${usd(spent)}, ${duration(seconds)}`;
};

const messageOf = (pipeline: Pipeline): string => {
  const last = commitPoints(pipeline).at(-1)?.step;
  const step = last === undefined ? undefined : pipeline.steps[last.number];
  const task = { title: pipeline.opening.task.title, issue: pipeline.opening.task.issue };
  return step === undefined ? task.title : commitMessage({ view: { task }, pipeline, step });
};

const openingIn = (repo: string, issue: IssueFile, roster: Roster): Opening => {
  const git = (...args: string[]) =>
    execFileSync("git", ["-C", repo, ...args], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    }).trim();
  let sha: string;
  try {
    sha = git("rev-parse", "--verify", "HEAD");
  } catch {
    throw new KinError(`${repo} is no git repository with a commit.`, {
      code: "no_repository",
      hint: "Commit its files first.",
    });
  }
  const body = clean(issue.body).text;
  const title = clean(issue.title, { limit: 256 }).text;
  const config = parseConfig(showFile(git, ".github/kin.yml"), ".github/kin.yml");
  const slug = title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 40);
  return openingOf({
    pipeline: `local-${createHash("sha256").update(`${sha}${title}${Date.now()}`).digest("hex").slice(0, 8)}`,
    task: {
      repository: {
        id: 0,
        owner: "local",
        name: repo.split("/").at(-1) || "repository",
        default_branch: "HEAD",
      },
      issue: 1,
      url: "",
      title,
      body,
      author: "local",
      asked_by: "local",
      comments: [],
      acceptance_criteria: [...acceptanceCriteria(body)],
      frozen_at: new Date().toISOString(),
      hidden_removed: 0,
    },
    config,
    base: { ref: "HEAD", sha },
    branch: { name: `kin/local-${slug || "task"}`, head: null },
    // Whoever starts it here sees the branch before anybody else does.
    consented: "local",
    own_roles: readOwnRoles(ownFiles(git), { config, roster }),
  });
};

const ownFiles = (git: (...args: string[]) => string): OwnFiles => ({
  roles: showFile(git, ROLES_PATH),
  prompts: new Map(
    git("ls-tree", "--name-only", "HEAD", `${PROMPTS_PATH}/`)
      .split("\n")
      .flatMap(path => {
        const name = /\/([a-z][a-z0-9_]*)\.md$/.exec(path)?.[1];
        return name === undefined ? [] : [[name, showFile(git, path) ?? ""] as const];
      }),
  ),
});

const showFile = (git: (...args: string[]) => string, path: string): string | null => {
  try {
    return git("show", `HEAD:${path}`);
  } catch {
    return null;
  }
};
