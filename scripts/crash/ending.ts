// A world's end state, read as anybody could read it: GitHub over REST, the store by its rows and journals. Whatever
// has to differ from world to world (addresses, ids, times, costs) is removed, so that two endings that mean the same
// are the same text.
import { createHash } from "node:crypto";
import { Octokit } from "@octokit/rest";
import type { Store } from "../../app/store/port.ts";
import type { EventOf } from "../../core/model/event.ts";
import type { Crew, Pipeline, Step } from "../../core/model/pipeline.ts";
import { fold } from "../../core/pipeline/apply.ts";
import { workerState } from "../../core/pipeline/workers.ts";
import { MAINTAINER, type World } from "../../local/world.ts";
import { unfoldedIn } from "../unfolded.ts";

export interface Ending {
  /** Normalised, so that equal endings are equal text. */
  readonly text: string;
  readonly digest: string;
  /** What the invariants count, unchanged. */
  readonly facts: Facts;
}

export interface Facts {
  readonly branches: readonly string[];
  readonly pulls: number;
  readonly messages: readonly string[];
  readonly comments: readonly Said[];
  readonly reviews: readonly Said[];
  readonly returns: readonly number[];
  readonly pipelines: readonly Pipeline[];
  /** How rows of tasks differ from what their facts say. */
  readonly unfolded: readonly string[];
  readonly labels: readonly string[];
}

export interface Said {
  readonly author: string;
  readonly body: string;
}

interface Of {
  readonly world: World;
  readonly store: Store;
  readonly repository: string;
  readonly issue: number;
}

export const endingOf = async (of: Of): Promise<Ending> => {
  const { world, repository } = of;
  const octokit = new Octokit({
    auth: world.github.addUser({ login: MAINTAINER }).token,
    baseUrl: world.github.apiUrl,
  });
  const at = { owner: MAINTAINER, repo: repository, per_page: 100 };
  const [onGitHub, inStore] = await Promise.all([gitHubOf(octokit, { ...at, issue: of.issue }), storeOf(of)]);
  const document = { ...onGitHub.document, ...inStore.document };
  const text = normalise(JSON.stringify(document, null, 2), world);
  return { text, digest: digestOf(text), facts: { ...onGitHub.facts, ...inStore.facts } };
};

export const digestOf = (text: string): string =>
  createHash("sha256").update(text).digest("hex").slice(0, 16);

interface At {
  readonly owner: string;
  readonly repo: string;
  readonly per_page: number;
  readonly issue: number;
}

const gitHubOf = async (octokit: Octokit, { issue: issue_number, ...at }: At) => {
  const { data: issue } = await octokit.rest.issues.get({ ...at, issue_number });
  const comments = await octokit.paginate(octokit.rest.issues.listComments, { ...at, issue_number });
  const { data: pulls } = await octokit.rest.pulls.list({ ...at, state: "all" });
  const { data: refs } = await octokit.rest.git.listMatchingRefs({ ...at, ref: "heads/kin/" });
  const [pull] = pulls;
  const work = pull === undefined ? null : await workOf(octokit, { ...at, pull: pull.number });
  const labels = issue.labels.map(label => (typeof label === "string" ? label : (label.name ?? ""))).sort();
  return {
    document: {
      issue: { state: issue.state, labels },
      // Their order depends on when each pass came.
      comments: comments
        .map(({ user, body }) => ({ author: user?.login, body: lines(body) }))
        .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
      branches: refs.map(ref => ref.ref),
      ...work?.document,
    },
    facts: {
      branches: refs.map(ref => ref.ref),
      pulls: pulls.length,
      comments: comments.map(({ user, body }) => ({ author: user?.login ?? "", body: body ?? "" })),
      labels,
      messages: work?.messages ?? [],
      reviews: work?.reviews ?? [],
    },
  };
};

const workOf = async (
  octokit: Octokit,
  { pull: pull_number, ...at }: Omit<At, "issue"> & { readonly pull: number },
) => {
  const { data: pull } = await octokit.rest.pulls.get({ ...at, pull_number });
  const reviews = await octokit.paginate(octokit.rest.pulls.listReviews, { ...at, pull_number });
  const inline = await octokit.paginate(octokit.rest.pulls.listReviewComments, { ...at, pull_number });
  const commits = await octokit.paginate(octokit.rest.pulls.listCommits, { ...at, pull_number });
  const { data: checks } = await octokit.rest.checks.listForRef({ ...at, ref: pull.head.sha });
  const { data: tree } = await octokit.rest.git.getTree({
    ...at,
    tree_sha: pull.head.sha,
    recursive: "true",
  });
  return {
    document: {
      pull: {
        title: pull.title,
        body: lines(pull.body),
        state: pull.state,
        draft: pull.draft,
        base: pull.base.ref,
        asked: pull.requested_reviewers?.map(user => user.login),
      },
      commits: commits.map(({ commit, author }) => ({
        author: author?.login,
        message: lines(commit.message),
      })),
      tree: tree.tree.map(({ path, mode, sha }) => `${mode} ${path} blob:${sha}`),
      reviews: reviews.map(({ id, body }) =>
        verdictIn([body, ...inline.filter(one => one.pull_request_review_id === id).map(one => one.body)]),
      ),
      checks: checks.check_runs
        .filter(check => check.app?.slug === "kin")
        .map(({ name, conclusion, output }) => ({
          name,
          conclusion,
          title: output.title,
          summary: lines(output.summary),
        })),
    },
    messages: commits.map(({ commit }) => commit.message),
    reviews: reviews.map(({ user, body }) => ({ author: user?.login ?? "", body })),
  };
};

