// Local ports: which are free, what answers at one, and the error of a server that could not listen where it was told to.
import { createServer } from "node:net";
import { KinError } from "../core/model/error.ts";

export const isFree = (port: number): Promise<boolean> =>
  new Promise(resolve => {
    const server = createServer();
    server
      .once("error", () => resolve(false))
      .listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });

const PATIENCE_MS = 2_000;

export const answers = (url: string): Promise<boolean> =>
  fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS) }).then(
    ({ ok }) => ok,
    () => false,
  );

export const portTaken = (cause: unknown, port: number): unknown => {
  const [message, hint] = PORT_FAULTS.get((cause as NodeJS.ErrnoException).code ?? "") ?? [];
  if (message === undefined || hint === undefined) return cause;
  return new KinError(`Port ${port} ${message}.`, { code: "port_taken", hint, cause });
};

const PORT_FAULTS: ReadonlyMap<string, readonly [string, string]> = new Map([
  ["EADDRINUSE", ["is in use", "End what listens there, or use --port."]],
  ["EACCES", ["is not yours to open", "Use --port with one above 1023."]],
] as const);
