// `kin init`: sets a repository up with the workflow, a first configuration and the labels, and says what remains.
// Only what is missing is written; what is there and differs is shown.
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline/promises";
import { CONFIG_PATH, WORKFLOW } from "../app/plane.ts";
import { KinError } from "../core/model/error.ts";
import { ROOT } from "../local/world.ts";
import { apiOf } from "./app-create.ts";
import { readArguments } from "./arguments.ts";
import { failed, render } from "./doctor/check.ts";
import {
  type Action,
  actionOfConfig,
  actionOfWorkflow,
  isPlaceholder,
  readAction,
  withAction,
} from "./init/action.ts";
import { configText } from "./init/config-text.ts";
import { detect } from "./init/detect.ts";
import { type Placed, placeFile, type WantedFile } from "./init/files.ts";
import { placeLabels } from "./init/labels.ts";
import { nextSteps } from "./init/next-steps.ts";
import { ownCopy } from "./init/own-copy.ts";
import { findRepository, type Repository } from "./init/repository.ts";

type Env = Readonly<Record<string, string | undefined>>;

export const init = async (args: readonly string[], env: Env): Promise<number> => {
  const { values } = readArguments(args, {
    repo: { type: "string" },
    repository: { type: "string" },
    action: { type: "string" },
    force: { type: "boolean", default: false },
    "dry-run": { type: "boolean", default: false },
  });
  const doing = { force: values.force, dryRun: values["dry-run"] };
  const repository = findRepository(resolve(values.repo ?? "."), { named: values.repository, env });
  const wanted = values.action === undefined ? null : readAction(values.action);
  const action = wanted ?? actionThere(repository) ?? (await findAction(repository, env));
  const files = wantedFiles(repository, { action, isNamed: wanted !== null });
  const placed = [
    ...files.map(file => placeFile(file, { ...repository, ...doing })),
    ...placeholders(repository, { dryRun: doing.dryRun }),
    await placeLabels({
      name: repository.name,
      api: env.GITHUB_API_URL || apiOf(repository.server),
      token: env.GH_TOKEN || env.GITHUB_TOKEN || null,
      dryRun: doing.dryRun,
    }),
  ];
  const next = nextSteps(repository, action);
  console.log([heading(repository, doing.dryRun), ...told(placed), next].join("\n\n"));
  return placed.some(({ check }) => check.state === "failed") ? 1 : 0;
};

const WORKFLOW_PATH = `.github/workflows/${WORKFLOW}`;

/** What the checkout's workflow has already, be it pinned by hand. */
const actionThere = ({ root }: Repository): Action | null =>
  real(actionOfWorkflow(textIn(root, WORKFLOW_PATH) ?? ""));

const real = (action: Action | null): Action | null =>
  action === null || isPlaceholder(action) ? null : action;

/** A release names itself; else it is the copy that is at work, or what somebody at the terminal says. */
const findAction = async ({ server }: Repository, env: Env): Promise<Action> => {
  const released = real(actionOfWorkflow(template("kin.yml")));
  if (released !== null) return released;
  const own = ownCopy(server, env);
  if (own.kind === "found") return own.action;
  if (process.stdin.isTTY && process.stdout.isTTY) return ask(own.why);
  throw new KinError(`Nothing says which copy of Kin the workflow is to run. ${own.why}`, {
    code: "no_action",
    hint: "Name the repository with your copy of Kin and a commit of it: --action octocat/kin@<40 hexadecimal digits>. The Action gets your key: it should be a copy that you can read and nobody else changes.",
  });
};

const ask = async (why: string): Promise<Action> => {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const answer = await terminal.question(
      `${why}\nThe workflow runs a copy of Kin, and hands it your key. Whose, and which commit? (octocat/kin@<commit>) `,
    );
    return readAction(answer, "The answer");
  } finally {
    terminal.close();
  }
};

const template = (name: string): string => readFileSync(join(ROOT, "workflow", name), "utf8");

/** In a workflow that was changed by hand, and so is left as it is. */
const placeholders = ({ root }: Repository, { dryRun }: { readonly dryRun: boolean }): readonly Placed[] => {
  const text = textIn(root, WORKFLOW_PATH) ?? "";
  const found = actionOfWorkflow(text);
  const isOurs = text === template("kin.yml");
  if (found === null || !isPlaceholder(found) || (dryRun && isOurs)) return [];
  const said = `${WORKFLOW_PATH} runs ${found.name}@${found.ref}: a placeholder, and whoever has that name gets your key.`;
  return [
    {
      check: failed("action", said, "Take over the `uses:` lines of the difference, or use --force."),
      shown: null,
    },
  ];
};

/** `isNamed`: somebody asked for this version; else the one that the configuration has already stays there. */
const wantedFiles = (
  { root, git }: Repository,
  { action, isNamed }: { readonly action: Action; readonly isNamed: boolean },
): readonly WantedFile[] => {
  const file = (path: string) => textIn(root, path);
  const ofConfig = (isNamed ? null : real(actionOfConfig(file(CONFIG_PATH) ?? ""))) ?? action;
  const { out } = git(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
  return [
    {
      path: WORKFLOW_PATH,
      text: withAction(template("kin.yml"), action),
      alternatives: [withAction(template("kin-caller.yml"), action)],
      replaced: [template("kin.yml")],
    },
    {
      path: CONFIG_PATH,
      text: configText(detect(file, out.split("\0")), ofConfig),
      alternatives: [],
      replaced: [],
    },
  ];
};

const textIn = (root: string, path: string): string | null => {
  try {
    return readFileSync(join(root, path), "utf8");
  } catch {
    return null;
  }
};

const heading = ({ root, name, server }: Repository, dryRun: boolean): string => {
  const where = name === null ? root : `${root}, which is ${server}/${name.owner}/${name.repo}`;
  return dryRun ? `${where}\nNothing is written or created: --dry-run.` : where;
};

/** What was done, and below it what there is to see of each. */
const told = (placed: readonly Placed[]): readonly string[] => [
  render(placed.map(({ check }) => check)),
  ...placed.flatMap(({ shown }) =>
    shown === null ? [] : [`──── ${shown.title}\n\n${shown.text.trimEnd()}\n\n────`],
  ),
];
