// Repositories that the App knows, by GitHub's id.
import { ProjectRecord } from "../../core/model/record.ts";
import type { Store } from "./port.ts";
import { iso, parseAll, parseOne, run } from "./rows.ts";
import type { Database } from "./sql.ts";

export const projects = (
  db: Database,
): Pick<Store, "saveProject" | "project" | "projects" | "describeProject"> => ({
  saveProject: async (p, at) => {
    const args = [p.id, p.owner, p.name, p.owner_id, p.default_branch, p.installation_id, iso(at)];
    await run(db, { sql: SAVE, args });
  },
  describeProject: async (id, { project_type, execution_mode, tech_stack }) => {
    await run(db, {
      sql: DESCRIBE,
      args: [project_type, execution_mode ?? null, JSON.stringify(tech_stack), id],
    });
  },
  project: async id => parseOne(await db.first("SELECT * FROM projects WHERE id = ?", [id]), ProjectRecord),
  projects: async () => parseAll(await db.all("SELECT * FROM projects ORDER BY id"), ProjectRecord),
});

const SAVE = `INSERT INTO projects (id, owner, name, owner_id, default_branch, installation_id, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT(id) DO UPDATE SET owner = excluded.owner, name = excluded.name, owner_id = excluded.owner_id,
    default_branch = excluded.default_branch, installation_id = excluded.installation_id`;
const DESCRIBE = "UPDATE projects SET project_type = ?, execution_mode = ?, tech_stack = ? WHERE id = ?";
