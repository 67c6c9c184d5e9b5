// The sender, as a process: keeps its connections busy with signed deliveries. Uses plain sockets, because an HTTP
// client takes longer per request than the bare server does.
import { randomUUID } from "node:crypto";
import { connect, type Socket } from "node:net";
import { BODY, PATH, sign } from "./delivery.ts";

export interface Order {
  readonly port: number;
  readonly count: number;
  /** How often each delivery is sent, by several connections at once. */
  readonly times: number;
}

export interface Done {
  /** All of them were acknowledged. */
  readonly guids: readonly string[];
  readonly per_second: number;
  /** Milliseconds, for each request. */
  readonly latencies: readonly number[];
}

const CONNECTIONS = 16;
const HEAD = [
  `POST ${PATH} HTTP/1.1`,
  "host: 127.0.0.1",
  "content-type: application/json",
  `content-length: ${Buffer.byteLength(BODY)}`,
  "x-github-event: issues",
  `x-hub-signature-256: ${sign(BODY)}`,
].join("\r\n");

const load = async ({ port, count, times }: Order): Promise<Done> => {
  const guids = Array.from({ length: count / times }, () => randomUUID());
  const latencies: number[] = [];
  let sent = 0;
  const lane = async () => {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    while (sent < count) {
      const guid = guids[Math.floor(sent++ / times)];
      const begun = performance.now();
      await exchange(socket, `${HEAD}\r\nx-github-delivery: ${guid}\r\n\r\n${BODY}`);
      latencies.push(performance.now() - begun);
    }
    socket.destroy();
  };
  const begun = performance.now();
  await Promise.all(Array.from({ length: CONNECTIONS }, lane));
  return { guids, per_second: (count / (performance.now() - begun)) * 1000, latencies };
};

/** Both servers always respond in chunks. */
const exchange = (socket: Socket, message: string): Promise<void> =>
  new Promise((resolve, reject) => {
    let answer = "";
    const heard = (data: Buffer) => {
      answer += data.toString("latin1");
      if (!answer.endsWith("\r\n0\r\n\r\n")) return;
      socket.off("data", heard);
      socket.off("close", closed);
      if (answer.startsWith("HTTP/1.1 200 ")) resolve();
      else reject(new Error(answer));
    };
    const closed = () => reject(new Error(`The connection was closed. It had said: ${answer}`));
    socket.on("data", heard).once("close", closed).write(message);
  });

process.on("message", async (order: Order) => process.send?.(await load(order)));
