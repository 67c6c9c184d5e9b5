// `kin returns`: every rejection in a store, with its findings.
import { KinError } from "../core/model/error.ts";
import type { RejectionRow } from "../core/model/record.ts";
import type { Finding } from "../core/model/return.ts";
import { plainLine } from "../core/report/plain.ts";
import { withoutGate } from "../core/report/rejections-list.ts";
import { readArguments } from "./arguments.ts";
import { openStore } from "./data-directory.ts";

type Env = Readonly<Record<string, string | undefined>>;

export const returns = async (args: readonly string[], env: Env): Promise<number> => {
  const { values, positionals } = readArguments(
    args,
    {
      limit: { type: "string", default: "100" },
      data: { type: "string" },
      json: { type: "boolean", default: false },
    },
    { positionals: ["ISSUE"] },
  );
  const issue = positionals[0] === undefined ? null : numberOf(positionals[0], "ISSUE");
  const limit = numberOf(values.limit, "--limit");
  const store = await openStore(values.data, env);
  const all = await store.rejections({ limit: issue === null ? limit : EVERY }).finally(() => store.close());
  const rows = all.filter(row => issue === null || row.issue === issue).slice(-limit);
  if (values.json) console.log(JSON.stringify(rows, null, 2));
  else console.log(rows.length === 0 ? "Nothing was rejected yet." : rows.map(textOf).join("\n\n"));
  return 0;
};

const EVERY = 100_000;

const numberOf = (text: string, name: string): number => {
  const number = /^#?(\d{1,9})$/.exec(text)?.[1];
  if (number !== undefined && Number(number) > 0) return Number(number);
  throw new KinError(`${name} is "${text}".`, {
    code: "arguments_invalid",
    hint: `It takes a whole number from 1 on; \`kin returns --help\` tells more.`,
  });
};

const textOf = (row: RejectionRow): string => {
  const { project, issue, rejected_at, became, return_number, reason_category, rejected_by, dealt_with } =
    row;
  const name = { returned: `return ${return_number}`, revised: "revised", unanswered: "not taken up" }[
    became
  ];
  const head = [
    `${project}#${issue}`,
    rejected_at.slice(0, 16).replace("T", " "),
    `${name}${dealt_with ? "" : " (open)"}`,
    `${reason_category} by ${rejected_by}`,
  ].join("  ");
  const reason = withoutGate(row.reason_text ?? "");
  const findings = row.findings.filter(({ issue: text }) => text !== row.reason_text).map(findingText);
  return [head, ...(reason === "" ? [] : [reason]), ...findings].map(plainLine).join("\n  ");
};

const findingText = ({ severity, file, line, issue, fix }: Finding): string =>
  `- ${severity}${file ? ` ${file}${line ? `:${line}` : ""}` : ""}: ${issue}${fix ? ` Remedy: ${fix}` : ""}`;
