-- What each step of a finished pipeline cost, so that what the next one is likely to cost is told without reading journals.
ALTER TABLE pipelines ADD COLUMN step_costs TEXT DEFAULT NULL;       -- JSON (core/model/step-costs.ts, StepCosts)
-- Of the latest that are finished: journals are large.
UPDATE pipelines SET step_costs = json_object(
  'scripted', (SELECT MAX(COALESCE(json_extract(c.data, '$.scripted'), 0)) FROM events c WHERE c.pipeline_id = pipelines.id AND c.kind = 'claimed'),
  'steps', (SELECT json_group_array(json_object('role', s.role, 'model', s.model, 'part', s.part, 'usd', s.usd)) FROM (
      SELECT MAX(CASE WHEN e.kind = 'attempt_started' THEN json_extract(e.data, '$.role') END) AS role,
             MAX(CASE WHEN e.kind = 'attempt_started' THEN json_extract(e.data, '$.model') END) AS model,
             COALESCE((SELECT json_extract(a.data, '$.part') FROM events a
                WHERE a.pipeline_id = pipelines.id AND a.kind = 'steps_added'
                  AND json_extract(e.data, '$.step') > json_extract(a.data, '$.after')
                  AND json_extract(e.data, '$.step') <= json_extract(a.data, '$.after') + json_array_length(a.data, '$.steps')
                ORDER BY a.seq DESC LIMIT 1), 'plan') AS part,
             CASE WHEN SUM(e.kind = 'turn' AND json_extract(e.data, '$.usd') IS NULL) = 0
                  THEN TOTAL(CASE WHEN e.kind = 'turn' THEN json_extract(e.data, '$.usd') END) END AS usd
        FROM events e WHERE e.pipeline_id = pipelines.id AND e.kind IN ('attempt_started', 'turn', 'attempt_finished')
       GROUP BY json_extract(e.data, '$.step')
      HAVING SUM(e.kind = 'attempt_finished' AND json_extract(e.data, '$.outcome') = 'done') > 0
       ORDER BY json_extract(e.data, '$.step')) s))
 WHERE id IN (SELECT id FROM pipelines WHERE state = 'finished' ORDER BY completed_at DESC LIMIT 1000);
