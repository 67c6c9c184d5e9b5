// Which Action a workflow file runs: whose copy of Kin, and which version of it.
import { misused } from "../arguments.ts";

export interface Action {
  /** `owner/repository`. */
  readonly name: string;
  /** A commit, a tag or a branch, possibly followed by ` # v0.1.0`. */
  readonly ref: string;
}

/** In Kin's own workflow files until a release puts its name there. Nobody known owns it. */
const PLACEHOLDER: Action = { name: "kin/kin", ref: "v0" };

export const isPlaceholder = ({ name, ref }: Action): boolean =>
  name === PLACEHOLDER.name && ref.split(" ")[0] === PLACEHOLDER.ref;

export const readAction = (text: string, from = "--action"): Action => {
  const [, name, ref] = /^([\w.-]+\/[\w.-]+)@([\w./-]+)$/.exec(text.trim()) ?? [];
  if (name !== undefined && ref !== undefined && !isPlaceholder({ name, ref })) return { name, ref };
  throw misused(
    `${from} is ${text}.`,
    "It takes the repository with your copy of Kin, and a commit of it: owner/kin@<40 hexadecimal digits>.",
  );
};

const USES = /(\buses: )([\w.-]+\/[\w.-]+)(\/\S*)?@(\S+(?: #.*)?)$/gm;

/** The one that every `uses` of a workflow names; null if they differ, or there is none. */
export const actionOfWorkflow = (text: string): Action | null => {
  const found = [...text.matchAll(USES)].map(([, , name = "", , ref = ""]) => ({ name, ref }));
  const [first] = found;
  if (first === undefined) return null;
  return found.every(({ name, ref }) => name === first.name && ref === first.ref) ? first : null;
};

/** The one whose schema a configuration names for editors. */
export const actionOfConfig = (text: string): Action | null => {
  const [, name, ref] = SCHEMA.exec(text) ?? [];
  return name === undefined || ref === undefined ? null : { name, ref };
};

const SCHEMA =
  /\$schema=https:\/\/raw\.githubusercontent\.com\/([\w.-]+\/[\w.-]+)\/(\S+)\/docs\/kin\.schema\.json/;

export const withAction = (workflow: string, { name, ref }: Action): string =>
  workflow.replace(
    USES,
    (_, uses: string, _name, path: string | undefined) => `${uses}${name}${path ?? ""}@${ref}`,
  );

/** Kin's own workflow for a repository: its head names the page that explains it, and no placeholder is left. */
export const workflowFor = (workflow: string, action: Action): string =>
  withAction(workflow, action).replace(
    HEAD,
    `# Runs the pipelines of the Kin App, with the copy of Kin that \`uses:\` names, which gets the model's key. Needs the
# repository variable KIN_URL and either the secret ANTHROPIC_API_KEY or, for workload identity, the variables that are
# named below. Each line is explained here:
# ${addressIn(action, "docs/setup.md").blob}#the-workflow-file
`,
  );

const HEAD = /^(?:#.*\n)+/;

/** A workflow with the head comment of another, in which people may write what they like. */
export const withHeadOf = (other: string, workflow: string): string =>
  workflow.replace(HEAD, head => HEAD.exec(other.replaceAll("\r\n", "\n"))?.[0] ?? head);

/** Whoever writes to that repository can move a branch or a tag; a commit stays what it is. */
export const isPinned = ({ ref }: Action): boolean => /^[0-9a-f]{40}(?: |$)/.test(ref);

/** The address of a file in that copy: `raw` for programs, `blob` for people. */
export const addressIn = (
  { name, ref }: Action,
  file: string,
): { readonly raw: string; readonly blob: string } => {
  const [version = ref] = ref.split(" ");
  return {
    raw: `https://raw.githubusercontent.com/${name}/${version}/${file}`,
    blob: `https://github.com/${name}/blob/${version}/${file}`,
  };
};
