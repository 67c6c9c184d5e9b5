// A text made of parts, kept within a surface's limit by dropping whole parts, the least important first.
import { cap } from "../text/safe.ts";

export interface Part {
  /** Markdown; an empty one is left out. */
  readonly text: string;
  /** The highest goes first, 0 last of all. */
  readonly rank: number;
}

export const within = (parts: readonly Part[], limit: number): string => {
  const shown = parts.filter(part => part.text.trim() !== "");
  const whole = join(shown);
  if (whole.length <= limit) return whole;
  return cap(join(leaveOut(shown, limit)), limit);
};

const LEFT_OUT: Part = { text: "_Parts were left out here: GitHub limits the length of a text._", rank: 0 };

const leaveOut = (parts: readonly Part[], limit: number): readonly Part[] => {
  const worst = Math.max(...parts.map(part => part.rank));
  if (worst === 0) return parts;
  const last = parts.findLastIndex(part => part.rank === worst);
  const rest = [...parts.filter(part => part !== LEFT_OUT).filter((_, index) => index !== last), LEFT_OUT];
  return join(rest).length <= limit ? rest : leaveOut(rest, limit);
};

const join = (parts: readonly Part[]): string => parts.map(part => part.text.trim()).join("\n\n");
