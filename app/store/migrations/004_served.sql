-- Whose a job is and how it stands behind others of the same, so that installations take turns.
ALTER TABLE jobs ADD COLUMN installation_id INTEGER NOT NULL DEFAULT 0;  -- 0: nobody's
ALTER TABLE jobs ADD COLUMN rank INTEGER NOT NULL DEFAULT 1;             -- 0 first, 2 last
UPDATE jobs SET installation_id = COALESCE(
  json_extract(data, '$.installation'),
  json_extract(data, '$.installation_id'),
  (SELECT installation_id FROM projects WHERE projects.id = COALESCE(
    json_extract(data, '$.repository.id'),
    (SELECT project_id FROM tasks WHERE tasks.id = json_extract(data, '$.task_id')),
    (SELECT project_id FROM pipelines JOIN tasks ON tasks.id = task_id WHERE pipelines.id = json_extract(data, '$.pipeline')))),
  0) WHERE done_at IS NULL;
CREATE INDEX idx_jobs_whose ON jobs(installation_id, rank, due_at) WHERE done_at IS NULL;
CREATE TABLE served (
  installation_id INTEGER PRIMARY KEY,
  nth INTEGER NOT NULL                       -- counts on with each job that is taken: whoever has the smallest is next
);
CREATE INDEX idx_served_nth ON served(nth);
