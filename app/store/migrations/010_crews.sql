-- Workers are numbered anew in each attempt of a coordinator's: whose worker a person meant. Null: whoever is at work then.
ALTER TABLE messages ADD COLUMN step INTEGER;
ALTER TABLE messages ADD COLUMN attempt INTEGER;
