-- What people say to one of a coordinator's workers.
ALTER TABLE messages ADD COLUMN worker INTEGER;       -- its number; null: the pipeline's own
