package rented

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"trainyard/launch"
	"trainyard/launch/backend/attempt"
	"trainyard/launch/backend/attempt/binary"
	"trainyard/launch/backend/backendtest"
	"trainyard/launch/files"
	"trainyard/launch/provider"
	"trainyard/launch/provider/providertest"
	"trainyard/launch/remote/boxtest"
)

func TestMain(m *testing.M) { backendtest.Main(m, attempt.Supervise) }

// A shop is a provider's API that is ours, whose one box is a machine with an sshd.
type shop struct {
	*Rented
	fake *providertest.Fake
	box  *boxtest.Box
	home string
}

func open(t *testing.T, kind string, c Config) shop {
	t.Helper()
	box := boxtest.Up(t, boxtest.Options{})
	clock := &providertest.Haste{}
	fake := providertest.New(kind, clock)
	fake.Unpaced()
	fake.Address = func(*providertest.Rented) (string, int) { return box.Address(), 22 }
	t.Cleanup(fake.Close)
	k := provider.Providers[kind]
	t.Setenv(k.KeyEnv, providertest.Key)
	t.Setenv(k.URLEnv, fake.URL)
	c.GPU, c.MaxPrice, c.Identity, c.Image = "h100", 100, filepath.Join(filepath.Dir(box.Config), "key"), "pytorch"
	r, err := Open(k, "rent", c, binary.Path)
	if err != nil {
		t.Fatal(err)
	}
	r.clock = clock
	s := shop{r, fake, box, t.TempDir()}
	t.Cleanup(func() {
		if billed := fake.Billed(); len(billed) > 0 {
			t.Errorf("%d boxes are billed at the end", len(billed))
		}
	})
	return s
}

func (s shop) task(t *testing.T, role ...string) launch.Task {
	task := backendtest.Task(t, s.Rented, role...)
	task.Run = "0199aaaa-0000-4000-8000-000000000001"
	task.Dir = filepath.Join(s.home, "runs", task.Run, "attempt-1")
	task.GPUs = 1
	return task
}

func (s shop) ended(t *testing.T, task launch.Task, h launch.Handle) launch.Status {
	t.Helper()
	return backendtest.WaitEnded(t, s.Rented, task.Dir, h)
}

func TestARunHasABoxOfItsOwnAndTheBoxIsGivenBack(t *testing.T) {
	for _, kind := range []string{"runpod", "vast"} {
		t.Run(kind, func(t *testing.T) {
			s := open(t, kind, Config{})
			task := s.task(t, "exit", "0", "all", "done")
			h, err := s.Start(t.Context(), task)
			if err != nil {
				t.Fatal(err)
			}
			if len(s.fake.Billed()) != 1 {
				t.Errorf("%d boxes", len(s.fake.Billed()))
			}
			status := s.ended(t, task, h)
			if status.State != launch.Succeeded || status.Facts.Price == nil || *status.Facts.Price <= 0 || status.Facts.ReadyAt.Before(status.Facts.AskedAt) {
				t.Errorf("%+v", status)
			}
			if len(s.fake.Billed()) != 0 {
				t.Error("the end was told before the box was gone")
			}
			var gone giving
			if _, err := files.ReadJSON(task.Dir, returnedName, &gone); err != nil || gone.At.IsZero() || !status.EndedAt.Equal(gone.At) {
				t.Errorf("it is paid until %v, and its box was there until %v: %v", status.EndedAt, gone.At, err)
			}
			s.box.Kill()
			if log := backendtest.Read(t, s.Rented, task.Dir, h, launch.LogName, 0); log != "all done\n" {
				t.Errorf("log %q", log)
			}
		})
	}
}

func TestARentedBoxKeepsTheContractOfBackends(t *testing.T) {
	s := open(t, "runpod", Config{})
	backendtest.On(s.Rented, backendtest.Machine{
		Living: func(pid int) bool { return s.box.Living(t, pid) },
		Where:  func(string) string { return s.box.Here("/root/.trainyard") },
	})
	backendtest.Conform(t, "rent", s.Rented)
}

