// A part of a first message that came from people or models: data, after the delimiter.
import { fence } from "../text/clean.ts";
import { visible } from "../text/invisible.ts";

interface Fenced {
  /** A fresh random token; untrusted text that contains it is refused. */
  readonly delimiter: string;
}

/**
 * Nothing in it stays hidden, whoever wrote it: a model may have copied what it read in a file. Markup stays, because
 * answers hold code. Empty if there is no text.
 */
export const section = (title: string, text: string, { delimiter }: Fenced): string => {
  const seen = visible(text).text;
  return seen.trim() === "" ? "" : `## ${title}\n\n${fence("data", seen, delimiter)}`;
};
