// One replacement in a file, byte for byte: whatever an edit does not name stays as it is, in any encoding and with any
// line endings. (The SDK's own tool reads UTF-8 and writes U+FFFD for anything else.)
import { isUtf8 } from "node:buffer";
import { randomBytes } from "node:crypto";
import { chmod, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

export interface Edit {
  readonly old_string: string;
  readonly new_string: string;
  readonly replace_all?: boolean;
}

/** Both before and after, because the whole file is loaded. */
const MOST_BYTES = 2 * 1024 * 1024;

/** `path` is where the file is, `name` what the model calls it. Returns what was done; throws what is wrong. */
export const editFile = async (path: string, name: string, edit: Edit): Promise<string> => {
  if (edit.old_string === "") throw new Error("edit: old_string is required");
  if (!edit.old_string.isWellFormed() || !edit.new_string.isWellFormed())
    throw new Error("edit: old_string or new_string holds half a letter");
  const { mode } = await regularFile(path, name);
  const before = await readFile(path);
  const { text, count } = replaced(before.toString("latin1"), { edit, isText: isUtf8(before), name });
  const beside = join(dirname(path), `.${randomBytes(12).toString("hex")}`);
  try {
    await writeFile(beside, text, { encoding: "latin1", flag: "wx" });
    await chmod(beside, mode);
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true }).catch(() => undefined);
    throw new Error(`edit: write: ${errorText(error)}`);
  }
  return `edited ${name} (${count} replacement(s))`;
};

/** Opens no pipe or device, and loads nothing endless. */
const regularFile = async (path: string, name: string): Promise<{ readonly mode: number }> => {
  const found = await stat(path).catch(error => {
    throw new Error(`edit: ${name}: ${errorText(error)}`);
  });
  if (!found.isFile()) throw new Error(`edit: ${name} is not a regular file`);
  if (found.size > MOST_BYTES)
    throw new Error(
      `edit: ${name} has ${found.size} bytes and an edit takes ${MOST_BYTES} at most. Change it with a command.`,
    );
  return { mode: found.mode & 0o7777 };
};

/** `before` is Latin-1: one letter per byte. */
const replaced = (
  before: string,
  { edit, isText, name }: { readonly edit: Edit; readonly isText: boolean; readonly name: string },
): { readonly text: string; readonly count: number } => {
  const ends = endsOf(before);
  const [old, fresh] = [edit.old_string, edit.new_string].map(text =>
    Buffer.from(ends(text), "utf8").toString("latin1"),
  ) as [string, string];
  const parts = before.split(old);
  const count = parts.length - 1;
  const other = isText ? "" : `. ${name} is not UTF-8: only what is ASCII can be named in an edit`;
  if (count === 0)
    throw new Error(`edit: old_string not found in ${name}${other}${numbersIn(edit.old_string)}`);
  if (count > 1 && edit.replace_all !== true)
    throw new Error(`edit: old_string appears ${count} times in ${name} (must be unique)`);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII.
  if (!isText && !/^[\x00-\x7f]*$/.test(fresh))
    throw new Error(
      `edit: ${name} is not UTF-8, and new_string has letters beyond ASCII. Change it with a command, in its own encoding.`,
    );
  const bytes = before.length + count * (fresh.length - old.length);
  if (bytes > MOST_BYTES)
    throw new Error(`edit: ${name} would have ${bytes} bytes and an edit makes ${MOST_BYTES} at most`);
  return { text: parts.join(fresh), count };
};

/** For text that was copied together with its line numbers. */
const numbersIn = (text: string): string =>
  text.split("\n").every(line => line === "" || /^ *\d+\t/.test(line))
    ? ". The numbers before the lines are not in the file: leave them out"
    : "";

/** If every line of the file ends in CRLF, so do an edit's. */
const endsOf = (before: string): ((text: string) => string) =>
  before.includes("\r\n") && !/(?:^|[^\r])\n/.test(before)
    ? text => text.replace(/\r?\n/g, "\r\n")
    : text => text;

const errorText = (error: unknown): string =>
  error instanceof Error ? ((error as { readonly code?: string }).code ?? error.message) : String(error);
