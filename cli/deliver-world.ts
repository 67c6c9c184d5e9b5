// Fits a payload to the running world: its ids are the world's, and what it tells is true there.
import { Octokit } from "@octokit/rest";
import { readIssue, STORY_ISSUE } from "../local/example.ts";

interface LabeledPayload {
  readonly action?: string;
  readonly issue?: { readonly number: number; readonly title?: string };
  readonly label?: { readonly name: string };
  readonly repository?: { readonly full_name: string; readonly id?: number };
  readonly sender?: { readonly login: string; readonly id?: number };
}

export interface RunningWorld {
  readonly githubUrl: string;
  readonly maintainerToken: string;
}

/** Kin reads everything again when it hears of it, so an untrue payload would do nothing. */
export const fitToWorld = async (
  text: string,
  { githubUrl, maintainerToken }: RunningWorld,
): Promise<string> => {
  const payload: LabeledPayload = JSON.parse(text);
  const [owner, repo] = payload.repository?.full_name?.split("/") ?? [];
  if (owner === undefined || repo === undefined) return text;
  const silent = { debug() {}, info() {}, warn() {}, error() {} };
  const octokit = new Octokit({ auth: maintainerToken, baseUrl: `${githubUrl}/api/v3`, log: silent });
  const found = await octokit.rest.repos.get({ owner, repo }).catch(() => null);
  if (found === null) return text;
  const { issue, label } = payload;
  let itsText: { readonly title?: string; readonly body?: string | null } = {};
  if (payload.action === "labeled" && issue !== undefined && label !== undefined) {
    const at = { owner, repo, issue_number: issue.number };
    const known = await octokit.rest.issues.get(at).catch(() => null);
    const there = known ?? (await octokit.rest.issues.create({ owner, repo, ...readIssue(STORY_ISSUE) }));
    // Another text than the issue's own would be one that was edited behind the label.
    itsText = { title: there.data.title, body: there.data.body ?? null };
    if (!known?.data.labels.some(one => (typeof one === "string" ? one : one.name) === label.name)) {
      await octokit.rest.issues.addLabels({ ...at, labels: [label.name] });
      console.log(
        `#${issue.number} had no label \`${label.name}\`: it was put on, which GitHub delivers once by itself.`,
      );
    }
  }
  const sender =
    payload.sender === undefined
      ? undefined
      : {
          ...payload.sender,
          id: (await octokit.rest.users.getByUsername({ username: payload.sender.login })).data.id,
        };
  return JSON.stringify({
    ...payload,
    repository: { ...payload.repository, id: found.data.id },
    ...(issue === undefined ? {} : { issue: { ...issue, ...itsText } }),
    ...(sender === undefined ? {} : { sender }),
  });
};
