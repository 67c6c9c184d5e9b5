// How a long-running command is ended from outside.
import { constants } from "node:os";

export interface Ended {
  readonly signal: AbortSignal;
  readonly end: () => void;
  /** The exit code of a process that a signal ends; null if none came. */
  readonly code: () => number | null;
  /** Restores what signals did before. */
  readonly unheard: () => void;
}

/** One Ctrl-C may arrive twice, from a terminal and from what started this process. */
const TWICE_MS = 500;

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** The first signal asks for an orderly end; another one does not wait for it. */
export const endOf = (source: NodeJS.Process): Ended => {
  const abort = new AbortController();
  const end = () => abort.abort();
  let code: number | null = null;
  let heard = 0;
  const hear = (signal: NodeJS.Signals) => {
    if (code !== null && performance.now() - heard > TWICE_MS) source.exit(code);
    heard = code === null ? performance.now() : heard;
    code ??= 128 + constants.signals[signal];
    end();
  };
  for (const signal of SIGNALS) source.on(signal, hear);
  const unheard = () => {
    for (const signal of SIGNALS) source.off(signal, hear);
  };
  return { signal: abort.signal, end, code: () => code, unheard };
};
