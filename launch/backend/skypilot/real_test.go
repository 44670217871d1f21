package skypilot

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"trainyard/launch"
	"trainyard/launch/backend/backendtest"
	"trainyard/launch/backend/listed"
)

// A realSky is SkyPilot itself on a Slurm of two nodes, which .ci/skypilot-up makes. A
// job takes it about a minute, and an answer up to half of one.
type realSky struct {
	dir   string
	fault string
	alive io.Closer
}

// theSky is the one of all tests of this package. It ends with the test binary.
var theSky = sync.OnceValue(func() *realSky {
	dir, err := os.MkdirTemp("/tmp", "ty-sky-")
	if err != nil {
		return &realSky{fault: err.Error()}
	}
	s := &realSky{dir: dir}
	if err := s.up(); err != nil {
		s.fault = err.Error()
	}
	return s
})

func onTheRealSky(t *testing.T) *realSky {
	t.Helper()
	if os.Getenv("SKYPILOT_PYTHON") == "" || os.Getenv("SKYPILOT_UV") == "" {
		t.Skip("SKIPPED: no SkyPilot; .ci/skypilot installs one and sets SKYPILOT_PYTHON and SKYPILOT_UV")
	}
	s := theSky()
	if s.fault != "" {
		t.Fatal(s.fault)
	}
	return s
}

func (s *realSky) up() error {
	port, err := tenFreePorts()
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	venv := filepath.Dir(filepath.Dir(os.Getenv("SKYPILOT_PYTHON")))
	s.alive, err = backendtest.Engine("skypilot-up", s.dir, venv, os.Getenv("SKYPILOT_UV"), strconv.Itoa(port), filepath.Dir(self))
	return err
}

// tenFreePorts is the first of ten that follow each other.
func tenFreePorts() (int, error) {
	for first := 24100; first < 30000; first += 10 {
		free := true
		for port := first; port < first+10 && free; port++ {
			l, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(port))
			if free = err == nil; free {
				_ = l.Close()
			}
		}
		if free {
			return first, nil
		}
	}
	return 0, fmt.Errorf("no ten free ports from 24100 on")
}

// in runs a command where SkyPilot is.
func (s *realSky) in(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.Command(filepath.Join(s.dir, "in"), args...)
	cmd.Dir = s.dir
	out, err := cmd.CombinedOutput()
	if err != nil && len(out) > 0 {
		t.Logf("%q: %v: %s", args, err, out)
	}
	return string(out)
}

// place is one on the real sky with a directory of runs that its nodes and we see.
func (s *realSky) place(t *testing.T, program string) *listed.Backend {
	t.Helper()
	shared, err := os.MkdirTemp(s.dir, "shared-")
	if err != nil {
		t.Fatal(err)
	}
	opened, err := Open("sky", Options{
		Program: program, Infra: "slurm", CPUs: "1", Memory: "1",
		Mounts: []Mount{{Path: shared, Here: shared}}, Runs: filepath.Join(shared, "runs"), Self: backendtest.Self(t),
	})
	if err != nil {
		t.Fatal(err)
	}
	return opened.(*listed.Backend)
}

// A realRun is an attempt whose trainer counts its starts.
type realRun struct {
	t     *testing.T
	b     *listed.Backend
	task  launch.Task
	mark  string
	began time.Time
}

// run is an attempt of a script, in which $MARK is a file beside those of the runs.
func (s *realSky) run(t *testing.T, b *listed.Backend, script string) *realRun {
	t.Helper()
	id := uuid.NewString()
	dir := filepath.Join(s.dir, "here", id, "attempt-1")
	mark := filepath.Join(b.Runs, "..", "mark-"+id)
	task := launch.Task{Run: id, Attempt: 1, Dir: dir, Self: backendtest.Self(t), Grace: 20 * time.Second, Command: launch.Command{
		Argv: []string{"/bin/sh", "-c", "echo started >>\"$MARK\"; echo it trains; " + script},
		Env:  []launch.Env{{Name: "MARK", Value: mark}},
	}}
	return &realRun{t: t, b: b, task: task, mark: mark, began: time.Now()}
}

