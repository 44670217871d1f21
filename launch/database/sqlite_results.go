package database

// resultsSchema keeps what evaluations found out about runs. Instances name their
// result by its number, and stand in order of their ids.
const resultsSchema = `
CREATE TABLE results (
	id          INTEGER PRIMARY KEY,
	run         TEXT NOT NULL REFERENCES runs(id),
	attempt     INTEGER,                   -- whose checkpoint was evaluated; NULL: not told
	benchmark   TEXT NOT NULL,
	split       TEXT NOT NULL DEFAULT '',  -- empty: not told, and so are the others
	scaffold    TEXT NOT NULL DEFAULT '',
	seed        INTEGER,
	step        INTEGER,
	model       TEXT NOT NULL DEFAULT '',
	metric      TEXT NOT NULL DEFAULT '',  -- of the scores of instances
	format      TEXT NOT NULL,
	file        TEXT NOT NULL,
	digest      TEXT NOT NULL,             -- SHA-256 of the source
	parts       INTEGER NOT NULL DEFAULT 0,
	aggregates  TEXT NOT NULL DEFAULT '[]', -- JSON
	notes       TEXT NOT NULL DEFAULT '[]', -- JSON
	imported_ms INTEGER NOT NULL,
	imported_by TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE UNIQUE INDEX results_by_key ON results (run, benchmark, split, scaffold, (coalesce(seed, -1)), (coalesce(step, -1)));
CREATE INDEX results_by_benchmark ON results (benchmark, split);
CREATE INDEX results_by_digest ON results (digest);
CREATE TABLE result_instances (
	result  INTEGER NOT NULL,              -- an id of results
	id      TEXT NOT NULL,                 -- as the benchmark names it
	verdict TEXT NOT NULL,                 -- empty: there is a score alone
	score   REAL,
	PRIMARY KEY (result, id)
) STRICT, WITHOUT ROWID;
`
