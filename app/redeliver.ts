// Webhooks that GitHub could not deliver: it does not try again by itself, so the App asks for them.
import type { Delivery, Plane } from "./plane.ts";

const MOST_TRIES = 5;

export const redeliverLost = async (plane: Plane): Promise<void> => {
  for (const id of lostOf(await plane.deliveries.list())) await plane.deliveries.redeliver(id);
};

/** The latest try of each delivery that never arrived. Those that keep failing are given up: a sweep is no loop. */
export const lostOf = (deliveries: readonly Delivery[]): readonly number[] => {
  const tries = Map.groupBy(deliveries, delivery => delivery.guid);
  return [...tries.values()]
    .filter(list => list.length < MOST_TRIES && !list.some(delivery => delivery.ok))
    .map(list => list.reduce((a, b) => (a.id > b.id ? a : b)).id);
};
