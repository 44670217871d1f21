package skypilot

import (
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"trainyard/launch"
	"trainyard/launch/backend/backendtest"
	"trainyard/launch/backend/listed"
)

func TestAJobThatIsStartedAgainTrainsOnce(t *testing.T) {
	for name, script := range map[string]string{"while it trains": "echo trained >> ../trained; sleep 3", "after its end": "echo trained >> ../trained; exit 4"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, home := place(t, true, nil)
			task := backendtest.Task(t, b)
			task.Command.Argv = []string{"/bin/sh", "-c", script}
			h := backendtest.Start(t, b, task)
			trained := filepath.Join(b.Runs, "trained")
			backendtest.Eventually(t, "it trains", func() bool { _, err := os.Stat(trained); return err == nil })
			want := launch.Preempted
			if strings.Contains(script, "exit") {
				want = launch.Failed
				backendtest.Eventually(t, "it has ended", func() bool {
					rows := skyRows(home)
					return len(rows) == 1 && rows[0].Status == "FAILED"
				})
			}
			if code := skyBegin(filepath.Join(home, "1")); code != 0 {
				t.Fatal("cannot start it again")
			}
			backendtest.Eventually(t, "the second start has ended", func() bool {
				log, err := os.ReadFile(filepath.Join(home, "1", "log"))
				return err == nil && strings.Count(string(log), "trainyard: record") >= 1 && skyRows(home)[0].Status == "FAILED"
			})
			s := backendtest.WaitEnded(t, b, task.Dir, h)
			if want == launch.Failed && (s.State != want || s.Code != 4) {
				t.Errorf("status %+v", s)
			}
			if data, err := os.ReadFile(trained); err != nil || string(data) != "trained\n" {
				t.Errorf("it trained %q, %v", data, err)
			}
		})
	}
}

func TestAFenceIsToldAsAPreemption(t *testing.T) {
	b, _ := place(t, false, nil)
	task := backendtest.Task(t, b, "exit", "0")
	there := filepath.Join(b.Runs, listed.JobName(task.Dir))
	if err := os.MkdirAll(filepath.Join(there, "begun"), 0o700); err != nil { // by a start that was lost
		t.Fatal(err)
	}
	h := backendtest.Start(t, b, task)
	if s := backendtest.WaitEnded(t, b, task.Dir, h); s.State != launch.Preempted || !strings.Contains(s.Reason, "fence") {
		t.Errorf("status %+v", s)
	}
}

func TestAPlaceThatIsNotSeenShowsTheLogAlone(t *testing.T) {
	b, _ := place(t, false, nil)
	task := backendtest.Task(t, b, "exit", "3", "ValueError: no such column")
	h := backendtest.Start(t, b, task)
	s := backendtest.WaitEnded(t, b, task.Dir, h)
	if s.State != launch.Failed || s.Code != 3 || !strings.Contains(s.Reason, "ValueError: no such column") {
		t.Errorf("status %+v", s)
	}
	if log := backendtest.Read(t, b, task.Dir, h, launch.LogName, 0); !strings.HasPrefix(log, "ValueError: no such column\n") || strings.Contains(log, "Waiting for task") {
		t.Errorf("log %q", log)
	}
	if _, err := b.Open(t.Context(), task.Dir, h, "out/model.bin"); err == nil || !strings.Contains(err.Error(), "here:") {
		t.Errorf("another file: %v", err)
	}
}

// ended is an attempt whose trainer has ended with code 4 and whose status no one has
// asked for yet, with the directory of its job.
func ended(t *testing.T) (b *listed.Backend, task launch.Task, h launch.Handle, job string) {
	t.Helper()
	b, home := place(t, true, nil)
	task = backendtest.Task(t, b, "exit", "4")
	h = backendtest.Start(t, b, task)
	backendtest.Eventually(t, "its job has ended", func() bool {
		rows := skyRows(home)
		return len(rows) == 1 && rows[0].Status == "FAILED"
	})
	return b, task, h, filepath.Join(home, "1")
}

func TestAJobThatSkyPilotForgotEndedAsItLeftWord(t *testing.T) {
	b, task, h, job := ended(t)
	if err := os.Remove(filepath.Join(job, "row.json")); err != nil {
		t.Fatal(err)
	}
	if s, err := b.Status(t.Context(), task.Dir, h); err != nil || !s.LastKnown {
		t.Errorf("after one look: %+v, %v", s, err)
	}
	if err := os.WriteFile(filepath.Join(task.Dir, "unseen.json"), []byte(`"2020-01-02T03:04:05Z"`), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		s, err := b.Status(t.Context(), task.Dir, h)
		if err != nil || s.State != launch.Failed || s.Code != 4 || s.EndedAt.IsZero() || !strings.Contains(s.Reason, "not in the list any more") {
			t.Errorf("status %+v, %v", s, err)
		}
	}
}

