// Journals of pipelines: read from any place, and appended to along with everything that the new events mean for other
// rows.
import { setImmediate as endOfTurn } from "node:timers/promises";
import type { InStatement } from "@libsql/client";
import type { Append } from "../../core/model/append.ts";
import { KinError } from "../../core/model/error.ts";
import { EventData, type JournalEvent } from "../../core/model/event.ts";
import { sizeOf } from "../../core/model/journal-size.ts";
import { isSame } from "../../core/model/same.ts";
import { statementsOf } from "./facts.ts";
import { askForAgain } from "./jobs.ts";
import { UNHEARD_STOP } from "./messages.ts";
import type { Store } from "./port.ts";
import { didAny, type Guard, insertInto, iso, patchOf } from "./rows.ts";
import type { Database, Row } from "./sql.ts";

export const journals = (db: Database): Pick<Store, "journal" | "sent" | "written" | "append"> => ({
  journal: async (id, after = 0, { until = Number.MAX_SAFE_INTEGER, kind, but } = {}) => {
    const events: JournalEvent[] = [];
    const kinds = [kind ?? null, but ?? null];
    for (const [first, last] of partsOf(await db.all(SIZES, [id, after, until, ...kinds]))) {
      // guard: others-are-served-meanwhile
      if (events.length > 0) await endOfTurn();
      const rows = await db.all(JOURNAL, [id, first - 1, last, ...kinds]);
      for (const row of rows) events.push(toEvent(id, row));
    }
    return events;
  },
  sent: append => sent(db, append),
  written: async task_id => Number((await db.first(WRITTEN, [task_id]))?.size),
  append: async append => {
    const { pipeline, after, events, at } = append;
    const journal = events.map((data, i): JournalEvent => ({ seq: after + 1 + i, at: iso(at), data }));
    const row = { ...append.row, seq: after + events.length };
    const grown = events.reduce((sum, data) => sum + sizeOf(data), 0);
    // The row itself comes last, because every guard of a place reads its seq.
    const written = (guard: Guard): readonly InStatement[] => [
      ...journal.map(event => insertEvent(pipeline, { event, guard })),
      ...append.jobs.map(job => askForAgain(job, guard)),
      {
        sql: `UPDATE pipelines SET size = size + ? WHERE id = ? AND ${guard.sql}`,
        args: [grown, pipeline, ...guard.args],
      },
      patchOf("pipelines", { id: pipeline, patch: row, guard }),
    ];
    const guard = guardOf(append);
    const answers = await db.write(
      append.task === null ? written(guard) : statementsOf(append.task, { at, guard, beside: written }),
    );
    return didAny(answers.at(-1)) ? journal : sentBefore(db, append);
  },
});

const PART =
  "FROM events WHERE pipeline_id = ?1 AND seq > ?2 AND seq <= ?3 AND kind = COALESCE(?4, kind) AND kind <> COALESCE(?5, '') ORDER BY seq";
const JOURNAL = `SELECT seq, at, data ${PART}`;
/** Sizes in bytes, without reading the texts. */
const SIZES = `SELECT seq, octet_length(data) AS size ${PART}`;

/** How much is read and parsed at once; a single event may be larger. */
const PART_BYTES = 2 ** 20;

/** The first and last number of each part. */
const partsOf = (sizes: readonly Row[]): readonly (readonly [number, number])[] => {
  const parts: [number, number][] = [];
  let held = Number.POSITIVE_INFINITY;
  for (const { seq, size } of sizes) {
    held += Number(size);
    const part = parts.at(-1);
    if (part !== undefined && held <= PART_BYTES) part[1] = Number(seq);
    else {
      parts.push([Number(seq), Number(seq)]);
      held = Number(size);
    }
  }
  return parts;
};

const WRITTEN = "SELECT COALESCE(SUM(size), 0) AS size FROM pipelines WHERE task_id = ?";

/** Requires the caller's seq and lease, and that no stop is passed over. */
const guardOf = (append: Append): Guard => {
  const { sql, args } = guardOfPlace(append);
  if (append.unless_stopped !== true) return { sql, args };
  return { sql: `${sql} AND NOT EXISTS (${UNHEARD_STOP})`, args: [...args, append.pipeline] };
};

const guardOfPlace = ({ pipeline, after, lease, at }: Append): Guard =>
  lease === null
    ? {
        sql: "EXISTS (SELECT 1 FROM pipelines WHERE id = ? AND seq = ? AND (lease_until IS NULL OR lease_until < ?))",
        args: [pipeline, after, at],
      }
    : {
        sql: "EXISTS (SELECT 1 FROM pipelines WHERE id = ? AND seq = ? AND lease_hash = ? AND lease_until >= ?)",
        args: [pipeline, after, lease, at],
      };

export const insertEvent = (
  pipeline_id: string,
  { event, guard }: { readonly event: JournalEvent; readonly guard: Guard },
): InStatement => {
  const { kind } = event.data;
  return insertInto("events", { row: { pipeline_id, kind, ...event }, guard });
};

/** If the answer to an append was lost and it is sent again, the same events are already stored. */
const sentBefore = async (db: Database, append: Append): Promise<readonly JournalEvent[] | null> => {
  const { pipeline, lease } = append;
  const row = await db.first("SELECT lease_hash FROM pipelines WHERE id = ?", [pipeline]);
  if (lease !== null && row?.lease_hash !== lease) return null;
  return sent(db, append);
};

/** The App computes a turn's price itself, so its digits may differ. */
const PRICE_BYTES = 32;

/** Sizes first, so that no more is read than was sent, whatever is stored. */
const sent = async (
  db: Database,
  { pipeline, after, events }: Pick<Append, "pipeline" | "after" | "events">,
): Promise<readonly JournalEvent[] | null> => {
  const place = [pipeline, after, after + events.length, null, null];
  const sizes = await db.all(SIZES, place);
  if (events.length === 0 || sizes.length !== events.length) return null;
  const isAsLong = (data: EventData, at: number) =>
    Math.abs(Number(sizes[at]?.size) - Buffer.byteLength(JSON.stringify(data))) <= PRICE_BYTES;
  if (!events.every(isAsLong)) return null; // guard: no-more-read-than-was-sent
  const stored = (await db.all(JOURNAL, place)).map(row => toEvent(pipeline, row));
  return stored.every(({ data }, at) => isSame(priced(events[at], data), data)) ? stored : null;
};

const priced = (said: EventData | undefined, stored: EventData): EventData | undefined =>
  said?.kind === "turn" && stored.kind === "turn" ? { ...said, usd: stored.usd } : said;

/** Parsed although Kin wrote it: an older version's events get today's defaults here. */
const toEvent = (pipeline: string, { seq, at, data }: Row): JournalEvent => {
  try {
    return { seq: Number(seq), at: String(at), data: EventData.parse(JSON.parse(String(data))) };
  } catch (cause) {
    throw new KinError(`Event ${seq} of pipeline ${pipeline} cannot be read.`, {
      code: "store_corrupt",
      hint: "Its row in `events` is damaged, or a newer Kin wrote it. Run that version, or put a backup of the store in its place.",
      cause,
    });
  }
};
