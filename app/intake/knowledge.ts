// What a pipeline may know besides its task: the project's decisions and modules, its other tasks, its own roles.
import { type OwnFiles, PROMPTS_PATH, ROLES_PATH, readOwnRoles } from "../../core/adapters/own-roles.ts";
import type { Config } from "../../core/model/config.ts";
import { KinError } from "../../core/model/error.ts";
import { DecisionRecord } from "../../core/model/knowledge.ts";
import type { ProjectRecord, TaskRecord } from "../../core/model/record.ts";
import type { Opening } from "../../core/model/task.ts";
import type { GitHub } from "../../core/ports.ts";
import type { Plane } from "../plane.ts";

const MOST_DECISIONS = 200;
const MOST_TASKS = 20;
/** Each is fetched before anything is checked; more than there can be roles. */
const MOST_PROMPTS = 64;

export interface Asking {
  readonly plane: Plane;
  readonly github: GitHub;
  readonly project: ProjectRecord;
  readonly task: TaskRecord;
  readonly config: Config;
}

/** Throws `config_invalid` where the repository's own roles or prompts are wrong. */
export const knowledgeFor = async ({
  plane,
  github,
  project,
  task,
  config,
}: Asking): Promise<Pick<Opening, "decisions" | "modules" | "active_tasks" | "own_roles">> => {
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
  const names = (await github.directory(PROMPTS_PATH, default_branch)).flatMap(
    name => /^([a-z][a-z0-9_]*)\.md$/.exec(name)?.[1] ?? [],
  );
  if (names.length > MOST_PROMPTS)
    throw new KinError(`${PROMPTS_PATH} has ${names.length} prompts. Allowed: ${MOST_PROMPTS}.`, {
      code: "config_invalid",
      hint: "Take those away that belong to no role; docs/roles.md describes roles and prompts.",
    });
  const texts = await Promise.all(
    names.map(
      async name => [name, (await github.file(`${PROMPTS_PATH}/${name}.md`, default_branch)) ?? ""] as const,
    ),
  );
  return { roles: await github.file(ROLES_PATH, default_branch), prompts: new Map(texts) };
};
