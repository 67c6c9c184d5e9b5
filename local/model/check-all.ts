// Reads every answers file of a directory once, so that an error shows at the start and not in the middle of a run.
import { readdir } from "node:fs/promises";
import path from "node:path";
import { explain, KinError } from "../../core/model/error.ts";
import { readAnswers } from "./answers.ts";

/** The problems found, in words. Throws `answers_missing` when there is no such directory. */
export const checkAll = async (directory: string): Promise<string[]> => {
  const names = await readdir(directory, { recursive: true }).catch(cause => {
    throw new KinError(`There is no directory of answers at ${directory}.`, {
      code: "answers_missing",
      hint: "Give a directory with YAML files; docs/fake-model.md says what is in them.",
      cause,
    });
  });
  const problems: string[] = [];
  for (const name of names.filter(each => each.endsWith(".yaml")).sort()) {
    const portable = name.split(path.sep).join("/");
    await readAnswers(directory, portable).catch(error => {
      if (!(error instanceof KinError)) throw error;
      problems.push(explain(error));
    });
  }
  return problems;
};
