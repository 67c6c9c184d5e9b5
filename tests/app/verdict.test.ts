import { describe, expect, test } from "vitest";
import { PROTOCOL } from "../../core/model/wire.ts";
import { type Kit, openForFile, type Queued } from "./kit.ts";

let kit: Kit;
let first: Queued;
openForFile(opened => {
  ({ kit, first } = opened);
});

describe("the verdict job", () => {
  const ask = async (of: Queued, pipeline = of.pipeline.id) =>
    kit.post("/kin/verdict", { token: await kit.idToken(of.run), body: { protocol: PROTOCOL, pipeline } });

  test("is told that there is nothing to say while the pipeline goes on, and where no gate rejected", async () => {
    const queued = await kit.copy(first);
    expect((await ask(queued)).data).toMatchObject({
      kind: "nothing",
      reason: expect.stringMatching(/goes on/),
    });
    const { data } = await kit.claimed(queued);
    const finished = { kind: "finished", outcome: "blocked", reason: "No key.", return: null };
    const body = { after: 2, events: [finished] };
    await kit.post(`/kin/pipelines/${queued.pipeline.id}/append`, { token: data.run_token, body });
    expect((await ask(queued)).data).toEqual({
      kind: "nothing",
      reason: "No gate asked for changes in this run.",
    });
  });

  test("of another run, or of a pipeline that there is not, is refused", async () => {
    const queued = await kit.copy(first);
    await kit.plane.store.updatePipeline(queued.pipeline.id, { run_id: "424242" });
    expect((await ask(queued)).data.message).toMatch(/is not the one that drove pipeline/);
    expect((await ask(queued, "none")).data.message).toMatch(/there is no such pipeline/);
  });

  test("with a token that is not right, another protocol or a malformed body is refused", async () => {
    const queued = await kit.copy(first);
    const body = { protocol: PROTOCOL, pipeline: queued.pipeline.id };
    expect((await kit.post("/kin/verdict", { token: "", body })).status).toBe(403);
    const foreign = await kit.idToken(queued.run, "https://kin.example");
    expect((await kit.post("/kin/verdict", { token: foreign, body })).status).toBe(403);
    const token = await kit.idToken(queued.run);
    expect((await kit.post("/kin/verdict", { token, body: { ...body, protocol: 99 } })).status).toBe(403);
    const another = await kit.idToken(queued.run);
    const malformed = await kit.post("/kin/verdict", { token: another, body: { protocol: PROTOCOL } });
    expect([malformed.status, malformed.data.code]).toEqual([400, "malformed"]);
  });

  test("that reports without the token of its review is refused", async () => {
    const body = { source: `gate:${first.pipeline.id}:1:1`, review_id: 1, reason: "" };
    const named = Buffer.from(body.source).toString("base64url");
    const other = kit.plane.sign("verdict:gate:another:1:1");
    const bare = kit.plane.sign(`verdict:${body.source}`);
    for (const token of ["", "x", "0".repeat(64), bare, named, `${named}.`, `${named}.${other}`])
      for (const sent of [body, {}, "{{{"])
        expect((await kit.post("/kin/verdict/report", { token, body: sent })).data.code).toBe(
          "claim_refused",
        );
    const malformed = await kit.post("/kin/verdict/report", { token: `${named}.${bare}`, body: {} });
    expect([malformed.status, malformed.data.code]).toEqual([400, "malformed"]);
  });
});

test("nothing of all this was a failure of the App's own", () => {
  expect(kit.logged).toEqual([]);
});
