// What a run needs where the configuration has hosts with a credential: how they are reached, and whom a sandbox trusts then.
import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Config } from "../../model/config.ts";
import { certificateFor } from "../network/certificate.ts";
import type { Dial } from "../network/dial.ts";
import { withRegistries } from "../network/registries.ts";
import { TRUSTED } from "./sandbox.ts";
import { findProgram, MACHINE_TRUSTS } from "./toolchain.ts";

export interface Trust {
  readonly dial: Dial;
  /** A file of certificates for the sandboxes; null where they trust whom the machine does. */
  readonly trusted: string | null;
}

export const trustFor = async (
  { network }: Config,
  given: Trust & {
    readonly dir: string;
    readonly path: string;
    readonly secrets: ReadonlyMap<string, string>;
    readonly roots: string | undefined;
  },
): Promise<Trust> => {
  const { dial, trusted, dir, path, secrets, roots } = given;
  const credentials = network?.credentials ?? [];
  if (credentials.length === 0) return { dial, trusted };
  const hosts = credentials.map(({ host }) => host);
  const certificate = await certificateFor(hosts, {
    openssl: findProgram("openssl", path),
    settings: join(dir, "certificate.cnf"),
  });
  const machine = await readFile(MACHINE_TRUSTS, "utf8").catch(() => "");
  const file = join(dir, "trusted.pem");
  await writeFile(file, `${machine}${certificate.cert}`); // guard: no-key-in-a-sandbox
  await chmod(file, 0o644);
  return {
    dial: withRegistries({
      credentials,
      secrets,
      certificate,
      dial,
      ...(roots === undefined ? {} : { roots }),
    }),
    trusted: file,
  };
};

/** By these variables clients learn whom to trust. Java and what has its own list do not. */
export const TRUST_ENVIRONMENT: Readonly<Record<string, string>> = Object.fromEntries(
  [
    ...["SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS", "npm_config_cafile", "PIP_CERT", "REQUESTS_CA_BUNDLE"],
    ...["GIT_SSL_CAINFO", "CURL_CA_BUNDLE", "CARGO_HTTP_CAINFO"],
  ].map(name => [name, TRUSTED]),
);
