// `kin init`: sets a repository up with the workflow, a first configuration and the labels, and says what remains. Only
// what is missing is written; what exists and differs is shown.
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline/promises";
import { CONFIG_PATH } from "../app/plane.ts";
import { KinError } from "../core/model/error.ts";
import { parseConfig } from "../host/config-file.ts";
import { ROOT } from "../local/world.ts";
import { apiOf } from "./app-create.ts";
import { type Env, FLAG, readArguments, TEXT } from "./arguments.ts";
import { failed, failedBy, ok, render, unknown } from "./doctor/check.ts";
import { WORKFLOW_PATH } from "./doctor/repository.ts";
import { endOf } from "./end.ts";
import {
  type Action,
  actionOfConfig,
  actionOfWorkflow,
  isPlaceholder,
  readAction,
  withAction,
  withHeadOf,
  workflowFor,
} from "./init/action.ts";
import { configText, holdsAllOf } from "./init/config-text.ts";
import { detect, type Found } from "./init/detect.ts";
import { type Placed, placeFile, type WantedFile } from "./init/files.ts";
import { tellsOf, withGatesOf, withProvedGates } from "./init/gates-text.ts";
import { placeLabels } from "./init/labels.ts";
import { nextSteps } from "./init/next-steps.ts";
import { ownCopy } from "./init/own-copy.ts";
import { type Gate, NOT_RUN, prove, unproved } from "./init/prove.ts";
import { findRepository, type Repository } from "./init/repository.ts";
import { unixLines } from "./init/yaml-text.ts";

