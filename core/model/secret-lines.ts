// Secrets that the configuration names, read from lines that the workflow passes. Pure.

export interface SecretLines {
  readonly secrets: ReadonlyMap<string, string>;
  /** Numbers of lines that are not `NAME=value`. */
  readonly wrong: readonly number[];
}

/** One `NAME=value` per line; an empty value means that the repository does not have the secret. */
export const readSecretLines = (text: string): SecretLines => {
  const secrets = new Map<string, string>();
  const wrong: number[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(?:#|$)/.test(line)) continue;
    const [, name, value] = /^\s*([A-Z][A-Z0-9_]*)=(.*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) wrong.push(index + 1);
    else if (value.trim() !== "") secrets.set(name, value.trim());
  }
  return { secrets, wrong };
};
