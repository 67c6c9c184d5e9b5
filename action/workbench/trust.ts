// What a run needs if the configuration has hosts with a credential: how they are reached, and whom a sandbox trusts
// for them.
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Config } from "../../core/model/config.ts";
import { JVM } from "../network/bridge.ts";
import { certificateFor } from "../network/certificate.ts";
import type { Dial } from "../network/dial.ts";
import { keyStore } from "../network/key-store.ts";
import { withRegistries } from "../network/registries.ts";
import { TRUSTED } from "./sandbox.ts";
import { findProgram, MACHINE_TRUSTS } from "./toolchain.ts";

export interface Trust {
  readonly dial: Dial;
  /** A directory with certificates for the sandboxes; null if they trust whom the machine does. */
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
  const all = machine + certificate.cert; // guard: no-key-in-a-sandbox
  const directory = join(dir, "trusted");
  await mkdir(directory);
  await writeFile(join(directory, PEM), all);
  await writeFile(join(directory, STORE), keyStore(all));
  await chmod(join(directory, PEM), 0o644);
  await chmod(join(directory, STORE), 0o644);
  await chmod(directory, 0o755);
  return {
    dial: withRegistries({
      credentials,
      secrets,
      certificate,
      dial,
      ...(roots === undefined ? {} : { roots }),
    }),
    trusted: directory,
  };
};

const PEM = "certificates.pem";
/** For Java. */
const STORE = "certificates.jks";

const JAVA = `${JVM} -Djavax.net.ssl.trustStore=${TRUSTED}/${STORE}`;

/**
 * These variables tell clients whom to trust. Java programs other than Maven and Gradle, and programs with a list of
 * their own, ignore them.
 */
export const TRUST_ENVIRONMENT: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [
      ...["SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS", "npm_config_cafile", "PIP_CERT", "REQUESTS_CA_BUNDLE"],
      ...["GIT_SSL_CAINFO", "CURL_CA_BUNDLE", "CARGO_HTTP_CAINFO"],
    ].map(name => [name, `${TRUSTED}/${PEM}`]),
  ),
  MAVEN_OPTS: JAVA,
  GRADLE_OPTS: JAVA,
};
