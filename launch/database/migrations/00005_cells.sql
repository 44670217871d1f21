-- What a run is a cell of, and the sweeps that were stopped.

-- +goose Up
ALTER TABLE runs ADD COLUMN cell TEXT;
CREATE INDEX runs_by_cell ON runs (cell) WHERE cell IS NOT NULL;
CREATE INDEX runs_by_sweep ON runs (sweep) WHERE sweep IS NOT NULL;
CREATE TABLE sweeps (
	name       TEXT NOT NULL PRIMARY KEY,
	stopped_ms BIGINT
);

-- +goose Down
DROP TABLE sweeps;
DROP INDEX runs_by_sweep;
DROP INDEX runs_by_cell;
ALTER TABLE runs DROP COLUMN cell;
