// Tests only: ends the process at its n-th side effect, as a power cut would.
import type { GitHub, Store } from "../core/ports.ts";

/** Called before each effect; a no-op unless `KIN_CRASH_AT` names this process. */
export type CrashPoint = () => void;

export const crashPoint = (
  setting: string | undefined,
  { process: name, end }: { readonly process: string; readonly end: () => void },
): CrashPoint => {
  const at = setting?.startsWith(`${name}:`) ? Number(setting.slice(name.length + 1)) : null;
  if (at === null) return () => {};
  let effects = 0;
  return () => {
    if (++effects === at) end();
  };
};

/** Every write passes the point first. `names` are the methods that change something. */
export const withCrashPoint = <T extends Store | GitHub>(
  port: T,
  { names, point }: { readonly names: readonly (keyof T)[]; readonly point: CrashPoint },
): T => ({
  ...port,
  ...Object.fromEntries(
    names.map(name => [
      name,
      (...args: unknown[]) => {
        point();
        return (port[name] as (...args: unknown[]) => unknown)(...args);
      },
    ]),
  ),
});
