package database

// schemas[i] takes an SQLite ledger from version i to i+1. An entry that was
// released never changes; a new shape is a new entry, and one in migrations too,
// where PostgreSQL has the same tables.
var schemas = []string{`
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
`, `
-- The newest figures stand beside the attempt, so that a list of runs walks no
-- curve; metrics holds the newest segment of a log, earlier_metrics the ones
-- that were deleted and begun anew.
ALTER TABLE attempts ADD COLUMN output TEXT NOT NULL DEFAULT 'out';
ALTER TABLE attempts ADD COLUMN place TEXT NOT NULL DEFAULT '{}'; -- JSON; takes the place of read_bytes
ALTER TABLE attempts ADD COLUMN heard INTEGER NOT NULL DEFAULT 0; -- it ended, and all is read
ALTER TABLE attempts ADD COLUMN segment INTEGER NOT NULL DEFAULT 0;
ALTER TABLE attempts ADD COLUMN step INTEGER NOT NULL DEFAULT 0;
ALTER TABLE attempts ADD COLUMN total INTEGER NOT NULL DEFAULT 0;
ALTER TABLE attempts ADD COLUMN loss REAL;
ALTER TABLE attempts ADD COLUMN eval_loss REAL;
ALTER TABLE attempts ADD COLUMN tokens_per_s REAL NOT NULL DEFAULT 0;
ALTER TABLE attempts ADD COLUMN elapsed_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE attempts ADD COLUMN left_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE attempts ADD COLUMN told_ms INTEGER;                  -- when the newest figure was written
ALTER TABLE attempts ADD COLUMN diverged_step INTEGER;            -- the first; NULL is none
ALTER TABLE attempts ADD COLUMN unread INTEGER NOT NULL DEFAULT 0; -- lines that were not understood
ALTER TABLE attempts ADD COLUMN unread_example TEXT NOT NULL DEFAULT '';
ALTER TABLE attempts ADD COLUMN trouble TEXT NOT NULL DEFAULT ''; -- what could not be read, and why
ALTER TABLE metrics ADD COLUMN grad_norm ANY;                     -- a number, or NaN and the like as text
CREATE TABLE earlier_metrics (
	run        TEXT NOT NULL REFERENCES runs(id),
	attempt    INTEGER NOT NULL,
	segment    INTEGER NOT NULL,
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
	grad_norm  ANY,
	PRIMARY KEY (run, attempt, segment, step)
) STRICT, WITHOUT ROWID;
UPDATE attempts SET heard = 1 WHERE state IN ('succeeded', 'failed', 'cancelled');
UPDATE attempts SET place = json_object('progress', json_object('at', read_bytes), 'told', json('true')) WHERE read_bytes > 0;
UPDATE attempts SET step = m.step, total = m.total, tokens_per_s = m.tokens_per_s, elapsed_ms = m.elapsed_ms, left_ms = m.left_ms
FROM (SELECT run, attempt, max(step) AS step, total, tokens_per_s, elapsed_ms, left_ms FROM metrics GROUP BY run, attempt) m
WHERE m.run = attempts.run AND m.attempt = attempts.n;
UPDATE attempts SET loss = m.loss
FROM (SELECT run, attempt, max(step), loss FROM metrics WHERE loss IS NOT NULL GROUP BY run, attempt) m
WHERE m.run = attempts.run AND m.attempt = attempts.n;
UPDATE attempts SET eval_loss = m.eval_loss
FROM (SELECT run, attempt, max(step), eval_loss FROM metrics WHERE eval_loss IS NOT NULL GROUP BY run, attempt) m
WHERE m.run = attempts.run AND m.attempt = attempts.n;
UPDATE attempts SET diverged_step = m.step
FROM (SELECT run, attempt, min(step) AS step FROM metrics WHERE diverged GROUP BY run, attempt) m
WHERE m.run = attempts.run AND m.attempt = attempts.n;
`, `
-- Several attempts to a run, what each costs, and who asked for it.
ALTER TABLE runs ADD COLUMN created_by TEXT NOT NULL DEFAULT ''; -- user name; empty: not known
ALTER TABLE runs ADD COLUMN home TEXT NOT NULL DEFAULT '';       -- machine and state directory; empty: not known
ALTER TABLE runs ADD COLUMN sweep TEXT;                          -- NULL: none
ALTER TABLE attempts ADD COLUMN gpu TEXT NOT NULL DEFAULT '';    -- kind
ALTER TABLE attempts ADD COLUMN gpus INTEGER NOT NULL DEFAULT 0; -- 0: not known
ALTER TABLE attempts ADD COLUMN price REAL;                      -- US dollars an hour for all of it; NULL: not known
ALTER TABLE attempts ADD COLUMN limit_ms INTEGER NOT NULL DEFAULT 0; -- the longest it may be paid for; 0: not known
ALTER TABLE attempts ADD COLUMN asked_ms INTEGER;                -- a place was asked for, and is paid from then on
ALTER TABLE attempts ADD COLUMN ready_ms INTEGER;                -- the place was ready
ALTER TABLE attempts ADD COLUMN saved_step INTEGER;              -- of the newest whole checkpoint
ALTER TABLE attempts ADD COLUMN resumed_from TEXT NOT NULL DEFAULT ''; -- a checkpoint
ALTER TABLE attempts ADD COLUMN resumed_step INTEGER;            -- its step
UPDATE attempts SET gpus = (SELECT coalesce(json_extract(r.job, '$.gpus'), 0) FROM runs r WHERE r.id = attempts.run AND json_valid(r.job))
WHERE EXISTS (SELECT 1 FROM runs r WHERE r.id = attempts.run AND json_valid(r.job) AND json_type(r.job, '$.gpus') = 'integer');
`, pointsSchema, `
ALTER TABLE attempts ADD COLUMN environment TEXT NOT NULL DEFAULT ''; -- the hash of its lock; empty: none, or not known
`, resultsSchema, `
-- What a run is a cell of, and the sweeps that were stopped.
ALTER TABLE runs ADD COLUMN cell TEXT;                           -- NULL: not known
CREATE INDEX runs_by_cell ON runs (cell) WHERE cell IS NOT NULL;
CREATE INDEX runs_by_sweep ON runs (sweep) WHERE sweep IS NOT NULL;
CREATE TABLE sweeps (
	name       TEXT NOT NULL PRIMARY KEY,
	stopped_ms INTEGER                       -- NULL: it may go on
) STRICT, WITHOUT ROWID;
`, `
-- The run that the run of an evaluation is about.
ALTER TABLE runs ADD COLUMN evaluates TEXT;                      -- NULL: it trains
CREATE INDEX runs_by_evaluates ON runs (evaluates) WHERE evaluates IS NOT NULL;
`, `
ALTER TABLE results ADD COLUMN asked INTEGER NOT NULL DEFAULT 0; -- how many instances were to be judged; 0: not told
`, `
-- What stood in the words of reasons and of the history alone.
ALTER TABLE attempts ADD COLUMN never_started INTEGER NOT NULL DEFAULT 0; -- the process that was to start it died before it could
ALTER TABLE attempts ADD COLUMN verdict TEXT NOT NULL DEFAULT '';         -- of the rule of a sweep that ended it; empty: none
UPDATE attempts SET never_started = 1
WHERE state = 'failed' AND substr(reason, 1, 70) = 'never started: the trainyard that was starting it died before it could';
UPDATE attempts SET verdict = (
	SELECT substr(e.text, 20) FROM events e
	WHERE e.run = attempts.run AND e.attempt = attempts.n AND substr(e.text, 1, 19) = 'stopped by a rule: ' ORDER BY e.id LIMIT 1)
WHERE EXISTS (SELECT 1 FROM events e WHERE e.run = attempts.run AND e.attempt = attempts.n AND substr(e.text, 1, 19) = 'stopped by a rule: ');
`}
