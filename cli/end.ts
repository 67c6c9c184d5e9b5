// How a command that takes a while is ended from outside.
import { constants } from "node:os";

export interface Ended {
  readonly signal: AbortSignal;
  readonly end: () => void;
  /** The exit code of a process that a signal ends; null where none came. */
  readonly code: () => number | null;
}

/** One Ctrl-C may arrive twice, from a terminal and from what started this process. */
const TWICE_MS = 500;

/** The first signal asks for an orderly end; who cannot wait for that sends another. */
export const endOf = (source: NodeJS.Process): Ended => {
  const abort = new AbortController();
  const end = () => abort.abort();
  let code: number | null = null;
  let heard = 0;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    source.on(signal, () => {
      if (code !== null && performance.now() - heard > TWICE_MS) source.exit(code);
      heard = code === null ? performance.now() : heard;
      code ??= 128 + constants.signals[signal];
      end();
    });
  return { signal: abort.signal, end, code: () => code };
};