func (r *realRun) start() launch.Handle {
	r.t.Helper()
	return backendtest.Start(r.t, r.b, r.task)
}

// starts are those of the trainer, as it counts them itself.
func (r *realRun) starts() int {
	data, err := os.ReadFile(r.mark)
	if err != nil {
		return 0
	}
	return strings.Count(string(data), "started\n")
}

// until waits for what takes SkyPilot minutes.
func (r *realRun) until(what string, ok func() bool) {
	r.t.Helper()
	for deadline := time.Now().Add(12 * time.Minute); !ok(); time.Sleep(time.Second) {
		if time.Now().After(deadline) {
			r.t.Fatalf("waited 12 minutes and in vain that %s", what)
		}
	}
	r.t.Logf("after %3.0f s: %s", time.Since(r.began).Seconds(), what)
}

func (r *realRun) trains() {
	r.t.Helper()
	r.until("it trains", func() bool { return r.starts() > 0 })
}

// ends waits for the end, and says what was seen on the way to it.
func (r *realRun) ends(h launch.Handle) (s launch.Status) {
	r.t.Helper()
	told := ""
	r.until("its end is known", func() bool {
		var err error
		if s, err = r.b.Status(r.t.Context(), r.task.Dir, h); err != nil {
			r.t.Fatal(err)
		}
		if now := fmt.Sprintf("%s: %s", s.State, s.Reason); now != told {
			r.t.Logf("after %3.0f s: %s", time.Since(r.began).Seconds(), now)
			told = now
		}
		return s.State.Ended()
	})
	return s
}

// once fails a test whose trainer was not started exactly once.
func (r *realRun) once() {
	r.t.Helper()
	if n := r.starts(); n != 1 {
		r.t.Errorf("it trained %d times", n)
	}
}

