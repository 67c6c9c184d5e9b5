// Reads a command's arguments; errors say what is allowed.
import { type ParseArgsConfig, parseArgs } from "node:util";
import { KinError } from "../core/model/error.ts";

export interface Allowed {
  /** Arguments without a name, in order: `["ISSUE"]`. */
  readonly positionals?: readonly string[];
}

export const readArguments = <const T extends NonNullable<ParseArgsConfig["options"]>>(
  args: readonly string[],
  options: T,
  { positionals = [] }: Allowed = {},
) => {
  const parsed = parse(args, options, positionals);
  if (parsed.positionals.length > positionals.length) {
    throw invalid(
      `"${parsed.positionals[positionals.length]}" is one argument too many.`,
      options,
      positionals,
    );
  }
  return parsed;
};

const parse = <const T extends NonNullable<ParseArgsConfig["options"]>>(
  args: readonly string[],
  options: T,
  positionals: readonly string[],
) => {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (cause) {
    const message = cause instanceof Error ? (cause.message.split(/\.(?:\s|$)/)[0] as string) : String(cause);
    throw invalid(`${message}.`, options, positionals, cause);
  }
};

const invalid = (
  message: string,
  options: NonNullable<ParseArgsConfig["options"]>,
  positionals: readonly string[],
  cause?: unknown,
): KinError => {
  const named = Object.entries(options).map(([name, { type }]) =>
    type === "boolean" ? `--${name}` : `--${name} …`,
  );
  const allowed = [...positionals, ...named];
  return new KinError(message, {
    code: "arguments_invalid",
    hint: `Allowed: ${allowed.length === 0 ? "nothing" : allowed.join(", ")}. \`--help\` tells more.`,
    ...(cause === undefined ? {} : { cause }),
  });
};
