CREATE TABLE projects (
  id INTEGER PRIMARY KEY,                    -- GitHub's repository id: names change
  owner TEXT NOT NULL,
  name TEXT NOT NULL,
  owner_id INTEGER NOT NULL DEFAULT 0,
  default_branch TEXT NOT NULL DEFAULT 'main',
  installation_id INTEGER,                   -- NULL: not installed (any more)
  created_at TEXT NOT NULL
);

CREATE TABLE tasks (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  project_id INTEGER NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  issue INTEGER NOT NULL,
  title TEXT NOT NULL,
  url TEXT NOT NULL DEFAULT '',
  asked_by TEXT NOT NULL DEFAULT '',         -- login of the person who labeled it
  asked_by_id INTEGER NOT NULL DEFAULT 0,
  trigger_id TEXT,                           -- the last labeled event that was taken: it starts a task once
  snapshot TEXT,                             -- frozen issue, JSON (core/model/task.ts, Snapshot)
  status TEXT NOT NULL DEFAULT 'running' CHECK (status IN ('running','review','needs_info','blocked','done','cancelled')),
  status_reason TEXT NOT NULL DEFAULT '',
  category TEXT,
  branch TEXT,                               -- frozen at first use
  head_sha TEXT,                             -- the last commit that Kin made or adopted on its branch
  pr_number INTEGER,
  comment_id INTEGER,                        -- the status comment
  return_count INTEGER NOT NULL DEFAULT 0,
  published TEXT NOT NULL DEFAULT '{}',      -- what was last written to GitHub, JSON
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  UNIQUE (project_id, issue)
);
CREATE INDEX idx_tasks_pr ON tasks(project_id, pr_number);
CREATE INDEX idx_tasks_branch ON tasks(project_id, branch);
CREATE INDEX idx_tasks_updated ON tasks(updated_at);

CREATE TABLE pipelines (
  id TEXT PRIMARY KEY,
  task_id INTEGER NOT NULL REFERENCES tasks(id) ON DELETE CASCADE,
  number INTEGER NOT NULL,                   -- 1 for the task's first
  pipeline_type TEXT NOT NULL DEFAULT 'standard',
  parent_pipeline_id TEXT REFERENCES pipelines(id),
  department TEXT,
  route_type TEXT,
  state TEXT NOT NULL DEFAULT 'queued' CHECK (state IN ('queued','running','paused','finished')),
  outcome TEXT,                              -- once finished: core/model/event.ts, Outcome
  seq INTEGER NOT NULL DEFAULT 0,
  dispatches INTEGER NOT NULL DEFAULT 0,     -- how many runs were asked for
  run_id TEXT,
  run_attempt INTEGER,
  run_url TEXT,
  has_verdict_job INTEGER NOT NULL DEFAULT 0,
  lease_hash TEXT,                           -- SHA-256 of the run token
  lease_until INTEGER,                       -- milliseconds since the epoch
  lease_deadline INTEGER,                    -- the token is worth nothing after this
  usd REAL NOT NULL DEFAULT 0,
  tokens INTEGER NOT NULL DEFAULT 0,
  seconds REAL NOT NULL DEFAULT 0,
  created_at TEXT NOT NULL,
  completed_at TEXT,
  UNIQUE (task_id, number)
);
CREATE INDEX idx_pipelines_open ON pipelines(created_at, id) WHERE state <> 'finished';
CREATE INDEX idx_pipelines_created ON pipelines(created_at);
CREATE INDEX idx_pipelines_completed ON pipelines(completed_at);
CREATE INDEX idx_pipelines_parent ON pipelines(parent_pipeline_id) WHERE parent_pipeline_id IS NOT NULL;

-- Not WITHOUT ROWID: its rows are far larger than an index entry, which would make the tree deep and writing slow.
CREATE TABLE events (
  pipeline_id TEXT NOT NULL REFERENCES pipelines(id) ON DELETE CASCADE,
  seq INTEGER NOT NULL,                      -- 1, 2, 3 … without a gap
  kind TEXT NOT NULL,
  data TEXT NOT NULL,                        -- JSON (core/model/event.ts, EventData)
  at TEXT NOT NULL,
  PRIMARY KEY (pipeline_id, seq)
);