// jobs are those of SkyPilot that have the attempt's name.
func (r *realRun) jobs() (ours []listed.Job) {
	r.t.Helper()
	jobs, err := r.b.Service.List(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	for _, j := range jobs {
		if j.Name == listed.JobName(r.task.Dir) {
			ours = append(ours, j)
		}
	}
	return ours
}

// allocations are the Slurm jobs that SkyPilot has for the attempt.
func (s *realSky) allocations(r *realRun) (ids []string) {
	short := listed.JobName(r.task.Dir)[:20] // SkyPilot cuts names
	for _, line := range strings.Split(s.in(r.t, "squeue", "-h", "-t", "pending,running,completing", "-o", "%i %j"), "\n") {
		if id, name, _ := strings.Cut(line, " "); strings.HasPrefix(name, short) {
			ids = append(ids, id)
		}
	}
	return ids
}

// lose takes the machine of the attempt away.
func (s *realSky) lose(r *realRun) {
	r.t.Helper()
	ids := s.allocations(r)
	if len(ids) != 1 {
		r.t.Fatalf("it has the allocations %v", ids)
	}
	s.in(r.t, "scancel", ids[0])
	r.until("its machine is gone", func() bool { return len(s.allocations(r)) == 0 })
}

// forgets are the rows of a job that SkyPilot's own database loses.
func (s *realSky) forgets(r *realRun) {
	r.t.Helper()
	id := r.jobs()[0].ID
	if !regexp.MustCompile(`^\d+$`).MatchString(id) {
		r.t.Fatal(id)
	}
	s.in(r.t, "python", "-c", "import sqlite3,os,sys\nc=sqlite3.connect(os.path.expanduser('~/.sky/spot_jobs.db'),timeout=60)\nfor q in ('spot where spot_job_id','job_info where spot_job_id'): c.execute('delete from '+q+'=?',(sys.argv[1],))\nc.commit()", id)
}

func TestTheRealSkyPilotTrainsOnce(t *testing.T) {
	s := onTheRealSky(t)
	program := filepath.Join(s.dir, "sky")
	b := s.place(t, program)
	began := time.Now()
	if out := s.in(t, "sky", "check", "slurm", "--output", "json"); !strings.Contains(out, "Slurm") {
		t.Fatalf("SkyPilot does not see Slurm:\n%s", out)
	}
	t.Logf("the API server has started and sees Slurm after %.0f s", time.Since(began).Seconds())

	t.Run("jobs", func(t *testing.T) {
		t.Run("the demo of trainyard itself", func(t *testing.T) { t.Parallel(); demo(t, s, program) })
		t.Run("to its end, though the name is submitted twice", func(t *testing.T) { t.Parallel(); doubled(t, s, b) })
		t.Run("its answer is lost", func(t *testing.T) { t.Parallel(); unanswered(t, s, program) })
		t.Run("stopped", func(t *testing.T) { t.Parallel(); stopped(t, s, b) })
		t.Run("its machine is taken away", func(t *testing.T) { t.Parallel(); taken(t, s, b) })
		t.Run("its record is deleted", func(t *testing.T) { t.Parallel(); deleted(t, s, b) })
	})
	t.Run("the API server is killed", func(t *testing.T) { restarted(t, s, b) })
	t.Run("the network is down", func(t *testing.T) { unseen(t, s, b) })
	t.Run("there is no controller yet", func(t *testing.T) { uncontrolled(t, s, b) })
}

// demo is all of trainyard: the recipe, the smoke trainer, the ledger.
func demo(t *testing.T, s *realSky, program string) {
	home, err := os.MkdirTemp(s.dir, "yard-")
	if err != nil {
		t.Fatal(err)
	}
	self, config := filepath.Join(home, "trainyard"), filepath.Join(home, "config", "trainyard")
	if out, err := exec.Command("go", "build", "-o", self, "trainyard/cmd/trainyard").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	place := fmt.Sprintf("backends: [{name: sky, kind: skypilot, program: %q, infra: slurm, instance_type: 1CPU--1GB, mounts: [{path: %q, here: %q}], runs: %q, self: %q}]\n",
		program, home, home, filepath.Join(home, "runs"), self)
	if err := errors.Join(os.MkdirAll(config, 0o700), os.WriteFile(filepath.Join(config, "config.yaml"), []byte(place), 0o600)); err != nil {
		t.Fatal(err)
	}
	trainyard := func(args ...string) string {
		cmd := exec.Command(self, args...)
		cmd.Env = append(os.Environ(), "TRAINYARD_HOME="+filepath.Join(home, "yard"), "XDG_CONFIG_HOME="+filepath.Join(home, "config"))
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Errorf("trainyard %q: %v:\n%s", args, err, out)
		}
		return string(out)
	}
	began := time.Now()
	if out := trainyard("launch", "demo", "--backend", "sky"); !strings.Contains(out, "succeeded") {
		t.Errorf("it says\n%s", out)
	}
	t.Logf("trainyard launch demo --backend sky took %.0f s", time.Since(began).Seconds())
	if out := trainyard("runs"); !strings.Contains(out, "succeeded") {
		t.Errorf("runs:\n%s", out)
	}
}

func doubled(t *testing.T, s *realSky, b *listed.Backend) {
	r := s.run(t, b, "sleep 3; echo ValueError: its words; exit 3")
	h := r.start()
	if _, err := b.Start(t.Context(), r.task); err == nil || !strings.Contains(err.Error(), launch.ErrClaimed.Error()) {
		t.Errorf("a second start: %v", err)
	}
	if found, err := b.Find(t.Context(), r.task.Dir); err != nil || found != h {
		t.Errorf("found %q, %v", found, err)
	}
	// As by another program, or a colleague: the same name, the same script.
	cmd := exec.Command(filepath.Join(s.dir, "sky"), "jobs", "launch", "--name", listed.JobName(r.task.Dir), "--yes", "--detach-run", yamlName)
	cmd.Dir = r.task.Dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if n := len(r.jobs()); n != 2 {
		t.Fatalf("SkyPilot has %d jobs of that name", n)
	}
	end := r.ends(h)
	if end.State != launch.Failed || end.Code != 3 || !strings.Contains(end.Reason, "ValueError: its words") {
		t.Errorf("status %+v", end)
	}
	if log := backendtest.Read(t, b, r.task.Dir, h, launch.LogName, 0); log != "it trains\nValueError: its words\n" {
		t.Errorf("log %q", log)
	}
	jobs := r.jobs()
	text, err := b.Service.Log(t.Context(), jobs[0])
	if err != nil || !strings.Contains(string(text), "trainyard: record") {
		t.Errorf("the log by SkyPilot: %q, %v", text, err)
	}
	r.until("both jobs have ended", func() bool { jobs = r.jobs(); return jobs[0].State.Ended() && jobs[1].State.Ended() })
	t.Logf("SkyPilot calls them %s (%s) and %s (%s)", jobs[0].State, jobs[0].Reason, jobs[1].State, jobs[1].Reason)
	r.once()
}

