// What a pipeline may know besides its task: the project's decisions and modules, its other tasks, its own roles.

import type { Config } from "../../core/model/config.ts";
import { KinError } from "../../core/model/error.ts";
import { DecisionRecord } from "../../core/model/knowledge.ts";
import type { ProjectRecord, TaskRecord } from "../../core/model/record.ts";
import type { Opening } from "../../core/model/task.ts";
import { checkSize, type OwnFiles, PROMPTS_PATH, ROLES_PATH, readOwnRoles } from "../../host/own-roles.ts";
import type { GitHub } from "../github/port.ts";
import type { InProject } from "../intake/incoming.ts";

const MOST_DECISIONS = 200;
const MOST_TASKS = 20;
/** More than there can be roles; limits fetching, which comes before any check. */
const MOST_PROMPTS = 64;

export interface Asking extends InProject {
  readonly task: TaskRecord;
  readonly config: Config;
}

/** Throws `config_invalid` if the repository's own roles or prompts are wrong. */
export const knowledgeFor = async (
  asking: Asking,
): Promise<Pick<Opening, "decisions" | "modules" | "active_tasks" | "own_roles">> => {
  const { plane, github, project, task, config } = asking;
  const { store } = plane;
  await store.describeProject(project.id, config);
  await store.saveModules({ project_id: project.id, modules: config.modules, source: "config" });
  const own = await ownFiles(github, project);
  return {
    decisions: (await store.decisions(project.id, MOST_DECISIONS)).map(row => DecisionRecord.parse(row)),
    modules: [...(await store.modules(project.id))],
    active_tasks: (await store.activeTasks(task, MOST_TASKS)).map(({ issue, modules, ...other }) => ({
      id: `${project.owner}/${project.name}#${issue}`,
      modules: [...modules],
      ...other,
    })),
    own_roles: readOwnRoles(own, { config, roster: plane.roster }),
  };
};

const ownFiles = async (github: GitHub, { default_branch }: ProjectRecord): Promise<OwnFiles> => {
  const found = (await github.directory(PROMPTS_PATH, default_branch)).flatMap(({ name, size }) => {
    const [, role] = /^([a-z][a-z0-9_]*)\.md$/.exec(name) ?? [];
    return role === undefined ? [] : [{ name: role, size }];
  });
  const names = found.map(({ name }) => name);
  if (names.length > MOST_PROMPTS)
    throw new KinError(`${PROMPTS_PATH} has ${names.length} prompts. Allowed: ${MOST_PROMPTS}.`, {
      code: "config_invalid",
      hint: "Take those away that belong to no role; docs/roles.md describes roles and prompts.",
    });
  for (const prompt of found) checkSize(prompt); // guard: size-before-reading
  const prompts = new Map<string, string>();
  // One by one, because a link's size is not that of its target.
  for (const name of names) {
    const text = (await github.file(`${PROMPTS_PATH}/${name}.md`, default_branch)) ?? "";
    checkSize({ name, size: Buffer.byteLength(text) }); // guard: size-of-a-link
    prompts.set(name, text);
  }
  return { roles: await github.file(ROLES_PATH, default_branch), prompts };
};
