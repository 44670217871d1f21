package database

import (
	"errors"
	"path/filepath"
	"testing"

	"trainyard/launch/database/postgrestest"
)

// earlier are a ledger of each engine as it was before attempts said in fields what their
// words say, and how it is opened again, which brings it up to date.
func earlier(t *testing.T) map[string]func() (*DB, error) {
	t.Helper()
	file, address := filepath.Join(t.TempDir(), "runs.db"), postgrestest.Start(t)
	opens := map[string]func() (*DB, error){
		"SQLite":     func() (*DB, error) { return SQLite{File: file}.Open() },
		"PostgreSQL": func() (*DB, error) { return OpenPostgres(t.Context(), address) },
	}
	back := map[string]string{"SQLite": "PRAGMA user_version = 9", "PostgreSQL": "DELETE FROM " + versionTable + " WHERE version_id >= 8"}
	for name, open := range opens {
		d, err := open()
		if err != nil {
			t.Fatal(err)
		}
		err = errors.Join(oldRows(t, d), d.Exec(t.Context(), "ALTER TABLE attempts DROP COLUMN never_started"), d.Exec(t.Context(), "ALTER TABLE attempts DROP COLUMN verdict"),
			d.Exec(t.Context(), back[name]), d.Close())
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	return opens
}

// wordsOf are the reasons and the histories of attempts, and what they mean.
var wordsOf = []struct {
	run, state, reason string
	events             []string
	never              bool
	verdict            string
}{
	{run: "a", state: "failed", reason: "never started: the trainyard that was starting it died before it could", never: true},
	{run: "b", state: "failed", reason: "never started: no stock"},
	{run: "c", state: "cancelled", reason: "stopped on request; exited with code 143", events: []string{"started", "stopped by a rule: its loss is no finite number", "stopped by a rule: again"}, verdict: "its loss is no finite number"},
	{run: "d", state: "lost", reason: "never started: the trainyard that was starting it died before it could"},
	{run: "e", state: "failed", reason: "said of it: stopped by a rule: none", events: []string{"said of it: stopped by a rule: none"}},
}

func oldRows(t *testing.T, d *DB) error {
	return d.Update(t.Context(), func(tx *Tx) error {
		for _, w := range wordsOf {
			_, err := tx.Exec("INSERT INTO runs (id, recipe, fingerprint, job, created_ms) VALUES (?, '', '', '{}', 0)", w.run)
			if err == nil {
				_, err = tx.Exec("INSERT INTO attempts (run, n, state, reason) VALUES (?, 1, ?, ?)", w.run, w.state, w.reason)
			}
			if err == nil {
				_, err = tx.Exec("INSERT INTO attempts (run, n, state, reason) VALUES (?, 2, 'running', '')", w.run)
			}
			for _, text := range w.events {
				if err == nil {
					_, err = tx.Exec("INSERT INTO events (run, attempt, at_ms, state, text) VALUES (?, 1, 0, 'running', ?)", w.run, text)
				}
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func TestWhatWordsSaidOfOldAttemptsIsInFieldsOnceOverBothEngines(t *testing.T) {
	for name, open := range earlier(t) {
		for range 2 { // and nothing more at the next time
			d, err := open()
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			for _, w := range wordsOf {
				var never, second bool
				var verdict, other string
				err := errors.Join(d.QueryRow(t.Context(), "SELECT never_started, verdict FROM attempts WHERE run = ? AND n = 1", w.run).Scan(&never, &verdict),
					d.QueryRow(t.Context(), "SELECT never_started, verdict FROM attempts WHERE run = ? AND n = 2", w.run).Scan(&second, &other))
				if err != nil || never != w.never || verdict != w.verdict || second || other != "" {
					t.Errorf("%s: run %s: %v %q, and of its second attempt %v %q, %v", name, w.run, never, verdict, second, other, err)
				}
			}
			if err := d.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}
