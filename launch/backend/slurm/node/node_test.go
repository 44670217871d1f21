package node

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"trainyard/launch/task"
)

func TestPathsOfAnAttemptMoveAndOthersStay(t *testing.T) {
	const dir, try = "/s/r/attempt-1", "/s/r/attempt-1/restart-2"
	for text, want := range map[string]string{
		"/s/r/attempt-1":                        try,
		"--out=/s/r/attempt-1/out":              "--out=" + try + "/out",
		"/s/r/attempt-1/a:/s/r/attempt-1/b":     try + "/a:" + try + "/b",
		"/s/r/attempt-10/out":                   "/s/r/attempt-10/out",
		"/s/r/attempt-1.old /s/r/attempt-1_x":   "/s/r/attempt-1.old /s/r/attempt-1_x",
		"output_dir: '/s/r/attempt-1/out'\na: ": "output_dir: '" + try + "/out'\na: ",
		"":                                      "",
	} {
		if got := moved(text, dir, try); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
	c := movedCommand(task.Command{
		Argv: []string{"train", dir + "/c.yaml"}, Env: []task.Env{{Name: "OUT", Value: dir}}, Dir: dir,
		Files: []task.File{{Name: "c.yaml", Content: "out: " + dir + "/out\n"}, {Name: "data", Link: "/data/x"}},
	}, dir, try)
	if c.Argv[1] != try+"/c.yaml" || c.Env[0].Value != try || c.Dir != try || c.Files[0].Content != "out: "+try+"/out\n" || c.Files[1].Link != "/data/x" {
		t.Errorf("%+v", c)
	}
}

func TestOrdersAreReadAsFarAsTheyAreWhole(t *testing.T) {
	o := ParseOrders([]byte("warn 0 1-02:03:04 2-00:00:00\nbegin 1\nsing 3\n\nstop 5000 1000000000\nstop 9000 1\nwarn 1 50:00 UNLIMITED\nbegin 2"))
	if !o.Stop.At.Equal(time.UnixMilli(5000)) || o.Stop.Grace != time.Second {
		t.Errorf("stop %+v: the first counts", o.Stop)
	}
	if o.Newest != 1 {
		t.Errorf("newest %d: the last line was not whole", o.Newest)
	}
	if w := o.Warned[0]; w.Elapsed != 26*time.Hour+3*time.Minute+4*time.Second || w.Limit != 48*time.Hour || w.ForLimit() {
		t.Errorf("%+v", w)
	}
	if w, told := o.Warned[1]; !told || w.Elapsed != 50*time.Minute || w.ForLimit() {
		t.Errorf("%+v", w)
	}
	if w := (Warning{Elapsed: 58 * time.Minute, Limit: time.Hour}); !w.ForLimit() {
		t.Error("two minutes before the limit is for the limit")
	}
	if again := ParseOrders([]byte(Stop{time.UnixMilli(7), time.Minute}.Line())); again.Stop.Grace != time.Minute {
		t.Errorf("%+v", again)
	}
}

func TestOnlyWholeCheckpointsAreTakenAlong(t *testing.T) {
	dir := t.TempDir()
	for name, state := range map[string]string{"checkpoint-10": `{"global_step": 10}`, "checkpoint-20": `{"global_st`, "checkpoint-30": "", "logs": "{}"} {
		from := filepath.Join(dir, "out", name)
		if err := os.MkdirAll(from, 0o700); err != nil {
			t.Fatal(err)
		}
		if state != "" {
			if err := os.WriteFile(filepath.Join(from, "trainer_state.json"), []byte(state), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	try := TryDir(dir, 2) // the restart before saved nothing
	if err := (place{restart: 2}).takeCheckpoints(dir, try, "out"); err != nil {
		t.Fatal(err)
	}
	taken, err := os.ReadDir(filepath.Join(try, "out"))
	if err != nil || len(taken) != 1 || taken[0].Name() != "checkpoint-10" {
		t.Errorf("taken %v, %v", taken, err)
	}
}

func TestAGateLetsOneJobIn(t *testing.T) {
	dir := t.TempDir()
	if err := errors.Join(pass(dir, "7"), pass(dir, "7")); err != nil {
		t.Errorf("its own job, and again after a requeue: %v", err)
	}
	if err := pass(dir, "8"); err == nil {
		t.Error("another job was let in")
	}
}

func TestAJobIsGoneOnlyWhenSlurmSaysSo(t *testing.T) {
	w := &jobWatch{place: place{number: 7, restart: 1}}
	for text, c := range map[string]struct {
		fails       bool
		runs, known bool
	}{
		"JobId=7 JobName=x JobState=RUNNING Restarts=1":                               {false, true, true},
		"JobId=7 JobState=COMPLETING Restarts=1":                                      {false, true, true},
		"JobId=7 JobState=RUNNING Restarts=2":                                         {false, false, true},
		"JobId=7 JobState=NODE_FAIL Restarts=1":                                       {false, false, true},
		"JobId=7 JobState=PENDING Restarts=1":                                         {false, false, true},
		"slurm_load_jobs error: Invalid job id specified":                             {true, false, true},
		"slurm_load_jobs error: Unable to contact slurm controller (connect failure)": {true, false, false},
		"": {false, false, false},
	} {
		var err error
		if c.fails {
			err = errors.New("code 1")
		}
		if runs, known := w.read(text, err); runs != c.runs || known != c.known {
			t.Errorf("%q: runs %v, known %v", text, runs, known)
		}
	}
}
