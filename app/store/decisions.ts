// What a project knows: decisions, proposed or in force, and modules.
import { ModuleRecord } from "../../core/model/knowledge.ts";
import { DecisionRow } from "../../core/model/record.ts";
import type { Store } from "./port.ts";
import { insertInto, iso, parseAll, parseOne, run } from "./rows.ts";
import type { Database } from "./sql.ts";

type Decisions = Pick<
  Store,
  "decisions" | "proposedDecisions" | "saveDecision" | "judgeDecision" | "modules" | "saveModules"
>;

export const decisions = (db: Database): Decisions => ({
  decisions: async (project_id, limit) =>
    parseAll(await db.all(ACTIVE, [project_id, limit]), DecisionRow).toReversed(),
  proposedDecisions: async project_id => parseAll(await db.all(PROPOSED, [project_id]), DecisionRow),
  saveDecision: async (decision, at) => {
    const row = { ...decision, title_key: keyOf(decision.title), created_at: iso(at) };
    const [made] = await run(db, insertInto("decisions", { row, rest: UNLESS_KNOWN }));
    return parseOne(made, DecisionRow);
  },
  judgeDecision: async ({ id, project_id, status, by }) =>
    parseOne((await run(db, { sql: JUDGE, args: [status, by, id, project_id] }))[0], DecisionRow),
  modules: async project_id => parseAll(await db.all(MODULES, [project_id]), ModuleRecord),
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
const UNLESS_KNOWN = "ON CONFLICT(project_id, title_key) DO NOTHING RETURNING *";
const JUDGE = "UPDATE decisions SET status = ?, decided_by = ? WHERE id = ? AND project_id = ? RETURNING *";
const MODULES = "SELECT name, path, description FROM modules WHERE project_id = ? ORDER BY name";

/** A title that differs only in spelling is the same. */
const keyOf = (title: string): string =>
  title
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
