// Runs of the project's own commands as roles are shown them.
import type { CommandRun, Unavailable } from "../model/event.ts";
import { excerpt } from "../model/excerpt.ts";
import { joined } from "../model/joined.ts";
import { isRed } from "../model/own-runs.ts";

/** One line per command: how each of its runs ended, counts, names. */
export const runLines = (runs: readonly CommandRun[]): string =>
  [...new Set(runs.map(({ command }) => command))]
    .map(command => {
      const own = runs.filter(run => run.command === command);
      const last = own.findLast(isRed) ?? (own.at(-1) as CommandRun);
      const ends = own.map(endOf).join(", and once more ");
      return joined("\n", [`- \`${command}\`: ${ends}`, countsOf(last), isRed(last) ? outputOf(last) : ""]);
    })
    .join("\n");

/** What would check the project but cannot here: nobody should take it for passed. */
export const unavailableLines = (unavailable: readonly Unavailable[]): string =>
  unavailable
    .map(
      ({ command, program }) =>
        `- \`${command}\`: not available, because ${program} is not on this machine; it neither passed nor failed`,
    )
    .join("\n");

const endOf = ({ exit_code, not_judged }: CommandRun): string => {
  if (not_judged !== undefined) return `it did not run: ${not_judged}`;
  if (exit_code === null) return "it ran into its limit";
  return exit_code === NOT_FOUND
    ? "exit code 127: what it calls is not on this machine"
    : `exit code ${exit_code}`;
};

const NOT_FOUND = 127;
const MOST_FAILING = 40;

const countsOf = ({ tests }: CommandRun): string => {
  if (tests === undefined) return "";
  const { passed, failed, skipped, failing } = tests;
  const counts = [...(passed === null ? [] : [`${passed} passed`]), `${failed} failed`, `${skipped} skipped`];
  const left = failing.length - MOST_FAILING;
  const names = [...failing.slice(0, MOST_FAILING), ...(left > 0 ? [`… and ${left} more`] : [])];
  return `  ${counts.join(", ")}${names.length > 0 ? `; failing: ${names.join("; ")}` : ""}`;
};

const BASE_OUTPUT = 600;

/** If no name could be read, its output. */
const outputOf = ({ tests, output }: CommandRun): string =>
  tests !== undefined && tests.failing.length > 0 ? "" : excerpt(output.trimEnd(), BASE_OUTPUT);
