-- What became known of each task (core/model/fact.ts): `tasks` and `task_returns` are what these fold into.
CREATE TABLE task_events (
  task_id INTEGER NOT NULL REFERENCES tasks(id) ON DELETE CASCADE,
  seq INTEGER NOT NULL,                      -- 1, 2, 3 … without a gap
  kind TEXT NOT NULL,
  data TEXT NOT NULL,                        -- JSON (core/model/fact.ts, Fact)
  at TEXT NOT NULL,
  PRIMARY KEY (task_id, seq)
);
ALTER TABLE tasks ADD COLUMN seq INTEGER NOT NULL DEFAULT 0;           -- how many of them: whoever states one names the last that they knew
ALTER TABLE tasks ADD COLUMN last_pipeline INTEGER NOT NULL DEFAULT 0; -- the number of the latest that is no dry run
UPDATE tasks SET last_pipeline = COALESCE(
  (SELECT MAX(number) FROM pipelines p JOIN events e ON e.pipeline_id = p.id AND e.seq = 1
    WHERE p.task_id = tasks.id AND NOT COALESCE(json_extract(e.data, '$.opening.dry_run'), 0)), 0);
-- A task of before begins with how it was found.
INSERT INTO task_events (task_id, seq, kind, data, at)
SELECT t.id, 1, 'found', json_object('kind', 'found', 'row', json_object(
    'project_id', project_id, 'issue', issue, 'title', title, 'url', url, 'asked_by', asked_by, 'asked_by_id', asked_by_id,
    'trigger_id', trigger_id, 'snapshot', CASE WHEN json_valid(snapshot) THEN json(snapshot) END,
    'status', status, 'status_reason', status_reason, 'category', category, 'branch', branch, 'head_sha', head_sha,
    'pr_number', pr_number, 'return_count', return_count, 'task_type', task_type, 'parent_task_id', parent_task_id,
    'brief', brief, 'analysed_return', analysed_return, 'returns_at_last_done', returns_at_last_done,
    'execution_mode', execution_mode, 'hold', hold,
    'smoke_test_result', CASE WHEN json_valid(smoke_test_result) THEN json(smoke_test_result) END,
    'waits_for', CASE WHEN json_valid(waits_for) THEN json(waits_for) END, 'followed_up', followed_up,
    'approval', CASE WHEN json_valid(approval) THEN json(approval) END, 'last_pipeline', last_pipeline),
  'returns', (SELECT json_group_array(json(one)) FROM (
      SELECT json_object('reason_category', reason_category, 'reason_text', reason_text, 'returned_by', returned_by,
               'pipeline_id', pipeline_id, 'source', source, 'actor', actor, 'pr_number', r.pr_number,
               'findings', CASE WHEN json_valid(findings) THEN json(findings) ELSE json('[]') END) AS one
        FROM task_returns r WHERE r.task_id = t.id ORDER BY return_number))), t.updated_at
  FROM tasks t;
UPDATE tasks SET seq = 1;
