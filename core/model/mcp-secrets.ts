// Secrets of a run for MCP servers: put into the values that name them, and removed from whatever a server says. Pure.

/** How a value of the configuration names one. */
const NAMED = /secret:([A-Z][A-Z0-9_]*)/g;

/** A shorter one could not be removed from a text without removing much else. */
export const SHORTEST_SECRET = 8;

export type Secrets = ReadonlyMap<string, string>;

type Values = Readonly<Record<string, string>>;

/** The secrets that a server's `env` or `headers` name. */
export const secretNames = ({
  env = {},
  headers = {},
}: {
  readonly env?: Values | undefined;
  readonly headers?: Values | undefined;
}): readonly string[] => [
  ...new Set(
    Object.values({ ...env, ...headers }).flatMap(value =>
      [...value.matchAll(NAMED)].map(([, name = ""]) => name),
    ),
  ),
];

/** Why a server cannot have its secrets; null if it can. */
export const secretProblem = (names: readonly string[], secrets: Secrets): string | null => {
  const lost = names.filter(name => !secrets.has(name));
  if (lost.length > 0)
    return `the run has no secret ${lost.join(", ")}: a line \`${lost[0]}=…\` is missing in the secret KIN_SECRETS, or the workflow does not pass it`;
  const short = names.find(name => (secrets.get(name) ?? "").length < SHORTEST_SECRET); // guard: secrets-can-be-hidden
  return short === undefined
    ? null
    : `the secret ${short} has fewer than ${SHORTEST_SECRET} characters, so that Kin could not hide it in what the server says`;
};

export const withSecrets = (values: Values, secrets: Secrets): Values =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      value.replace(NAMED, (named, secret: string) => secrets.get(secret) ?? named),
    ]),
  );

const HIDDEN = "[redacted]";

/** Removes these from a text, in each form in which programs write them. */
export const hiderOf = (secrets: Iterable<string>): ((text: string) => string) => {
  const forms = [...new Set([...secrets].flatMap(formsOf))].sort((a, b) => b.length - a.length);
  return text => forms.reduce((hidden, form) => hidden.replaceAll(form, HIDDEN), text); // guard: secrets-are-hidden
};

const formsOf = (secret: string): readonly string[] => {
  const bytes = new TextEncoder().encode(secret);
  const hex = [...bytes].map(byte => byte.toString(16).padStart(2, "0")).join("");
  return [
    secret,
    [...secret].reverse().join(""),
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    hex,
    hex.toUpperCase(),
    ...[0, 1, 2].flatMap(before => base64Of(bytes, before)),
  ];
};

/** For each alignment in which it may begin, without the letters that neighbouring bytes share. */
const base64Of = (bytes: Uint8Array, before: number): readonly string[] => {
  const coded = btoa("\0".repeat(before) + String.fromCharCode(...bytes));
  const from = Math.ceil((before * 4) / 3);
  const to = Math.floor(((before + bytes.length) * 4) / 3);
  const plain = coded.slice(from, to);
  return [plain, plain.replaceAll("+", "-").replaceAll("/", "_")];
};
