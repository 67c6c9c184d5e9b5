// Turns a webhook's payload into a signal, and says how soon it is handled.
import * as z from "zod";
import type { NewJob } from "../../core/model/new-job.ts";
import { type Signal, User } from "../../core/model/signal.ts";

const Named = z.object({ id: z.number(), full_name: z.string().regex(/^[^/]+\/[^/]+$/) });
const text = z.string().nullish().catch(null);

const WHOSE = { user: z.object({ id: z.number() }).nullish().catch(null), author_association: text };
const Whose = z.object(WHOSE);
const Said = z
  .object({ id: z.number(), ...WHOSE })
  .nullish()
  .catch(null);

/** Tolerant: a missing part of a payload becomes null, and its handler then does nothing. */
const Payload = z.object({
  action: text,
  installation: z.object({ id: z.number() }).nullish().catch(null),
  repository: z
    .object({
      id: z.number(),
      name: z.string(),
      owner: z.object({ login: z.string() }),
      default_branch: z.string().optional().catch(undefined),
    })
    .nullish()
    .catch(null),
  sender: User.nullish().catch(null),
  issue: z
    .object({
      ...{ number: z.number(), title: text, body: text, pull_request: z.unknown().optional() },
      ...WHOSE,
    })
    .nullish()
    .catch(null),
  label: z.object({ name: z.string() }).nullish().catch(null),
  comment: Said,
  review: Said,
  pull_request: z
    .object({ number: z.number(), head: z.object({ sha: z.string() }).nullish().catch(null), ...WHOSE })
    .nullish()
    .catch(null),
  repositories: z.array(Named).nullish().catch(null),
  repositories_added: z.array(Named).nullish().catch(null),
  repositories_removed: z.array(Named).nullish().catch(null),
  workflow_run: z
    .object({ id: z.number(), run_attempt: z.number().default(1) })
    .nullish()
    .catch(null),
  check_run: z.object({ head_sha: z.string() }).nullish().catch(null),
  check_suite: z.object({ head_sha: z.string() }).nullish().catch(null),
  merge_group: z.object({ head_sha: z.string() }).nullish().catch(null),
});

export const toSignal = (name: string, payload: unknown, sha256: (text: string) => string): Signal => {
  const p = Payload.catch({} as z.infer<typeof Payload>).parse(payload);
  const { issue, repository } = p;
  return {
    name,
    action: p.action ?? null,
    installation: p.installation?.id ?? null,
    repository: repository
      ? {
          id: repository.id,
          owner: repository.owner.login,
          name: repository.name,
          default_branch: repository.default_branch,
        }
      : null,
    repositories: [
      ...(p.repositories ?? []),
      ...(p.repositories_added ?? []),
      ...(p.repositories_removed ?? []),
    ].map(({ id, full_name }) => {
      const [owner = "", name = ""] = full_name.split("/");
      return { id, owner, name };
    }),
    sender: p.sender ?? null,
    issue: issue?.number ?? null,
    issue_text: issue ? sha256(`${issue.title ?? ""}\n${issue.body ?? ""}`) : null,
    label: p.label?.name ?? null,
    comment: p.comment?.id ?? null,
    review: p.review?.id ?? null,
    pull: p.pull_request?.number ?? (issue?.pull_request === undefined ? null : issue.number),
    sha:
      p.pull_request?.head?.sha ??
      p.check_run?.head_sha ??
      p.check_suite?.head_sha ??
      p.merge_group?.head_sha ??
      null,
    run: p.workflow_run ? { id: p.workflow_run.id, attempt: p.workflow_run.run_attempt } : null,
    by_outsider: isByOutsider(p.comment ?? p.review ?? issue ?? p.pull_request, p.sender),
  };
};

const INSIDERS: ReadonlySet<string> = new Set(["OWNER", "MEMBER", "COLLABORATOR"]);

/** Editing other people's words requires write access, so such an edit is not by an outsider. */
const isByOutsider = (
  said: z.infer<typeof Whose> | null | undefined,
  sender: z.infer<typeof User> | null | undefined,
): boolean =>
  typeof said?.author_association === "string" &&
  !INSIDERS.has(said.author_association) &&
  said.user?.id === sender?.id;

/** What people do comes first, what needs no permission last. */
export const rankOf = ({ name, by_outsider }: Signal): NonNullable<NewJob["rank"]> =>
  by_outsider ? "last" : OF_PEOPLE.has(name) ? "first" : "usual"; // guard: people-come-first

const OF_PEOPLE: ReadonlySet<string> = new Set([
  "issues",
  "issue_comment",
  "pull_request_review",
  "pull_request_review_comment",
]);