func TestACancelledRunIsCancelledWhenItsBoxIsGone(t *testing.T) {
	s := open(t, "runpod", Config{})
	task := s.task(t, "save")
	h, err := s.Start(t.Context(), task)
	if err != nil {
		t.Fatal(err)
	}
	backendtest.Says(t, s.Rented, task.Dir, h, "waiting")
	if err := s.Stop(t.Context(), task.Dir, h, time.Minute); err != nil {
		t.Fatal(err)
	}
	if status := s.ended(t, task, h); status.State != launch.Cancelled || len(s.fake.Billed()) != 0 {
		t.Errorf("%+v, %d billed", status, len(s.fake.Billed()))
	}
}

func TestABoxThatIsTakenAwayIsPreemptedAndGivenBack(t *testing.T) {
	s := open(t, "vast", Config{Spot: true})
	task := s.task(t, "wait")
	h, err := s.Start(t.Context(), task)
	if err != nil {
		t.Fatal(err)
	}
	s.fake.Stop(s.fake.Billed()[0].ID)
	s.box.Kill()
	if status := s.ended(t, task, h); status.State != launch.Preempted || len(s.fake.Billed()) != 0 {
		t.Errorf("%+v, %d billed", status, len(s.fake.Billed()))
	}
}

func TestABoxThatDoesNotAnswerIsNoFailure(t *testing.T) {
	s := open(t, "runpod", Config{})
	task := s.task(t, "wait")
	h, err := s.Start(t.Context(), task)
	if err != nil {
		t.Fatal(err)
	}
	s.box.Unplug(t)
	status, err := s.Status(t.Context(), task.Dir, h)
	if err != nil || status.State != launch.Running || !status.LastKnown {
		t.Errorf("%+v, %v", status, err)
	}
	// What is asked to end and cannot hear it is given back.
	if err := s.Stop(t.Context(), task.Dir, h, time.Second); err != nil {
		t.Fatal(err)
	}
	if status := s.ended(t, task, h); status.State != launch.Cancelled || !strings.Contains(status.Reason, "could not be asked to end the trainer: ") {
		t.Errorf("%+v", status)
	}
	s.box.Plug(t)
}

// A caller that is interrupted while it asks has its box, and the trainer its grace.
func TestAStopThatIsInterruptedTakesNoBoxAway(t *testing.T) {
	s := open(t, "runpod", Config{})
	task := s.task(t, "save")
	h, err := s.Start(t.Context(), task)
	if err != nil {
		t.Fatal(err)
	}
	backendtest.Says(t, s.Rented, task.Dir, h, "waiting")
	interrupted, cancel := context.WithCancel(t.Context())
	cancel()
	again, err := Open(s.kind, "rent", s.c, binary.Path) // as another process, which has no session yet
	if err != nil {
		t.Fatal(err)
	}
	again.clock = s.clock
	if err := again.Stop(interrupted, task.Dir, h, time.Minute); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if billed := s.fake.Billed(); len(billed) != 1 {
		t.Errorf("%d boxes are left", len(billed))
	}
	if err := again.Stop(t.Context(), task.Dir, h, time.Minute); err != nil {
		t.Fatal(err)
	}
	if status := s.ended(t, task, h); status.State != launch.Cancelled {
		t.Errorf("%+v", status)
	}
	if log := backendtest.Read(t, s.Rented, task.Dir, h, launch.LogName, 0); !strings.Contains(log, "saved") {
		t.Errorf("it had no time to save: %q", log)
	}
}

