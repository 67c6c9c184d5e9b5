// What an approval rests on besides the gate's word: the project's own commands, as the harness saw them run on what was
// judged.

import { joined } from "../model/joined.ts";
import { type Compared, compared } from "../model/own-runs.ts";
import type { Pipeline, Step } from "../model/pipeline.ts";
import { ownCommands, ownOf } from "../pipeline/own-commands.ts";
import { verdictOf } from "../pipeline/state.ts";
import { safeInline } from "../text/safe.ts";
import { duration, exitOf, plural } from "./format.ts";
import { table } from "./frame.ts";
import { codeOf } from "./term.ts";

/** Empty if all of them succeeded, and for anything but an approval. */
export const ownRunsText = (step: Step, pipeline: Pipeline): string => {
  const attempt = step.attempts.at(-1);
  if (attempt === undefined || verdictOf(step)?.verdict !== "approved") return "";
  const { config } = pipeline.opening;
  if (config.project_type === "research") return "";
  const commands = ownCommands(pipeline);
  const missing = unavailableText(pipeline);
  if (commands.length === 0)
    return missing === ""
      ? `${NOTHING}: \`.github/kin.yml\` names no \`gates\`, and Kin found no command by the manifests.`
      : `${NOTHING}. ${missing}`;
  // Older journals had no such runs.
  if (pipeline.base_checks === null) return "";
  const { needed, before } = ownOf(pipeline);
  const found = needed.map(command => {
    const runs = (attempt.finished?.checks ?? []).filter(run => run.command === command);
    return { command, found: compared(runs, before) };
  });
  const ran = found.filter(one => one.found.kind !== "not_run");
  const sentences = found.flatMap(one => sentenceOf(one) ?? []);
  if (ran.length > 0) return joined(" ", [...sentences, missing]);
  const which = (needed.length > 0 ? needed : commands).map(command => codeOf(command)).join(", ");
  const why =
    needed.length > 0 ? "could not run on it" : "fails before the change, too, in a way that tells nothing";
  return joined(" ", [`${NOTHING}: ${which} ${why}.`, missing]);
};

/** A sentence for each program that the runner lacks; empty if it lacks none. */
export const unavailableText = ({ setup }: Pick<Pipeline, "setup">): string =>
  [...Map.groupBy(setup?.unavailable ?? [], ({ program }) => program)]
    .map(
      ([program, ones]) =>
        `Not available, because the runner has no ${codeOf(program)}: ${ones.map(({ command }) => codeOf(command)).join(", ")}.`,
    )
    .join(" ");

/** How each of them ended on what was judged, and how long it took; empty if the harness ran none. */
export const ownRunsTable = (step: Step, pipeline: Pipeline): string => {
  const own = new Set(ownCommands(pipeline));
  const runs = (step.attempts.at(-1)?.finished?.checks ?? []).filter(({ command }) => own.has(command));
  return table(
    ["Kin ran", "Result", ">Time"],
    runs.map(run => [codeOf(run.command), exitOf(run), duration(run.seconds)]),
  );
};

const NOTHING = "**Nothing of the project's own was run**";

const sentenceOf = ({
  command,
  found,
}: {
  readonly command: string;
  readonly found: Compared;
}): string | null => {
  switch (found.kind) {
    case "green":
    case "red":
      return null;
    case "not_run":
      return `${codeOf(command)} could not run.`;
    case "as_before":
      return `${codeOf(command)} fails as it did before the change, with nothing new${found.fewer > 0 ? `; ${plural(found.fewer, "test")} fewer pass` : ""}.`;
    case "now_and_then":
      return `${codeOf(command)} failed once and succeeded once on the same files${namesOf(found.failing)}.`;
    default:
      return found satisfies never;
  }
};

const MOST_NAMES = 5;

const namesOf = (failing: readonly string[]): string => {
  if (failing.length === 0) return "";
  const left = failing.length - MOST_NAMES;
  const names = failing.slice(0, MOST_NAMES).map(name => safeInline(name, { limit: 200 }));
  return ` (${[...names, ...(left > 0 ? [`${plural(left, "name")} more`] : [])].join("; ")})`;
};
