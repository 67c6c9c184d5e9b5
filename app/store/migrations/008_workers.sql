-- What people say to one of a coordinator's workers.
ALTER TABLE messages ADD COLUMN worker INTEGER;       -- its number; null: the pipeline's own

-- A step's own conversation; what its workers cost is in its sums.
DROP VIEW steps;
CREATE VIEW steps AS
  SELECT pipeline_id,
         json_extract(data, '$.step') AS step,
         json_extract(data, '$.attempt') AS attempt,
         MAX(CASE WHEN kind = 'attempt_started' AND json_extract(data, '$.worker') IS NULL THEN json_extract(data, '$.role') END) AS role,
         MAX(CASE WHEN kind = 'attempt_started' AND json_extract(data, '$.worker') IS NULL THEN json_extract(data, '$.model') END) AS model,
         SUM(kind = 'turn' AND json_extract(data, '$.worker') IS NULL) AS turns,
         SUM(CASE WHEN kind = 'turn' THEN json_extract(data, '$.usd') END) AS usd,
         SUM(CASE WHEN kind = 'turn' THEN json_extract(data, '$.seconds') END) AS seconds,
         SUM(CASE WHEN kind = 'turn' THEN json_extract(data, '$.reply.usage.input') + json_extract(data, '$.reply.usage.output')
             + json_extract(data, '$.reply.usage.cache_read') + json_extract(data, '$.reply.usage.cache_write') END) AS tokens,
         MAX(CASE WHEN kind = 'attempt_finished' AND json_extract(data, '$.worker') IS NULL THEN json_extract(data, '$.outcome') END) AS outcome,
         MAX(CASE WHEN kind = 'attempt_finished' AND json_extract(data, '$.worker') IS NULL THEN json_extract(data, '$.answer.verdict') END) AS verdict,
         MIN(at) AS started_at,
         MAX(CASE WHEN kind = 'attempt_finished' AND json_extract(data, '$.worker') IS NULL THEN at END) AS finished_at
    FROM events
   WHERE kind IN ('attempt_started', 'turn', 'attempt_finished')
   GROUP BY pipeline_id, step, attempt;

CREATE VIEW workers AS
  SELECT e.pipeline_id,
         json_extract(e.data, '$.step') AS step,
         json_extract(e.data, '$.attempt') AS attempt,
         json_extract(e.data, '$.worker') AS worker,
         MAX(CASE WHEN e.kind = 'attempt_started' THEN json_extract(e.data, '$.role') END) AS role,
         MAX(CASE WHEN e.kind = 'attempt_started' THEN json_extract(e.data, '$.model') END) AS model,
         SUM(e.kind = 'turn') AS turns,
         SUM(CASE WHEN e.kind = 'turn' THEN json_extract(e.data, '$.usd') END) AS usd,
         SUM(CASE WHEN e.kind = 'turn' THEN json_extract(e.data, '$.seconds') END) AS seconds,
         SUM(CASE WHEN e.kind = 'turn' THEN json_extract(e.data, '$.reply.usage.input') + json_extract(e.data, '$.reply.usage.output')
             + json_extract(e.data, '$.reply.usage.cache_read') + json_extract(e.data, '$.reply.usage.cache_write') END) AS tokens,
         SUM(e.kind = 'joined') AS joins,
         MIN(e.at) AS started_at,
         MAX(CASE WHEN e.kind = 'attempt_finished' THEN e.at END) AS finished_at
    FROM events e
   WHERE e.kind IN ('attempt_started', 'turn', 'attempt_finished', 'joined') AND json_extract(e.data, '$.worker') IS NOT NULL
   GROUP BY e.pipeline_id, step, attempt, worker;

-- As before, and a verifier of a coordinator's rejects nothing but what its coordinator has mended.
DROP VIEW rejections;
CREATE VIEW rejections AS
  SELECT r.task_id, r.pipeline_id, r.returned_at AS rejected_at, r.returned_by AS rejected_by, r.actor, r.reason_category, r.reason_text,
         r.findings, r.pr_number, 'returned' AS became, r.return_number,
         EXISTS (SELECT 1 FROM pipelines q WHERE q.task_id = r.task_id AND q.outcome = 'passed'
            AND q.number >= COALESCE((SELECT number FROM pipelines WHERE id = r.pipeline_id), 0) + (r.actor IS NOT NULL)) AS dealt_with,
         r.source
    FROM task_returns r
  UNION ALL
  SELECT p.task_id, p.id, e.at, json_extract(s.data, '$.role'), NULL, 'recurring_quality_fail',
         COALESCE(json_extract(e.data, '$.answer.reason'), json_extract(e.data, '$.answer.block_reason'), json_extract(e.data, '$.answer.summary')),
         COALESCE(e.data -> '$.answer.findings', '[]'), NULL,
         CASE WHEN EXISTS (SELECT 1 FROM events a WHERE a.pipeline_id = p.id AND a.kind = 'steps_added'
                 AND json_extract(a.data, '$.part') = 'revision' AND json_extract(a.data, '$.after') = json_extract(e.data, '$.step'))
              THEN 'revised' ELSE 'unanswered' END,
         NULL,
         EXISTS (SELECT 1 FROM pipelines q WHERE q.task_id = p.task_id AND q.outcome = 'passed' AND q.number >= p.number),
         'gate:' || p.id || ':' || json_extract(e.data, '$.step') || ':' || json_extract(e.data, '$.attempt')
    FROM pipelines p CROSS JOIN events e ON e.pipeline_id = p.id CROSS JOIN events s ON s.pipeline_id = p.id
   WHERE e.kind = 'attempt_finished' AND json_extract(e.data, '$.outcome') = 'done'
     AND json_extract(e.data, '$.answer.verdict') = 'changes_requested'
     AND json_extract(e.data, '$.worker') IS NULL AND json_extract(s.data, '$.worker') IS NULL
     AND s.kind = 'attempt_started' AND json_extract(s.data, '$.step') = json_extract(e.data, '$.step')
     AND json_extract(s.data, '$.attempt') = json_extract(e.data, '$.attempt')
     AND EXISTS (SELECT 1 FROM events g, json_each(COALESCE(json_extract(g.data, '$.plan.steps'), json_extract(g.data, '$.steps'),
                   json_extract(g.data, '$.opening.kept.plan.steps'))) planned
                  WHERE g.pipeline_id = p.id AND g.kind IN ('opened', 'planned', 'steps_added')
                    AND json_extract(planned.value, '$.role') = json_extract(s.data, '$.role') AND json_extract(planned.value, '$.gate'))
     AND NOT EXISTS (SELECT 1 FROM task_returns r WHERE r.source =
                       'gate:' || p.id || ':' || json_extract(e.data, '$.step') || ':' || json_extract(e.data, '$.attempt'));
