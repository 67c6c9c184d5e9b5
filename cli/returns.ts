// `kin returns`: every rejection in a store, with its findings.
import type { RejectionRow } from "../core/model/record.ts";
import type { Finding } from "../core/model/return.ts";
import { rejectionReason } from "../core/report/rejections-list.ts";
import { becameWords } from "../core/report/words.ts";
import { plainLine } from "../core/text/plain.ts";
import { type Env, misused, readArguments, STORE, TEXT } from "./arguments.ts";
import { withStore } from "./data-directory.ts";
import { taskNamed } from "./task-named.ts";

export const returns = async (args: readonly string[], env: Env): Promise<number> => {
  const { values, positionals } = readArguments(
    args,
    { limit: { ...TEXT, default: "100" }, ...STORE },
    { positionals: ["ISSUE"] },
  );
  const limit = limitOf(values.limit);
  return withStore({ data: values.data, env }, async store => {
    const [name] = positionals;
    const task = name === undefined ? null : await taskNamed(name, { store, command: "kin returns" });
    const rows = await store.rejections({ limit, ...(task === null ? {} : { task_id: task.id }) });
    if (values.json) console.log(JSON.stringify(rows, null, 2));
    else console.log(rows.length === 0 ? "Nothing was rejected yet." : rows.map(textOf).join("\n\n"));
    return 0;
  });
};

const limitOf = (text: string): number => {
  if (/^\d{1,9}$/.test(text) && Number(text) > 0) return Number(text);
  throw misused(
    `--limit is "${text}".`,
    "It takes a whole number from 1 on; `kin returns --help` tells more.",
  );
};

const textOf = (row: RejectionRow): string => {
  const { project, issue, rejected_at, reason_category, rejected_by, actor, dealt_with } = row;
  const head = [
    `${project}#${issue}`,
    rejected_at.slice(0, 16).replace("T", " "),
    `${becameWords(row)}${dealt_with ? "" : " (open)"}`,
    `${reason_category} by ${actor ?? rejected_by}`,
  ].join("  ");
  const reason = rejectionReason(row);
  const findings = row.findings.filter(({ issue: text }) => text !== row.reason_text).map(findingText);
  return [head, ...(reason === "" ? [] : [reason]), ...findings].map(plainLine).join("\n  ");
};

const findingText = ({ severity, file, line, issue, fix }: Finding): string =>
  `- ${severity}${file ? ` ${file}${line ? `:${line}` : ""}` : ""}: ${issue}${fix ? ` Remedy: ${fix}` : ""}`;
