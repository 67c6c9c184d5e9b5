// How numbers, steps and sentences look wherever people read them. Plain text; safe.ts cleans.
import type { CommandRun } from "../model/event.ts";
import type { Pipeline, Step } from "../model/pipeline.ts";

/** Cents if they are precise enough; never "$0.00" for something that cost something. */
export const usd = (amount: number): string => {
  if (amount > 0 && amount < 0.005) return "<$0.01";
  return amount < 1000 ? `$${amount.toFixed(2)}` : `$${Math.round(amount).toLocaleString("en-US")}`;
};

/** 950, 12.3k, 1.2M */
export const tokens = (count: number): string => {
  if (count < 1000) return String(count);
  return count < 999_950 ? `${(count / 1000).toFixed(1)}k` : `${(count / 1_000_000).toFixed(1)}M`;
};

/** 0.4 s, 42 s, 3 min 20 s, 1 h 5 min */
export const duration = (seconds: number): string => {
  if (seconds < 1) return seconds === 0 ? "0 s" : `${Math.max(0.1, seconds).toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return two([Math.floor(whole / 60), "min"], [whole % 60, "s"]);
  const minutes = Math.round(whole / 60);
  return two([Math.floor(minutes / 60), "h"], [minutes % 60, "min"]);
};

type Amount = readonly [count: number, unit: string];

const two = (big: Amount, small: Amount): string =>
  small[0] === 0 ? big.join(" ") : `${big.join(" ")} ${small.join(" ")}`;

export const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** "step 2 of 3", with the plan not counted; "the plan" for step 0. */
export const stepTitle = (step: Step, pipeline: Pipeline): string =>
  step.number === 0 ? "the plan" : `step ${step.number} of ${pipeline.steps.length - 1}`;

/** How a command ended, in two or three words, such as "exit 0". */
export const exitOf = ({ exit_code, not_judged }: CommandRun): string => {
  if (not_judged !== undefined) return "not judged";
  return exit_code === null ? "ended by a limit" : `exit ${exit_code}`;
};

/** The first sentence, on one line. It ends before a blank, because code and file names contain dots. */
export const firstSentence = (text: string): string => {
  const line = text.trim().split(/\n\s*\n|\n(?=[-*#>])/)[0] ?? "";
  const flat = line.replace(/\s+/g, " ");
  return /^.*?[.!?](?=\s+\p{Lu}|\s*$)/u.exec(flat)?.[0] ?? flat;
};

/** Cuts at a word; the ellipsis counts. */
export const shorten = (text: string, limit: number): string => {
  const chars = [...text];
  if (chars.length <= limit) return text;
  const cut = chars.slice(0, limit - 1).join("");
  const blank = cut.lastIndexOf(" ");
  return `${(blank > limit * 0.6 ? cut.slice(0, blank) : cut).replace(/(?<![\s,;:.–-])[\s,;:.–-]+$/, "")}…`;
};
