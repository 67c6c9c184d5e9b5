// What a foreign tool returned, as text for a model: data from outside, like a file's.
import * as z from "zod";
import { secretsIn } from "../model/patch/secrets.ts";
import { cutMiddle, OUTPUT_LIMIT } from "../model/tail.ts";
import { visible } from "../text/invisible.ts";

const Result = z.object({
  content: z.array(z.unknown()).default([]),
  structuredContent: z.unknown().optional(),
  isError: z.boolean().default(false),
});

const Block = z.discriminatedUnion("type", [
  z.object({ type: z.literal("text"), text: z.string() }),
  z.object({
    type: z.enum(["image", "audio"]),
    data: z.string(),
    mimeType: z.string().default("of no known kind"),
  }),
  z.object({
    type: z.literal("resource"),
    resource: z.object({ uri: z.string(), mimeType: z.string().optional() }),
  }),
  z.object({ type: z.literal("resource_link"), uri: z.string(), name: z.string().optional() }),
]);

/** Each is looked at by itself, and a model is shown far fewer. */
const MOST_BLOCKS = 500;

export interface ResultText {
  readonly text: string;
  readonly is_error: boolean;
}

/** Null if it is not a result at all. */
export const readResult = (result: unknown): ResultText | null => {
  const parsed = Result.safeParse(result);
  if (!parsed.success) return null;
  const { content, structuredContent, isError } = parsed.data;
  const more = content.length - MOST_BLOCKS;
  const blocks = [
    ...content.slice(0, MOST_BLOCKS).map(wordsOf), // guard: most-blocks
    ...(more > 0 ? [`[${more} more: not shown]`] : []),
  ];
  const words =
    blocks.length === 0 && structuredContent !== undefined ? [JSON.stringify(structuredContent)] : blocks;
  return { text: words.join("\n") || "It gave nothing back.", is_error: isError };
};

/** What cannot be shown to a model as text is named. */
const wordsOf = (block: unknown): string => {
  const { data } = Block.safeParse(block);
  switch (data?.type) {
    case undefined:
      return "[something that is not shown]";
    case "text":
      return data.text;
    case "image":
    case "audio":
      return `[${data.type === "image" ? "an image" : "a sound"}, ${data.mimeType}, ${Math.ceil((data.data.length * 3) / 4 / 1024)} KiB: not shown]`;
    case "resource":
      return `[a resource, ${data.resource.uri}: not shown]`;
    case "resource_link":
      return `[a link to a resource, ${data.uri}: not shown]`;
    default:
      return data satisfies never;
  }
};

/** Hidden characters are handled first, because they might be inside a secret. */
export const shownText = (text: string, hide: (text: string) => string): string =>
  withoutSecrets(cutMiddle(hide(visible(text).text), OUTPUT_LIMIT)); // guard: results-are-hidden, results-are-cut

/**
 * Leaves out what is shaped like a secret. A project's files are shown as they are, but a server may show secrets of its
 * own.
 */
const withoutSecrets = (text: string): string => {
  const places = secretsIn(text).filter(({ real }) => real !== null); // guard: shapes-in-results
  let [shown, at] = ["", 0];
  for (const { start, end, what } of places.toSorted((a, b) => a.start - b.start)) {
    if (start < at) continue;
    shown += `${text.slice(at, start)}[${what}, left out]`;
    at = end;
  }
  return shown + text.slice(at);
};
