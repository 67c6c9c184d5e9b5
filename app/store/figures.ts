// Figures over everything in the store. They read whole tables: for reports, not for work on a task.
import { Figures, GateFigures } from "../../core/model/figures.ts";
import type { Store } from "./port.ts";
import { parseAll } from "./rows.ts";
import type { Database, Row } from "./sql.ts";

export const figures = (db: Database): Pick<Store, "figures"> => ({
  figures: async () => {
    const [costs, approvals] = [await db.first(COSTS), await db.first(APPROVALS)];
    const gates = parseAll(await db.all(GATES), GateFigures);
    const sum = (of: "rejections" | "overturned") => gates.reduce((all, gate) => all + gate[of], 0);
    return Figures.parse({
      rejections: await db.all(REJECTIONS),
      patterns: await db.all(PATTERNS),
      handed_over: await db.all(HANDED_OVER),
      revisions: await db.all(REVISIONS),
      costs: costsOf(costs ?? {}),
      gates,
      verdicts: {
        ...approvals,
        gate_rejections: sum("rejections"),
        rejections_overturned: sum("overturned"),
      },
    });
  },
});

const costsOf = (row: Row) => {
  const n = (name: string) => Number(row[name] ?? 0);
  const per = (amount: string, count: string) => (n(count) === 0 ? null : n(amount) / n(count));
  return {
    tasks: n("tasks"),
    usd: n("usd"),
    usd_per_task: per("usd", "tasks"),
    usd_per_return: per("returned_usd", "returns"),
    accepted: n("accepted"),
    usd_per_accepted: per("accepted_usd", "accepted"),
  };
};

const REJECTIONS = `
  SELECT p.owner || '/' || p.name AS project, substr(r.rejected_at, 1, 7) AS month, r.reason_category AS category,
         CASE WHEN r.actor IS NULL THEN r.rejected_by ELSE 'person' END AS "by", COUNT(*) AS count,
         SUM(r.became = 'returned') AS returned, SUM(r.became = 'revised') AS revised,
         SUM(CASE WHEN json_type(r.findings) = 'array' THEN json_array_length(r.findings) ELSE 0 END) AS findings
    FROM rejections r JOIN tasks t ON t.id = r.task_id JOIN projects p ON p.id = t.project_id
   GROUP BY 1, 2, 3, 4 ORDER BY 2 DESC, 5 DESC, 1, 3, 4`;

const PATTERNS = `
  SELECT p.owner || '/' || p.name || '#' || t.issue AS task, r.reason_category AS category, COUNT(*) AS count
    FROM task_returns r JOIN tasks t ON t.id = r.task_id JOIN projects p ON p.id = t.project_id
   GROUP BY t.id, r.reason_category HAVING COUNT(*) >= 2 ORDER BY 3 DESC, 1, 2`;

const HANDED_OVER = `
  SELECT p.owner || '/' || p.name || '#' || t.issue AS task, p.owner || '/' || p.name || '#' || f.issue AS follow_up, f.status,
         (SELECT TOTAL(usd) FROM pipelines WHERE task_id = f.id) AS usd
    FROM tasks f JOIN tasks t ON t.id = f.parent_task_id JOIN projects p ON p.id = t.project_id ORDER BY f.id DESC`;

const REVISIONS = `
  WITH again AS (SELECT json_extract(s.value, '$.role') AS role
                   FROM events e, json_each(e.data, '$.steps') s
                  WHERE e.kind = 'steps_added' AND json_extract(e.data, '$.part') = 'revision')
  SELECT role, COUNT(*) AS count,
         (SELECT COUNT(*) FROM events a WHERE a.kind IN ('attempt_started', 'led') AND json_extract(a.data, '$.attempt') = 1 AND json_extract(a.data, '$.worker') IS NULL
             AND json_extract(a.data, '$.role') = again.role) AS "of"
    FROM again GROUP BY role ORDER BY 2 DESC, 1`;

const COSTS = `
  SELECT (SELECT COUNT(*) FROM tasks) AS tasks,
         (SELECT COALESCE(SUM(usd), 0) FROM pipelines) AS usd,
         (SELECT COUNT(*) FROM task_returns) AS returns,
         (SELECT COALESCE(SUM(usd), 0) FROM pipelines
           WHERE id IN (SELECT pipeline_id FROM task_returns WHERE pipeline_id IS NOT NULL)) AS returned_usd,
         (SELECT COUNT(*) FROM tasks WHERE status = 'done' AND pr_number IS NOT NULL) AS accepted,
         (SELECT COALESCE(SUM(p.usd), 0) FROM pipelines p JOIN tasks t ON t.id = p.task_id
           WHERE t.status = 'done' AND t.pr_number IS NOT NULL) AS accepted_usd`;

const APPROVALS = `
  SELECT (SELECT COUNT(*) FROM pipelines WHERE outcome = 'passed') AS gate_approvals,
         (SELECT COUNT(*) FROM task_returns r JOIN pipelines p ON p.id = r.pipeline_id
           WHERE r.actor IS NOT NULL AND p.outcome = 'passed') AS approvals_overturned`;

const GATES = `
  SELECT r.rejected_by AS gate, COUNT(*) AS rejections,
         COUNT(*) FILTER (WHERE r.became <> 'revised' AND t.status = 'done' AND t.pr_number IS NOT NULL
           AND p.number = (SELECT MAX(number) FROM pipelines WHERE task_id = t.id)) AS overturned
    FROM rejections r JOIN tasks t ON t.id = r.task_id LEFT JOIN pipelines p ON p.id = r.pipeline_id
   WHERE r.source LIKE 'gate:%' GROUP BY 1 ORDER BY 2 DESC, 1`;
