// The block between two lines of dashes with which a Markdown file may begin, and what follows it. Nothing written there is
// an error: what is not YAML is read line by line, because many write a glob or a sentence without quotes, and what is
// neither a text nor a list of texts is ignored.

type Value = string | readonly string[];

export interface FrontMatter {
  readonly data: Readonly<Record<string, Value>>;
  /** Without the block. */
  readonly text: string;
}

const MOST = 4_096;
const BLOCK = /^---[ \t]*\r?\n([\s\S]*?)(?:\r?\n)?---[ \t]*(?:\r?\n|$)/;

export const readFrontMatter = async (whole: string): Promise<FrontMatter> => {
  const { inner, text } = splitFrontMatter(whole);
  const map = inner === null ? {} : ((await readMap(inner)) ?? fromLines(inner));
  return { data: Object.fromEntries(Object.entries(map).flatMap(textsOnly)), text };
};

const textsOnly = ([key, value]: readonly [string, unknown]): readonly (readonly [string, Value])[] =>
  Array.isArray(value) ? [[key, value.flatMap(textIn)]] : textIn(value).map(text => [key, text]);

/** Empty for anything but a text, a number or a boolean. */
const textIn = (value: unknown): readonly string[] =>
  ["string", "number", "boolean"].includes(typeof value) ? [String(value)] : [];

export const splitFrontMatter = (whole: string): { readonly inner: string | null; readonly text: string } => {
  const [block, inner = ""] = BLOCK.exec(whole.slice(0, MOST)) ?? [];
  return block === undefined ? { inner: null, text: whole } : { inner, text: whole.slice(block.length) };
};

const LARGEST_MAP = 16 * 1024;

/** Null if it is not YAML, or too large. The parser is loaded on demand: it is large, and few runs need it. */
export const readMap = async (text: string): Promise<Readonly<Record<string, unknown>> | null> => {
  if (text.length > LARGEST_MAP) return null;
  const { parse } = await import("yaml");
  try {
    const value: unknown = parse(text, { schema: "core", maxAliasCount: 0, logLevel: "error" });
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return null;
  }
};

const fromLines = (text: string): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    text.split("\n").flatMap(line => {
      const [, key, value] = /^([\w-]{1,50}):[ \t]*(.*?)[ \t\r]*$/.exec(line) ?? [];
      return key === undefined || value === undefined ? [] : [[key, value.replace(/^(["'])(.*)\1$/, "$2")]];
    }),
  );