func TestAControllerThatIsStoppedIsStartedToTellOfAJob(t *testing.T) {
	b, task, h, job := ended(t)
	if err := os.WriteFile(filepath.Join(job, "..", "stopped"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if s, err := b.Status(t.Context(), task.Dir, h); err != nil || s.State != launch.Failed || !strings.Contains(s.Reason, "jobs logs --controller") {
		t.Errorf("status %+v, %v", s, err)
	}
}

func TestAListOfNoneIsToldFromOneThatIsNotShown(t *testing.T) {
	for words, none := range map[string]bool{ // as SkyPilot 0.14.1 has said them
		"Restarting managed jobs controller...\nsky.exceptions.ClusterDoesNotExist: Cluster 'sky-jobs-controller-fcd1e5cf' does not exist.": true,
		"Consolidation mode is disabled, but there are still 1 managed jobs running. Please terminate those jobs first.\n" +
			"sky.exceptions.ClusterDoesNotExist: Cluster 'sky-jobs-controller-fcd1e5cf' does not exist.": false,
		"RuntimeError: Failed to start SkyPilot API server at http://127.0.0.1:24100": false,
	} {
		program := filepath.Join(t.TempDir(), "sky")
		script := "#!/bin/sh\ncase \"$*\" in *--refresh*) cat <<'WORDS' >&2\n" + words + "\nWORDS\n;; *) echo 'No in-progress managed jobs.' >&2 ;; esac\nexit 1\n"
		if err := os.WriteFile(program, []byte(script), 0o700); err != nil {
			t.Fatal(err)
		}
		if jobs, err := (service{Options{Program: program}}).List(t.Context()); (err == nil) != none || len(jobs) != 0 {
			t.Errorf("%q: %v, %v", words, jobs, err)
		}
	}
}

func TestAJobThatGoesOnWithoutItsTrainerIsSaidToBePaid(t *testing.T) {
	b, task, h, job := ended(t)
	keep(job, skyRow{ID: 1, Name: listed.JobName(task.Dir), Status: "RUNNING", Submitted: seconds()}) // as where the network is down
	s, err := b.Status(t.Context(), task.Dir, h)
	if err != nil || s.State != launch.Running || !strings.Contains(s.Reason, "ended with code 4") || !strings.Contains(s.Reason, "paid") {
		t.Errorf("status %+v, %v", s, err)
	}
	keep(job, skyRow{ID: 1, Name: listed.JobName(task.Dir), Status: "FAILED", Submitted: seconds()})
	if s := backendtest.WaitEnded(t, b, task.Dir, h); s.State != launch.Failed || s.Code != 4 {
		t.Errorf("status %+v", s)
	}
}

// A sky that dies after it has submitted, or before.
func broken(t *testing.T, b *listed.Backend, home string, submits bool) {
	t.Helper()
	program := filepath.Join(home, "sky")
	text, err := os.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	call := "sh '" + program + ".whole' \"$@\"; "
	if !submits {
		call = ""
	}
	script := "#!/bin/sh\nif [ \"$2\" = launch ]; then " + call + "echo 'connection reset' >&2; exit 1; fi\nexec sh '" + program + ".whole' \"$@\"\n"
	if err := errors.Join(os.WriteFile(program+".whole", text, 0o700), os.WriteFile(program, []byte(script), 0o700)); err != nil {
		t.Fatal(err)
	}
}

func TestASubmitWithoutAnAnswerIsUnknownUntilTwoListsTell(t *testing.T) {
	for name, submits := range map[string]bool{"it was submitted": true, "it was not": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, home := place(t, true, nil)
			broken(t, b, home, submits)
			task := backendtest.Task(t, b, "exit", "0")
			task.Run = uuid.NewString()
			task.Dir = filepath.Join(t.TempDir(), task.Run, "attempt-1")
			if h, err := b.Start(t.Context(), task); err == nil || errors.Is(err, launch.ErrClaimed) {
				t.Fatalf("started %q, %v", h, err)
			}
			h, err := b.Find(t.Context(), task.Dir)
			if submits {
				if err != nil {
					t.Fatal(err)
				}
				if s := backendtest.WaitEnded(t, b, task.Dir, h); s.State != launch.Succeeded {
					t.Errorf("status %+v", s)
				}
				return
			}
			if err == nil || errors.Is(err, launch.ErrNeverStarted) {
				t.Fatalf("after one list: found %q, %v", h, err)
			}
			earlier := time.Now().Add(-time.Hour).Format(time.RFC3339)
			if err := os.WriteFile(filepath.Join(task.Dir, "unseen.json"), []byte(`"`+earlier+`"`), 0o600); err != nil {
				t.Fatal(err)
			}
			if h, err := b.Find(t.Context(), task.Dir); !errors.Is(err, launch.ErrNeverStarted) {
				t.Errorf("after two lists: found %q, %v", h, err)
			}
			there := filepath.Join(b.Runs, task.Run, "attempt-1", "begun")
			if _, err := os.Stat(there); err != nil {
				t.Errorf("the fence is open: %v", err)
			}
		})
	}
}

