// What a run needs besides its claim: a key or an identity, a sandbox, the roles.
import { warning } from "@actions/core";
import { KinError } from "../core/model/error.ts";
import { type LoadedRoster, withPrompts } from "../host/prompts.ts";
import specialists from "../specialists.yaml";
import { type CredentialTools, chooseCredential } from "./credential.ts";
import type { Inputs } from "./inputs.ts";
import type { Credential } from "./llm/anthropic.ts";
import type { SandboxFound } from "./workbench/find-sandbox.ts";

export type Equipment = LoadedRoster & {
  readonly sandbox: "bwrap" | "none";
  readonly credential: Credential;
};

export interface EquipTools extends CredentialTools {
  readonly found: SandboxFound;
  /** Holds prompts/. */
  readonly root: string;
}

/** Returns what is missing instead of throwing: the claim came first so that the task can say what a person must do. */
export const equip = (inputs: Inputs, { found, root, ...tools }: EquipTools): Equipment | KinError => {
  try {
    const credential = chooseCredential(inputs, tools);
    return { credential, sandbox: chooseSandbox(found, inputs), ...withPrompts(specialists, root) };
  } catch (error) {
    if (error instanceof KinError) return error;
    throw error;
  }
};

/** Without a sandbox nothing may run but a scripted model, which this process plays against itself. */
const chooseSandbox = (found: SandboxFound, { scripted }: Inputs): "bwrap" | "none" => {
  if (found.ok) return "bwrap";
  if (scripted) {
    warning(`No sandbox (${found.reason}). The scripted model runs without one; a real model would not.`);
    return "none";
  }
  throw new KinError(`No sandbox: ${found.reason}`, { code: "no_sandbox", hint: found.hint });
};
