// The Markdown frames that reports are built from. The contents are a template's own or already cleaned; a frame only keeps
// their shape from breaking out of it.

/** Columns that begin with ">" are right-aligned. */
export const table = (header: readonly string[], rows: readonly (readonly string[])[]): string => {
  if (rows.length === 0) return "";
  const names = header.map(name => name.replace(/^>/, ""));
  const rule = header.map(name => (name.startsWith(">") ? "---:" : "---"));
  return [names, rule, ...rows].map(row => `| ${row.map(cell).join(" | ")} |`).join("\n");
};

export const details = (summary: string, body: string): string =>
  body.trim() === "" ? "" : `<details><summary>${summary}</summary>\n\n${body.trim()}\n\n</details>`;

export const quote = (text: string): string =>
  text.trim() === ""
    ? ""
    : text
        .trim()
        .split("\n")
        .map(line => (line === "" ? ">" : `> ${line}`))
        .join("\n");

/** A list whose items may have several lines. */
export const list = (items: readonly string[]): string =>
  items.map(item => `- ${item.trim().replace(/\n(?=.)/g, "\n  ")}`).join("\n");

/** An item of a numbered list. Text of several lines goes below the title, so that a list in it stays a list. */
export const numbered = (
  number: number,
  { title, text }: { readonly title: string; readonly text: string },
): string => {
  const marker = `${number}. `;
  const below = `\n${" ".repeat(marker.length)}`;
  return `${marker}${title}:${text.includes("\n") ? `\n${below}` : " "}${text.trim().replace(/\n(?=.)/g, below)}`;
};

export const section = (title: string, body: string): string =>
  body.trim() === "" ? "" : `### ${title}\n\n${body.trim()}`;

/** A pipe ends a cell, in code spans too, unless an odd number of backslashes precedes it. */
const cell = (text: string): string =>
  text
    .replace(/(?<!\s)\s*\n\s*/g, " ")
    .replace(/(?<!\\)(\\*)\|/g, (_, slashes: string) => `${slashes}${slashes.length % 2 === 0 ? "\\" : ""}|`)
    .replace(/(?<!\\)(?:\\\\)*\\$/, "$&\\");
