-- As before; a step that is tried in several ways has no conversation of its own, and its role all the same.
DROP VIEW steps;
CREATE VIEW steps AS
  SELECT pipeline_id,
         json_extract(data, '$.step') AS step,
         json_extract(data, '$.attempt') AS attempt,
         MAX(CASE WHEN kind IN ('attempt_started', 'led') AND json_extract(data, '$.worker') IS NULL THEN json_extract(data, '$.role') END) AS role,
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
   WHERE kind IN ('attempt_started', 'led', 'turn', 'attempt_finished')
   GROUP BY pipeline_id, step, attempt;
