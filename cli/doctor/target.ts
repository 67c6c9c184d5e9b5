// What the doctor looks at: the App that the environment describes, or an embedded world.
import { answers } from "../../local/port.ts";
import { readWorldFile } from "../../local/world-file.ts";
import type { Env } from "../arguments.ts";
import { findWorld } from "../data-directory.ts";

export interface Target {
  /** The world's data directory; null for an App of one's own. */
  readonly world: string | null;
  readonly env: Env;
  /** Whether a script plays the world's model. */
  readonly scripted: boolean;
  /** Whether the world's runs have no key. */
  readonly identity: boolean;
}

/** With `data`, that world; else the App of the environment or, if that has none, the last world if it runs. */
export const findTarget = async (data: string | undefined, env: Env): Promise<Target> => {
  if (data !== undefined) return worldIn(findWorld(data), env);
  const last = env.APP_ID ? null : await lastWorld(env);
  return last ?? { world: null, env, scripted: false, identity: false };
};

const lastWorld = async (env: Env): Promise<Target | null> => {
  let directory: string;
  try {
    directory = findWorld(undefined);
  } catch {
    return null;
  }
  const target = worldIn(directory, env);
  return (await answers(`${target.env.KIN_URL}/healthz`)) ? target : null;
};

const worldIn = (directory: string, { PATH, ANTHROPIC_API_KEY, ANTHROPIC_BASE_URL }: Env): Target => {
  const world = readWorldFile(directory);
  return {
    world: directory,
    env: { PATH, ANTHROPIC_API_KEY, ANTHROPIC_BASE_URL, ...world.app },
    scripted: world.scripted,
    identity: world.identity,
  };
};
