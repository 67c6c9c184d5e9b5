// `kin check`: checks what a repository says to Kin before it is pushed. Reads the work tree and asks nobody.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { CONFIG_PATH } from "../app/plane.ts";
import type { Config } from "../core/model/config.ts";
import { parseConfig } from "../host/config-file.ts";
import { PROMPTS_PATH, ROLES_PATH, readOwnRoles } from "../host/own-roles.ts";
import { loadRoster } from "../host/roster.ts";
import { checkAll } from "../local/model/check-all.ts";
import { ROOT } from "../local/world.ts";
import { type Env, FLAG, readArguments, TEXT } from "./arguments.ts";
import { type Check, failed, failedBy, ok, render } from "./doctor/check.ts";
import { checkConfig, checkWorkflow, WORKFLOW_PATH } from "./doctor/repository.ts";
import { checkServers } from "./doctor/servers.ts";
import { createGit } from "./init/git.ts";
import { rootOf } from "./init/repository.ts";

export const check = async (args: readonly string[], env: Env): Promise<number> => {
  const { values } = readArguments(args, { repo: TEXT, answers: TEXT, json: FLAG });
  const directory = resolve(values.repo ?? ".");
  const root = rootOf(directory, createGit(directory, env));
  const [configured, config] = await checkConfig(() => textAt(root, CONFIG_PATH), `Mend ${CONFIG_PATH}.`);
  const checks = [
    configured,
    checkRoles(root, config),
    ...checkWorkflowFile(root, env),
    ...(config === null ? [] : checkServers(textAt(root, WORKFLOW_PATH), config)),
    ...(values.answers === undefined ? [] : [await checkAnswers(values.answers)]),
  ];
  const sound = checks.every(({ state }) => state !== "failed");
  console.log(values.json ? JSON.stringify({ ok: sound, checks }, null, 2) : render(checks));
  return sound ? 0 : 1;
};

const textAt = (root: string, path: string): string | null =>
  existsSync(join(root, path)) ? readFileSync(join(root, path), "utf8") : null;

const checkRoles = (root: string, config: Config | null): Check => {
  const directory = join(root, PROMPTS_PATH);
  const names = existsSync(directory) ? readdirSync(directory) : [];
  const prompts = new Map(
    names.flatMap(file => {
      const name = /^([a-z][a-z0-9_]*)\.md$/.exec(file)?.[1];
      return name === undefined ? [] : [[name, readFileSync(join(directory, file), "utf8")] as const];
    }),
  );
  const files = { roles: textAt(root, ROLES_PATH), prompts };
  try {
    const { roster } = loadRoster(ROOT);
    const own = readOwnRoles(files, { config: config ?? parseConfig(null, CONFIG_PATH), roster });
    return ok("roles", `${own.roles.length} of your own, ${prompts.size} prompts of your own`);
  } catch (error) {
    return failedBy("roles", error, `Look at ${ROLES_PATH} and ${PROMPTS_PATH}.`);
  }
};

const checkWorkflowFile = (root: string, env: Env): readonly Check[] => {
  const text = textAt(root, WORKFLOW_PATH);
  if (text === null) return [failed("workflow", `${WORKFLOW_PATH} is missing.`, "`kin init` writes it.")];
  // The App's operator decides which reusable workflows it accepts.
  const trusted = (env.KIN_TRUSTED_WORKFLOWS ?? "").split(",").map(one => one.trim());
  return checkWorkflow(text, trusted).filter(({ name }) => name !== "trusted" || trusted[0] !== "");
};

const checkAnswers = async (directory: string): Promise<Check> => {
  try {
    const problems = await checkAll(directory);
    return problems.length === 0
      ? ok("answers", `${directory} can be played`)
      : failed("answers", problems.join("\n"), "docs/fake-model.md says what a file holds.");
  } catch (error) {
    return failedBy("answers", error, "docs/fake-model.md says what a file holds.");
  }
};
