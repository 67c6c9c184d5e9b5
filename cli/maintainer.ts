// What the maintainer of an embedded world does by hand on GitHub: opens an issue, adds the label, merges.
import { Octokit } from "@octokit/rest";
import { SILENT } from "../app/github/octokits.ts";
import type { Store } from "../app/store/port.ts";
import { type IssueFile, WORKFLOW_FILE } from "../local/example.ts";
import { MAINTAINER, type World } from "../local/world.ts";

/** Returns the new issue's number. */
export const askForIt = async (world: World, repo: string, { title, body }: IssueFile): Promise<number> => {
  const octokit = asMaintainer(world);
  const at = { owner: MAINTAINER, repo };
  const { data: issue } = await octokit.rest.issues.create({ ...at, title, body });
  await octokit.rest.issues.addLabels({ ...at, issue_number: issue.number, labels: ["kin"] });
  return issue.number;
};

/** The number of the issue with this title, open or closed. */
export const findIssue = async (world: World, repo: string, title: string): Promise<number | null> => {
  const octokit = asMaintainer(world);
  const all = { owner: MAINTAINER, repo, state: "all", per_page: 100 } as const;
  const issues = await octokit.paginate(octokit.rest.issues.listForRepo, all);
  return issues.findLast(issue => issue.title === title && issue.pull_request === undefined)?.number ?? null;
};

export const addWorkflow = async (world: World, repo: string): Promise<void> => {
  const octokit = asMaintainer(world);
  const at = { owner: MAINTAINER, repo, path: WORKFLOW_FILE.path };
  const known = await octokit.rest.repos.getContent(at).catch(() => null);
  if (known !== null) return;
  await octokit.rest.repos.createOrUpdateFileContents({
    ...at,
    message: "Add Kin's workflow",
    content: Buffer.from(WORKFLOW_FILE.text()).toString("base64"),
  });
};

interface Merging {
  readonly world: World;
  readonly repo: string;
  readonly store: Store;
  readonly say: (line: string) => void;
}

/** The maintainer's part of a story with a handover: merges the follow-up's pull request when it is ready. */
export const mergeFollowUps = async ({ world, repo, store, say }: Merging): Promise<void> => {
  const octokit = asMaintainer(world);
  for (const task of await store.tasks({ limit: 50 })) {
    if (task.task_type !== "escalation" || task.status !== "review" || task.pr_number === null) continue;
    const at = { owner: MAINTAINER, repo, pull_number: task.pr_number };
    const { data: pull } = await octokit.rest.pulls.get(at);
    if (pull.draft || pull.merged) continue;
    await octokit.rest.pulls.merge(at);
    say(`   GitHub  ${MAINTAINER} merges the follow-up's pull request #${task.pr_number}`);
  }
};

const asMaintainer = (world: World): Octokit =>
  new Octokit({
    auth: world.github.addUser({ login: MAINTAINER }).token,
    baseUrl: world.github.apiUrl,
    log: SILENT,
  });
