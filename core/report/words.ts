// States in words, each in one place. They begin small: `capital` is for those that begin a line.
import type { TaskStatus } from "../model/record.ts";

export const STATUS_WORDS: Readonly<Record<TaskStatus, string>> = {
  running: "running",
  review: "ready for review",
  needs_info: "needs information",
  blocked: "blocked",
  done: "done",
  cancelled: "cancelled",
};

export const capital = (words: string): string => `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
