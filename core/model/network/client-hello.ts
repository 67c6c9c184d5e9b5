// The first message of TLS, read as far as the name it asks for. It arrives in as many packets and records as its sender
// likes. Pure.

export type Hello =
  | { readonly kind: "more" }
  /** `name` is null if none is asked for, or more than one. */
  | { readonly kind: "hello"; readonly name: string | null }
  | { readonly kind: "not_tls" };

const MORE: Hello = { kind: "more" };
const NOT_TLS: Hello = { kind: "not_tls" };

/** Even with the largest keys in use, a hello has only a few thousand bytes. */
export const LONGEST_HELLO = 16 * 1024;

const [HANDSHAKE, CLIENT_HELLO, SERVER_NAME, HOST_NAME] = [22, 1, 0, 0];
const [RECORD_HEADER, MESSAGE_HEADER] = [5, 4];

export const readHello = (bytes: Uint8Array): Hello => {
  const message: number[] = [];
  for (let at = 0; !isWhole(message); ) {
    if (at > LONGEST_HELLO) return NOT_TLS; // guard: longest-hello
    const record = bytes.subarray(at);
    if ((record[0] ?? HANDSHAKE) !== HANDSHAKE || (record[1] ?? TLS) !== TLS) return NOT_TLS;
    if (record.length < RECORD_HEADER) return MORE;
    const length = number(record, 3, 2);
    message.push(...record.subarray(RECORD_HEADER, RECORD_HEADER + length));
    if (length === 0 || (message[0] ?? CLIENT_HELLO) !== CLIENT_HELLO) return NOT_TLS;
    at += RECORD_HEADER + length;
  }
  return helloIn(message);
};

/** The first byte of every version. */
const TLS = 3;

const lengthOf = (message: readonly number[]): number => number(message, 1, 3);

const isWhole = (message: readonly number[]): boolean =>
  message.length >= MESSAGE_HEADER && message.length >= MESSAGE_HEADER + lengthOf(message);

const helloIn = (message: readonly number[]): Hello => {
  const body = message.slice(MESSAGE_HEADER, MESSAGE_HEADER + lengthOf(message));
  try {
    return { kind: "hello", name: nameIn(body) };
  } catch {
    return NOT_TLS;
  }
};

/** Version and random, session, cipher suites, compression, extensions. */
const nameIn = (body: readonly number[]): string | null => {
  const [, afterSession] = vector(body, 34, 1);
  const [, afterSuites] = vector(body, afterSession, 2);
  const [, afterCompression] = vector(body, afterSuites, 1);
  if (afterCompression === body.length) return null;
  const [extensions] = vector(body, afterCompression, 2);
  const names: string[] = [];
  for (let at = 0; at < extensions.length; ) {
    const kind = number(extensions, at, 2);
    const [data, next] = vector(extensions, at + 2, 2);
    if (kind === SERVER_NAME) names.push(...serverNames(data));
    at = next;
  }
  const [name = null, second] = names;
  return second === undefined ? name : null; // guard: one-name
};

const serverNames = (data: readonly number[]): readonly string[] => {
  const [list] = vector(data, 0, 2);
  const names: string[] = [];
  for (let at = 0; at < list.length; ) {
    const kind = number(list, at, 1);
    const [name, next] = vector(list, at + 1, 2);
    names.push(kind === HOST_NAME ? String.fromCharCode(...name) : "");
    at = next;
  }
  return names;
};

/** A value with its length before it, and where it ends. */
const vector = (bytes: readonly number[], at: number, width: number): [readonly number[], number] => {
  const from = at + width;
  const to = from + number(bytes, at, width);
  if (to > bytes.length) throw new RangeError("it ends early");
  return [bytes.slice(from, to), to];
};

const number = (bytes: ArrayLike<number>, at: number, width: number): number => {
  let value = 0;
  for (let index = at; index < at + width; index += 1) {
    const byte = bytes[index];
    if (byte === undefined) throw new RangeError("it ends early");
    value = value * 256 + byte;
  }
  return value;
};
