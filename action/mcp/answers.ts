// Which of a server's messages reach the client: answers to what was asked, none too large to handle. Requests and
// notifications are ignored, even `ping`: a server gets no service from us, because that would let it choose our work.
import { type JSONRPCMessage, JSONRPCMessageSchema } from "@modelcontextprotocol/sdk/types.js";

export interface Answers {
  /** Registers a message that is sent, and says whether an answer may follow. */
  readonly expect: (message: JSONRPCMessage) => boolean;
  /** The answer in the text; null if it is anything else. Throws if it is too large. */
  readonly read: (text: string) => JSONRPCMessage | null;
}

/** Limits on depth and on the number of values: visiting deep ones costs stack, and many cost time. */
const DEEPEST = 100;
const MOST_VALUES = 200_000;

export const createAnswers = (): Answers => {
  const expected = new Set<number>();
  return {
    expect: message => {
      if (!("method" in message && "id" in message)) return false;
      expected.add(Number(message.id));
      return true;
    },
    read: text => {
      const said = jsonIn(text);
      if (typeof said !== "object" || said === null || "method" in said) return null; // guard: nothing-is-answered
      const id = "id" in said ? Number(said.id) : Number.NaN;
      if (!expected.has(id)) return null; // guard: answers-to-what-was-asked
      const problem = excessOf(said);
      if (problem !== null) throw new Error(problem);
      const { data = null } = JSONRPCMessageSchema.safeParse(said);
      if (data !== null) expected.delete(id);
      return data;
    },
  };
};

const jsonIn = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

/** Level by level, so that deep input does not need a deep stack. */
const excessOf = (said: object): string | null => {
  let values = 0;
  let level: readonly unknown[] = [said];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEEPEST) return `it answered with more than ${DEEPEST} values inside one another`; // guard: deepest-answer
    const next: unknown[] = [];
    for (const one of level) {
      if (typeof one !== "object" || one === null) continue;
      const inside = Object.values(one);
      values += inside.length;
      // guard: most-values
      if (values > MOST_VALUES)
        return `it answered with more than ${MOST_VALUES.toLocaleString("en")} values; ask for less`;
      for (const value of inside) next.push(value);
    }
    level = next;
  }
  return null;
};
