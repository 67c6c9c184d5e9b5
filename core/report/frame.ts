// The Markdown frames that reports are built of. What goes in is a template's own or cleaned already;
// a frame only keeps it from breaking out by its shape.

/** Columns that begin with ">" are aligned to the right. */
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

/** An item of a numbered list: what has several lines stands below its title, so that a list in it stays one. */
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

/** A pipe ends a cell, in code spans too, unless an odd number of backslashes stands before it. */
const cell = (text: string): string =>
  text
    .replace(/(?<!\s)\s*\n\s*/g, " ")
    .replace(/(?<!\\)(\\*)\|/g, (_, slashes: string) => `${slashes}${slashes.length % 2 === 0 ? "\\" : ""}|`)
    .replace(/(?<!\\)(?:\\\\)*\\$/, "$&\\");
