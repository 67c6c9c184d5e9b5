// Reads a command's arguments; what is wrong is said with what is allowed.
import { type ParseArgsConfig, parseArgs } from "node:util";
import { KinError } from "../core/model/error.ts";

export const readArguments = <const T extends NonNullable<ParseArgsConfig["options"]>>(
  args: readonly string[],
  options: T,
) => {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (cause) {
    throw new KinError(cause instanceof Error ? (cause.message.split(".")[0] as string) : String(cause), {
      code: "arguments_invalid",
      hint: `Allowed: ${Object.keys(options)
        .map(name => `--${name}`)
        .join(", ")}. \`--help\` tells more.`,
      cause,
    });
  }
};
