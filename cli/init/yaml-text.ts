// Lines of a `kin.yml` that people go on editing. Prose begins with ##, a key with #, so that an editor's "remove comment"
// leaves YAML.
import { stringify } from "yaml";

export const member = (value: unknown): string => `  - ${inline(value)}`;

export const inline = (value: unknown): string =>
  stringify(value, { collectionStyle: "flow", lineWidth: 0 }).trimEnd();

export const comment = (line: string): string => `# ${line}`;

/** No line is longer than YAML linters allow. */
export const prose = (text: string): string => text.replace(/(.{1,73}|\S+)(?:\s+|$)/g, "\n## $1").trimStart();

export const unixLines = (text: string): string => text.replaceAll("\r\n", "\n");
