-- The run that the run of an evaluation is about.

-- +goose Up
ALTER TABLE runs ADD COLUMN evaluates TEXT;
CREATE INDEX runs_by_evaluates ON runs (evaluates) WHERE evaluates IS NOT NULL;

-- +goose Down
DROP INDEX runs_by_evaluates;
ALTER TABLE runs DROP COLUMN evaluates;
