// What an identified run sends: checks its size, then how many values it has, then its shape, each only if the one
// before is right.
import type { HttpBindings } from "@hono/node-server";
import type { Context } from "hono";
import type * as z from "zod";
import { KinError } from "../../core/model/error.ts";
import { createBody, read } from "../body.ts";

export type RunContext = Context<{ Bindings: HttpBindings }>;

/** Ten times what a turn with a hundred files of the largest size and a long conversation has. */
const MOST_VALUES = 20_000;
const DEEPEST = 100;

export interface Expected<T> {
  readonly schema: z.ZodType<T>;
  /** In bytes. */
  readonly most: number;
  /** Its name in a sentence. */
  readonly name: string;
  /** Counts what arrives. The reader makes the guest leave. */
  readonly place?: Place;
}

export interface Place {
  readonly hear: (bytes: number) => void;
  readonly stay: () => void;
  /** Aborted when there is no room for it any more. */
  readonly signal: AbortSignal;
}

/** Throws `too_large`, `malformed`, or `busy` if there is no room. */
export const bodyOf = async <T>(c: RunContext, { schema, most, name, place }: Expected<T>): Promise<T> => {
  const body = createBody();
  const take = (part: Buffer): void => {
    body.add(part);
    place?.hear(part.length); // guard: appends-have-a-room
  };
  const how = await read(c.env.incoming, { most, take, signal: place?.signal }); // guard: run-body-size
  if (place?.signal.aborted)
    throw new KinError(`There is no room for the ${name} now.`, {
      code: "busy",
      hint: "Send it again a little later.",
      retryable: true,
    });
  place?.stay();
  if (how === "too_large")
    throw new KinError(`The ${name} is larger than ${most / 1024} KiB.`, {
      code: "too_large",
      hint: "Report this: what the Action sends is never that large.",
    });
  const bytes = body.take();
  if (hasTooMuch(bytes)) throw malformed(name, "it has too many values, or they are too deep"); // guard: run-body-values
  const checked = schema.safeParse(parsed(bytes));
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  throw malformed(name, `${issue?.path.join(".")} ${issue?.message}`);
};

const malformed = (name: string, why: string): KinError =>
  new KinError(`The ${name} is malformed: ${why.trim().slice(0, 200)}`, {
    code: "malformed",
    hint: "Update the Action.",
  });

const parsed = (bytes: Buffer): unknown => {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    return null;
  }
};

const [QUOTE, BACKSLASH] = [0x22, 0x5c];

/** Counted in the text, because parsing millions of values takes long. */
const hasTooMuch = (bytes: Buffer): boolean => {
  let values = 1;
  let depth = 0;
  for (let at = 0; at < bytes.length; at++) {
    switch (bytes[at]) {
      case QUOTE:
        at = endOfText(bytes, at);
        break;
      case 0x2c: // ,
        values++;
        break;
      case 0x5b: // [
      case 0x7b: // {
        values++;
        depth++;
        break;
      case 0x5d: // ]
      case 0x7d: // }
        depth--;
    }
    if (values > MOST_VALUES || depth > DEEPEST) return true;
  }
  return false;
};

/** Where the string that begins here ends; past the end of the text if it does not end. */
const endOfText = (bytes: Buffer, begin: number): number => {
  for (let at = begin + 1; ; at++) {
    at = bytes.indexOf(QUOTE, at);
    if (at < 0) return bytes.length;
    let before = at;
    while (bytes[before - 1] === BACKSLASH && before > begin) before--;
    if ((at - before) % 2 === 0) return at;
  }
};
