-- What evaluations found out about runs.

-- +goose Up
CREATE TABLE results (
	id          BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	run         TEXT NOT NULL REFERENCES runs (id),
	attempt     BIGINT,
	benchmark   TEXT NOT NULL,
	split       TEXT NOT NULL DEFAULT '',
	scaffold    TEXT NOT NULL DEFAULT '',
	seed        BIGINT,
	step        BIGINT,
	model       TEXT NOT NULL DEFAULT '',
	metric      TEXT NOT NULL DEFAULT '',
	format      TEXT NOT NULL,
	file        TEXT NOT NULL,
	digest      TEXT NOT NULL,
	parts       BIGINT NOT NULL DEFAULT 0,
	aggregates  TEXT NOT NULL DEFAULT '[]',
	notes       TEXT NOT NULL DEFAULT '[]',
	imported_ms BIGINT NOT NULL,
	imported_by TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX results_by_key ON results (run, benchmark, split, scaffold, (coalesce(seed, -1)), (coalesce(step, -1)));
CREATE INDEX results_by_benchmark ON results (benchmark, split);
CREATE INDEX results_by_digest ON results (digest);
CREATE TABLE result_instances (
	result  BIGINT NOT NULL,
	id      TEXT NOT NULL,
	verdict TEXT NOT NULL,
	score   DOUBLE PRECISION,
	PRIMARY KEY (result, id)
);

-- +goose Down
DROP TABLE result_instances;
DROP TABLE results;
