// What a coordinator knows of its workers: one that is over counts as at work until the coordinator has read its notice. So
// the same reply is judged the same way whenever it arrives.
import { overlaps } from "../model/area.ts";
import type { Attempt, Crew, Worker } from "../model/pipeline.ts";

/** Whether a worker is at work as far as the coordinator knows, after `turn` of its own turns. */
export const seemsLive = ({ notices }: Crew, worker: Worker, turn: number): boolean => {
  const told = notices.slice(worker.since).filter(notice => notice.worker === worker.worker);
  // A coordinator gets no notice of a worker that it stopped itself.
  return told.length === 0 ? !worker.stopped : !told.some(notice => notice.turn < turn);
};

export const awaitsWorkers = ({ crew, turns }: Pick<Attempt, "crew" | "turns">): boolean =>
  crew?.workers.some(worker => seemsLive(crew, worker, turns.length)) ?? false;

/** Workers that may be writing in that area. */
export const writersIn = (
  crew: Crew,
  { area, turn }: { readonly area: readonly string[]; readonly turn: number },
): readonly Worker[] =>
  crew.workers.filter(
    worker => worker.writes && seemsLive(crew, worker, turn) && overlaps(worker.area, area),
  );
