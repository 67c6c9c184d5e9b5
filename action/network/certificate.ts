// The certificate that makes a sandbox trust the proxy in place of hosts with a credential: one per run, for these
// hosts only, and unable to sign others. Its key exists only in the harness's memory.
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { KinError } from "../../core/model/error.ts";

export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** `settings`: path of a file written for openssl; it holds nothing secret. */
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

/** Not a certificate authority: what it signs counts for nothing. */
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
