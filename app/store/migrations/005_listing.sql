-- Tasks are looked for by state and repository, the latest first, without reading rows, whose snapshots are large; and
-- repositories by name.
DROP INDEX idx_tasks_updated;
CREATE INDEX idx_tasks_listed ON tasks(updated_at, id, status, project_id);
CREATE INDEX idx_projects_name ON projects(owner, name);
