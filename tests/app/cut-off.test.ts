// The App is killed before each of its writes in turn while it does what a person said, and repeats it once it is up
// again; consequences (the next pipeline, a run's end) come in between. The end is the same each time.

import { branchWith, hello } from "embedded-github/site";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { handleSignal } from "../../app/intake/handle.ts";
import { toSignal } from "../../app/intake/signal.ts";
import type { Plane } from "../../app/plane.ts";
import { keys } from "../../core/model/keys.ts";
import { setTask } from "../store/facts.ts";
import { type Kit, openKit, type Queued } from "./kit.ts";

let kit: Kit;
beforeAll(async () => {
  kit = await openKit();
});
afterAll(() => kit.close());

type Payload = Readonly<Record<string, unknown>>;
type Said = readonly [event: string, payload: Payload];

const repository = async () => (await kit.site.octocat.rest.repos.get(hello)).data;
const hear = async ([event, payload]: Said, plane: Plane) => {
  const sender = { id: 1, login: "octocat", type: "User" };
  const whole = { sender, ...payload, repository: await repository() };
  await handleSignal(toSignal(event, whole, plane.sha256), plane);
};
const comment = async ({ issue }: Queued, body: string): Promise<Said> => {
  const { data } = await kit.site.octocat.rest.issues.createComment({ ...hello, issue_number: issue, body });
  return ["issue_comment", { action: "created", issue: { number: issue }, comment: { id: data.id } }];
};
const pullOf = async ({ task }: Queued): Promise<number> => {
  const head = task.branch as string;
  await branchWith(kit.site.hubot, head, { "a.txt": `${head}\n` });
  const { data } = await kit.site.hubot.rest.pulls.create({ ...hello, title: "Fix", head, base: "main" });
  await setTask(kit.plane.store, task.id, { pr_number: data.number }, kit.plane.clock.now());
  return data.number;
};

/** A task that waits for another issue, with a pull request that was rejected. */
const awaited = async (queued: Queued): Promise<number> => {
  await pullOf(queued);
  const { data } = await kit.site.octocat.rest.issues.create({ ...hello, title: "A part of it" });
  await kit.plane.store.updatePipeline(queued.pipeline.id, { state: "finished", outcome: "superseded" });
  const waits = { status: "blocked" as const, waits_for: [data.number] };
  await setTask(kit.plane.store, queued.task.id, waits, kit.plane.clock.now());
  await kit.site.octocat.rest.issues.update({ ...hello, issue_number: data.number, state: "closed" });
  return data.number;
};

interface Ending {
  readonly status: string | undefined;
  readonly reason: string | undefined;
  readonly pipelines: readonly string[];
  readonly returns: number | undefined;
  readonly refusals: number;
  /** Comments on its pull request, and the pull request's state. */
  readonly pull: readonly [comments: number, state: string] | null;
  /** Whether a publication was requested after the change, to show it. */
  readonly shown: boolean;
}
const endingOf = async ({ task, pipeline }: Queued): Promise<Ending> => {
  const now = await kit.plane.store.task(task.id);
  const pipelines = await kit.plane.store.pipelines(task.id);
  const messages = await kit.plane.store.messages(pipeline.id);
  const head = `${hello.owner}:${task.branch}`;
  const { data: pulls } = await kit.site.octocat.rest.pulls.list({ ...hello, head, state: "all" });
  const issue_number = pulls[0]?.number ?? task.issue;
  const comments = await kit.site.octocat.rest.issues.listComments({ ...hello, issue_number });
  const refusals = await kit.plane.store.query(
    `SELECT key FROM jobs WHERE kind = 'say' AND json_extract(data, '$.task_id') = ${task.id}`,
  );
  return {
    status: now?.status,
    // Pull request and run differ each time.
    reason: now?.status_reason.replace(/\d+/g, "<n>"),
    pipelines: pipelines.map(
      (one, n) => one.outcome ?? (n === 0 && messages.length > 0 ? "stopping" : one.state),
    ),
    returns: now?.return_count,
    refusals: refusals.length,
    pull: pulls[0] === undefined ? null : [comments.data.length, pulls[0].state],
    shown: (await kit.plane.store.job(keys.publish(task.id)))?.done_at === null,
  };
};
/** Earlier publications are done, so that only those requested from here on count. */
const publicationsDone = () =>
  kit.plane.store.query(
    "UPDATE jobs SET done_at = 1 WHERE kind = 'publish' AND done_at IS NULL RETURNING key",
  );

