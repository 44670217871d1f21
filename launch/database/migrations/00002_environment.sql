-- The Python environment of an attempt.

-- +goose Up
ALTER TABLE attempts ADD COLUMN environment TEXT NOT NULL DEFAULT ''; -- the hash of its lock; empty: none, or not known

-- +goose Down
ALTER TABLE attempts DROP COLUMN environment;
