// Reads a command's arguments; errors say what is allowed.
import { type ParseArgsConfig, parseArgs } from "node:util";
import { KinError } from "../core/model/error.ts";

export type Env = Readonly<Record<string, string | undefined>>;

type Options = NonNullable<ParseArgsConfig["options"]>;

export const TEXT = { type: "string" } as const;
export const FLAG = { type: "boolean", default: false } as const;
/** Options of a command that reads a store. */
export const STORE = { data: TEXT, json: FLAG } as const;

interface Allowed {
  /** Arguments without a name, in order: `["ISSUE"]`. */
  readonly positionals?: readonly string[];
}

export const readArguments = <const T extends Options>(
  args: readonly string[],
  options: T,
  { positionals = [] }: Allowed = {},
) => {
  const named = Object.entries(options).map(([name, { type }]) =>
    type === "boolean" ? `--${name}` : `--${name} …`,
  );
  const hint = `Allowed: ${[...positionals, ...named].join(", ") || "nothing"}. \`--help\` tells more.`;
  const parse = () => {
    try {
      return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
    } catch (cause) {
      const [message] = (cause instanceof Error ? cause.message : String(cause)).split(/\.(?:\s|$)/);
      throw new KinError(`${message}.`, { code: "arguments_invalid", hint, cause });
    }
  };
  const parsed = parse();
  if (parsed.positionals.length > positionals.length)
    throw misused(`"${parsed.positionals[positionals.length]}" is one argument too many.`, hint);
  return parsed;
};

export const misused = (message: string, hint: string): KinError =>
  new KinError(message, { code: "arguments_invalid", hint });
