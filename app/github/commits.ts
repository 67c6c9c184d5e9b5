// Commits and branches, without a clone: reading them, and making a commit from changes.
import type { FileChange } from "../../core/model/change.ts";
import type { Connection } from "./connection.ts";
import { orNull } from "./failure.ts";
import type { Answer } from "./octokit.ts";
import type { GitHub } from "./port.ts";
import { toId } from "./user.ts";

/** The committer of what GitHub commits for somebody. GitHub signs that, and nobody else can sign with this address. */
const WEB_FLOW_EMAIL = "noreply@github.com";

export const createCommits = (connection: Connection) => {
  const { ask } = connection;
  const compare = (base: string, head: string) =>
    ask("GET /compare/{basehead}", { basehead: `${base}...${head}` });
  return {
    files: async (commit, touched) => {
      const data = await ask(TREE, { tree_sha: commit, recursive: "1" });
      if (data.truncated) return filesBeside(connection, { commit, touched }); // guard: files-in-part
      return new Map(
        data.tree.flatMap(({ path, mode, type }) => (type === "tree" ? [] : [[path, mode] as const])),
      );
    },
    branch: async branch => {
      // 409: a repository without commits.
      const found = await orNull(ask("GET /git/ref/{ref}", { ref: `heads/${branch}` }), [404, 409, 410]);
      return found && { sha: found.object.sha };
    },
    commit: async ref => {
      const commit = await ask("GET /commits/{ref}", { ref });
      return {
        parents: commit.parents.map(({ sha }) => sha),
        author_id: toId(commit.author?.id),
        by_github: isByGitHub(commit),
      };
    },
    contains: async (head, sha) => {
      if (head === sha) return true;
      const found = await orNull(compare(sha, head));
      return found?.status === "ahead";
    },
    contributors: async ({ branch, base, head }) => {
      const [{ commits, total_commits }, moves] = await Promise.all([
        compare(base, head),
        connection.list("GET /activity", { ref: `refs/heads/${branch}`, per_page: 100 }, page =>
          page.map(({ actor, after, timestamp }) => ({ actor: accountOf(actor), after, timestamp })),
        ),
      ]);
      const [last] = moves;
      // If the record lags behind or is truncated, somebody is missing.
      if (last?.after !== head || commits.length < total_commits) return null;
      if (moves.some(({ actor }) => actor === null)) return null;
      const shared = commits.filter(({ commit }) => namesMore(commit.message));
      const coAuthors = await Promise.all(
        shared.map(({ sha, commit }) => coAuthorsOf(connection, { oid: sha, ...commit })),
      );
      const named = commits.flatMap(one => [
        accountOf(one.author),
        ...(isByGitHub(one) ? [] : [accountOf(one.committer)]),
      ]);
      const all = [...moves.map(({ actor }) => actor), ...named, ...coAuthors.flat()];
      const known = all.filter(one => one !== null);
      return {
        ids: [...new Set(known.map(({ id }) => id))],
        machines: [...new Set(known.filter(({ type }) => type !== "User").map(({ id }) => id))],
        nameless: all.includes(null),
        moved_at: last.timestamp,
      };
    },
    changedFiles: async (base, head) => {
      const { files = [], merge_base_commit } = await compare(base, head);
      if (files.length >= MOST_COMPARED) return differing(connection, merge_base_commit.sha, head); // guard: compared-in-part
      return files.flatMap(({ filename, previous_filename: before }) =>
        before === undefined ? [filename] : [before, filename],
      );
    },
    createCommit: async ({ parent, message, changes }) => {
      const tree = await createTree(connection, { parent, changes });
      const { sha } = await ask("POST /git/commits", { message, tree, parents: [parent] });
      return { sha };
    },
    createBranch: async (name, sha) => {
      await ask("POST /git/refs", { ref: `refs/heads/${name}`, sha });
    },
    moveBranch: async (name, sha) => {
      await ask("PATCH /git/refs/{ref}", { ref: `heads/${name}`, sha, force: false });
    },
  } satisfies Partial<GitHub>;
};

/** GitHub compares no more files than this, however many pages are asked for. */
const MOST_COMPARED = 300;

/** Null if either tree has more than GitHub lists. */
const differing = async (
  { ask }: Connection,
  base: string,
  head: string,
): Promise<readonly string[] | null> => {
  const [before, after] = await Promise.all(
    [base, head].map(async tree_sha => {
      const { tree, truncated } = await ask(TREE, { tree_sha, recursive: "1" });
      const files = tree.filter(({ type }) => type !== "tree");
      return truncated ? null : new Map(files.map(({ path, mode, sha }) => [path, `${mode} ${sha}`]));
    }),
  );
  if (before == null || after == null) return null;
  return [...new Set([...before.keys(), ...after.keys()])].filter(
    path => before.get(path) !== after.get(path),
  );
};

