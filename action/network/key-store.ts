// Certificates in Java's older key store format, which every version reads; none reads a PEM file.
import { createHash } from "node:crypto";

/** Public: it protects nothing, but Java asks for it when a project names the store. */
const PASSWORD = Buffer.from("changeit", "utf16le").swap16();

export const keyStore = (pem: string): Buffer => {
  const found = pem.matchAll(/-----BEGIN CERTIFICATE-----([^-]+)-----END CERTIFICATE-----/g);
  const trusted = [...found].map(([, text = ""], at) => entry(String(at), Buffer.from(text, "base64")));
  const store = Buffer.concat([number(0xfeed_feed), number(2), number(trusted.length), ...trusted]);
  const digest = createHash("sha1").update(PASSWORD).update("Mighty Aphrodite").update(store).digest();
  return Buffer.concat([store, digest]);
};

/** Type 2 is a trusted certificate; the eight bytes are its date. */
const entry = (name: string, certificate: Buffer): Buffer =>
  Buffer.concat([
    number(2),
    text(name),
    Buffer.alloc(8),
    text("X.509"),
    number(certificate.length),
    certificate,
  ]);

const number = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

const text = (value: string): Buffer => Buffer.concat([number(value.length).subarray(2), Buffer.from(value)]);
