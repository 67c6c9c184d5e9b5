// Reads `.github/kin.yml` of a repository's default branch.
import { parse, YAMLParseError } from "yaml";
import { z } from "zod";
import { Config } from "../core/model/config.ts";
import { KinError } from "../core/model/error.ts";

const LARGEST = 64 * 1024;

/** Throws `config_invalid` with file, key, what was found, what is allowed. A missing or empty file is all defaults. */
export const parseConfig = (text: string | null, file: string): Config => {
  if (text === null || text.trim() === "") return Config.parse({});
  if (text.length > LARGEST) throw invalid(`${file} is larger than 64 KiB.`);
  const parsed = Config.safeParse(readYaml(text, file) ?? {});
  if (parsed.success) return parsed.data;
  throw invalid(parsed.error.issues.map(issue => describe(issue, file)).join("\n"));
};

const readYaml = (text: string, file: string): unknown => {
  try {
    return parse(text, { schema: "core", maxAliasCount: 0, uniqueKeys: true });
  } catch (error) {
    const where = error instanceof YAMLParseError && error.linePos ? `:${error.linePos[0].line}` : "";
    throw invalid(
      `${file}${where} is not valid YAML: ${error instanceof Error ? error.message.split("\n")[0] : error}`,
    );
  }
};

const describe = (issue: z.core.$ZodIssue, file: string): string => {
  const key = issue.path.map(String).join(".");
  if (issue.code === "unrecognized_keys") {
    const at = key === "" ? "" : `${key}.`;
    return `${file}: unknown key ${issue.keys.map(k => `\`${at}${k}\``).join(", ")}. Allowed: ${keysAt(issue.path).join(", ")}.`;
  }
  return `${file}: \`${key}\`: ${issue.message}.`;
};

const keysAt = (path: readonly PropertyKey[]): readonly string[] => {
  let schema: any = z.toJSONSchema(Config, { io: "input" });
  for (const part of path) schema = schema?.properties?.[part as string] ?? schema?.additionalProperties;
  return Object.keys(schema?.properties ?? {});
};

const invalid = (message: string): KinError =>
  new KinError(message, {
    code: "config_invalid",
    hint: "Mend the file on the default branch; docs/configuration.md lists every key with its values.",
  });
