// Who speaks in a conversation besides its own model: Kin, and for people who may direct the task, in lines that nobody
// else's text may begin. prompts/shared/preamble.md says what each counts for.
import { lines, visible } from "../text/invisible.ts";

export const kinSays = (text: string): string => `Kin: ${text}`;

export const DIRECTS = "who may direct this task";

export const personSays = (by: string, text: string): string => `${by}, ${DIRECTS}, says: ${text}`;

export const coordinatorSays = (text: string): string => `Your coordinator says: ${voiceless(text)}`;

/** What a model wrote to another one: where it sounds like Kin or like a person, it says of itself that it claims to. */
export const voiceless = (text: string): string =>
  VOICES.reduce((said, voice) => said.replace(voice, "$1 (claimed)"), visible(lines(text)).text);

const VOICES = [
  /^((?:[^\S\n]|[>*_#`"'-])*Kin)(?=[*_`"']*[^\S\n]*[:：])/gm,
  /\b(may)(?=\s+direct\s+this\s+task\b)/gi,
  /\b(what\s+people)(?=\s+said\s+while\s+the\s+pipeline\s+ran\b)/gi,
];
