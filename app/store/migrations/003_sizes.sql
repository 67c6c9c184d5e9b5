-- How large a pipeline's journal is, so that none grows without an end.
ALTER TABLE pipelines ADD COLUMN size INTEGER NOT NULL DEFAULT 0;    -- core/model/journal-size.ts
UPDATE pipelines SET size = (SELECT COALESCE(SUM(LENGTH(data)), 0) FROM events WHERE events.pipeline_id = pipelines.id);
