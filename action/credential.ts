// What a run authenticates to the model with: a key that the workflow passes, or its own identity. Never a mixture of
// both.

import type { Config } from "../core/model/config.ts";
import { KinError } from "../core/model/error.ts";
import {
  ID_FORMS,
  ID_NAMES,
  IDENTITY_AUDIENCE,
  type IdName,
  type WorkloadIdentity,
} from "../core/model/identity.ts";
import type { Inputs } from "./inputs.ts";
import type { Credential } from "./llm/anthropic.ts";

export interface CredentialTools {
  readonly config: Pick<Config, "auth" | "workload_identity">;
  /** A fresh OIDC token of this job. */
  readonly idToken: (audience: string) => Promise<string>;
  /** Makes the runner mask it in the log. */
  readonly mask: (secret: string) => void;
}

/** Throws a KinError, shown on the issue, that says what is missing or superfluous. */
export const chooseCredential = (
  { apiKey, identity, keysAt }: Pick<Inputs, "apiKey" | "identity" | "keysAt">,
  { config, idToken, mask }: CredentialTools,
): Credential => {
  const configured = (name: IdName): string => config.workload_identity?.[name] ?? "";
  const given = ID_NAMES.some(name => identity[name] !== "" || configured(name) !== "");
  const auth = config.auth ?? (given ? "workload-identity" : "key"); // guard: only-identity
  switch (auth) {
    case "key":
      if (apiKey === "") throw noKey();
      return { apiKey };
    case "workload-identity":
      if (keysAt.length > 0) throw keyBeside(keysAt); // guard: no-key-beside
      return {
        workload: {
          ids: Object.fromEntries(
            ID_NAMES.map(name => [name, idOf(name, identity[name], configured(name))]),
          ) as unknown as WorkloadIdentity,
          assertion: () => idToken(IDENTITY_AUDIENCE), // guard: audience
          onToken: mask,
        },
      };
    default:
      return auth satisfies never;
  }
};

const idOf = (name: IdName, passed: string, configured: string): string => {
  const { form, like, required, variable } = ID_FORMS[name];
  const differ = passed !== "" && configured !== "" && passed !== configured;
  // Only whoever wrote them knows which one was meant.
  if (differ) throw twoIds(name, passed, configured); // guard: one-id
  const id = passed || configured;
  if (id === "" && !required) return id;
  if (form.test(id)) return id; // guard: form-of-an-id
  throw wrong(
    `Workload identity: ${id === "" ? `there is no ${name}` : `${name} is ${id.slice(0, 100)}`}.`,
    `It is ${like}, as the Claude Console shows it: the variable ${variable}, or \`workload_identity.${name}\` in .github/kin.yml.`,
  );
};

const twoIds = (name: IdName, passed: string, configured: string): KinError =>
  wrong(
    `\`workload_identity.${name}\` of .github/kin.yml is ${configured}, and the input \`${ID_FORMS[name].input}\` is ${passed.slice(0, 100)}.`,
    `Take one of them away: the key, or the variable ${ID_FORMS[name].variable}.`,
  );

const noKey = (): KinError =>
  wrong(
    "The input `anthropic-api-key` is empty.",
    "Add the repository secret ANTHROPIC_API_KEY, which the workflow passes on; or set up workload identity, which needs none (docs/setup.md).",
  );

const keyBeside = (places: readonly string[]): KinError =>
  wrong(
    `Workload identity is set up, and there is an API key beside it: ${places.join(", ")}.`,
    "Delete the secret ANTHROPIC_API_KEY: a key that nobody needs can still be stolen. If the key is what you want, say `auth: key` in .github/kin.yml.",
  );

const wrong = (message: string, hint: string): KinError =>
  new KinError(message, { code: "credential_invalid", hint });
