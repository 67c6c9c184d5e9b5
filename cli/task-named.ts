// Which task somebody means by an issue's number. A store may hold several repositories, each with an issue of that number.
import { KinError } from "../core/model/error.ts";
import type { ListedTask } from "../core/model/listing.ts";
import type { Store } from "../core/ports.ts";

const NAME = /^(?:([\w.-]+\/[\w.-]+)?#)?(\d{1,9})$/;

/** `command`: as it is said to those who named none. Throws `arguments_invalid`, `no_task`. */
export const taskNamed = async (
  name: string | undefined,
  { store, command }: { readonly store: Store; readonly command: string },
): Promise<ListedTask> => {
  const [, repository, number] = NAME.exec(name ?? "") ?? [];
  const issue = Number(number);
  if (!(issue > 0))
    throw new KinError(name === undefined ? `\`${command}\` needs an issue.` : `"${name}" is no issue.`, {
      code: "arguments_invalid",
      hint: `Its number, as in \`${command} 1\`, or \`${command} owner/name#1\`. \`kin tasks\` lists them.`,
    });
  const found = await store.listTasks({ issue, repository, limit: 10 });
  const [task, other] = found;
  if (task === undefined)
    throw new KinError(`${name} is not one of Kin's tasks.`, {
      code: "no_task",
      hint: "`kin tasks` lists them.",
    });
  if (other !== undefined)
    throw new KinError(`Several repositories have an issue ${issue}.`, {
      code: "arguments_invalid",
      hint: `Name the one that you mean: ${found.map(one => `${one.owner}/${one.name}#${issue}`).join(", ")}.`,
    });
  return task;
};
