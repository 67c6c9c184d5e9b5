// The certificate by which a sandbox trusts the proxy in the place of a host with a credential: one of a run, for these hosts
// and no others, which can sign nothing. Its key is in the harness's memory alone.
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { KinError } from "../../core/model/error.ts";

export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** `settings`: a file that is written for openssl, which has nothing secret. */
export const certificateFor = async (
  hosts: readonly string[],
  { openssl, settings }: { readonly openssl: string | null; readonly settings: string },
): Promise<Certificate> => {
  if (openssl === null)
    throw new KinError("openssl was not found on this machine, and `network.credentials` needs it.", {
      code: "program_missing",
      hint: "Install it: sudo apt-get install -y openssl",
    });
  await writeFile(settings, settingsFor(hosts));
  const args = `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3 -keyout - -out - -config`;
  const { stdout } = await promisify(execFile)(openssl, [...args.split(" "), settings], {
    env: {},
    timeout: 60_000,
  }).catch(() => ({ stdout: "" }));
  const [key, cert] = ["PRIVATE KEY", "CERTIFICATE"].map(
    kind => new RegExp(`-----BEGIN ${kind}-----[^-]+-----END ${kind}-----\n`).exec(stdout)?.[0],
  );
  if (key !== undefined && cert !== undefined) return { key, cert };
  throw new KinError("openssl made no certificate.", {
    code: "certificate_failed",
    hint: "`openssl version` has to say 1.1.1 or newer.",
  });
};

/** No authority: what it would sign counts for nothing. */
const settingsFor = (hosts: readonly string[]): string => `[req]
distinguished_name = name
x509_extensions = extensions
prompt = no
[name]
CN = Kin, for one run
[extensions]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
subjectAltName = ${hosts.map(host => `DNS:${host}`).join(", ")}
`;
