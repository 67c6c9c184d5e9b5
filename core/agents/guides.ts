// What a role is shown of the project's guides: each cleaned, the widest first, as many as fit, and the names of the
// others. Fenced, because it is the project's word and not Kin's.
import type { FoundGuide, FoundGuides, Guide, Guides } from "../model/guide.ts";
import { clean, fence } from "../text/clean.ts";
import { visible } from "../text/invisible.ts";

/** In characters. A longer guide is cut; one for which there is no room among all is only named. */
const MOST_OF_ONE = 16_000;
const MOST_OF_ALL = 24_000;

/** If not all fit, those for everything and then the shortest win, so that most of the project gets something. */
export const toGuides = ({ files, more }: FoundGuides): Guides => {
  const cleaned = files.map(cleanedOf);
  const shown = new Set<Guide>();
  let room = MOST_OF_ALL;
  const byLength = [...cleaned].sort(
    (a, b) => Number(isWide(b)) - Number(isWide(a)) || lengthOf(a) - lengthOf(b),
  );
  for (const guide of byLength) {
    if (guide.shown === "left_out" || lengthOf(guide) > room) continue;
    shown.add(guide);
    room -= lengthOf(guide);
  }
  return { files: cleaned.map(guide => (shown.has(guide) ? guide : withoutText(guide))), more };
};

const isWide = ({ globs }: Guide): boolean => globs.length === 0;
const lengthOf = ({ text }: Guide): number => text.length;

const cleanedOf = ({ text, why, ...found }: FoundGuide): Guide => {
  if (text === null) return { ...found, text: "", shown: "left_out", why };
  const cleaned = clean(text, { limit: MOST_OF_ONE });
  if (cleaned.text.trim() === "")
    return { ...found, text: "", shown: "left_out", why: "nothing that shows stands in it" };
  return cleaned.cut
    ? { ...found, text: cleaned.text, shown: "cut", why: `of a guide ${MOST_OF_ONE} characters are shown` }
    : { ...found, text: cleaned.text.trim(), shown: "whole", why: null };
};

const withoutText = (guide: Guide): Guide =>
  guide.shown === "left_out"
    ? guide
    : { ...guide, text: "", shown: "named", why: `of all guides ${MOST_OF_ALL} characters are shown` };

/** What a guide applies to, in one line. */
export const countsFor = ({ globs }: Pick<Guide, "globs">): string =>
  globs.length === 0 ? "everything" : globs.join(", ");

/** The explanation comes first, if there are any. */
export const guideBlocks = (guides: Guides | undefined, explanation: string): readonly string[] => {
  const files = guides?.files.filter(({ shown }) => shown !== "left_out") ?? [];
  if (files.length === 0) return [];
  const texts = files.filter(({ shown }) => shown !== "named");
  const named = files.filter(({ shown }) => shown === "named");
  return [
    explanation,
    ...texts.map(guide => fence("data", `${lineOf(guide)}:\n\n${guide.text}`, guide.mark)),
    ...(named.length === 0 ? [] : [NO_ROOM, ...named.map(guide => fence("data", lineOf(guide), guide.mark))]),
  ];
};

const NO_ROOM =
  "There was no room for the text of these. Read one before you plan, change or judge what it counts for.";

/** Path and globs are the project's words as much as the text is, so they go inside the fence. */
const lineOf = (guide: Guide): string => visible(`${guide.path}, for ${countsFor(guide)}`).text;