func unanswered(t *testing.T, s *realSky, program string) {
	cut := filepath.Join(s.dir, "sky-cut")
	script := "#!/bin/sh\n'" + program + "' \"$@\"\ncode=$?\nif [ \"$2\" = launch ]; then echo 'connection reset' >&2; exit 1; fi\nexit $code\n"
	if err := os.WriteFile(cut, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	b := s.place(t, cut)
	r := s.run(t, b, "exit 0")
	if h, err := b.Start(t.Context(), r.task); err == nil {
		t.Fatalf("started %q", h)
	}
	h, err := b.Find(t.Context(), r.task.Dir)
	if err != nil {
		t.Fatal(err)
	}
	if end := r.ends(h); end.State != launch.Succeeded || end.Code != 0 {
		t.Errorf("status %+v", end)
	}
	if n := len(r.jobs()); n != 1 {
		t.Errorf("%d jobs", n)
	}
	r.once()
}

func stopped(t *testing.T, s *realSky, b *listed.Backend) {
	r := s.run(t, b, "trap 'echo saved; exit 0' TERM; while :; do sleep 0.2; done")
	h := r.start()
	r.trains()
	backendtest.Stop(t, b, r.task.Dir, h, time.Minute)
	if end := r.ends(h); end.State != launch.Cancelled {
		t.Errorf("status %+v", end)
	}
	if log := backendtest.Read(t, b, r.task.Dir, h, launch.LogName, 0); !strings.HasPrefix(log, "it trains\n") || !strings.HasSuffix(log, "saved\n") {
		t.Errorf("log %q", log)
	}
	r.until("its machine is given back", func() bool { return len(s.allocations(r)) == 0 })

	// One that is queued, or does not heed the file, is cancelled by SkyPilot.
	q := s.run(t, b, "sleep 1000")
	h = q.start()
	backendtest.Stop(t, b, q.task.Dir, h, time.Second)
	if end := q.ends(h); end.State != launch.Cancelled {
		t.Errorf("status of the queued one %+v", end)
	}
	q.until("its machine is given back", func() bool { return len(s.allocations(q)) == 0 })
}

func taken(t *testing.T, s *realSky, b *listed.Backend) {
	r := s.run(t, b, "sleep 1000")
	h := r.start()
	r.trains()
	s.lose(r)
	if end := r.ends(h); end.State != launch.Preempted {
		t.Errorf("status %+v", end)
	}
	t.Logf("SkyPilot says %+v", r.jobs())
	r.once()
}

func deleted(t *testing.T, s *realSky, b *listed.Backend) {
	r := s.run(t, b, "sleep 3; exit 5")
	h := r.start()
	r.trains()
	r.until("it has ended", func() bool {
		_, ok := os.Stat(filepath.Join(b.Runs, r.task.Run, "attempt-1", "done"))
		return ok == nil
	})
	r.until("SkyPilot has ended it", func() bool { return r.jobs()[0].State.Ended() })
	s.forgets(r)
	if n := len(r.jobs()); n != 0 {
		t.Fatalf("%d jobs are left", n)
	}
	if end := r.ends(h); end.State != launch.Failed || end.Code != 5 || !strings.Contains(end.Reason, "not in the list any more") {
		t.Errorf("status %+v", end)
	}
	if found, err := b.Find(t.Context(), r.task.Dir); err != nil || found != h {
		t.Errorf("found %q, %v: a run that is not found is started again", found, err)
	}
	r.once()
}

// kill ends SkyPilot at once: the API server with what it has running, and with all also
// its controllers. The nodes go on.
func (s *realSky) kill(t *testing.T, all bool) {
	t.Helper()
	what := `sky\.server|SkyPilot:|` + filepath.Dir(os.Getenv("SKYPILOT_PYTHON")) + `/python .*multiprocessing`
	if all {
		what += `|sky\.jobs\.controller`
	}
	backendtest.Eventually(t, "none of it lives", func() bool {
		s.in(t, "pkill", "-9", "-f", what)
		return !regexp.MustCompile(`(?m)^[^Z].*(` + what + `)`).MatchString(s.in(t, "ps", "-eo", "stat=,args="))
	})
}

func restarted(t *testing.T, s *realSky, b *listed.Backend) {
	short := s.run(t, b, "until [ -e \"$MARK.end\" ]; do sleep 0.2; done; exit 0")
	long := s.run(t, b, "until [ -e \"$MARK.end\" ]; do sleep 0.2; done; exit 4")
	ended, trains := short.start(), long.start()
	short.trains()
	long.trains()

	s.kill(t, false) // a look starts it again
	long.until("it is seen to run after the API server's end", func() bool {
		now := looks(long, trains)
		return now.State == launch.Running && !now.LastKnown
	})
	s.kill(t, true)
	if err := os.WriteFile(short.mark+".end", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	short.until("it has ended while there is no SkyPilot", func() bool {
		_, err := os.Stat(filepath.Join(b.Runs, short.task.Run, "attempt-1", "done"))
		return err == nil
	})
	s.lose(short)
	if end := short.ends(ended); end.State != launch.Succeeded || end.Code != 0 {
		t.Errorf("what ended meanwhile: %+v", end)
	}
	short.once()
	if now := looks(long, trains); now.State.Ended() {
		t.Errorf("what trains: %+v", now)
	}
	if err := os.WriteFile(long.mark+".end", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if end := long.ends(trains); end.State != launch.Failed || end.Code != 4 {
		t.Errorf("what trained all the time: %+v", end)
	}
	long.once()
	t.Logf("SkyPilot says %+v and %+v", short.jobs(), long.jobs())
}

func looks(r *realRun, h launch.Handle) launch.Status {
	r.t.Helper()
	now, err := r.b.Status(r.t.Context(), r.task.Dir, h)
	if err != nil {
		r.t.Fatal(err)
	}
	return now
}

// unseen is how SkyPilot 0.14.1 has run a finished job twice: its controller takes the
// network for down and leaves the job RUNNING, and is then started again.
func unseen(t *testing.T, s *realSky, b *listed.Backend) {
	r := s.run(t, b, "until [ -e \"$MARK.end\" ]; do sleep 0.2; done; exit 0")
	h := r.start()
	r.trains()
	s.in(t, "pkill", "-9", "-f", "HTTPServer")
	if err := os.WriteFile(r.mark+".end", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	r.until("it has ended", func() bool {
		_, err := os.Stat(filepath.Join(b.Runs, r.task.Run, "attempt-1", "done"))
		return err == nil
	})
	s.lose(r)
	r.until("it is said to have ended", func() bool {
		now := looks(r, h)
		return now.State.Ended() || strings.Contains(now.Reason, "the trainer has ended with code 0")
	})
	s.kill(t, true)
	probe := exec.Command(filepath.Join(s.dir, "in"), filepath.Join(s.dir, "probe"))
	if err := probe.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = probe.Process.Kill(); _ = probe.Wait() })
	if end := r.ends(h); end.State != launch.Succeeded {
		t.Errorf("status %+v", end)
	}
	t.Logf("SkyPilot says %+v", r.jobs())
	r.once()
}

// uncontrolled is SkyPilot as it is where nothing is configured and no job was ever
// submitted: its controller would be a machine of its own, which is not there.
func uncontrolled(t *testing.T, s *realSky, b *listed.Backend) {
	if err := os.WriteFile(filepath.Join(s.dir, "root", ".sky", "config.yaml"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s.kill(t, true)
	if jobs, err := b.Service.List(t.Context()); err != nil || len(jobs) != 0 {
		t.Errorf("it lists %+v, %v", jobs, err)
	}
}