// Whatever dies on the way of a start, the next look leaves one box with the run on it,
// or none.
func TestWhereverAStartDiesThereIsOneBoxOrNone(t *testing.T) {
	var started, destroyed int
	for _, point := range []string{"claimed", "intended", "rented", "dialled", "started"} {
		t.Run(point, func(t *testing.T) {
			s := open(t, "runpod", Config{})
			task := s.task(t, "wait")
			s.die(t, task, point)
			h, err := s.Find(t.Context(), task.Dir)
			if _, again := s.Start(t.Context(), task); !errors.Is(again, launch.ErrClaimed) {
				t.Errorf("started again: %v", again)
			}
			switch {
			case err == nil && point == "started":
				started++
				if err := s.Stop(t.Context(), task.Dir, h, 0); err != nil {
					t.Fatal(err)
				}
				s.ended(t, task, h)
			case errors.Is(err, launch.ErrNeverStarted) && point != "started":
				destroyed++
				f, err := s.Paid(task.Dir)
				if had := point == "rented" || point == "dialled"; err != nil || f.AskedAt.IsZero() == had || had && (f.Price == nil || *f.Price <= 0) {
					t.Errorf("what was paid for it: %+v, %v", f, err)
				}
			default:
				t.Errorf("found %q, %v", h, err)
			}
			if made := s.fake.Billed(); len(made) != 0 {
				t.Errorf("%d boxes are billed", len(made))
			}
		})
	}
	t.Logf("%d adopted, %d never started, 0 billed", started, destroyed)
}

// Where the start dies and then the box, the run has a handle, so that its end can be asked
// for and its box is given back.
func TestABoxThatDiesAfterItsLauncherIsGivenBack(t *testing.T) {
	for how, want := range map[string]launch.State{
		"stopped by its owner": launch.Cancelled, "taken away": launch.Preempted, "up again": launch.Succeeded, "up again, and it had not started": launch.Failed,
	} {
		t.Run(how, func(t *testing.T) {
			s := open(t, "vast", Config{})
			task := s.task(t, "exit", "0")
			s.die(t, task, "started")
			attempt := s.box.Here("/root/.trainyard/runs/" + task.Run + "/attempt-1")
			backendtest.Eventually(t, "it has ended", func() bool {
				_, err := os.Stat(filepath.Join(attempt, "exit.json"))
				return err == nil
			})
			s.box.Kill()
			if want == launch.Failed {
				if err := os.RemoveAll(attempt); err != nil {
					t.Fatal(err)
				}
			}
			again, err := Open(s.kind, "rent", s.c, binary.Path) // as another process
			if err != nil {
				t.Fatal(err)
			}
			again.clock = s.clock
			h, err := again.Find(t.Context(), task.Dir)
			if !errors.Is(err, launch.ErrUnseen) || h == "" {
				t.Fatalf("%q, %v", h, err)
			}
			if status, err := again.Status(t.Context(), task.Dir, h); err != nil || status.State != launch.Running || !status.LastKnown {
				t.Errorf("%+v, %v", status, err)
			}
			switch want {
			case launch.Cancelled:
				if err := again.Stop(t.Context(), task.Dir, h, time.Second); err != nil {
					t.Fatal(err)
				}
			case launch.Preempted:
				s.fake.Stop(s.fake.Billed()[0].ID)
			default:
				s.box.Restart(t)
			}
			if status := backendtest.WaitEnded(t, again, task.Dir, h); status.State != want || len(s.fake.Billed()) != 0 {
				t.Errorf("%+v, %d billed", status, len(s.fake.Billed()))
			}
		})
	}
}

// die starts a task, and dies at that point.
func (s shop) die(t *testing.T, task launch.Task, point string) {
	t.Helper()
	died := errors.New("died")
	s.at = func(p string) {
		if p == point {
			panic(died)
		}
	}
	defer func() {
		if s.at = nil; recover() == nil {
			t.Error("it did not come to that point")
		}
	}()
	_, _ = s.Start(t.Context(), task)
}

