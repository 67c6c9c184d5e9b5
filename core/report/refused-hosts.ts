// What a pipeline's commands asked of the network and were refused, for people.
import { commandsOf, type Pipeline } from "../model/pipeline.ts";
import { safeInline } from "../text/safe.ts";
import { plural } from "./format.ts";
import { codeOf } from "./term.ts";

const MOST = 12;

/** Each host once, with the first reason; empty if nothing was refused. */
export const refusedHosts = ({ setup, base_checks, steps, hooks }: Pipeline): string => {
  const runs = [
    ...(setup?.commands ?? []),
    ...(base_checks ?? []),
    ...steps.flatMap(({ attempts }) => attempts.flatMap(commandsOf)),
    ...hooks.map(({ ran }) => ran),
  ];
  const whys = new Map<string, string>();
  for (const { host, why } of runs.flatMap(({ refused }) => refused ?? []))
    if (!whys.has(host)) whys.set(host, why);
  const told = [...whys].map(([host, why]) => `${codeOf(host)} (${safeInline(why, { limit: 200 })})`);
  const more = told.length - MOST;
  if (told.length === 0) return "";
  return `Refused on the network: ${told.slice(0, MOST).join(", ")}${more > 0 ? ` and ${plural(more, "host")} more` : ""}.`;
};
