// Workers: conversations that a coordinator's conversation starts, which go on beside it. What its reply asked for, as
// the harness read it, is in the journal with the turn.
import * as z from "zod";

const MOST_PARTS = 20;

/** Of one reply. */
export const MOST_ORDERS = 100;

/** How its role works, frozen as a planned step's is. `area`: core/model/area.ts. */
const Place = {
  role: z.string(),
  writes: z.boolean(),
  area: z.array(z.string().min(1).max(300)).max(MOST_PARTS),
};

/** Numbers count from 1 through an attempt of the coordinator's. */
const WorkerNumber = z.number().int().positive();

export const Order = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("spawn"),
    worker: WorkerNumber,
    ...Place,
    gate: z.boolean(),
    description: z.string(),
    task: z.string(),
    /** It tries its step in this way, as a whole and beside others; absent: it has a part of a coordinator's work. */
    approach: z.string().optional(),
    /** It judges what that one made. */
    on: WorkerNumber.optional(),
  }),
  z.object({
    kind: z.literal("message"),
    worker: WorkerNumber,
    text: z.string(),
    /** It goes on as another role, such as a reader who is to write now; absent: as before. */
    as: z.object(Place).optional(),
  }),
  z.object({ kind: z.literal("stop"), worker: WorkerNumber }),
  /** What the parts agree on, word for word in the first message of everybody who writes from here on. */
  z.object({ kind: z.literal("contract"), text: z.string() }),
]);
export type Order = z.infer<typeof Order>;
export const Orders = z.array(Order).max(MOST_ORDERS);
export type OrderOf<K extends Order["kind"]> = Extract<Order, { kind: K }>;

/** As people and models name it. */
export const workerName = (worker: number): string => `w${worker}`;
