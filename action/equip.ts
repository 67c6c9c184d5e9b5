// What a run needs besides its claim: a key, a sandbox, the roles.
import { warning } from "@actions/core";
import { type LoadedRoster, withPrompts } from "../core/adapters/prompts.ts";
import type { SandboxFound } from "../core/adapters/workbench/find-sandbox.ts";
import { KinError } from "../core/model/error.ts";
import specialists from "../specialists.yaml";
import { type Inputs, missingKey } from "./inputs.ts";

export type Equipment = LoadedRoster & { readonly sandbox: "bwrap" | "none" };

/**
 * What is missing is no reason to fail here: the claim came first, so that the task can say what a person must do.
 * `root` holds prompts/.
 */
export const equip = (
  inputs: Inputs,
  { found, root }: { readonly found: SandboxFound; readonly root: string },
): Equipment | KinError => {
  try {
    if (inputs.apiKey === "") throw missingKey();
    return { sandbox: chooseSandbox(found, inputs), ...withPrompts(specialists, root) };
  } catch (error) {
    if (error instanceof KinError) return error;
    throw error;
  }
};

/** Without a sandbox nothing runs but a scripted model, which this process plays against itself. */
const chooseSandbox = (found: SandboxFound, { scripted }: Inputs): "bwrap" | "none" => {
  if (found.ok) return "bwrap";
  if (scripted) {
    warning(`No sandbox (${found.reason}). The scripted model runs without one; a real model would not.`);
    return "none";
  }
  throw new KinError(`No sandbox: ${found.reason}`, { code: "no_sandbox", hint: found.hint });
};
