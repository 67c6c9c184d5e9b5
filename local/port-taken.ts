// The error of a server that could not listen where it was told to.
import { KinError } from "../core/model/error.ts";

export const portTaken = (cause: unknown, port: number): unknown => {
  const [message, hint] = PORT_FAULTS.get((cause as NodeJS.ErrnoException).code ?? "") ?? [];
  if (message === undefined || hint === undefined) return cause;
  return new KinError(`Port ${port} ${message}.`, { code: "port_taken", hint, cause });
};

const PORT_FAULTS: ReadonlyMap<string, readonly [string, string]> = new Map([
  ["EADDRINUSE", ["is in use", "End what listens there, or use --port."]],
  ["EACCES", ["is not yours to open", "Use --port with one above 1023."]],
] as const);
