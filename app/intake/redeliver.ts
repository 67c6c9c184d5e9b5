// Webhooks that GitHub could not deliver: it does not retry by itself, so the App asks. What is known is kept with the
// job, so that each round reads only what came since the last one.
import type { JobOf, Lost } from "../../core/model/job.ts";
import type { Delivery, Plane } from "../plane.ts";

/** GitHub keeps a delivery for three days. */
const KEPT_MS = 3 * 24 * 60 * 60_000;
/** Entries appear in the list when their delivery is over, which may be slightly out of order. */
const OVERLAP_MS = 15 * 60_000;
const MOST_TRIES = 5;

/** Returns what the job keeps. */
export const redeliverLost = async (job: JobOf<"redeliver">, plane: Plane): Promise<Lost> => {
  const oldest = new Date(plane.clock.now() - KEPT_MS).toISOString();
  const before = job.left ?? { at: oldest, tries: {} };
  const since = new Date(Math.max(Date.parse(oldest), Date.parse(before.at) - OVERLAP_MS)).toISOString();
  const lost = withTries(before, { deliveries: await plane.deliveries.list(since), oldest });
  for (const id of toAsk(lost)) {
    await plane.deliveries
      .redeliver(id)
      .catch(error => plane.warn(error, `asking for the delivery ${id} again`));
  }
  return lost;
};

export interface Seen {
  readonly deliveries: readonly Delivery[];
  /** Older ones cannot be requested any more. */
  readonly oldest: string;
}

/** A delivery may be seen more than once, and in any order. */
export const withTries = (lost: Lost, { deliveries, oldest }: Seen): Lost => {
  const tries = new Map(Object.entries(lost.tries));
  for (const [guid, list] of Map.groupBy(deliveries, delivery => delivery.guid)) {
    const known = tries.get(guid) ?? { at: timesOf(list)[0] ?? oldest, ids: [] };
    const ids = new Set([...known.ids, ...list.map(delivery => delivery.id)]);
    if (list.some(delivery => delivery.ok)) tries.delete(guid);
    else tries.set(guid, { ...known, ids: [...ids] });
  }
  return {
    at: [lost.at, ...timesOf(deliveries)].toSorted().at(-1) ?? lost.at,
    tries: Object.fromEntries([...tries].filter(([, { at }]) => at >= oldest)),
  };
};

/**
 * The latest attempt at each delivery that never arrived. Those that keep failing are given up, or this would never
 * end.
 */
export const toAsk = ({ tries }: Lost): readonly number[] =>
  Object.values(tries)
    .filter(({ ids }) => ids.length < MOST_TRIES)
    .map(({ ids }) => Math.max(...ids));

const timesOf = (deliveries: readonly Delivery[]): readonly string[] =>
  deliveries.map(delivery => delivery.at).toSorted();
