-- A push names a commit, and nothing looks a task up by its branch.
DROP INDEX idx_tasks_branch;
CREATE INDEX idx_tasks_head ON tasks(project_id, head_sha);
