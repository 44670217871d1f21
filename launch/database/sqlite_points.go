package database

import "strings"

// pointsSchema keeps figures by key in place of four columns. A series is one key
// of one beginning of an attempt's log; its newest figure stands beside it. Points
// name no table that they belong to, since it would be looked up for each.
var pointsSchema = `
CREATE TABLE series (
	id         INTEGER PRIMARY KEY,
	run        TEXT NOT NULL REFERENCES runs(id),
	attempt    INTEGER NOT NULL,
	segment    INTEGER NOT NULL,
	key        TEXT NOT NULL,    -- as the trainer named it
	first_step INTEGER NOT NULL,
	last_step  INTEGER NOT NULL,
	last       REAL,             -- the figure of last_step; NULL is NaN, which SQLite does not have
	UNIQUE (run, attempt, segment, key)
) STRICT;
CREATE TABLE points (
	series INTEGER NOT NULL,     -- an id of series
	step   INTEGER NOT NULL,
	value  REAL,                 -- NULL is NaN
	PRIMARY KEY (series, step)
) STRICT, WITHOUT ROWID;
ALTER TABLE attempts ADD COLUMN tokens INTEGER NOT NULL DEFAULT 0; -- as the trainer counts them; 0: not told
UPDATE attempts SET tokens = coalesce((SELECT max(m.tokens) FROM metrics m WHERE m.run = attempts.run AND m.attempt = attempts.n), 0);
CREATE TABLE old_lines AS
	SELECT m.run, m.attempt, a.segment, ` + lineColumns("m.") + ` FROM metrics m JOIN attempts a ON a.run = m.run AND a.n = m.attempt
	UNION ALL SELECT run, attempt, segment, ` + lineColumns("") + ` FROM earlier_metrics;
CREATE TABLE old_points (run, attempt, segment, step, key, value REAL);
` + oldPoints + `
INSERT INTO series (run, attempt, segment, key, first_step, last_step)
	SELECT run, attempt, segment, key, min(step), max(step) FROM old_points GROUP BY run, attempt, segment, key;
INSERT INTO points SELECT s.id, o.step, o.value FROM old_points o
	JOIN series s ON s.run = o.run AND s.attempt = o.attempt AND s.segment = o.segment AND s.key = o.key ORDER BY s.id, o.step;
UPDATE series SET last = (SELECT p.value FROM points p WHERE p.series = series.id AND p.step = series.last_step);
DROP TABLE old_points;
DROP TABLE old_lines;
DROP TABLE metrics;
DROP TABLE earlier_metrics;
-- For people and other programs.
CREATE VIEW metrics AS SELECT s.run, s.attempt, s.segment, s.key, p.step, p.value FROM series s JOIN points p ON p.series = s.id;
`

func lineColumns(table string) string {
	columns := []string{"step", "loss", "eval_loss", "lr", "epoch", "tokens_per_s", "tokens", "elapsed_ms", "left_ms", "diverged", "grad_norm"}
	return table + strings.Join(columns, ", "+table)
}

// oldPoints takes the columns apart, by LLaMA-Factory's names for them. Of a loss
// that was no number, which of the three words it was is not known any more: NaN.
var oldPoints = func() (all string) {
	for _, c := range [][3]string{
		{"loss", "loss", "loss IS NOT NULL"},
		{"loss", "NULL", "diverged AND loss IS NULL AND eval_loss IS NULL AND coalesce(grad_norm, '') <> 'NaN'"},
		{"eval_loss", "eval_loss", "eval_loss IS NOT NULL"},
		{"lr", "lr", "lr IS NOT NULL"},
		{"epoch", "epoch", "epoch IS NOT NULL"},
		{"throughput", "tokens_per_s", "tokens_per_s > 0"},
		{"total_tokens", "tokens", "tokens > 0"},
		{"elapsed_time", "elapsed_ms / 1000.0", "elapsed_ms > 0"},
		{"remaining_time", "left_ms / 1000.0", "left_ms > 0"},
		{"grad_norm", "CASE grad_norm WHEN 'NaN' THEN NULL WHEN '+Inf' THEN 9e999 WHEN '-Inf' THEN -9e999 ELSE grad_norm END", "grad_norm IS NOT NULL"},
	} {
		all += "INSERT INTO old_points SELECT run, attempt, segment, step, '" + c[0] + "', " + c[1] + " FROM old_lines WHERE " + c[2] + ";\n"
	}
	return all
}()
