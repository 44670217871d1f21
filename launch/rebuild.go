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
	"strconv"
	"time"

	"trainyard/launch/database"
	"trainyard/launch/files"
	"trainyard/launch/redact"
	"trainyard/launch/task"
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

// An attemptRecord is what the ledger knows of an attempt before it starts, in a
// file of the run's directory: that of the attempt is the backend's to make.
type attemptRecord struct {
	Progress string `json:"progress_file"`
	Output   string `json:"output_dir"`
	Facts    Facts  `json:"facts"`
	Verdict  string `json:"verdict,omitempty"` // of a rule, which comes later
}

func attemptRecordName(n int) string { return fmt.Sprintf("intent-%d.json", n) }

// remember keeps beside a run what would be lost with the ledger.
func (l *Launcher) remember(run Run) error {
	attempt := attemptRecord{Progress: run.Progress, Output: run.Output, Facts: run.Facts}
	if err := files.WriteJSON(l.runDir(run.ID), attemptRecordName(run.N), attempt); err != nil {
		return fmt.Errorf("start run %s attempt %d: %w", run.ID, run.N, err)
	}
	if run.N > 1 {
		return nil
	}
	record := runRecord{ID: run.ID, CreatedAt: run.CreatedAt, CreatedBy: run.CreatedBy, Job: run.Job, Progress: run.Progress, Output: run.Output}
	if err := files.WriteJSON(l.runDir(run.ID), recordName, record); err != nil {
		return fmt.Errorf("start run %s: %w", run.ID, err)
	}
	return nil
}

// EndByRule notes the verdict of a rule, beside the run and in the ledger, and asks the
// trainer to end. A run that has ended by itself meanwhile comes back without a verdict.
func (l *Launcher) EndByRule(ctx context.Context, run Run, verdict string) (Run, error) {
	if run.Verdict == "" {
		err := l.rememberVerdict(run, redact.Here(verdict))
		judged := false
		if err == nil {
			judged, err = l.Ledger.judge(ctx, run.ID, run.N, verdict)
		}
		if err == nil && !judged {
			err = l.rememberVerdict(run, "")
		}
		if err != nil { // it costs whatever can be written down of it
			run, stopped := l.Stop(ctx, run)
			return run, errors.Join(fmt.Errorf("end run %s by a rule: %w", run.ID, err), stopped)
		}
	}
	return l.Stop(ctx, run)
}

// rememberVerdict writes a verdict beside the run; an attempt of an earlier trainyard has
// no place for it.
func (l *Launcher) rememberVerdict(run Run, verdict string) error {
	var known attemptRecord
	found, err := files.ReadJSON(l.runDir(run.ID), attemptRecordName(run.N), &known)
	if err != nil || !found {
		return err
	}
	known.Verdict = verdict
	return files.WriteJSON(l.runDir(run.ID), attemptRecordName(run.N), known)
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

// restore puts one run into the ledger, with every attempt that has a directory or
// an intent, as if it had just been started; Refresh finds out what became of the
// newest, and bury of the others.
func (l *Launcher) restore(ctx context.Context, id string) (added bool, err error) {
	if _, err := l.Ledger.Run(ctx, id); err == nil || !errors.Is(err, ErrNoRun) {
		return false, err
	}
	record, err := l.recall(id)
	if err != nil {
		return false, err
	}
	attempts, err := l.attemptsOf(id, record)
	if err != nil {
		return false, err
	}
	if err := l.Ledger.restore(ctx, record, l.origin(), attempts); err != nil {
		return false, err
	}
	for _, a := range attempts[:len(attempts)-1] {
		err = errors.Join(err, l.bury(ctx, Run{ID: id, Job: record.Job, Attempt: a}))
	}
	return true, err
}

// intentName matches the record of an attempt in the run's directory.
var intentName = regexp.MustCompile(`^intent-(\d{1,4})\.json$`)

// attemptsOf lists the attempts of a run up to the newest that left a trace.
func (l *Launcher) attemptsOf(id string, record runRecord) ([]Attempt, error) {
	entries, err := os.ReadDir(l.runDir(id))
	if err != nil {
		return nil, err
	}
	newest := 1
	for _, e := range entries {
		n := task.AttemptOf(e.Name())
		if m := intentName.FindStringSubmatch(e.Name()); m != nil {
			n, _ = strconv.Atoi(m[1]) // four digits at most
		}
		newest = max(newest, n)
	}
	attempts := make([]Attempt, newest)
	for i := range attempts {
		known := attemptRecord{Progress: record.Progress, Output: record.Output, Facts: record.Job.facts()}
		if _, err := files.ReadJSON(l.runDir(id), attemptRecordName(i+1), &known); err != nil {
			return nil, fmt.Errorf("run %s attempt %d: %w", id, i+1, err)
		}
		attempts[i] = Attempt{N: i + 1, State: Starting, Verdict: known.Verdict, Progress: known.Progress, Output: known.Output, Facts: known.Facts}
	}
	return attempts, nil
}

// bury finds out how an attempt ended that another one has followed.
func (l *Launcher) bury(ctx context.Context, run Run) error {
	backend, err := l.backend(run.Job.Backend)
	if err != nil {
		return err
	}
	c := Change{To: Failed, Reason: "never started"}
	handle, err := backend.Find(ctx, l.Dir(run))
	if err == nil || errors.Is(err, ErrUnseen) {
		status, errStatus := backend.Status(ctx, l.Dir(run), handle)
		c, err = change(status, run), errStatus
		if c.Handle = handle; !status.State.Ended() {
			c.To, c.Reason = Lost, "another attempt has followed it"
		}
	}
	if err != nil && !errors.Is(err, ErrNeverStarted) {
		return fmt.Errorf("run %s attempt %d: %w", run.ID, run.N, err)
	}
	if err != nil {
		if err := l.paid(ctx, run, backend); err != nil {
			return err
		}
	}
	if _, err := l.Ledger.Advance(ctx, run.ID, run.N, c); err != nil {
		return err
	}
	if run, err = l.reload(ctx, run); err == nil && run.Handle != "" {
		l.listen(ctx, run, backend, true)
	}
	return err
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
		_, _ = files.ReadJSON(filepath.Join(l.runDir(id), task.AttemptDir(1)), "job.json", &record.Job)
	}
	record.ID = id
	return record, nil
}

// restore writes a run whose attempts stand as starting: each is then adopted, or
// found never started, as after a crash of its launcher.
func (l *Ledger) restore(ctx context.Context, r runRecord, home string, attempts []Attempt) error {
	job, err := json.Marshal(r.Job)
	if err != nil {
		return fmt.Errorf("run %s: %w", r.ID, err)
	}
	return l.update(ctx, func(tx *database.Tx) error {
		run := Run{ID: r.ID, CreatedAt: r.CreatedAt, CreatedBy: r.CreatedBy, Home: home, Job: r.Job}
		if err := insertRun(tx, run, string(job)); err != nil {
			return err
		}
		for _, a := range attempts {
			if err := insertAttempt(tx, r.ID, a); err != nil {
				return err
			}
			if err := insertEvent(tx, r.ID, a.N, time.Now(), Starting, "restored from its directory"); err != nil {
				return err
			}
		}
		return nil
	})
}
