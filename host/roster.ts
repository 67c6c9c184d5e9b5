// Reads specialists.yaml and the prompts beside it.
import { join } from "node:path";
import { type LoadedRoster, withPrompts } from "./prompts.ts";
import { readSpecialists } from "./specialists.ts";

/**
 * `root` holds specialists.yaml and prompts/. Throws `roster_invalid`, which names file, key, what was found and what is
 * allowed.
 */
export const loadRoster = (root: string): LoadedRoster =>
  withPrompts(readSpecialists(join(root, "specialists.yaml")), root);