type Commit = Pick<Answer<"GET /repos/{owner}/{repo}/commits/{ref}">, "commit">;

const isByGitHub = ({ commit: { verification, committer } }: Commit): boolean =>
  verification?.verified === true && committer?.email === WEB_FLOW_EMAIL;

const TREE = "GET /git/trees/{tree_sha}";
/** A patch of a hundred files rarely touches a hundred directories; each costs a request. */
const MOST_TREES = 500;

/** Walks the tree along the directories that lead to what is touched. */
const filesBeside = async (
  { ask }: Connection,
  { commit, touched }: { readonly commit: string; readonly touched: readonly string[] },
): Promise<ReadonlyMap<string, string> | null> => {
  const above = new Set(touched.flatMap(directoriesAbove));
  const files = new Map<string, string>();
  const trees = [{ sha: commit, prefix: "" }];
  for (const { sha, prefix } of trees) {
    if (trees.length > MOST_TREES) return null;
    const { tree, truncated } = await ask(TREE, { tree_sha: sha });
    if (truncated) return null;
    for (const entry of tree) {
      const path = `${prefix}${entry.path}`;
      if (entry.type !== "tree") files.set(path, entry.mode);
      else if (above.has(path)) trees.push({ sha: entry.sha, prefix: `${path}/` });
      else files.set(`${path}/`, entry.mode);
    }
  }
  return files;
};

const directoriesAbove = (path: string): readonly string[] => {
  const names = path.split("/").slice(0, -1);
  return names.map((_, index) => names.slice(0, index + 1).join("/"));
};

/** Null: no account that GitHub knows. */
type Account = { readonly id: number; readonly type: string } | null;

const accountOf = (
  user: { readonly id?: number | bigint; readonly type?: string } | null | undefined,
): Account => (user?.id === undefined ? null : { id: Number(user.id), type: user.type ?? "User" });

/** A trailer as git reads it, which allows a blank before the colon. */
const TRAILER = /^[ \t]*co-authored-by[ \t]*:(.*)$/gim;

const namesMore = (message: string): boolean => message.search(TRAILER) >= 0;

/** As GitHub reads the message's trailers; null for each that it does not know or does not read. */
const coAuthorsOf = async (
  { at, graphql }: Connection,
  { oid, message }: { readonly oid: string; readonly message: string },
): Promise<readonly Account[]> => {
  const { repository } = await graphql<Authors>(AUTHORS, { owner: at.owner, name: at.repo, oid });
  const { nodes } = repository.object.authors;
  const named = [...message.matchAll(TRAILER)].map(([, who = ""]) => /<([^<>]*)>/.exec(who)?.[1] ?? who);
  const isRead = (address: string) =>
    nodes.some(({ email }) => email?.toLowerCase() === address.trim().toLowerCase());
  // The author comes first and is already known.
  const accounts = nodes.slice(1).map(({ user }) => accountOf(user && { id: user.databaseId }));
  return named.every(isRead) ? accounts : [...accounts, null]; // guard: co-authors-in-part
};

const AUTHORS = `query authors($owner: String!, $name: String!, $oid: GitObjectID!) {
  repository(owner: $owner, name: $name) { object(oid: $oid) {
    ... on Commit { authors(first: 100) { nodes { email user { databaseId } } } }
  } }
}`;

interface Authors {
  readonly repository: {
    readonly object: {
      readonly authors: {
        readonly nodes: readonly {
          readonly email: string | null;
          readonly user: { readonly databaseId: number } | null;
        }[];
      };
    };
  };
}

const createTree = async (
  connection: Connection,
  { parent, changes }: { readonly parent: string; readonly changes: readonly FileChange[] },
): Promise<string> => {
  const { ask } = connection;
  const base = await ask("GET /git/commits/{commit_sha}", { commit_sha: parent });
  const tree = [];
  for (const change of changes) tree.push(await treeEntry(connection, change));
  return (await ask("POST /git/trees", { base_tree: base.tree.sha, tree })).sha;
};

/** Text goes inline; only other content needs a separate write. */
const treeEntry = async ({ ask }: Connection, { path, mode, content, encoding }: FileChange) => {
  const entry = { path, mode, type: "blob" as const };
  if (content === null) return { ...entry, sha: null };
  if (encoding === "utf-8") return { ...entry, content };
  return { ...entry, sha: (await ask("POST /git/blobs", { content, encoding: "base64" })).sha };
};
