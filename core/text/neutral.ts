// Words that GitHub or a bot would obey, made harmless in place by a space where the name or number begins. A visible
// change, which holds wherever the text ends up; an invisible one would be hidden text.

import { withoutClosing } from "./closing.ts";
import { decode } from "./entities.ts";

/** Prose without code and links. */
export const words = (text: string): string => (SPECIAL.test(text) ? neutral(text) : text);

const neutral = (text: string): string =>
  withoutClosing(
    decode(text).replace(MENTION, "@ "),
    ({ word, between, reference }) => `${word}${between.replace(/\s+/g, " ")}${reference} `,
  )
    .replace(FOREIGN, "$1# ")
    .replace(COMMAND, "$1/ ")
    .replace(DEFINITION, "$1\\[")
    .replace(/!(?=\[)/g, "!\\")
    .replace(/\](?=\()/g, "] ")
    .replace(/<(?=[A-Za-z/!?])/g, "&lt;");

/** Code of several lines: other bots read a comment line by line and ignore what GitHub takes for code. */
export const unheard = (code: string): string => code.replace(OTHERS, "$1/ ").replace(BOTS, "@ "); // guard: commands-in-code

/** Ticks on one line that open no code here could close a template's, or open one in it. */
export const unpaired = (text: string): string =>
  text.replace(/(?<!\\)(\\*)`/g, (whole, slashes: string) =>
    slashes.length % 2 === 0 ? `${slashes}\\\`` : whole,
  );

/** If it is unclear which fence closes which, there are none, so that none stays open. */
export const unfenced = (text: string): string => text.replace(/^([ \t>*+\d.)-]*)(?=`{3}|~{3})/gm, "$1\\");

/** A pipe ends a cell, in code too, unless an odd number of backslashes precedes it. */
export const cells = (text: string): string =>
  text.replace(/(?<!\\)(\\*)\|/g, (whole, slashes: string) =>
    slashes.length % 2 === 0 ? `${slashes}\\|` : whole,
  );

/** A single line begins no heading, list, quote or fence, and its end escapes nothing that follows it. */
export const firstOfLine = (text: string): string =>
  text
    .replace(/^(?=(?:#{1,6}|[-+*])(?:\s|$)|>|~{3}|=+$|-+$|(?:[*_-][ ]*){3,}$)/, "\\")
    .replace(/^(\d{1,9})(?=[.)](?:\s|$))/, "$1\\")
    .replace(/(?<!\\)(?:\\\\)*\\$/, "$&\\");

/** A block right after a template's words would not be one, and its closing fence would open one. */
export const ownLine = (text: string): string => (BLOCK.test(text) ? `\n\n${text}` : text);

const BLOCK =
  /^(?: {0,3}(?:[-+*](?:\s|$)|\d{1,9}[.)](?:\s|$)|[>|:=]|--|-[|:]|`{3}|~{3}|#{1,6}(?:\s|$))| {4}| {0,3}\t)/;

const SPECIAL = /[@＠﹫#＃/／[\]<&!]|gh-/i;

// GitHub takes an `@` for a mention unless a letter or digit precedes it, and even then if an address before it became a
// link. Its look-alikes are treated the same.
const MENTION = /(?:(?<![A-Za-z0-9])|(?<=@[^\s@]{1,200}))[@＠﹫](?=[A-Za-z0-9_-])/g;
const FOREIGN = /(?<![\w.-])([\w.-]{1,140}\/[\w.-]{1,100}\\?)[#＃](?=\d)/g;
const START = "^((?:[ \\t>]|[*+-][ \\t]|\\d{1,9}[.)][ \\t])*)";
const COMMAND = new RegExp(`${START}[/／](?=kin\\b|[a-z][\\w-]*(?:\\s|$))`, "gim");
/** Neither a path, nor one followed by a server's reply. */
const OTHERS =
  /^([ \t>]*)\/(?!(?:tmp|usr|etc|var|bin|opt|home|root|dev|proc|sys|lib|srv|mnt|app|src|data)[ \t]*$)(?=[a-z][a-z-]{0,40}(?:[ \t]{1,9}[a-z@#][^\n]*|[ \t]*)$)/gim;
const BOTS =
  /(?<![\w@/.-])@(?=(?:dependabot|mergify(?:io)?|bors|rustbot|renovate(?:-?bot)?|kodiakhq|copilot|claude|codex|cursor(?:agent)?|gemini-(?:cli|code-assist)|coderabbitai|sourcery-ai|openhands(?:-agent)?|jules|devin-ai-integration|greptile(?:ai)?|qodo-merge(?:-pro)?)(?![\w/-]))/gi;
const DEFINITION = new RegExp(`${START}\\[(?=(?:[^[\\]\\\\]|\\\\.){1,999}\\]:)`, "gm");
