// `/kin tell w2 …` and `/kin stop w2`, as GitHub delivers them: to active workers, from somebody who may.

import { hello } from "embedded-github/site";
import { beforeAll, describe, expect, test } from "vitest";
import { COORDINATED, CREW } from "../report/crews.ts";
import { type Kit, openForFile, type Queued } from "./kit.ts";
import { createPlayer, type Player } from "./play.ts";

let kit: Kit;
let player: Player;
openForFile(opened => {
  ({ kit } = opened);
});
beforeAll(() => {
  player = createPlayer(kit);
});

const said = async (of: Queued, body: string, by: "octocat" | "monalisa" = "octocat") => {
  const at = { ...hello, issue_number: of.issue };
  await player.receiving(() => kit.site[by].rest.issues.createComment({ ...at, body }));
  await kit.work("show");
  const { data } = await kit.site.octocat.rest.issues.listComments({ ...at, per_page: 100 });
  return data.at(-1)?.body ?? "";
};
const messagesOf = ({ pipeline }: Queued) => kit.plane.store.messages(pipeline.id);
/** w7 is at work; all others are over. */
const coordinated = async (): Promise<Queued> => {
  const of = await kit.queue();
  await player.play(of, COORDINATED);
  return of;
};

describe("a worker who is at work", () => {
  test("is told what a person says to it, and only that", async () => {
    const of = await coordinated();
    expect(await said(of, "/kin tell w7 Mind the <!-- secret -->refunds.")).toContain("/kin tell w7");
    expect(await messagesOf(of)).toMatchObject([
      { kind: "tell", by: "octocat", text: "Mind the refunds.", worker: 7, crew: { step: 1, attempt: 1 } },
    ]);
  });

  test("is stopped alone: the pipeline goes on", async () => {
    const of = await coordinated();
    await said(of, "/kin stop w7");
    expect(await messagesOf(of)).toMatchObject([
      {
        kind: "stop",
        by: "octocat",
        text: "Stopped with `/kin stop w7`.",
        worker: 7,
        crew: { step: 1, attempt: 1 },
      },
    ]);
    expect(await kit.plane.store.task(of.task.id)).toMatchObject({ status: "running" });
  });
});

describe("who is not", () => {
  test.each(["/kin tell w2 More.", "/kin stop w2", "/kin stop w8", "/kin tell w0 More."])(
    "hears nothing, and whoever said %s is told who is",
    async body => {
      const of = await coordinated();
      const answer = await said(of, body);
      expect(answer).toContain(`\`${/w\d/.exec(body)?.[0]}\` is not at work: \`w7\` is.`);
      expect(await messagesOf(of)).toEqual([]);
    },
  );

  test("is nobody where no coordinator is at work", async () => {
    const of = await kit.queue();
    await player.play(of, { play: [] });
    expect(await said(of, "/kin stop w1")).toContain("`w1` is not at work: no worker is.");
    expect(await kit.plane.store.task(of.task.id)).toMatchObject({ status: "running" });
  });
});

test("what an outsider says to a worker is silence", async () => {
  const of = await coordinated();
  await said(of, "/kin stop w7", "monalisa");
  expect(await messagesOf(of)).toEqual([]);
});

test("the help names those who may be spoken to, while there are any", async () => {
  const help = await said(await coordinated(), "/kin");
  expect(help).toContain("| `/kin tell <worker> <text>` | Says something to a worker (w7) alone");
  const of = await kit.queue();
  await player.play(of, { ...COORDINATED, more: CREW.slice(0, 1) });
  expect(await said(of, "/kin")).not.toContain("<worker>");
});
