// One thing that was looked at, and how it is reported.
import { explain, KinError } from "../../core/model/error.ts";

export interface Check {
  readonly name: string;
  /** `unknown`: it cannot be seen from here, so a person has to look. Only `failed` makes the exit code 1. */
  readonly state: "ok" | "failed" | "unknown";
  readonly detail: string;
  /** What to do; null if nothing. */
  readonly remedy: string | null;
}

export const ok = (name: string, detail: string): Check => ({ name, state: "ok", detail, remedy: null });

export const failed = (name: string, detail: string, remedy: string): Check => ({
  name,
  state: "failed",
  detail,
  remedy,
});

export const unknown = (name: string, detail: string, remedy: string | null = null): Check => ({
  name,
  state: "unknown",
  detail,
  remedy,
});

/** An expected failure brings its own remedy. */
export const failedBy = (name: string, error: unknown, remedy: string): Check =>
  error instanceof KinError
    ? failed(name, error.message, error.hint)
    : failed(name, explain(error).split("\n")[0] as string, remedy);

const SIGN = { ok: "✓", failed: "✗", unknown: "·" } as const;

export const render = (checks: readonly Check[]): string => {
  const width = Math.max(...checks.map(({ name }) => name.length));
  const indent = " ".repeat(width + 4);
  return checks
    .flatMap(({ name, state, detail, remedy }) => [
      `${SIGN[state]} ${name.padEnd(width)}  ${detail.replaceAll("\n", `\n${indent}`)}`,
      ...(remedy === null ? [] : [`${indent}→ ${remedy.replaceAll("\n", `\n${indent}  `)}`]),
    ])
    .join("\n");
};