export const init = async (args: readonly string[], env: Env): Promise<number> => {
  const options = { repo: TEXT, repository: TEXT, action: TEXT, prove: FLAG, force: FLAG, "dry-run": FLAG };
  const { values } = readArguments(args, options);
  const doing = { force: values.force, dryRun: values["dry-run"] };
  const repository = findRepository(resolve(values.repo ?? "."), { named: values.repository, env });
  const wanted = values.action === undefined ? null : readAction(values.action);
  const action = wanted ?? actionThere(repository) ?? (await findAction(repository, env));
  const found = findIn(repository);
  const isKnown =
    !values.prove && tellsOf(found.gates, unixLines(textIn(repository.root, CONFIG_PATH) ?? ""));
  const isToProve =
    !isKnown && !doing.dryRun && found.gates.length > 0 && (values.prove || (await mayProve(found.gates)));
  const ended = endOf(process);
  const gates = isKnown
    ? null
    : isToProve
      ? await prove(found.gates, { ...repository, env, say, signal: ended.signal })
      : unproved(found.gates);
  ended.unheard();
  const code = ended.code();
  if (code !== null) return code;
  const files = wantedFiles(repository, {
    action,
    isNamed: wanted !== null,
    found,
    gates,
    force: doing.force,
  });
  const written = files.map(file => placeFile(file, { ...repository, ...doing }));
  const [config, counted] = readConfig(repository);
  const placed = [
    ...written,
    ...placeholders(repository, { dryRun: doing.dryRun }),
    ...config,
    ...toldGates(gates ?? [], { counted, dryRun: doing.dryRun }),
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

/** What the checkout's workflow already has, even if it was pinned by hand. */
const actionThere = ({ root }: Repository): Action | null =>
  real(actionOfWorkflow(textIn(root, WORKFLOW_PATH) ?? ""));

const real = (action: Action | null): Action | null =>
  action === null || isPlaceholder(action) ? null : action;

/** A release names itself; else it is the copy that is running, or what somebody at the terminal says. */
const findAction = async ({ server }: Repository, env: Env): Promise<Action> => {
  const released = real(actionOfWorkflow(template("kin.yml")));
  if (released !== null) return released;
  const own = ownCopy(server, env);
  if (own.kind === "found") return own.action;
  if (isTerminal()) return ask(own.why);
  throw new KinError(`Nothing says which copy of Kin the workflow is to run. ${own.why}`, {
    code: "no_action",
    hint: "Name the repository with your copy of Kin and a commit of it: --action owner/kin@<40 hexadecimal digits>. The Action gets your key: it should be a copy that you can read and nobody else changes.",
  });
};

const isTerminal = (): boolean => process.stdin.isTTY && process.stdout.isTTY;

const question = async (text: string): Promise<string> => {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return await terminal.question(text);
  } finally {
    terminal.close();
  }
};

const ask = async (why: string): Promise<Action> =>
  readAction(
    await question(
      `${why}\nThe workflow runs a copy of Kin, and hands it your key. Whose, and which commit? (owner/kin@<commit>) `,
    ),
    "The answer",
  );

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

const findIn = ({ root, git }: Repository): Found => {
  const { out } = git(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
  return detect(path => textIn(root, path), out.split("\0"));
};

const say = (line: string): void => console.error(line);

const mayProve = async (commands: readonly string[]): Promise<boolean> => {
  if (!isTerminal()) return false;
  const answer = await question(
    `These check the project: ${commands.join(", ")}. Run each once, here and as you, to see which of them pass? (y/N) `,
  );
  return /^\s*y(es)?\s*$/i.test(answer);
};

/** The final file and its gates; an error in it would stop every pipeline. */
const readConfig = ({ root }: Repository): readonly [readonly Placed[], readonly string[]] => {
  try {
    return [[], parseConfig(textIn(root, CONFIG_PATH), CONFIG_PATH).gates];
  } catch (error) {
    return [[{ check: failedBy("config", error, `Mend ${CONFIG_PATH}.`), shown: null }], []];
  }
};

interface Told {
  /** The gates in the configuration as it is now. */
  readonly counted: readonly string[];
  readonly dryRun: boolean;
}

const toldGates = (gates: readonly Gate[], { counted, dryRun }: Told): readonly Placed[] => {
  const waiting = gates.flatMap(({ command, why }) =>
    why === NOT_RUN && !counted.includes(command) ? [command] : [],
  );
  const checks = [
    ...gates.flatMap(({ command, why }) => {
      if (why === NOT_RUN) return [];
      if (why === null && counted.includes(command)) return [ok("gates", `${command}: passed`)];
      if (why === null) {
        const add = `Add it to \`gates:\` in ${CONFIG_PATH}, as a line of its own: \`  - ${command}\`.`;
        return [unknown("gates", `${command}: passed, and is no gate yet`, add)];
      }
      const remedy = "Mend it, or leave it out: a gate that does not pass stops every approval.";
      return [unknown("gates", `${command}: ${why}`, remedy)];
    }),
    ...(waiting.length === 0
      ? []
      : [
          unknown(
            "gates",
            `found, and not run: ${waiting.join(", ")}`,
            `With --prove${dryRun ? " and without --dry-run" : ""} each is run once, and what passes becomes a gate.`,
          ),
        ]),
  ];
  return checks.map(check => ({ check, shown: null }));
};

interface Wanted {
  readonly action: Action;
  /** Somebody asked for this version; otherwise the configuration keeps the one it has. */
  readonly isNamed: boolean;
  readonly found: Found;
  /** Null: as in the configuration. */
  readonly gates: readonly Gate[] | null;
  /** If so, people's own changes are overwritten. */
  readonly force: boolean;
}

const wantedFiles = (
  { root }: Repository,
  { action, isNamed, found, gates, force }: Wanted,
): readonly WantedFile[] => {
  const there = unixLines(textIn(root, CONFIG_PATH) ?? "");
  const isBlank = there.trim() === "";
  const ofConfig = (isNamed ? null : real(actionOfConfig(there))) ?? action;
  const fresh = configText({ ...found, gates: gates ?? unproved(found.gates) }, ofConfig);
  const wanted = gates === null ? withGatesOf(there, fresh) : fresh;
  const proved = gates === null || force || isBlank ? null : withProvedGates(there, gates);
  const text = proved ?? wanted;
  return [
    {
      path: WORKFLOW_PATH,
      text: workflowFor(template("kin.yml"), action),
      alternatives: (force ? [] : ["kin.yml", "kin-caller.yml"]).map(name =>
        withHeadOf(textIn(root, WORKFLOW_PATH) ?? "", withAction(template(name), action)),
      ),
      replaced: [template("kin.yml")],
    },
    {
      path: CONFIG_PATH,
      text,
      alternatives: !force && proved === null && holdsAllOf(text, there) ? [there] : [],
      replaced: proved === null && !isBlank ? [] : [there],
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
