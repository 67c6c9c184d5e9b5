// The way out of a sandbox: a few lines of ours that run inside it, listen on its loopback and pass every connection to
// the socket of the harness's proxy. The command has the same rights and may end it; it decides nothing.
import type * as net from "node:net";

/** Above the range from which the kernel assigns ports. */
export const BRIDGE_PORT = 61443;

interface Bridged {
  /** The proxy's socket, as the sandbox sees it. */
  readonly socket: string;
  readonly port: number;
}

/** Its source is written into the sandbox, so it may use nothing from outside itself. */
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

/** A CommonJS program for node, because that starts sooner. */
export const bridgeProgram = (bridged: Bridged): string =>
  `(${bridge.toString()})(require("node:net"), ${JSON.stringify(bridged)});\n`;

const PROXY = `http://127.0.0.1:${BRIDGE_PORT}`;
const LOOPBACK = "localhost,127.0.0.1,::1";
/** Java programs read no such variable. */
export const JVM = `-Dhttps.proxyHost=127.0.0.1 -Dhttps.proxyPort=${BRIDGE_PORT} -Dhttp.proxyHost=127.0.0.1 -Dhttp.proxyPort=${BRIDGE_PORT}`;

/** Makes programs use the bridge. Plain http goes there too, so that its refusal can be reported. */
export const BRIDGE_ENVIRONMENT: Readonly<Record<string, string>> = {
  HTTPS_PROXY: PROXY,
  https_proxy: PROXY,
  HTTP_PROXY: PROXY,
  http_proxy: PROXY,
  NO_PROXY: LOOPBACK,
  no_proxy: LOOPBACK,
  // Node itself, since 22.21 and 24.
  NODE_USE_ENV_PROXY: "1",
  YARN_HTTPS_PROXY: PROXY,
  YARN_HTTP_PROXY: PROXY,
  MAVEN_OPTS: JVM,
  GRADLE_OPTS: JVM,
};
