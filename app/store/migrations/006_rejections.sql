-- Every rejection of work: the returns, and what gates rejected without a return. A view, so that journals of before count.
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
     AND s.kind = 'attempt_started' AND json_extract(s.data, '$.step') = json_extract(e.data, '$.step')
     AND json_extract(s.data, '$.attempt') = json_extract(e.data, '$.attempt')
     AND EXISTS (SELECT 1 FROM events g, json_each(COALESCE(json_extract(g.data, '$.plan.steps'), json_extract(g.data, '$.steps'),
                   json_extract(g.data, '$.opening.kept.plan.steps'))) planned
                  WHERE g.pipeline_id = p.id AND g.kind IN ('opened', 'planned', 'steps_added')
                    AND json_extract(planned.value, '$.role') = json_extract(s.data, '$.role') AND json_extract(planned.value, '$.gate'))
     AND NOT EXISTS (SELECT 1 FROM task_returns r WHERE r.source =
                       'gate:' || p.id || ':' || json_extract(e.data, '$.step') || ':' || json_extract(e.data, '$.attempt'));
