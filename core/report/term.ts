// Short values inside a line: names as words; commands, paths and ids as code. Shortened, so that none pushes the rest out.

import { code, safeInline } from "../text/safe.ts";
import { shorten } from "./format.ts";

export const nameOf = (text: string): string => safeInline(shorten(flat(text), 60));

/** Code spans hold no line breaks. */
export const codeOf = (text: string): string => code(shorten(flat(text), 160));

const flat = (text: string): string => text.replace(/\s+/g, " ").trim();
