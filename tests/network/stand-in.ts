// Stand-ins for network hosts: TLS servers on 127.0.0.1, a certificate for every requested name, and a wire that leads
// there. Tests decide what a name resolves to, and nothing leaves the machine.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import type { RequestListener } from "node:http";
import { createServer } from "node:https";
import { type AddressInfo, connect } from "node:net";
import { join } from "node:path";
import type { Wire } from "../../action/network/dial.ts";
import { temporary } from "../workbench/kit.ts";

export interface StandIn {
  /** The certificate's authority, as PEM. */
  readonly ca: string;
  readonly port: number;
  /** What it was asked: method, host, path. */
  readonly asked: readonly string[];
  readonly wire: Wire;
  readonly reached: readonly string[];
  readonly close: () => Promise<void>;
}

const PUBLIC = "8.8.8.8";

export const certificateFor = (names: readonly string[]): { readonly key: string; readonly cert: string } => {
  const dir = temporary();
  const [key, cert] = [join(dir, "key.pem"), join(dir, "cert.pem")];
  execFileSync(
    "openssl",
    [
      ..."req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=stand-in".split(
        " ",
      ),
      ...["-addext", `subjectAltName=${names.map(name => `DNS:${name}`).join(",")}`],
      ...["-keyout", key, "-out", cert],
    ],
    { stdio: "ignore" },
  );
  return { key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8") };
};

/** `addresses`: what names resolve to, if not a public address. */
export const aStandIn = async (
  serve: RequestListener,
  {
    names,
    addresses = {},
  }: { readonly names: readonly string[]; readonly addresses?: Readonly<Record<string, readonly string[]>> },
): Promise<StandIn> => {
  const { key, cert } = certificateFor(names);
  const asked: string[] = [];
  const reached: string[] = [];
  const server = createServer({ key, cert }, (request, response) => {
    asked.push(`${request.method} ${request.headers.host} ${request.url}`);
    serve(request, response);
  });
  await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    ca: cert,
    port,
    asked,
    reached,
    wire: {
      resolve: async host =>
        (addresses[host] ?? [PUBLIC]).map(address => ({ address, family: address.includes(":") ? 6 : 4 })),
      connect: (_, host) => {
        reached.push(host);
        return connect({ port, host: "127.0.0.1", allowHalfOpen: true });
      },
    },
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
