// The lanes that work off `jobs`, with real ones: what fails, what comes round by the clock, what a kill leaves.
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Plane } from "../../app/plane.ts";
import { startWorker } from "../../app/worker.ts";
import { KinError } from "../../core/model/error.ts";
import { hello } from "../github/site.ts";
import { type Kit, openKit } from "./kit.ts";

let kit: Kit;
beforeAll(async () => {
  kit = await openKit();
});
afterAll(() => kit.close());

const working = async (plane: Plane, until: () => Promise<boolean>): Promise<void> => {
  const worker = startWorker(plane, { lanes: 1 });
  for (let tries = 0; tries < 500 && !(await until()); tries++)
    await new Promise(resolve => setTimeout(resolve, 10));
  await worker.stop();
};

test("what comes round by the clock comes round again, also when GitHub refused it this time", async () => {
  const refusing: Plane = {
    ...kit.plane,
    repositories: () =>
      Promise.reject(new KinError("GitHub refused it.", { code: "github_403", hint: "Look at the App." })),
  };
  const missed = () => kit.plane.store.job("missed");
  await working(refusing, async () => ((await missed())?.error ?? null) !== null);
  const job = await missed();
  expect(job).toMatchObject({
    done_at: null,
    lease: null,
    error: expect.stringMatching(/GitHub refused it/),
  });
  const wait = (job?.due_at ?? 0) - kit.plane.clock.now();
  expect([wait > 4 * 60_000, wait <= 5 * 60_000]).toEqual([true, true]);
  for (const key of ["sweep", "redeliver"])
    expect((await kit.plane.store.job(key))?.due_at).toBeGreaterThan(kit.plane.clock.now());
});

test("what Kin cannot do is said on the issue, wherever Kin was killed while it failed", async () => {
  const { issue, task } = await kit.queue();
  const say = (body: string) =>
    kit.site.octocat.rest.issues.createComment({ ...hello, issue_number: issue, body });
  const ask = async (id: number) => {
    const { data: repository } = await kit.site.octocat.rest.repos.get(hello);
    const data = {
      ...{ name: "issue_comment", action: "created", installation: null, repositories: [], sender: null },
      ...{
        issue,
        issue_text: null,
        label: null,
        comment: id,
        review: null,
        pull: null,
        sha: null,
        run: null,
      },
      repository: { id: repository.id, owner: "octocat", name: "hello" },
    };
    await kit.plane.store.ask([{ key: `delivery:${id}`, kind: "event", data }]);
    return `delivery:${id}`;
  };
  const { data: stop } = await say("/kin stop");
  const stopped = await ask(stop.id);
  const isDone = (key: string) => async () => ((await kit.plane.store.job(key))?.done_at ?? null) !== null;
  await working(kit.plane, isDone(stopped));
  const file = { ...hello, path: ".github/kin.yml" };
  const { data: good } = await kit.site.octocat.rest.repos.getContent(file);
  await kit.site.octocat.rest.repos.createOrUpdateFileContents({
    ...file,
    sha: (good as { sha: string }).sha,
    message: "Break it",
    content: Buffer.from("limit: {}\n").toString("base64"),
  });
  let killed = true;
  for (let n = 1; killed; n++) {
    await kit.plane.store.updateTask(task.id, { status: "running" }, kit.plane.clock.now());
    const { data: rerun } = await say("/kin rerun");
    const key = await ask(rerun.id);
    const logged = kit.logged.length;
    const isKilled = () => kit.logged.slice(logged).some(line => line.includes("killed before"));
    await working(kit.dying(n, /meant:/), async () => isKilled() || (await isDone(key)()));
    killed = isKilled();
    if (!killed) expect(n).toBeGreaterThan(4);
    await kit.plane.store.freeJobs();
    await working(kit.plane, isDone(key));
    expect((await kit.plane.store.job(key))?.result).toMatch(/unknown key `limit`/);
    expect(await kit.plane.store.task(task.id)).toMatchObject({
      status: "blocked",
      status_reason: expect.stringMatching(/unknown key `limit`/),
    });
  }
}, 120_000);
