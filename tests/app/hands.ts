// What people, and other Apps, do by hand beside Kin, and pipelines played as their task wants.

import { hello } from "embedded-github/site";
import type { GitHub } from "../../app/github/port.ts";
import type { Plane } from "../../app/plane.ts";
import type { Kit, Queued } from "./kit.ts";
import { APPROVED, wrote } from "./play.ts";

const work = ({ issue }: Queued) => [wrote(`m-${issue}.txt`), APPROVED];
export const auto = (of: Queued) =>
  ({ planned: { completion_mode: "auto_complete" }, play: work(of) }) as const;
export const forReview = (of: Queued) =>
  ({ planned: { completion_mode: "review" }, play: work(of) }) as const;
export const branchOf = ({ task }: Queued) => task.branch as string;

export interface Hands {
  readonly headOf: (branch: string) => Promise<string>;
  readonly branchAt: (branch: string, sha: string) => Promise<unknown>;
  /** The same plane, with one of its GitHub calls changed. */
  readonly withGitHub: (change: (github: GitHub) => Partial<GitHub>) => Plane;
  /** A commit with any tree, author, committer and message, as anybody with write access can make. */
  readonly forge: (parent: string, commit: Forged) => Promise<string>;
}

interface Forged {
  readonly message: string;
  readonly bot?: boolean;
  readonly path?: string;
}

export const createHands = (kit: Kit): Hands => ({
  headOf: async branch =>
    (await kit.site.octocat.rest.git.getRef({ ...hello, ref: `heads/${branch}` })).data.object.sha,
  branchAt: (branch, sha) =>
    kit.site.hubot.rest.git.createRef({ ...hello, ref: `refs/heads/${branch}`, sha }),
  withGitHub: change => ({
    ...kit.plane,
    github: async project => {
      const github = await kit.plane.github(project);
      return { ...github, ...change(github) };
    },
  }),
  forge: async (parent, { message, bot = false, path = "backdoor.sh" }) => {
    const { git } = kit.site.hubot.rest;
    const { data: base } = await git.getCommit({ ...hello, commit_sha: parent });
    const entry = {
      path,
      mode: "100644",
      type: "blob",
      content: "echo nobody judged this\n",
    } as const;
    const { data: tree } = await git.createTree({ ...hello, base_tree: base.tree.sha, tree: [entry] });
    const { botId } = kit.site.app;
    const people = {
      author: { name: "kin[bot]", email: `${botId}+kin[bot]@users.noreply.github.com` },
      committer: { name: "GitHub", email: "noreply@github.com" },
    };
    const made = { ...hello, message, tree: tree.sha, parents: [parent], ...(bot ? people : {}) };
    return (await git.createCommit(made)).data.sha;
  },
});
