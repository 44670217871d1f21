-- The tables of SQLite's schema 4. A file that was released never changes; a new
-- shape is a new file, and a new entry of SQLite's schemas.

-- +goose Up
CREATE TABLE runs (
	id          TEXT NOT NULL PRIMARY KEY,
	recipe      TEXT NOT NULL,
	fingerprint TEXT NOT NULL,
	job         TEXT NOT NULL,
	created_ms  BIGINT NOT NULL,
	created_by  TEXT NOT NULL DEFAULT '',
	home        TEXT NOT NULL DEFAULT '',
	sweep       TEXT
);
CREATE INDEX runs_by_time ON runs (created_ms);
CREATE TABLE attempts (
	run           TEXT NOT NULL REFERENCES runs (id),
	n             BIGINT NOT NULL,
	state         TEXT NOT NULL,
	reason        TEXT NOT NULL DEFAULT '',
	handle        TEXT NOT NULL DEFAULT '',
	progress      TEXT NOT NULL DEFAULT '',
	output        TEXT NOT NULL DEFAULT 'out',
	started_ms    BIGINT,
	ended_ms      BIGINT,
	code          BIGINT,
	signal        BIGINT NOT NULL DEFAULT 0,
	cost          DOUBLE PRECISION,
	place         TEXT NOT NULL DEFAULT '{}',
	heard         BOOLEAN NOT NULL DEFAULT false,
	segment       BIGINT NOT NULL DEFAULT 0,
	step          BIGINT NOT NULL DEFAULT 0,
	total         BIGINT NOT NULL DEFAULT 0,
	loss          DOUBLE PRECISION,
	eval_loss     DOUBLE PRECISION,
	tokens_per_s  DOUBLE PRECISION NOT NULL DEFAULT 0,
	tokens        BIGINT NOT NULL DEFAULT 0,
	elapsed_ms    BIGINT NOT NULL DEFAULT 0,
	left_ms       BIGINT NOT NULL DEFAULT 0,
	told_ms       BIGINT,
	diverged_step BIGINT,
	unread        BIGINT NOT NULL DEFAULT 0,
	unread_example TEXT NOT NULL DEFAULT '',
	trouble       TEXT NOT NULL DEFAULT '',
	gpu           TEXT NOT NULL DEFAULT '',
	gpus          BIGINT NOT NULL DEFAULT 0,
	price         DOUBLE PRECISION,
	limit_ms      BIGINT NOT NULL DEFAULT 0,
	asked_ms      BIGINT,
	ready_ms      BIGINT,
	saved_step    BIGINT,
	resumed_from  TEXT NOT NULL DEFAULT '',
	resumed_step  BIGINT,
	PRIMARY KEY (run, n)
);
CREATE TABLE events (
	id      BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	run     TEXT NOT NULL REFERENCES runs (id),
	attempt BIGINT NOT NULL,
	at_ms   BIGINT NOT NULL,
	state   TEXT NOT NULL,
	text    TEXT NOT NULL
);
CREATE INDEX events_by_run ON events (run, id);
CREATE TABLE series (
	id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	run        TEXT NOT NULL REFERENCES runs (id),
	attempt    BIGINT NOT NULL,
	segment    BIGINT NOT NULL,
	key        TEXT NOT NULL,
	first_step BIGINT NOT NULL,
	last_step  BIGINT NOT NULL,
	last       DOUBLE PRECISION,
	UNIQUE (run, attempt, segment, key)
);
CREATE TABLE points (
	series BIGINT NOT NULL,
	step   BIGINT NOT NULL,
	value  DOUBLE PRECISION,
	PRIMARY KEY (series, step)
);
CREATE VIEW metrics AS SELECT s.run, s.attempt, s.segment, s.key, p.step, p.value FROM series s JOIN points p ON p.series = s.id;

-- +goose Down
DROP VIEW metrics;
DROP TABLE points;
DROP TABLE series;
DROP TABLE events;
DROP TABLE attempts;
DROP TABLE runs;
