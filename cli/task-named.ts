// Which task somebody means by an issue's number. A store may hold several repositories that each have such an issue.

import type { Store } from "../app/store/port.ts";
import { KinError } from "../core/model/error.ts";
import type { ListedTask } from "../core/model/listing.ts";
import { misused } from "./arguments.ts";

/** A repository that was deleted and made again occurs twice by name; GitHub's number tells them apart. */
const NAME = /^(?:(?:([\w.-]+\/[\w.-]+)|(\d+))?#)?(\d{1,9})$/;

/** `command`: named in the hint if no task was given. Throws `arguments_invalid`, `no_task`. */
export const taskNamed = async (
  name: string | undefined,
  { store, command }: { readonly store: Store; readonly command: string },
): Promise<ListedTask> => {
  const [, named, id, number] = NAME.exec(name ?? "") ?? [];
  const issue = Number(number);
  if (!(issue > 0))
    throw misused(
      name === undefined ? `\`${command}\` needs an issue.` : `"${name}" is no issue.`,
      `Its number, as in \`${command} 1\`, or \`${command} owner/name#1\`. \`kin tasks\` lists them.`,
    );
  const known = id === undefined ? undefined : (await store.projects()).find(one => one.id === Number(id));
  const repository = known === undefined ? named : nameOf(known);
  const listed = await store.listTasks({ issue, repository, limit: 10 });
  const ids = await Promise.all(listed.map(async one => (await store.task(one.id))?.project_id));
  const found = listed.filter((_, at) => id === undefined || ids[at] === Number(id));
  const [task, other] = found;
  if (task === undefined)
    throw new KinError(`${name} is not one of Kin's tasks.`, {
      code: "no_task",
      hint: "`kin tasks` lists them.",
    });
  if (other !== undefined) {
    const names = found.map(nameOf);
    const told = names.map((one, at) =>
      names.indexOf(one) === names.lastIndexOf(one) ? `${one}#${issue}` : `${ids[at]}#${issue} (${one})`,
    );
    throw misused(
      `Several repositories have an issue ${issue}.`,
      `Name the one that you mean: ${told.join(", ")}.`,
    );
  }
  return task;
};

const nameOf = ({ owner, name }: { readonly owner: string; readonly name: string }): string =>
  `${owner}/${name}`;
