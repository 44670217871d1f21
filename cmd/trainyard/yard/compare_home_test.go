package yard

import (
	"os"
	"path/filepath"
	"testing"

	"trainyard/launch"
)

func write(tb testing.TB, path, content string) {
	tb.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		tb.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		tb.Fatal(err)
	}
}

// ended puts a run into the ledger that has succeeded.
func ended(tb testing.TB, l *launch.Ledger, id string, job launch.Job) {
	tb.Helper()
	run, err := l.Intend(tb.Context(), launch.Intent{ID: id, Job: job})
	if err != nil {
		tb.Fatal(err)
	}
	for _, s := range []launch.State{launch.Starting, launch.Running, launch.Succeeded} {
		if _, err := l.Advance(tb.Context(), id, run.N, launch.Change{To: s}); err != nil {
			tb.Fatal(err)
		}
	}
}
