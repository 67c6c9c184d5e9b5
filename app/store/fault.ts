// What libSQL's failures mean: the client throws its own errors, plain ones and fetch's. Storage faults become a
// KinError with a remedy; a wrong statement stays what it is, a bug.
import { KinError } from "../../core/model/error.ts";

/** Somebody else has locked the database; the same call succeeds later. */
export const isBusy = (error: unknown): boolean =>
  /SQLITE_BUSY|SQLITE_LOCKED|database is locked|TRANSACTION_TIMEOUT/i.test(textOf(error));

/** The connection was replaced while the call waited for it. */
export const isClosed = (error: unknown): boolean => codeOf(error) === "CLIENT_CLOSED";

/** A local connection is not used again after these. */
export const isStorage = (error: unknown): boolean =>
  isBusy(error) || /^SQLITE_(IOERR|FULL|READONLY|CANTOPEN|CORRUPT|NOTADB|PROTOCOL)/.test(codeOf(error));

export const faultOf = (error: unknown, url: string): unknown => {
  const fault = FAULTS.find(({ is }) => is(error));
  if (fault === undefined) return error;
  const { code, retryable, hint } = fault;
  return new KinError(fault.message(withoutSecrets(url)), { code, hint, retryable, cause: error });
};

interface Fault {
  readonly is: (error: unknown) => boolean;
  readonly code: string;
  readonly retryable: boolean;
  readonly message: (url: string) => string;
  readonly hint: string;
}

const withCode =
  (...codes: readonly string[]) =>
  (error: unknown): boolean =>
    codes.includes(codeOf(error));

const FAULTS: readonly Fault[] = [
  {
    is: isBusy,
    code: "store_busy",
    retryable: true,
    message: url => `The store ${url} is locked by another process.`,
    hint: "Another process holds a write transaction. Several App instances need a libSQL server, not one file.",
  },
  {
    is: withCode("SQLITE_FULL"),
    code: "store_full",
    retryable: true,
    message: url => `The disk is full: nothing can be written to the store ${url}.`,
    hint: "Free some space. What was being written was not written at all; Kin goes on by itself.",
  },
  {
    is: withCode("SQLITE_IOERR", "SQLITE_PROTOCOL"),
    code: "store_failed",
    retryable: true,
    message: url => `The disk failed under the store ${url}.`,
    hint: "Look at the disk and its limits (quota, file size, network mount). The store must lie on a local disk.",
  },
  {
    is: withCode("SQLITE_READONLY", "SQLITE_PERM"),
    code: "store_read_only",
    retryable: false,
    message: url => `The store ${url} cannot be written to.`,
    hint: "Give Kin's user write access to the file and to its directory, where the `-wal` and `-shm` files lie.",
  },
  {
    is: error => codeOf(error) === "SQLITE_CANTOPEN" || /ConnectionFailed\(/.test(textOf(error)),
    code: "store_unopened",
    retryable: false,
    message: url => `The store ${url} cannot be opened.`,
    hint: "The directory must exist, and Kin's user must be able to write to it.",
  },
  {
    is: withCode("SQLITE_CORRUPT", "SQLITE_NOTADB"),
    code: "store_corrupt",
    retryable: false,
    message: url => `The store ${url} is damaged, or is no libSQL database.`,
    hint: "Stop Kin and put a backup in its place (the file with its `-wal` and `-shm`), or move it away: Kin then begins with an empty store.",
  },
  {
    is: error => /^URL_/.test(codeOf(error)) || /URL that includes credentials/.test(textOf(error)),
    code: "store_url_invalid",
    retryable: false,
    message: url => `The store's address ${url} is none that libSQL takes.`,
    hint: "KIN_DATABASE_URL is file:…, http://…, https://… or libsql://…, without a name or a password; the token is KIN_DATABASE_TOKEN.",
  },
  {
    is: withCode("CLIENT_CLOSED"),
    code: "store_closed",
    retryable: false,
    message: url => `The store ${url} was closed.`,
    hint: "Kin is being stopped. Nothing to do: what was not written is done at the next start.",
  },
  {
    is: error =>
      statusOf(error) === 401 || statusOf(error) === 403 || codeOf(error) === "SQL_WRITE_FORBIDDEN",
    code: "store_refused",
    retryable: false,
    message: url => `The store at ${url} refuses Kin's token.`,
    hint: "Check KIN_DATABASE_TOKEN: it must be valid, not expired, and allowed to write.",
  },
  {
    is: error => codeOf(error) === "SERVER_ERROR" || isNetwork(error),
    code: "store_unreachable",
    retryable: true,
    message: url => `The store does not answer at ${url}.`,
    hint: "Check KIN_DATABASE_URL, and that the libSQL server is up.",
  },
];

/**
 * Undici says `fetch failed` or `terminated`; a timeout is a DOMException; a response that is not JSON does not come
 * from a libSQL server.
 */
const isNetwork = (error: unknown): boolean =>
  (error instanceof TypeError && /^(fetch failed|terminated)/.test(error.message)) ||
  (error instanceof Error && (error.name === "TimeoutError" || error.name === "AbortError")) ||
  (error instanceof SyntaxError && /JSON/.test(error.message)) ||
  /^HRANA_(WEBSOCKET|CLOSED|PROTO)/.test(codeOf(error));

const codeOf = (error: unknown): string => String((error as { code?: unknown } | null)?.code ?? "");

const textOf = (error: unknown): string =>
  `${codeOf(error)} ${error instanceof Error ? error.message : String(error)}`;

const statusOf = (error: unknown): number | undefined => {
  const cause = error instanceof Error ? (error.cause as { status?: unknown } | undefined) : undefined;
  return typeof cause?.status === "number" ? cause.status : undefined;
};

const withoutSecrets = (url: string): string => url.replace(/\/\/[^@/]*@/, "//").replace(/\?.*$/s, "");
