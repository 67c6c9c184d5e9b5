// Acceptance criteria of an issue: the items of its "Acceptance criteria" section, or else of its task list.

const HEADING = /^#{1,6}\s*[^\s#]/;
const TITLE = /acceptance criteria|definition of done/i;
const ITEM = /^\s*(?:[-*+]|\d+[.)])\s+(?:\[[ xX]\]\s+)?(\S.*)$/;
const TASK_ITEM = /^\s*[-*+]\s+\[[ xX]\]\s+(\S.*)$/;
const MOST = 30;

export const acceptanceCriteria = (body: string): readonly string[] => {
  const lines = body.split(/\r?\n/);
  const start = lines.findIndex(line => HEADING.test(line) && TITLE.test(line));
  const items = start < 0 ? itemsOf(lines, TASK_ITEM) : itemsOf(untilHeading(lines.slice(start + 1)), ITEM);
  return items.slice(0, MOST);
};

const untilHeading = (lines: readonly string[]): readonly string[] => {
  const end = lines.findIndex(line => HEADING.test(line));
  return end < 0 ? lines : lines.slice(0, end);
};

const itemsOf = (lines: readonly string[], form: RegExp): readonly string[] =>
  lines.flatMap(line => form.exec(line)?.[1]?.trim() ?? []);
