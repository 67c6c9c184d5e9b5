// Workload identity: the ids by which a run's OIDC token is exchanged for one of Anthropic's. They are names, not secrets.
// No zod: the Action reads them before it loads that.

/** The audience of the tokens that GitHub issues for the exchange; what a federation rule expects unless it names another. */
export const IDENTITY_AUDIENCE = "https://api.anthropic.com";

export interface WorkloadIdentity {
  readonly federation_rule: string;
  readonly organization: string;
  readonly service_account: string;
  /** Empty: the rule's only workspace. */
  readonly workspace: string;
}

export type IdName = keyof WorkloadIdentity;

export interface IdForm {
  readonly form: RegExp;
  readonly like: string;
  readonly required: boolean;
  /** The Action's. */
  readonly input: string;
  /** The repository's or its organisation's. */
  readonly variable: string;
}

export const ID_FORMS: Readonly<Record<IdName, IdForm>> = {
  federation_rule: {
    form: /^fdrl_\w{1,100}$/,
    like: "fdrl_…",
    required: true,
    input: "anthropic-federation-rule-id",
    variable: "ANTHROPIC_FEDERATION_RULE_ID",
  },
  organization: {
    form: /^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/,
    like: "a UUID",
    required: true,
    input: "anthropic-organization-id",
    variable: "ANTHROPIC_ORGANIZATION_ID",
  },
  service_account: {
    form: /^svac_\w{1,100}$/,
    like: "svac_…",
    required: true,
    input: "anthropic-service-account-id",
    variable: "ANTHROPIC_SERVICE_ACCOUNT_ID",
  },
  workspace: {
    form: /^(wrkspc_\w{1,100}|default)$/,
    like: "wrkspc_… or default",
    required: false,
    input: "anthropic-workspace-id",
    variable: "ANTHROPIC_WORKSPACE_ID",
  },
};

export const ID_NAMES = Object.keys(ID_FORMS) as readonly IdName[];
