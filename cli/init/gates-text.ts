// The gates in the text of a `kin.yml`: where they are, and how proved ones get in. The YAML parser says where; lines are
// written, so that every other byte stays as it is.
import { isDeepStrictEqual } from "node:util";
import { isMap, isScalar, isSeq, LineCounter, type Node, parse, parseDocument } from "yaml";
import { type Gate, NOT_RUN } from "./prove.ts";
import { comment, member, prose } from "./yaml-text.ts";

/** The key, below it what passed; then what did not, with the reason. */
export const gatesLines = (gates: readonly Gate[]): readonly string[] => {
  const passed = passing(gates);
  return [passed.length === 0 ? comment(KEY) : KEY, ...passed.map(member), ...othersLines(gates)];
};

const KEY = "gates:";
const PROVED = "Did not pass when `kin init` ran it.";

const passing = (gates: readonly Gate[]): readonly string[] =>
  gates.flatMap(({ command, why }) => (why === null ? [command] : []));

const othersLines = (gates: readonly Gate[]): readonly string[] =>
  [...Map.groupBy(gates, ({ why }) => why)].flatMap(([why, list]) =>
    why === null
      ? []
      : [
          ...prose(why === NOT_RUN ? `${why}.` : `${PROVED} ${why}.`).split("\n"),
          ...list.map(({ command }) => comment(member(command))),
        ],
  );

interface Divided {
  readonly before: readonly string[];
  /** The key's line, or Kin's comment in place of it, and what belongs to it; none if there is neither. */
  readonly block: readonly string[];
  readonly after: readonly string[];
  /** Null: the key is not in effect. */
  readonly counting: Counting | null;
}

interface Counting {
  readonly gates: readonly unknown[];
  /** How many lines of the block are the key's and its gates'; comments follow. */
  readonly lines: number;
  /** Of the gates' lines; null if they have no lines of their own. */
  readonly indent: number | null;
}

/** Null: it is not YAML, or the gates have no lines of their own. */
const divide = (text: string): Divided | null => {
  const lines = text.split("\n");
  const from = (
    begin: number,
    { length, counting }: { readonly length: number; readonly counting: Counting | null },
  ): Divided => {
    const comments = lines.slice(begin + length).findIndex(line => !/^\s*#/.test(line));
    const end = comments < 0 ? lines.length : begin + length + comments;
    return {
      before: lines.slice(0, begin),
      block: lines.slice(begin, end),
      after: lines.slice(end),
      counting,
    };
  };
  const lineCounter = new LineCounter();
  const { errors, contents } = parseDocument(text, { lineCounter });
  if (errors.length > 0 || (contents !== null && (!isMap(contents) || contents.flow === true))) return null;
  const pair = contents?.items.find(({ key }) => isScalar(key) && key.value === "gates");
  if (pair === undefined) {
    const begin = lines.indexOf(comment(KEY));
    return begin < 0
      ? { before: lines, block: [], after: [], counting: null }
      : from(begin, { length: 1, counting: null });
  }
  const lineOf = (offset: number) => lineCounter.linePos(offset).line - 1;
  const begin = lineOf((pair.key as Node).range?.[0] ?? 0);
  const value = pair.value as Node | null;
  if (value === null || (isScalar(value) && value.value === null && !value.source))
    return from(begin, { length: 1, counting: { gates: [], lines: 1, indent: 2 } });
  if (!isSeq(value) || value.range == null) return null;
  const last = value.flow ? value : (value.items.at(-1) as Node);
  const length = lineOf((last.range?.[1] ?? 0) - 1) + 1 - begin;
  const indent = value.flow ? null : lineCounter.linePos(value.range[0]).col - 1;
  return from(begin, { length, counting: { gates: value.toJSON(), lines: length, indent } });
};

/** Whether a configuration mentions each of them, even as a comment; false if there are none. */
export const tellsOf = (commands: readonly string[], text: string): boolean => {
  const { block = [], counting } = divide(text) ?? {};
  return (
    commands.length > 0 &&
    commands.every(
      command => counting?.gates.includes(command) === true || block.includes(comment(member(command))),
    )
  );
};

/** A text with the gates of another, whether proved before or changed by hand. */
export const withGatesOf = (other: string, text: string): string => {
  const [theirs, ours] = [divide(other), divide(text)];
  if (theirs === null || ours === null || theirs.block.length === 0) return text;
  return [...ours.before, ...theirs.block, ...ours.after].join("\n");
};

/**
 * The existing text with the gates that passed added, and everything else kept. Null if there is nothing to add, if one in
 * effect did not pass, or if the gates are written in a form that only people can edit.
 */
export const withProvedGates = (there: string, gates: readonly Gate[]): string | null => {
  const divided = divide(there);
  if (divided === null || divided.counting?.indent === null) return null;
  const { before, block, after, counting } = divided;
  const counted = counting?.gates ?? [];
  const passed = passing(gates);
  if (counted.some(gate => !passed.some(command => command === gate))) return null;
  const added = passed.filter(command => !counted.includes(command));
  if (block.length === 0 && added.length === 0) return null;
  const counts = counting?.lines ?? 0;
  const own = withoutKins(block.slice(counting === null ? 1 : counts), gates);
  const text = [
    ...(block.length === 0 ? [before.join("\n").trimEnd(), ""] : before),
    ...(counting === null ? [added.length === 0 ? comment(KEY) : KEY] : block.slice(0, counts)),
    ...added.map(command => " ".repeat(counting?.indent ?? 2) + member(command).trimStart()),
    ...othersLines(gates),
    ...own,
    ...(block.length === 0 ? [""] : after),
  ].join("\n");
  const now = { ...parse(there), ...(added.length === 0 ? {} : { gates: [...counted, ...added] }) };
  return text !== there && isDeepStrictEqual(parse(text), now) ? text : null;
};

/** Without Kin's own comments on those that did not pass: each reason with its commands. Other comments are people's. */
const withoutKins = (lines: readonly string[], gates: readonly Gate[]): readonly string[] => {
  const commands = gates.map(({ command }) => comment(member(command)));
  let isReason = false;
  return lines.filter(line => {
    isReason = line.startsWith("## ") && (isReason || REASONS.some(reason => line.startsWith(reason)));
    return !isReason && !commands.includes(line);
  });
};

const REASONS = [`## ${NOT_RUN}`, `## ${PROVED}`];
