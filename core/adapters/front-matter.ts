// The block between two lines of dashes that a Markdown file may begin with, and what follows it. Nothing that somebody
// wrote there is an error: what is no YAML is read line by line, as many write a glob or a sentence without quotes.

export interface FrontMatter {
  readonly data: Readonly<Record<string, unknown>>;
  /** Without it. */
  readonly text: string;
}

const MOST = 4_096;
const BLOCK = /^---[ \t]*\r?\n([\s\S]*?)(?:\r?\n)?---[ \t]*(?:\r?\n|$)/;

export const readFrontMatter = async (whole: string): Promise<FrontMatter> => {
  const [block, inner = ""] = BLOCK.exec(whole.slice(0, MOST)) ?? [];
  if (block === undefined) return { data: {}, text: whole };
  return { data: (await fromYaml(inner)) ?? fromLines(inner), text: whole.slice(block.length) };
};

/** Loaded where there is such a block: it is large, and few runs need it. */
const fromYaml = async (text: string): Promise<Readonly<Record<string, unknown>> | null> => {
  const { parse } = await import("yaml");
  try {
    const value: unknown = parse(text, { schema: "core", maxAliasCount: 0, logLevel: "silent" });
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
