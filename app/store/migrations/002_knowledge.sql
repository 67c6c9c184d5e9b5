-- What a task hands over and waits for, how it completes, and what the project knows.
ALTER TABLE projects ADD COLUMN project_type TEXT DEFAULT NULL;      -- as the config last had it
ALTER TABLE projects ADD COLUMN execution_mode TEXT DEFAULT NULL;    -- NULL: by the kind of work
ALTER TABLE projects ADD COLUMN tech_stack TEXT NOT NULL DEFAULT '[]';

ALTER TABLE tasks ADD COLUMN task_type TEXT NOT NULL DEFAULT 'standard';
ALTER TABLE tasks ADD COLUMN parent_task_id INTEGER DEFAULT NULL REFERENCES tasks(id) ON DELETE SET NULL;
ALTER TABLE tasks ADD COLUMN brief TEXT DEFAULT NULL;                -- a return_analyst's, in force in place of the issue's text
ALTER TABLE tasks ADD COLUMN analysed_return INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tasks ADD COLUMN returns_at_last_done INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tasks ADD COLUMN execution_mode TEXT DEFAULT NULL;       -- kin:auto, /kin mode
ALTER TABLE tasks ADD COLUMN hold INTEGER NOT NULL DEFAULT 0;        -- kin:hold: plans wait for approval
ALTER TABLE tasks ADD COLUMN smoke_test_result TEXT DEFAULT NULL;    -- JSON, the smoke_tester's last answer
ALTER TABLE tasks ADD COLUMN waits_for TEXT DEFAULT NULL;            -- JSON, issue numbers that carry the task on
ALTER TABLE tasks ADD COLUMN followed_up TEXT DEFAULT NULL;          -- what became of them
ALTER TABLE tasks ADD COLUMN approval TEXT DEFAULT NULL;             -- JSON {by, sha, at}
CREATE INDEX idx_tasks_waiting ON tasks(project_id) WHERE waits_for IS NOT NULL;
CREATE INDEX idx_tasks_parent ON tasks(parent_task_id) WHERE parent_task_id IS NOT NULL;

CREATE TABLE decisions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  project_id INTEGER NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  type TEXT NOT NULL DEFAULT 'convention',   -- gotcha, workaround, convention
  title TEXT NOT NULL,
  title_key TEXT NOT NULL,                   -- lower case, single blanks: a title stands once
  description TEXT NOT NULL DEFAULT '',
  status TEXT NOT NULL DEFAULT 'proposed' CHECK (status IN ('proposed','active','rejected')),
  source TEXT NOT NULL DEFAULT '',
  decided_by TEXT DEFAULT NULL,
  created_at TEXT NOT NULL,
  UNIQUE (project_id, title_key)
);
CREATE INDEX idx_decisions_active ON decisions(project_id, id) WHERE status = 'active';

CREATE TABLE modules (
  project_id INTEGER NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  path TEXT NOT NULL,
  description TEXT NOT NULL DEFAULT '',
  source TEXT NOT NULL DEFAULT 'config',     -- config, or the architect's step that named it
  PRIMARY KEY (project_id, name)
);
