// What a person still has to do after `kin init`, in the order of docs/setup.md.
import { type Action, addressIn, isPinned } from "./action.ts";
import type { Repository } from "./repository.ts";

export const nextSteps = ({ server, name }: Pick<Repository, "server" | "name">, action: Action): string => {
  const called = name === null ? "owner/name" : `${name.owner}/${name.repo}`;
  const page = (path: string) => (name === null ? "." : `:\n${server}/${called}/${path}`);
  const steps = [
    `The App, once for all repositories, from the directory of your copy of Kin: \`npx kin app create\` registers it,\n\`npm run serve\` runs it. Install it on ${called}.`,
    ...(isPinned(action) ? [] : [pinning(action)]),
    "Look at `gates` and `limits.day_usd` in .github/kin.yml. Then commit both files to the default branch, and push.",
    `Set the variable KIN_URL to the App's public address${page("settings/variables/actions/new")}`,
    `Set the secret ANTHROPIC_API_KEY${page("settings/secrets/actions/new")}\nOr none, and the variables of workload identity: ${addressIn(action, "docs/setup.md").blob}#without-a-stored-key`,
    `\`npx kin doctor --repo ${called}\`, where the App's variables are set, says what is missing.`,
    `Put the label \`kin\` on a small issue${page("issues")}`,
  ];
  return [
    `Next (${addressIn(action, "docs/setup.md").blob} goes through it):`,
    ...steps.map((step, index) => `${index + 1}. ${step.replaceAll("\n", "\n   ")}`),
  ].join("\n");
};

const pinning = ({ name, ref }: Action): string =>
  `The workflow runs ${name}@${ref}. Put your copy of Kin and a commit of it into its \`uses:\` lines;\n\`kin init --action owner/kin@<commit>\` writes them from the start.`;
