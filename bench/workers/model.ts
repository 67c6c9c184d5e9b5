// The Messages API on loopback, as a coordinator and its workers see it: it gives everybody the same immediate answer
// until a conversation has had its turns; its next reply begins and does not continue.
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { Reply } from "./reply.ts";

interface Played {
  readonly reply: Reply;
  readonly turns: number;
  readonly conversations: number;
  /** For conversations that are not workers'. */
  readonly opening: Reply;
}

export interface Model {
  readonly url: string;
  /** Milliseconds from a worker's first request until all of them have had their turns. */
  readonly hold: () => Promise<number>;
  /** The first requests of the first of them. */
  readonly first: readonly unknown[];
  readonly close: () => void;
}

export const openModel = async ({ reply, turns, conversations, opening }: Played): Promise<Model> => {
  const first: unknown[] = [];
  let held = Promise.withResolvers<number>();
  let [open, began] = [0, 0];
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request);
    const turn = body.split('"role":"assistant"').length;
    response.writeHead(200, { "content-type": "text/event-stream" });
    if (!body.includes(", worker w")) return response.end(opening.whole);
    if (turn === 1) began ||= performance.now();
    if (turn === 1 && first.length < conversations) first.push(JSON.parse(body));
    if (turn <= turns) return response.end(reply.whole);
    return response.write(reply.begin, () => {
      if (++open === conversations) held.resolve(performance.now() - began);
    });
  });
  await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hold: () => {
      [open, began, held] = [0, 0, Promise.withResolvers<number>()];
      return held.promise;
    },
    first,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
};

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece);
  return Buffer.concat(pieces).toString();
};
