// Workers: conversations that a coordinator's conversation starts and that go on beside it. What its reply asked for, as
// the harness read it, is in the journal with the turn.
import * as z from "zod";

const MOST_PARTS = 20;

/** In one reply. */
export const MOST_ORDERS = 100;

/** How its role works, frozen as in a planned step. `area`: core/model/area.ts. */
const Place = {
  role: z.string(),
  writes: z.boolean(),
  area: z.array(z.string().min(1).max(300)).max(MOST_PARTS),
};

/** Counts from 1 within an attempt of the coordinator's. */
const WorkerNumber = z.number().int().positive();

export const Order = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("spawn"),
    worker: WorkerNumber,
    ...Place,
    gate: z.boolean(),
    description: z.string(),
    task: z.string(),
    /** It tries its whole step in this way, beside others; absent: it has a part of a coordinator's work. */
    approach: z.string().optional(),
    /** The worker whose try it judges. */
    on: WorkerNumber.optional(),
  }),
  z.object({
    kind: z.literal("message"),
    worker: WorkerNumber,
    text: z.string(),
    /** It goes on as another role, such as a reader that is now to write; absent: as before. */
    as: z.object(Place).optional(),
  }),
  z.object({ kind: z.literal("stop"), worker: WorkerNumber }),
  /** What the parts agree on, quoted in the first message of everybody who writes from here on. */
  z.object({ kind: z.literal("contract"), text: z.string() }),
]);
export type Order = z.infer<typeof Order>;
export const Orders = z.array(Order).max(MOST_ORDERS);
export type OrderOf<K extends Order["kind"]> = Extract<Order, { kind: K }>;

export const workerName = (worker: number): string => `w${worker}`;
