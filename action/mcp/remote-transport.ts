// MCP over streamable HTTP, from the harness: each message is a POST, and its response is read only until the answer
// has arrived. The separate stream for unsolicited messages is not opened.
import { createParser } from "eventsource-parser";
import type { NamedServer } from "../drive/ports/tool-servers.ts";
import { createAnswers } from "./answers.ts";
import { askRemote, type RemoteOptions, type Said } from "./ask-remote.ts";
import type { Ended, EndingTransport } from "./ending.ts";

interface Remote extends RemoteOptions {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

const MOST_BYTES = 8 * 1024 ** 2;
const SHOWN = 64 * 1024;

export const remoteTransport = (
  server: Pick<NamedServer, "private">,
  { url, headers, ...options }: Remote,
): EndingTransport => {
  const answers = createAnswers();
  const life = new AbortController();
  let ended: Ended | null = null;
  let closing = false;
  let session: string | undefined;
  let version: string | undefined;

  const ask = (method: "POST" | "DELETE", body?: string): Promise<Said> =>
    askRemote(url, {
      ...options,
      open: server.private === true,
      method,
      headers: {
        ...headers,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        accept: "application/json, text/event-stream",
        ...(session === undefined ? {} : { "mcp-session-id": session }),
        ...(version === undefined ? {} : { "mcp-protocol-version": version }),
      },
      body,
      signal: life.signal,
    });

  async function* bounded(said: Said): AsyncGenerator<Buffer> {
    let bytes = 0;
    let begins = Buffer.alloc(0);
    for await (const part of said.parts) {
      bytes += part.length;
      if (begins.length < SHOWN) begins = Buffer.concat([begins, part]).subarray(0, SHOWN);
      // guard: most-of-an-answer
      if (bytes > MOST_BYTES) {
        const why = "it answered more than 8 MiB at once; ask for less";
        ended ??= { why, begins: begins.toString("utf8") };
        life.abort();
        throw new Error(why);
      }
      yield part;
    }
  }

  const transport: EndingTransport = {
    ended: () => ended,
    start: async () => undefined,
    setProtocolVersion: chosen => {
      version = chosen;
    },
    send: async message => {
      const asks = answers.expect(message);
      const said = await ask("POST", JSON.stringify(message));
      session ??= said.session;
      if (!asks) return said.leave();
      for await (const text of textsOf(bounded(said), said.type)) {
        const answer = answers.read(text);
        if (answer !== null) return transport.onmessage?.(answer);
      }
      throw new Error("what it answered is no answer of MCP");
    },
    close: async () => {
      if (closing) return;
      closing = true;
      // Optional for the client, but the server may hold resources for the session.
      if (ended === null && session !== undefined) {
        const told = ask("DELETE").then(said => said.leave());
        await Promise.race([told.catch(() => undefined), soon()]);
      }
      life.abort();
      transport.onclose?.();
    },
  };
  return transport;
};

const soon = (): Promise<void> => new Promise(resolve => setTimeout(resolve, 2_000).unref());

/** The texts in a body that may be messages. */
async function* textsOf(parts: AsyncIterable<Buffer>, type: string): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  if (type === "application/json") {
    let text = "";
    for await (const part of parts) text += decoder.decode(part, { stream: true });
    return yield text;
  }
  if (type !== "text/event-stream") throw new Error(`it answered with ${type || "nothing"}, which is no MCP`);
  const found: string[] = [];
  const parser = createParser({
    onEvent: ({ event = "message", data }) => {
      if (event === "message") found.push(data);
    },
  });
  for await (const part of parts) {
    parser.feed(decoder.decode(part, { stream: true }));
    yield* found.splice(0);
  }
}
