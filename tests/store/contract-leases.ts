import { expect, test } from "vitest";
import type { Under } from "./contract.ts";
import { aStarted, HASH, MINUTE, NOON, OTHER_HASH, rowOf, takeLease } from "./kit.ts";

const OTHER = { hash: OTHER_HASH, run_id: "9002", run_attempt: 3 };

export const leases = ({ store }: Under): void => {
  test("A lease names its run and sets the pipeline running.", async () => {
    const { id } = await aStarted(store());
    expect(await takeLease(store(), id)).toBe(true);
    expect(await rowOf(store(), id)).toMatchObject({
      state: "running",
      lease_hash: HASH,
      lease_until: NOON + MINUTE,
      lease_deadline: NOON + 60 * MINUTE,
      run_id: "9001",
      run_attempt: 1,
    });
  });

  test("A live lease is nobody else's, to its last millisecond; a dead one is anybody's.", async () => {
    const { id } = await aStarted(store());
    await takeLease(store(), id);
    expect(await takeLease(store(), id, { ...OTHER, now: NOON + MINUTE })).toBe(false);
    expect(await takeLease(store(), id, { now: NOON + MINUTE })).toBe(false);
    expect(await rowOf(store(), id)).toMatchObject({ lease_hash: HASH, run_id: "9001" });
    expect(await takeLease(store(), id, { ...OTHER, now: NOON + MINUTE + 1 })).toBe(true);
    expect(await rowOf(store(), id)).toMatchObject({
      lease_hash: OTHER_HASH,
      run_id: "9002",
      run_attempt: 3,
    });
  });

  test("Of many who claim at once, one gets the lease.", async () => {
    const { id } = await aStarted(store());
    const claims = Array.from({ length: 10 }, (_, n) => takeLease(store(), id, { hash: `${n}` }));
    const won = await Promise.all(claims);
    expect(won.filter(Boolean)).toHaveLength(1);
    expect((await rowOf(store(), id)).lease_hash).toBe(`${won.indexOf(true)}`);
  });

  test("A finished pipeline, or none, has no lease to give.", async () => {
    const { id } = await aStarted(store());
    await store().updatePipeline(id, { state: "finished" });
    expect(await takeLease(store(), id)).toBe(false);
    expect(await takeLease(store(), "none")).toBe(false);
  });

  test("A paused pipeline runs again under its new lease.", async () => {
    const { id } = await aStarted(store());
    await store().updatePipeline(id, { state: "paused" });
    await takeLease(store(), id);
    expect((await rowOf(store(), id)).state).toBe("running");
  });

  const renew = (id: string, now: number, hash = HASH) =>
    store().renew(id, { hash, until: now + MINUTE, now });

  test("A live lease is renewed by its holder, to its last millisecond.", async () => {
    const { id } = await aStarted(store());
    await takeLease(store(), id);
    expect(await renew(id, NOON + MINUTE)).toBe(true);
    expect((await rowOf(store(), id)).lease_until).toBe(NOON + 2 * MINUTE);
    expect(await renew(id, NOON + 2 * MINUTE + 1)).toBe(false);
  });

  test("A lease is not renewed with another hash, past its deadline, or once it was given back.", async () => {
    const { id } = await aStarted(store());
    await takeLease(store(), id, { deadline: NOON + 10 });
    expect(await renew(id, NOON, OTHER_HASH)).toBe(false);
    expect(await renew(id, NOON + 11)).toBe(false);
    expect((await rowOf(store(), id)).lease_until).toBe(NOON + MINUTE);
    await store().release(id, HASH);
    expect(await renew(id, NOON)).toBe(false);
    expect(await renew("none", NOON)).toBe(false);
  });

  test("Only its holder gives a lease back; then the next one may come at once.", async () => {
    const { id } = await aStarted(store());
    await takeLease(store(), id);
    await store().release(id, OTHER_HASH);
    expect((await rowOf(store(), id)).lease_hash).toBe(HASH);
    await store().release(id, HASH);
    expect(await rowOf(store(), id)).toMatchObject({ lease_hash: null, lease_until: null });
    expect(await takeLease(store(), id, OTHER)).toBe(true);
  });

  test("At a start, leases of running pipelines are extended, never shortened, and no others.", async () => {
    const running = await aStarted(store());
    const long = await aStarted(store(), { issue: 13 });
    const queued = await aStarted(store(), { issue: 14 });
    const finished = await aStarted(store(), { issue: 15 });
    await takeLease(store(), running.id);
    await takeLease(store(), long.id, { until: NOON + 50 * MINUTE });
    await takeLease(store(), finished.id);
    await store().updatePipeline(finished.id, { state: "finished" });
    await store().extendLeases({ until: NOON + 5 * MINUTE });
    const untils = await Promise.all(
      [running, long, queued, finished].map(async ({ id }) => (await rowOf(store(), id)).lease_until),
    );
    expect(untils).toEqual([NOON + 5 * MINUTE, NOON + 50 * MINUTE, null, NOON + MINUTE]);
  });
};
