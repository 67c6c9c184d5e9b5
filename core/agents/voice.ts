// Who speaks in a conversation besides its own model: Kin, also for people who may direct the task, in lines that nobody
// else's text can begin. prompts/shared/preamble.md says how much each counts.
import { UNSEEN } from "../model/unseen.ts";
import { code } from "../text/code.ts";
import { lines, prefix, visible } from "../text/invisible.ts";

export const kinSays = (text: string): string => `Kin: ${text}`;

export const DIRECTS = "who may direct this task";

export const personSays = (by: string, text: string): string => `${by}, ${DIRECTS}, says: ${text}`;

export const coordinatorSays = (text: string): string => `Your coordinator says: ${voiceless(text)}`;

/** The name of a file, which a model chose: as code, with invisible characters written out. */
export const nameOf = (path: string): string => {
  const shown = path.replace(HIDDEN, at => `\\u{${at.codePointAt(0)?.toString(16)}}`);
  return code(voiceless(shown.length > LONGEST_NAME ? `${prefix(shown, LONGEST_NAME)}…` : shown));
};

const LONGEST_NAME = 200;
const HIDDEN = new RegExp(`[${UNSEEN}\\p{C}\\p{Zl}\\p{Zp}]`, "gu");

/** What one model wrote to another: wherever it sounds like Kin or like a person, "(claimed)" says so. */
export const voiceless = (text: string): string =>
  VOICES.reduce((said, voice) => said.replace(voice, "$1 (claimed)"), visible(lines(text)).text);

const VOICES = [
  /^((?:[^\S\n\r\u2028\u2029]|[>*_#`"'-])*Kin)(?=[*_`"']*[^\S\n\r\u2028\u2029]*[:：])/gm,
  /\b(may)(?=\s+direct\s+this\s+task\b)/gi,
  /\b(what\s+people)(?=\s+said\s+while\s+the\s+pipeline\s+ran\b)/gi,
];