const storeOf = async ({ store, issue }: Of) => {
  const task = (await store.tasks({ limit: 50 })).find(task => task.issue === issue);
  if (task === undefined)
    return { document: { task: null }, facts: { returns: [], pipelines: [], unfolded: [] } };
  const records = await store.pipelines(task.id);
  const pipelines = await Promise.all(records.map(async ({ id }) => fold(await store.journal(id))));
  const returns = await store.returns(task.id, 1000);
  return {
    document: {
      task: { status: task.status, reason: lines(task.status_reason), returns: task.return_count },
      returns: returns.map(({ return_number, reason_category, reason_text, returned_by, source }) => ({
        return_number,
        reason_category,
        reason_text,
        returned_by,
        source,
      })),
      pipelines: pipelines.map(meaningOf),
    },
    facts: {
      returns: returns.map(row => row.return_number),
      pipelines,
      unfolded: await unfoldedIn(store),
    },
  };
};

/** A journal's meaning: what was planned, done, judged and decided, but not how often a run had to start over. */
const meaningOf = ({ opening, plan, steps, tree, outcome }: Pipeline) => ({
  number: opening.number,
  brief: opening.brief,
  returns: opening.returns.count,
  findings: opening.findings,
  plan,
  steps: steps.map(stepOf),
  tree: `tree:${tree}`,
  outcome,
});

const stepOf = ({ number, role, gate, attempts, answer }: Step) => ({
  number,
  role,
  gate,
  answer,
  attempts: attempts.map(attempt => ({
    outcome: attempt.finished?.outcome,
    turns: attempt.turns.filter(turn => attempt.crew === undefined || !isWaiting(turn)).map(turnOf),
    ...(attempt.crew === undefined ? {} : { crew: crewOf(attempt.crew) }),
  })),
});

/**
 * How many notices arrive at once depends on who was alive when, and so does how often a coordinator says that it
 * waits.
 */
const isWaiting = ({ ran, orders, submitted, failed }: EventOf<"turn">): boolean =>
  ran.length === 0 && orders === undefined && submitted === null && failed === null;

const turnOf = ({ ran, wrote, orders, submitted, failed }: EventOf<"turn">) => ({
  ran: ran.map(({ command, exit_code }) => `${exit_code} ${command}`),
  wrote: wrote?.changes.map(
    ({ path, content }) => `${path} blob:${content === null ? "-" : digestOf(content)}`,
  ),
  orders,
  submitted: submitted !== null,
  failed,
});

/** The order in which workers ended does not matter here. */
const crewOf = ({ workers, notices, joins, contract }: Crew) => ({
  contract,
  workers: workers.map(worker => ({
    state: workerState(worker),
    answer: worker.answer,
    turns: worker.attempts[0]?.turns.map(turnOf),
  })),
  notices: notices.map(({ worker }) => worker).toSorted((a, b) => a - b),
  joins: joins
    .map(({ worker, changes }) => `${worker} ${changes.map(({ path }) => path).join(" ")}`)
    .toSorted(),
});

/**
 * What a review says. Who posts a rejection (the `verdict` job, or the App in its place), and which findings are at
 * their lines, depends on who was alive when; the words do not.
 */
const verdictIn = (texts: readonly string[]) => {
  const said = texts.flatMap(lines).map(line => line.trim().replace(/^- /, ""));
  return {
    verdict: said.some(line => /^(### |\*\*)Changes requested/.test(line)) ? "changes requested" : "approved",
    said: said
      .filter(
        line => !/^(### |\*\*)Changes requested|^By the gate |at (its|their) lines? below\.$/.test(line),
      )
      .map(line => line.replace(/^(\*\*(?:high|medium|low)\*\*)(?: \[.*?\]\(.*?\)| `[^`]*`)?:/, "$1:"))
      .filter(line => line !== "")
      .sort(),
  };
};

const lines = (text: string | null | undefined): readonly string[] => (text ?? "").split(/\r?\n/);

const normalise = (text: string, world: World): string =>
  text
    .replaceAll(world.github.url, "<github>")
    .replaceAll(world.appUrl, "<app>")
    .replace(/<!-- kin:[0-9a-f]+ -->/g, "<!-- kin -->")
    .replace(/\/actions\/runs\/\d+(\/attempts\/\d+)?/g, "/actions/runs/<id>")
    .replace(
      /\b(blob|tree):([0-9a-f]+)/g,
      (_, kind, sha) => `${kind}:${sha.replace(/./g, (c: string) => CODE[c] ?? c)}`,
    )
    .replace(/\b[0-9a-f]{40}\b/g, "<sha>")
    .replace(/([`/])[0-9a-f]{7,12}\b/g, "$1<sha>")
    .replace(/<?\$\d+(\.\d+)?/g, "<usd>")
    .replace(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?( ?(Z|UTC))?/g, "<time>")
    .replace(/issuecomment-\d+/g, "issuecomment-<id>")
    .replace(/<?\b\d+(\.\d+)? (ms|s|min|h)\b( \d+ (s|min)\b)?/g, "<duration>")
    // A repeated call finds its prompt in the cache.
    .replace(/(\| [\d.]+k? ){3}(?=\| <usd>)/g, "| <tokens> ");

/** Hashes of contents are kept, in letters that the rule for commits does not match. */
const CODE: Readonly<Record<string, string>> = Object.fromEntries(
  [..."0123456789abcdef"].map((digit, index) => [digit, "ghijklmnopqrstuv"[index] as string]),
);
