// Fits a payload to the running world: its ids are the world's, and what it says is true there.
import { Octokit } from "@octokit/rest";
import * as z from "zod";
import { SILENT } from "../app/github/octokits.ts";
import { readIssue, STORY_ISSUE } from "../local/example.ts";

/** As far as it is looked at here; what has another form counts as absent. */
export const Delivered = z
  .object({
    action: z.string().optional().catch(undefined),
    issue: z.looseObject({ number: z.int().positive() }).optional().catch(undefined),
    label: z.looseObject({ name: z.string() }).optional().catch(undefined),
    repository: z
      .looseObject({ full_name: z.string().regex(/^[\w.-]+\/[\w.-]+$/) })
      .optional()
      .catch(undefined),
    sender: z.looseObject({ login: z.string() }).optional().catch(undefined),
  })
  .readonly();
export type Delivered = z.infer<typeof Delivered>;

export interface RunningWorld {
  readonly githubUrl: string;
  readonly maintainerToken: string;
}

/** Only "not found" means absent; any other failure is one. */
const absent = (error: unknown): null => {
  if ((error as { readonly status?: unknown }).status === 404) return null;
  throw error;
};

/** Kin reads everything again when it hears of an event, so an untrue payload would do nothing. */
export const fitToWorld = async (
  payload: Readonly<Record<string, unknown>>,
  { githubUrl, maintainerToken }: RunningWorld,
): Promise<Readonly<Record<string, unknown>>> => {
  const { action, issue, label, repository, sender } = Delivered.parse(payload);
  const [owner, repo] = repository?.full_name.split("/") ?? [];
  if (owner === undefined || repo === undefined) return payload;
  const octokit = new Octokit({ auth: maintainerToken, baseUrl: `${githubUrl}/api/v3`, log: SILENT });
  const found = await octokit.rest.repos.get({ owner, repo }).catch(absent);
  if (found === null) return payload;
  let itsText: { readonly title?: string; readonly body?: string | null } = {};
  if (action === "labeled" && issue !== undefined && label !== undefined) {
    const at = { owner, repo, issue_number: issue.number };
    const known = await octokit.rest.issues.get(at).catch(absent);
    const there = known ?? (await octokit.rest.issues.create({ owner, repo, ...readIssue(STORY_ISSUE) }));
    // Any other text would count as edited after the label.
    itsText = { title: there.data.title, body: there.data.body ?? null };
    if (!known?.data.labels.some(one => (typeof one === "string" ? one : one.name) === label.name)) {
      await octokit.rest.issues.addLabels({ ...at, labels: [label.name] });
      console.log(
        `#${issue.number} had no label \`${label.name}\`: it was put on, which GitHub delivers once by itself.`,
      );
    }
  }
  // A sender unknown to this world stays as written, and is nobody here.
  const known =
    sender === undefined
      ? null
      : await octokit.rest.users.getByUsername({ username: sender.login }).catch(absent);
  return {
    ...payload,
    repository: { ...repository, id: found.data.id },
    ...(issue === undefined ? {} : { issue: { ...issue, ...itsText } }),
    ...(known === null ? {} : { sender: { ...sender, id: known.data.id } }),
  };
};