func TestASkyThatIsNotThereStartsNothing(t *testing.T) {
	b, _ := place(t, true, func(o *Options) { o.Program = "no-such-sky" })
	task := backendtest.Task(t, b, "exit", "0")
	if _, err := b.Start(t.Context(), task); err == nil || !strings.Contains(err.Error(), "uv tool install skypilot") {
		t.Errorf("error %v", err)
	}
	if h, err := b.Find(t.Context(), task.Dir); !errors.Is(err, launch.ErrNeverStarted) {
		t.Errorf("found %q, %v", h, err)
	}
}

// odd has what shells, YAML and SkyPilot might take for more than text.
const odd = `a'b"c;d|e&f$(touch /tmp/trainyard-odd)` + "`touch /tmp/trainyard-odd`" + `$HOME ${HOME} \n #{y} {{z}} *?[q]<>!~ é: - x` + "\ttab"

func TestNoTextIsTakenForMore(t *testing.T) {
	b, _ := place(t, true, nil)
	for _, role := range [][]string{{"exit", "0", odd}, {"print", "MY_WORDS"}} {
		task := backendtest.Task(t, b, role...)
		task.Command.Env = []launch.Env{{Name: "MY_WORDS", Value: odd}}
		task.Command.Files = []launch.File{{Name: "a b/$(id);'x'.yaml", Content: odd}}
		h := backendtest.Start(t, b, task)
		backendtest.WaitEnded(t, b, task.Dir, h)
		if log := backendtest.Read(t, b, task.Dir, h, launch.LogName, 0); log != odd+"\n" {
			t.Errorf("%q: the trainer saw\n%q, not\n%q", role, log, odd)
		}
	}
	if _, err := os.Stat("/tmp/trainyard-odd"); err == nil {
		t.Error("a shell ran it")
	}
}

// A variable of a job holds 128 KiB (MAX_ARG_STRLEN of Linux), in base64.
func TestFilesThatGoAlongArriveOrAreRefused(t *testing.T) {
	b, _ := place(t, true, nil)
	for size, refused := range map[int]bool{85 << 10: false, 120 << 10: true} {
		data := make([]byte, size)
		_, _ = rand.NewChaCha8([32]byte{}).Read(data) // which gzip makes no smaller
		task := backendtest.Task(t, b)
		task.Command.Files = []launch.File{{Name: "file", Content: string(data)}}
		task.Command.Argv = []string{"/bin/sh", "-c", "wc -c <file"}
		if refused {
			if h, err := b.Start(t.Context(), task); err == nil || !strings.Contains(err.Error(), "90 KiB") {
				t.Errorf("%d bytes: started %q, %v", size, h, err)
			}
			continue
		}
		h := backendtest.Start(t, b, task)
		if s := backendtest.WaitEnded(t, b, task.Dir, h); s.State != launch.Succeeded {
			t.Errorf("%d bytes: %+v", size, s)
		}
		if log := backendtest.Read(t, b, task.Dir, h, launch.LogName, 0); strings.TrimSpace(log) != strconv.Itoa(size) {
			t.Errorf("of %d bytes came %q", size, log)
		}
	}
}

// The real sky, where SKYPILOT_PYTHON names its Python: .ci/skypilot sets it.
func realPython(t *testing.T) string {
	t.Helper()
	python := os.Getenv("SKYPILOT_PYTHON")
	if python == "" {
		t.Skip("SKIPPED: SKYPILOT_PYTHON names no Python with SkyPilot; .ci/skypilot installs one")
	}
	return python
}

func run1(t *testing.T, python string, args ...string) string {
	t.Helper()
	cmd := exec.Command(python, args...)
	cmd.Env = append(os.Environ(), "HOME="+t.TempDir(), "SKYPILOT_DISABLE_USAGE_COLLECTION=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return string(out)
}
