// `kin init`: sets a repository up with the workflow, a first configuration and the labels, and says what remains.
// Only what is missing is written; what is there and differs is shown.
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { CONFIG_PATH, WORKFLOW } from "../app/plane.ts";
import { ROOT } from "../local/world.ts";
import { apiOf } from "./app-create.ts";
import { readArguments } from "./arguments.ts";
import { render } from "./doctor/check.ts";
import { type Action, actionOfConfig, actionOfWorkflow, readAction, withAction } from "./init/action.ts";
import { configText } from "./init/config-text.ts";
import { detect } from "./init/detect.ts";
import { type Placed, placeFile, type WantedFile } from "./init/files.ts";
import { placeLabels } from "./init/labels.ts";
import { nextSteps } from "./init/next-steps.ts";
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
  const files = wantedFiles(repository, values.action === undefined ? null : readAction(values.action));
  const placed = [
    ...files.map(file => placeFile(file, { ...repository, ...doing })),
    await placeLabels({
      name: repository.name,
      api: env.GITHUB_API_URL || apiOf(repository.server),
      token: env.GH_TOKEN || env.GITHUB_TOKEN || null,
      dryRun: doing.dryRun,
    }),
  ];
  const next = nextSteps(repository, actionOfWorkflow(files[0].text) as Action);
  console.log([heading(repository, doing.dryRun), ...told(placed), next].join("\n\n"));
  return placed.some(({ check }) => check.state === "failed") ? 1 : 0;
};

const WORKFLOW_PATH = `.github/workflows/${WORKFLOW}`;

/** `wanted`: the version that somebody asked for. One that a file has already stays there. */
const wantedFiles = ({ root, git }: Repository, wanted: Action | null): readonly [WantedFile, WantedFile] => {
  const template = (name: string) => readFileSync(join(ROOT, "workflow", name), "utf8");
  const file = (path: string) => textIn(root, path);
  const ours = actionOfWorkflow(template("kin.yml")) as Action;
  const action = wanted ?? actionOfWorkflow(file(WORKFLOW_PATH) ?? "") ?? ours;
  const ofConfig = wanted ?? actionOfConfig(file(CONFIG_PATH) ?? "") ?? action;
  const { out } = git(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
  return [
    {
      path: WORKFLOW_PATH,
      text: withAction(template("kin.yml"), action),
      alternatives: [withAction(template("kin-caller.yml"), action)],
    },
    { path: CONFIG_PATH, text: configText(detect(file, out.split("\0")), ofConfig), alternatives: [] },
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
