// What a project knows: decisions, proposed or in force, and modules.
import { DecisionRow } from "../../core/model/record.ts";
import type { Store } from "./port.ts";
import { iso, parseAll, parseOne } from "./rows.ts";
import type { Database } from "./sql.ts";

type Decisions = Pick<
  Store,
  "decisions" | "proposedDecisions" | "saveDecision" | "judgeDecision" | "modules" | "saveModules"
>;

export const decisions = (db: Database): Decisions => ({
  decisions: async (project_id, limit) =>
    parseAll(await db.all(ACTIVE, [project_id, limit]), DecisionRow).toReversed(),
  proposedDecisions: async project_id => parseAll(await db.all(PROPOSED, [project_id]), DecisionRow),
  saveDecision: async (d, at) => {
    const args = [
      d.project_id,
      d.type,
      d.title,
      keyOf(d.title),
      d.description,
      d.status,
      d.source,
      d.decided_by,
      iso(at),
    ];
    const [rows] = await db.write([{ sql: SAVE, args }]);
    return parseOne(rows?.[0], DecisionRow);
  },
  judgeDecision: async ({ id, project_id, status, by }) => {
    const [rows] = await db.write([
      {
        sql: "UPDATE decisions SET status = ?, decided_by = ? WHERE id = ? AND project_id = ? RETURNING *",
        args: [status, by, id, project_id],
      },
    ]);
    return parseOne(rows?.[0], DecisionRow);
  },
  modules: async project_id =>
    (
      await db.all("SELECT name, path, description FROM modules WHERE project_id = ? ORDER BY name", [
        project_id,
      ])
    ).map(row => ({
      name: String(row.name),
      path: String(row.path),
      description: String(row.description),
    })),
  saveModules: async ({ project_id, modules, source }) => {
    await db.write([
      { sql: "DELETE FROM modules WHERE project_id = ? AND source = ?", args: [project_id, source] },
      ...modules.map(({ name, path, description }) => ({
        sql: `INSERT INTO modules (project_id, name, path, description, source) VALUES (?, ?, ?, ?, ?)
              ON CONFLICT(project_id, name) DO UPDATE SET path = excluded.path, description = excluded.description, source = excluded.source
                WHERE modules.source <> 'config' OR excluded.source = 'config'`,
        args: [project_id, name, path, description, source],
      })),
    ]);
  },
});

/** Only the latest, so that prompts made from them do not grow. */
const ACTIVE = "SELECT * FROM decisions WHERE project_id = ? AND status = 'active' ORDER BY id DESC LIMIT ?";
const PROPOSED = "SELECT * FROM decisions WHERE project_id = ? AND status = 'proposed' ORDER BY id LIMIT 200";
const SAVE = `INSERT INTO decisions (project_id, type, title, title_key, description, status, source, decided_by, created_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT(project_id, title_key) DO NOTHING RETURNING *`;

/** A title that differs only in spelling is the same. */
const keyOf = (title: string): string =>
  title
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