CREATE TABLE task_returns (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  task_id INTEGER NOT NULL REFERENCES tasks(id) ON DELETE CASCADE,
  return_number INTEGER NOT NULL,
  reason_category TEXT NOT NULL,
  reason_text TEXT,
  returned_by TEXT NOT NULL DEFAULT 'system',
  pipeline_id TEXT REFERENCES pipelines(id),
  returned_at TEXT NOT NULL,
  source TEXT NOT NULL,                      -- review:<id>, issue_comment:<id>, review_comment:<id>, gate:<pipeline>:<step>:<attempt>, pm:<pipeline>
  actor TEXT,                                -- login, for a person's
  pr_number INTEGER,
  findings TEXT NOT NULL DEFAULT '[]',       -- JSON (core/model/return.ts, Finding[])
  UNIQUE (task_id, return_number),
  UNIQUE (source)
);
CREATE INDEX idx_task_returns_task_id ON task_returns(task_id);
CREATE INDEX idx_task_returns_pipeline ON task_returns(pipeline_id);

CREATE TABLE messages (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  pipeline_id TEXT NOT NULL REFERENCES pipelines(id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  said_by TEXT NOT NULL,
  text TEXT NOT NULL,
  source TEXT NOT NULL UNIQUE,               -- what it came from: each is heard once
  at TEXT NOT NULL
);
CREATE INDEX idx_messages_pipeline ON messages(pipeline_id);

CREATE TABLE jobs (
  key TEXT PRIMARY KEY,                      -- what may happen once has one key
  kind TEXT NOT NULL,
  data TEXT NOT NULL DEFAULT '{}',
  due_at INTEGER NOT NULL DEFAULT 0,         -- milliseconds since the epoch
  revision INTEGER NOT NULL DEFAULT 1,       -- counts the times it was asked for again
  attempts INTEGER NOT NULL DEFAULT 0,
  lease INTEGER,                             -- taken until, milliseconds since the epoch
  error TEXT,
  done_at INTEGER,
  result TEXT
);
CREATE INDEX idx_jobs_due ON jobs(due_at) WHERE done_at IS NULL;

CREATE VIEW steps AS
  SELECT pipeline_id,
         json_extract(data, '$.step') AS step,
         json_extract(data, '$.attempt') AS attempt,
         MAX(CASE WHEN kind = 'attempt_started' THEN json_extract(data, '$.role') END) AS role,
         MAX(CASE WHEN kind = 'attempt_started' THEN json_extract(data, '$.model') END) AS model,
         SUM(kind = 'turn') AS turns,
         SUM(CASE WHEN kind = 'turn' THEN json_extract(data, '$.usd') END) AS usd,
         SUM(CASE WHEN kind = 'turn' THEN json_extract(data, '$.seconds') END) AS seconds,
         SUM(CASE WHEN kind = 'turn' THEN json_extract(data, '$.reply.usage.input') + json_extract(data, '$.reply.usage.output')
             + json_extract(data, '$.reply.usage.cache_read') + json_extract(data, '$.reply.usage.cache_write') END) AS tokens,
         MAX(CASE WHEN kind = 'attempt_finished' THEN json_extract(data, '$.outcome') END) AS outcome,
         MAX(CASE WHEN kind = 'attempt_finished' THEN json_extract(data, '$.answer.verdict') END) AS verdict,
         MIN(at) AS started_at,
         MAX(CASE WHEN kind = 'attempt_finished' THEN at END) AS finished_at
    FROM events
   WHERE kind IN ('attempt_started', 'turn', 'attempt_finished')
   GROUP BY pipeline_id, step, attempt;

CREATE VIEW runs AS
  SELECT pipeline_id, seq, json_extract(data, '$.run_id') AS run_id, json_extract(data, '$.run_attempt') AS run_attempt, at AS claimed_at
    FROM events WHERE kind = 'claimed';

CREATE VIEW pipeline_log AS
  SELECT pipeline_id, seq, at, kind,
         COALESCE(json_extract(data, '$.reason'), json_extract(data, '$.role'), json_extract(data, '$.limit'), '') AS message
    FROM events WHERE kind <> 'turn';
