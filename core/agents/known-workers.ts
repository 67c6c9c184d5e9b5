// What a coordinator knows of its workers: one that is over and whose notice it has not read yet is at work to it. So the
// same reply is judged the same whenever it arrives.
import { overlaps } from "../model/area.ts";
import type { Attempt, Crew, Worker } from "../model/pipeline.ts";

/** At work as far as the coordinator knows, at the turn that follows so many others of its own. */
export const seemsLive = ({ notices }: Crew, worker: Worker, turn: number): boolean => {
  const told = notices.slice(worker.since).filter(notice => notice.worker === worker.worker);
  // Of what it stopped itself it gets no notice.
  return told.length === 0 ? !worker.stopped : !told.some(notice => notice.turn < turn);
};

export const awaitsWorkers = ({ crew, turns }: Pick<Attempt, "crew" | "turns">): boolean =>
  crew?.workers.some(worker => seemsLive(crew, worker, turns.length)) ?? false;

/** Who may be writing there. */
export const writersIn = (
  crew: Crew,
  { area, turn }: { readonly area: readonly string[]; readonly turn: number },
): readonly Worker[] =>
  crew.workers.filter(
    worker => worker.writes && seemsLive(crew, worker, turn) && overlaps(worker.area, area),
  );
