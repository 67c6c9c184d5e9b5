// Values shown as code: nothing in them is Markdown, whatever they hold.

import { lines, visible } from "./invisible.ts";
import { unheard } from "./neutral.ts";
import { scrub } from "./scrub.ts";

/** Inline, between more ticks than the longest run in it. */
export const code = (value: string): string => {
  const text = scrub(visible(lines(value)).text.replace(/\s+/g, " ").trim());
  if (text === "") return "";
  const ticks = "`".repeat(longest(text) + 1);
  const pad = text.startsWith("`") || text.endsWith("`") ? " " : "";
  return `${ticks}${pad}${text}${pad}${ticks}`;
};

export const codeBlock = (value: string, lang = ""): string => {
  const text = unheard(scrub(visible(lines(value)).text).replace(/\n$/, ""));
  const fence = "`".repeat(Math.max(3, longest(text) + 1));
  return `${fence}${/^[\w+#.-]{0,30}$/.test(lang) ? lang : ""}\n${text}\n${fence}`;
};

const longest = (text: string): number => {
  let most = 0;
  for (const [run] of text.matchAll(/`+/g)) most = Math.max(most, run.length);
  return most;
};
