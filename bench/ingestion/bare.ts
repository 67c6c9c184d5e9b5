// The limit, as a process: a bare server that checks the signature and parses the body.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { sign } from "./delivery.ts";

const server = createServer((incoming, response) => {
  const chunks: Buffer[] = [];
  incoming.on("data", chunk => chunks.push(chunk));
  incoming.on("end", () => {
    const body = Buffer.concat(chunks);
    const good = incoming.headers["x-hub-signature-256"] === sign(body);
    JSON.parse(body.toString("utf8"));
    response.writeHead(good ? 200 : 400).end("ok\n");
  });
});
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
