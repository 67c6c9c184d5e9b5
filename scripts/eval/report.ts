// Results as text: one line each, and the totals of both prompts side by side.
import type { Arm, Result } from "./verdict.ts";

export const resultLine = ({ arm, found, why, trial, judge }: Result): string => {
  const by = judge === null ? "by checks alone" : `judged by ${judge.model}`;
  const how = [
    `${trial.turns} turns`,
    ...(trial.attempts > 1 ? [`${trial.attempts} attempts`] : []),
    money(trial.usd),
    ...(found === "not counted" ? [] : [by]),
  ];
  return `  ${arm.padEnd(7)}  ${found.padEnd(6)}  ${how.join(", ")}${why === "" ? "" : `\n           ${oneLine(why)}`}`;
};

export const totalLines = (results: readonly Result[]): readonly string[] => [
  ...(["ours", "generic"] as const).map(arm => totalLine(arm, results)),
  `judge    ${results.filter(({ judge }) => judge !== null).length} asked, ${money(sum(results.flatMap(({ judge }) => (judge === null ? [] : [judge.usd]))))}`,
];

const totalLine = (arm: Arm, results: readonly Result[]): string => {
  const own = results.filter(result => result.arm === arm);
  const count = (found: Result["found"]) => own.filter(result => result.found === found).length;
  const left = count("not counted");
  const usd = money(sum(own.map(({ trial }) => trial.usd)));
  return `${arm.padEnd(7)}  ${count("found")} found, ${count("missed")} missed${left === 0 ? "" : `, ${left} not counted`}, ${usd}`;
};

/** Null if one of them has no known price, so that the sum is never too low. */
export const sum = (amounts: readonly (number | null)[]): number | null =>
  amounts.reduce<number | null>((total, usd) => (total === null || usd === null ? null : total + usd), 0);

export const money = (usd: number | null): string => (usd === null ? "no known price" : `$${usd.toFixed(3)}`);

const oneLine = (text: string): string => {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > 300 ? `${line.slice(0, 297)}…` : line;
};