const STORIES: readonly (readonly [
  name: string,
  story: {
    readonly live?: boolean;
    readonly say: (queued: Queued) => Promise<Said>;
    readonly ending: Partial<Ending>;
  },
])[] = [
  [
    "/kin stop of a pipeline that waits",
    { say: queued => comment(queued, "/kin stop"), ending: { status: "blocked", pipelines: ["stopped"] } },
  ],
  [
    "/kin stop of a pipeline that runs",
    {
      live: true,
      say: queued => comment(queued, "/kin stop"),
      ending: { status: "blocked", pipelines: ["stopping"] },
    },
  ],
  [
    "/kin return",
    {
      say: queued => comment(queued, "/kin return missing_context No."),
      ending: { status: "running", pipelines: ["stopped", "queued"], returns: 1 },
    },
  ],
  [
    "/kin rerun of what is stopped",
    {
      say: async queued => {
        await hear(await comment(queued, "/kin stop"), kit.plane);
        return comment(queued, "/kin rerun");
      },
      ending: { status: "running", pipelines: ["stopped", "queued"] },
    },
  ],
  [
    "a label that is taken off",
    {
      say: async ({ issue }) => {
        await kit.site.octocat.rest.issues.removeLabel({ ...hello, issue_number: issue, name: "kin" });
        return ["issues", { action: "unlabeled", issue: { number: issue }, label: { name: "kin" } }];
      },
      ending: { status: "cancelled", pipelines: ["stopped"] },
    },
  ],
  [
    "an issue that is closed while a run drives its pipeline",
    {
      live: true,
      say: async ({ issue }) => {
        await kit.site.octocat.rest.issues.update({ ...hello, issue_number: issue, state: "closed" });
        return ["issues", { action: "closed", issue: { number: issue } }];
      },
      ending: { status: "cancelled", pipelines: ["stopping"] },
    },
  ],
  [
    "a merge",
    {
      say: async queued => {
        const number = await pullOf(queued);
        await kit.site.octocat.rest.pulls.merge({ ...hello, pull_number: number });
        return ["pull_request", { action: "closed", pull_request: { number } }];
      },
      ending: { status: "done", pipelines: ["stopped"] },
    },
  ],
  [
    "a run that a person cancelled",
    {
      live: true,
      say: async ({ run }) => {
        await kit.end(run, "cancelled");
        return ["workflow_run", { action: "completed", workflow_run: { id: run.id, run_attempt: 1 } }];
      },
      ending: { status: "blocked", pipelines: ["stopped"] },
    },
  ],
  [
    "an issue that the task waits for, closed",
    {
      say: async queued => ["issues", { action: "closed", issue: { number: await awaited(queued) } }],
      ending: { status: "running", pipelines: ["superseded", "queued"], pull: [1, "closed"] },
    },
  ],
  [
    "a review that requests changes",
    {
      say: async queued => {
        const number = await pullOf(queued);
        const { data } = await kit.site.octocat.rest.pulls.createReview({
          ...hello,
          pull_number: number,
          event: "REQUEST_CHANGES",
          body: "No.",
        });
        return [
          "pull_request_review",
          { action: "submitted", pull_request: { number }, review: { id: data.id } },
        ];
      },
      ending: { status: "running", pipelines: ["stopped", "queued"], returns: 1 },
    },
  ],
];

describe.each(STORIES)("%s", (_, { live, say, ending }) => {
  const begin = async () => {
    const queued = await kit.queue();
    if (live) await kit.claim(await kit.idToken(queued.run), { pipeline: queued.pipeline.id });
    const said = await say(queued);
    await publicationsDone();
    return { queued, said };
  };

  test("comes to its end, however far it got the first time", async () => {
    const ends: Ending[] = [];
    let killed = true;
    for (let n = 1; killed; n++) {
      const { queued, said } = await begin();
      const plane = kit.dying(n);
      const dying = hear(said, plane).then(() => kit.workOn(plane, "leave_behind"));
      const message = await dying.then(
        () => "",
        (error: Error) => error.message,
      );
      killed = /killed before/.test(message);
      await kit.work("next");
      if (killed) await hear(said, kit.plane);
      await kit.work("next", "leave_behind");
      ends.push(await endingOf(queued));
    }
    expect(ends.length).toBeGreaterThan(2);
    for (const end of ends) expect(end).toEqual(ends.at(-1));
    expect(ends.at(-1)).toMatchObject({ ...ending, refusals: 0, shown: true });
  }, 120_000);
});
