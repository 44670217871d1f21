CREATE TABLE runs (
	id          TEXT NOT NULL PRIMARY KEY,
	recipe      TEXT NOT NULL,
	fingerprint TEXT NOT NULL,
	job         TEXT NOT NULL,             -- JSON; values of secrets left out
	created_ms  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE attempts (
	run         TEXT NOT NULL REFERENCES runs(id),
	n           INTEGER NOT NULL,
	state       TEXT NOT NULL,
	reason      TEXT NOT NULL DEFAULT '',
	handle      TEXT NOT NULL DEFAULT '',
	progress    TEXT NOT NULL DEFAULT '',
	started_ms  INTEGER,
	ended_ms    INTEGER,
	code        INTEGER,
	signal      INTEGER NOT NULL DEFAULT 0,
	cost        REAL,                      -- US dollars
	read_bytes  INTEGER NOT NULL DEFAULT 0, -- of the progress file, already in metrics
	PRIMARY KEY (run, n)
) STRICT, WITHOUT ROWID;
CREATE TABLE events (
	id      INTEGER PRIMARY KEY,
	run     TEXT NOT NULL REFERENCES runs(id),
	attempt INTEGER NOT NULL,
	at_ms   INTEGER NOT NULL,
	state   TEXT NOT NULL,
	text    TEXT NOT NULL
) STRICT;
CREATE INDEX events_by_run ON events(run, id);
CREATE TABLE metrics (
	run        TEXT NOT NULL REFERENCES runs(id),
	attempt    INTEGER NOT NULL,
	step       INTEGER NOT NULL,
	total      INTEGER NOT NULL,
	loss       REAL,
	eval_loss  REAL,
	lr         REAL,
	epoch      REAL,
	tokens_per_s REAL NOT NULL,
	tokens     INTEGER NOT NULL,
	elapsed_ms INTEGER NOT NULL,
	left_ms    INTEGER NOT NULL,
	diverged   INTEGER NOT NULL,
	PRIMARY KEY (run, attempt, step)
) STRICT, WITHOUT ROWID;