func TestNoKeyIsWrittenAnywhere(t *testing.T) {
	s := open(t, "runpod", Config{})
	task := s.task(t, "know", "MY_TOKEN")
	task.Command.Env = []launch.Env{{Name: "MY_TOKEN", Value: "planted-by-the-test"}}
	h, err := s.Start(t.Context(), task)
	if err != nil {
		t.Fatal(err)
	}
	s.ended(t, task, h)
	backendtest.CheckKnown(t, backendtest.Read(t, s.Rented, task.Dir, h, launch.LogName, 0), "planted-by-the-test")
	for _, root := range []string{s.home, filepath.Join(s.box.Home, ".trainyard")} {
		err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() {
				return err
			}
			if info, err := d.Info(); err != nil || info.Size() > 1<<20 {
				return err // this program, which has its constants in it
			}
			data, err := os.ReadFile(path)
			for _, secret := range []string{providertest.Key, "planted-by-the-test"} {
				if strings.Contains(string(data), secret) {
					t.Errorf("%s has a secret", path)
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestNothingThatFitsIsSaidWithWhatThereIs(t *testing.T) {
	s := open(t, "runpod", Config{})
	s.c.MaxPrice = 0.01
	task := s.task(t, "wait")
	_, err := s.Start(t.Context(), task)
	if err == nil || !strings.Contains(err.Error(), "for at most $0.01 a GPU-hour") || !strings.Contains(err.Error(), "cheapest") {
		t.Errorf("%v", err)
	}
	if _, err := os.Stat(task.Dir); err == nil {
		t.Error("an attempt was claimed for nothing")
	}
	if _, err := s.Find(t.Context(), task.Dir); !errors.Is(err, launch.ErrNeverStarted) {
		t.Errorf("find: %v", err)
	}
}

// What a box turns out to cost is never above the place's max_price, by no per cent.
func TestABoxAboveMaxPriceIsGivenBack(t *testing.T) {
	s := open(t, "runpod", Config{})
	offers, err := s.mustProvider(t).Offers(t.Context(), provider.Want{GPU: "h100", Count: 1})
	if err != nil {
		t.Fatal(err)
	}
	provider.Cheapest(offers)
	s.fake.Inject(providertest.PriceChange, 100) // every box costs twice its offer
	s.c.MaxPrice = 2*offers[0].PricePerHour - 0.001
	task := s.task(t, "wait")
	var dear *provider.PriceError
	if _, err := s.Start(t.Context(), task); !errors.As(err, &dear) || dear.Allowed != s.c.MaxPrice || len(s.fake.Billed()) > 0 {
		t.Errorf("%v, %d billed", err, len(s.fake.Billed()))
	}
	if f, err := s.Paid(task.Dir); err != nil || f.Price == nil || *f.Price != dear.Box.PricePerHour {
		t.Errorf("what was paid for it: %+v, %v", f, err)
	}
	s.c.MaxPrice = 2 * offers[0].PricePerHour
	task.Dir = filepath.Join(filepath.Dir(task.Dir), "attempt-2")
	h, err := s.Start(t.Context(), task)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Stop(t.Context(), task.Dir, h, 0); err != nil {
		t.Fatal(err)
	}
	if status := s.ended(t, task, h); status.Facts.Price == nil || *status.Facts.Price > s.c.MaxPrice {
		t.Errorf("%+v", status)
	}
}

func (s shop) mustProvider(t *testing.T) provider.Provider {
	t.Helper()
	p, err := s.provider()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestTheWatchdogPutsNoKeyIntoAnArgv(t *testing.T) {
	s := open(t, "runpod", Config{})
	script := watchdog(s.mustProvider(t))
	bin := t.TempDir()
	for name, text := range map[string]string{
		"sleep": "#!/bin/sh\n[ \"$1\" = 60 ] && kill $PPID\nexit 0\n",
		"curl":  "#!/bin/sh\necho \"$@\" >" + bin + "/argv; cat >" + bin + "/stdin\n",
	} {
		if err := os.WriteFile(filepath.Join(bin, name), []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("sh", "-c", strings.TrimSuffix(script, "exec /start.sh")+"\nwait")
	cmd.Env = []string{"PATH=" + bin + ":/usr/bin:/bin", "TRAINYARD_MAX_LIFE=1", "RUNPOD_POD_ID=pod1", "RUNPOD_API_KEY=planted-key"}
	out, _ := cmd.CombinedOutput()
	argv, err := os.ReadFile(filepath.Join(bin, "argv"))
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	stdin, err := os.ReadFile(filepath.Join(bin, "stdin"))
	if err != nil || strings.Contains(string(argv), "planted-key") || !strings.Contains(string(argv), "/pods/pod1") || !strings.Contains(string(stdin), "Bearer planted-key") {
		t.Errorf("argv %q, stdin %q, %v", argv, stdin, err)
	}
}

func TestABoxThatWouldEndBeforeTheRunIsRefused(t *testing.T) {
	s := open(t, "runpod", Config{MaxLife: "2h"})
	task := s.task(t, "wait")
	task.Deadline = 3 * time.Hour
	if _, err := s.Start(t.Context(), task); err == nil || !strings.Contains(err.Error(), "the box would end before the run") {
		t.Errorf("%v", err)
	}
	if _, err := s.Render(t.Context(), task); err == nil {
		t.Error("a dry run takes it")
	}
	if _, err := os.Stat(task.Dir); err == nil || len(s.fake.Billed()) != 0 {
		t.Error("something was asked for")
	}
}

func TestADryRunTellsTheOrder(t *testing.T) {
	r, err := Open(provider.Providers["runpod"], "rent", Config{GPU: "h100", MaxPrice: 3, Image: "pytorch"}, binary.Path)
	if err != nil {
		t.Fatal(err)
	}
	files, err := r.Render(t.Context(), launch.Task{Run: "0199aaaa-0000-4000-8000-000000000001", Attempt: 1, GPUs: 8, Deadline: 12 * time.Hour})
	if err != nil || len(files) != 2 || !strings.Contains(files[0].Content, `"TRAINYARD_MAX_LIFE": 46800`) || !strings.Contains(files[0].Content, `"count": 8`) {
		t.Errorf("%+v, %v", files, err)
	}
	if _, err := r.Render(t.Context(), launch.Task{Nodes: 2}); !errors.Is(err, errNodes) {
		t.Errorf("two nodes: %v", err)
	}
}

func TestWhatIsKeptComesHomeAndTheDatasetDoesNot(t *testing.T) {
	s := open(t, "runpod", Config{})
	task := s.task(t, "pipe", "out")
	shard := filepath.Join(t.TempDir(), "train.parquet")
	if err := os.WriteFile(shard, []byte("rows"), 0o600); err != nil {
		t.Fatal(err)
	}
	task.Command.Files = []launch.File{{Name: "dataset/train.parquet", Link: shard}, {Name: "config.yaml", Content: "lr: 1\n"}}
	h, err := s.Start(t.Context(), task)
	if err != nil {
		t.Fatal(err)
	}
	backendtest.Says(t, s.Rented, task.Dir, h, "waiting")
	if err := s.Stop(t.Context(), task.Dir, h, 0); err != nil {
		t.Fatal(err)
	}
	status := s.ended(t, task, h)
	if status.State != launch.Cancelled || strings.Contains(status.Reason, "came home") {
		t.Errorf("%+v", status)
	}
	for name, want := range map[string]bool{
		"log": true, "config.yaml": true, "out/file": true, "fetched.json": true, "exit.json": true, "out/checkpoint-1": false, "dataset": false, "out/file.part": false,
	} {
		if _, err := os.Stat(filepath.Join(task.Dir, filepath.FromSlash(name))); (err == nil) != want {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Two processes that look at once bring the files home once.
func TestOneOfSeveralLooksBringsTheFilesHome(t *testing.T) {
	s := open(t, "runpod", Config{})
	task := s.task(t, "exit", "0", "all", "done")
	h, err := s.Start(t.Context(), task)
	if err != nil {
		t.Fatal(err)
	}
	var looking sync.WaitGroup
	for range 4 {
		looking.Go(func() {
			backendtest.Eventually(t, "it has ended", func() bool {
				status, err := s.Status(context.Background(), task.Dir, h)
				return err == nil && status.State == launch.Succeeded
			})
		})
	}
	looking.Wait()
	if log := backendtest.Read(t, s.Rented, task.Dir, h, launch.LogName, 0); log != "all done\n" {
		t.Errorf("log %q", log)
	}
}
