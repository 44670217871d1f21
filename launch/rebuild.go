package launch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"trainyard/launch/database"
	"trainyard/launch/files"
)

// recordName is the file, in a run's directory, with what the ledger knows of a
// run before it starts: enough to make the ledger anew.
const recordName = "run.json"

// A runRecord is the content of recordName. It holds no value of a secret.
type runRecord struct {
	ID        string    `json:"id"`
	CreatedAt time.Time `json:"created_at"`
	CreatedBy string    `json:"created_by,omitempty"`
	Job       Job       `json:"job"`
	Progress  string    `json:"progress_file"`
	Output    string    `json:"output_dir"`
}

func (l *Launcher) remember(run Run) error {
	record := runRecord{ID: run.ID, CreatedAt: run.CreatedAt, CreatedBy: run.CreatedBy, Job: run.Job, Progress: run.Progress, Output: run.Output}
	if err := files.WriteJSON(l.runDir(run.ID), recordName, record); err != nil {
		return fmt.Errorf("start run %s: %w", run.ID, err)
	}
	return nil
}

// Inspect looks through the whole ledger, and returns ErrDamaged where a part of it
// is broken or missing.
func Inspect(ctx context.Context, file string) error {
	l, err := OpenLedger(file)
	if err != nil {
		return err
	}
	defer l.Close()
	return l.db.Check(ctx)
}

// SetAside moves a damaged ledger out of the way, so that OpenLedger makes a new
// one. It returns the name that the damaged file has from then on; empty where
// there was none.
func SetAside(file string) (aside string, err error) {
	aside = fmt.Sprintf("%s.damaged-%s", file, time.Now().UTC().Format("20060102T150405"))
	err = os.Rename(file, aside)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	for _, part := range []string{"-wal", "-shm"} {
		if e := os.Rename(file+part, aside+part); e != nil && !errors.Is(e, fs.ErrNotExist) {
			err = errors.Join(err, e)
		}
	}
	return aside, err
}

// Rebuild adds the runs that have a directory below Home and are not in the
// ledger: one that was lost, damaged or truncated is made anew this way. What the
// directories tell comes back, states, times and curves; the history of each run
// and its cost do not. It returns the ids of the runs added. A directory that
// cannot be read is an error beside them.
func (l *Launcher) Rebuild(ctx context.Context) (added []string, err error) {
	entries, err := os.ReadDir(filepath.Join(l.Home, "runs"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var faults []error
	for _, e := range entries {
		if !runName.MatchString(e.Name()) {
			continue
		}
		new, err := l.restore(ctx, e.Name())
		if new {
			added = append(added, e.Name())
		}
		faults = append(faults, err)
	}
	return added, errors.Join(append(faults, err)...)
}

// runName matches the ids of runs, which name their directories.
var runName = regexp.MustCompile(`^[0-9a-f-]{8,64}$`)

// restore puts one run into the ledger, with every attempt that has a directory,
// as if it had just been started; Refresh finds out the rest.
func (l *Launcher) restore(ctx context.Context, id string) (added bool, err error) {
	if _, err := l.Ledger.Run(ctx, id); err == nil || !errors.Is(err, ErrNoRun) {
		return false, err
	}
	record, err := l.recall(id)
	if err != nil {
		return false, err
	}
	attempts, err := filepath.Glob(filepath.Join(l.runDir(id), "attempt-*"))
	if err != nil {
		return false, err
	}
	return true, l.Ledger.restore(ctx, record, l.origin(), max(1, len(attempts)))
}

// recall reads the record of a run. One that an earlier trainyard started has
// none: of its job, no more is known than what its trainer was given.
func (l *Launcher) recall(id string) (runRecord, error) {
	record := runRecord{ID: id, Progress: "out/trainer_log.jsonl", Output: "out", Job: Job{Recipe: "unknown", Trainer: "unknown", Backend: "local"}}
	if info, err := os.Stat(l.runDir(id)); err == nil {
		record.CreatedAt = info.ModTime()
	}
	found, err := files.ReadJSON(l.runDir(id), recordName, &record)
	if err != nil {
		return record, fmt.Errorf("run %s: %w", id, err)
	}
	if !found {
		_, _ = files.ReadJSON(filepath.Join(l.runDir(id), "attempt-1"), "job.json", &record.Job)
	}
	record.ID = id
	return record, nil
}

// restore writes a run whose attempts stand as starting: each is then adopted, or
// found never started, as after a crash of its launcher.
func (l *Ledger) restore(ctx context.Context, r runRecord, home string, attempts int) error {
	job, err := json.Marshal(r.Job)
	if err != nil {
		return fmt.Errorf("run %s: %w", r.ID, err)
	}
	return l.update(ctx, func(tx *database.Tx) error {
		run := Run{ID: r.ID, CreatedAt: r.CreatedAt, CreatedBy: r.CreatedBy, Home: home, Job: r.Job}
		if err := insertRun(tx, run, string(job)); err != nil {
			return err
		}
		for n := 1; n <= attempts; n++ {
			a := Attempt{N: n, State: Starting, Progress: r.Progress, Output: r.Output}
			if err := insertAttempt(tx, r.ID, a); err != nil {
				return err
			}
			if err := insertEvent(tx, r.ID, n, time.Now(), Starting, "restored from its directory"); err != nil {
				return err
			}
		}
		return nil
	})
}
