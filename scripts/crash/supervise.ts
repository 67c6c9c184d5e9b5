// Restarts the App after it was killed, as an operator's supervisor does.
import { once } from "node:events";
import type { World } from "../../local/world.ts";

export interface Supervised {
  readonly up: () => boolean;
  /** Why it cannot be restarted, or that it ended without being killed. */
  readonly failure: () => string | null;
  readonly kill: () => Promise<void>;
  readonly leave: () => void;
}

export const supervise = (world: World, restart_ms: number): Supervised => {
  let left = false;
  let up = true;
  let failure: string | null = null;
  const isDown = () => world.app()?.signalCode !== null || world.app()?.exitCode !== null;
  const restart = async (): Promise<void> => {
    if (left) return;
    up = false;
    const { signalCode, exitCode } = world.app() ?? {};
    if (signalCode !== "SIGKILL") failure = `the App ended by itself: ${signalCode ?? `code ${exitCode}`}`;
    await new Promise(resolve => setTimeout(resolve, restart_ms));
    if (left) return;
    try {
      await world.startApp();
      watch();
      up = true;
    } catch (error) {
      failure = `the App does not start again: ${error}`;
    }
  };
  const watch = (): void => {
    if (left) return;
    if (isDown()) void restart();
    else world.app()?.once("close", () => void restart());
  };
  watch();
  return {
    up: () => up && !isDown(),
    failure: () => failure,
    kill: async () => {
      const child = world.app();
      const closed = child === null ? null : once(child, "close");
      child?.kill("SIGKILL");
      await closed;
    },
    leave: () => {
      left = true;
    },
  };
};
