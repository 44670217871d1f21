-- What stood in the words of reasons and of the history alone.

-- +goose Up
ALTER TABLE attempts ADD COLUMN never_started BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE attempts ADD COLUMN verdict TEXT NOT NULL DEFAULT '';
UPDATE attempts SET never_started = true
WHERE state = 'failed' AND substr(reason, 1, 70) = 'never started: the trainyard that was starting it died before it could';
UPDATE attempts SET verdict = (
	SELECT substr(e.text, 20) FROM events e
	WHERE e.run = attempts.run AND e.attempt = attempts.n AND substr(e.text, 1, 19) = 'stopped by a rule: ' ORDER BY e.id LIMIT 1)
WHERE EXISTS (SELECT 1 FROM events e WHERE e.run = attempts.run AND e.attempt = attempts.n AND substr(e.text, 1, 19) = 'stopped by a rule: ');

-- +goose Down
ALTER TABLE attempts DROP COLUMN verdict;
ALTER TABLE attempts DROP COLUMN never_started;
