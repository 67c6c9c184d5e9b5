// The way out of a sandbox: a few lines of ours that run in it, listen on its loopback and hand every connection to the
// socket of the harness's proxy. It is of the command's own kind and may be ended by it; it decides nothing.
import type * as net from "node:net";

/** Where it listens: above the ports that the kernel gives to whoever asks for any. */
export const BRIDGE_PORT = 61443;

interface Bridged {
  /** Of the proxy, as the sandbox sees it. */
  readonly socket: string;
  readonly port: number;
}

/** Written as text into the sandbox: it names nothing from outside of itself. */
const bridge = ({ connect, createServer }: typeof net, { socket, port }: Bridged): void => {
  const server = createServer({ allowHalfOpen: true }, client => {
    const proxy = connect({ path: socket, allowHalfOpen: true });
    client.on("error", () => proxy.destroy());
    proxy.on("error", () => client.destroy());
    client.pipe(proxy);
    proxy.pipe(client);
  });
  server.listen(port, "127.0.0.1", 511, () => process.stdout.write("listens\n"));
};

/** A program for node, in its older kind of modules, which begin sooner. */
export const bridgeProgram = (bridged: Bridged): string =>
  `(${bridge.toString()})(require("node:net"), ${JSON.stringify(bridged)});\n`;

const PROXY = `http://127.0.0.1:${BRIDGE_PORT}`;
const LOOPBACK = "localhost,127.0.0.1,::1";
/** Java programs read no such variable. */
export const JVM = `-Dhttps.proxyHost=127.0.0.1 -Dhttps.proxyPort=${BRIDGE_PORT} -Dhttp.proxyHost=127.0.0.1 -Dhttp.proxyPort=${BRIDGE_PORT}`;

/** What makes programs ask it. Plain http is asked for there as well, so that its refusal can be told. */
export const BRIDGE_ENVIRONMENT: Readonly<Record<string, string>> = {
  HTTPS_PROXY: PROXY,
  https_proxy: PROXY,
  HTTP_PROXY: PROXY,
  http_proxy: PROXY,
  NO_PROXY: LOOPBACK,
  no_proxy: LOOPBACK,
  // Node itself, from 22.21 and 24 on.
  NODE_USE_ENV_PROXY: "1",
  YARN_HTTPS_PROXY: PROXY,
  YARN_HTTP_PROXY: PROXY,
  MAVEN_OPTS: JVM,
  GRADLE_OPTS: JVM,
};
