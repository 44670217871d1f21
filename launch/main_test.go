package launch_test

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"trainyard/launch"
	"trainyard/launch/backend/local"
	"trainyard/launch/trainer"
)

// TestMain lets the test binary play trainyard's supervisor, the trainer, and
// a trainyard that starts a run and may be killed while it does.
func TestMain(m *testing.M) {
	if len(os.Args) > 2 && play(os.Args[1], os.Args[2:]) {
		os.Exit(0)
	}
	if len(os.Args) > 1 && !strings.HasPrefix(os.Args[1], "-") { // no role: the tests would start themselves for ever
		fmt.Fprintln(os.Stderr, "ModuleNotFoundError: No module named", os.Args[1])
		os.Exit(2)
	}
	// A program built with the race detector waits a second before it exits.
	os.Setenv("GORACE", "atexit_sleep_ms=0")
	os.Exit(m.Run())
}

func play(role string, args []string) bool {
	switch role {
	case "supervise":
		check(local.Supervise(args[0]))
	case "train": // MARK OUTPUT
		train(args[0], args[1])
	case "save": // MARK OUTPUT: trains, and leaves a whole checkpoint
		train(args[0], args[1])
		whole := filepath.Join(args[1], "checkpoint-3")
		check(os.MkdirAll(whole, 0o700))
		check(os.WriteFile(filepath.Join(whole, "trainer_state.json"), []byte(`{"global_step": 3}`), 0o600))
	case "evaluate": // MARK OUTPUT MODEL NAME CONTENT: leaves a report, where the model is one
		note(args[0])
		_, err := os.Stat(filepath.Join(args[2], "trainer_state.json"))
		check(err)
		check(os.WriteFile(filepath.Join(args[1], args[3]), []byte(args[4]), 0o600))
	case "tend": // HOME POINT: looks after all runs until nothing is left, and dies at the point
		l := launcher(args[0])
		l.DieAt(func(point string) {
			if point == args[1] {
				check(syscall.Kill(os.Getpid(), syscall.SIGKILL))
				select {}
			}
		})
		check(tendAll(context.Background(), l))
	case "fall": // MARK OUTPUT RESUME: dies of a lost rank at first, and goes on from what it saved
		fall(args[0], args[1], args[2])
	case "hold": // MARK: until asked to end
		asked := make(chan os.Signal, 1)
		signal.Notify(asked, syscall.SIGTERM)
		note(args[0]) // from here on it hears the signal
		<-asked
		os.Exit(143)
	case "start": // HOME DATASET MARK POINT: starts a run and dies at the point
		l := launcher(args[0])
		l.DieAt(func(point string) {
			if point == args[3] {
				check(syscall.Kill(os.Getpid(), syscall.SIGKILL))
				select {}
			}
		})
		run, err := l.Start(context.Background(), job(args[1], "train", args[2], "{output}"))
		check(err)
		fmt.Println(run.ID)
	case "tell": // HOME DATASET MARK: starts a run, says the points it reaches, and waits to be killed
		l := launcher(args[0])
		l.DieAt(func(point string) { fmt.Println(point) })
		_, err := l.Start(context.Background(), job(args[1], "train", args[2], "{output}"))
		check(err)
		fmt.Println("saved")
		time.Sleep(time.Hour)
	case "leave": // HOME DATASET MARK: starts a run that goes on, and waits to be killed
		run, err := launcher(args[0]).Start(context.Background(), job(args[1], "hold", args[2]))
		check(err)
		fmt.Println(run.ID)
		time.Sleep(time.Hour)
	case "begin": // HOME ID MARK: starts a run that is pending already
		l := launcher(args[0])
		run, err := l.Ledger.Run(context.Background(), args[1])
		check(err)
		fmt.Println("ready")
		_, err = bufio.NewReader(os.Stdin).ReadString('\n') // all racers at once
		check(err)
		run, err = l.Begin(context.Background(), run, launch.Command{Argv: []string{l.Self, "hold", args[2]}})
		fmt.Println(run.Handle != "" && err == nil, err)
	case "open": // FILE: one of many that meet at a new ledger
		l, err := launch.OpenForTest(args[0])
		check(err)
		_, err = l.Create(context.Background(), args[1], launch.Job{}, launch.Command{})
		check(err)
		check(l.Close())
	default:
		return false
	}
	return true
}

// tendAll looks after the runs of a launcher until none needs it.
func tendAll(ctx context.Context, l *launch.Launcher) error {
	for {
		open, err := l.Unfinished(ctx)
		if err != nil || len(open) == 0 {
			return err
		}
		for _, run := range open {
			_, deeds, err := l.Tend(ctx, run)
			for _, d := range deeds {
				err = errors.Join(err, d.Err)
			}
			if err != nil {
				return err
			}
		}
		time.Sleep(l.Poll)
	}
}

// train leaves its mark and logs as a trainer does.
func train(mark, output string) {
	note(mark)
	check(os.MkdirAll(output, 0o700))
	log, err := os.Create(filepath.Join(output, "trainer_log.jsonl"))
	check(err)
	for step := 1; step <= 3; step++ {
		_, err := fmt.Fprintf(log, `{"current_steps": %d, "total_steps": 3, "loss": %d.5, "throughput": 100, "remaining_time": "0:00:01"}`+"\n", step, 4-step)
		check(err)
	}
	_, err = fmt.Fprintln(log, `{"current_steps": 3, "total_steps": 3, "eval_loss": 1.75}`)
	check(err)
	fmt.Println("trained")
}

// fall saves a whole checkpoint and half of another, and dies, unless it is given one
// to go on from: then it says so, and trains to the end.
func fall(mark, output, resume string) {
	if resume != "" {
		note(mark)
		fmt.Println("resumed from", resume)
		train(mark, output)
		return
	}
	note(mark)
	whole, half := filepath.Join(output, "checkpoint-2"), filepath.Join(output, "checkpoint-3")
	check(os.MkdirAll(whole, 0o700))
	check(os.MkdirAll(half, 0o700))
	check(os.WriteFile(filepath.Join(whole, "trainer_state.json"), []byte(`{"global_step": 2}`), 0o600))
	check(os.WriteFile(filepath.Join(half, "model.safetensors"), []byte("half"), 0o600))
	fmt.Println("[rank1] Watchdog caught collective operation timeout: WorkNCCL(SeqNum=7)")
	os.Exit(1)
}

// note adds a line to the file that counts starts.
func note(mark string) {
	f, err := os.OpenFile(mark, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	check(err)
	_, err = fmt.Fprintln(f, os.Getpid())
	check(err)
	check(f.Close())
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// launcher is what the program makes of its settings.
func launcher(home string) *launch.Launcher {
	self, err := os.Executable()
	check(err)
	ledger, err := launch.OpenForTest(launch.LedgerFile(home))
	check(err)
	return &launch.Launcher{
		Home: home, Ledger: ledger, Trainers: trainer.Trainers, Evaluator: trainer.Evaluation{}, Backends: backends(), Self: self, Poll: 5 * time.Millisecond,
	}
}

// job runs this binary in a role, through the trainer command.
func job(dataset string, argv ...string) launch.Job {
	list := []any{"{self}"}
	for _, arg := range argv {
		list = append(list, arg)
	}
	return launch.Job{
		Recipe: "r", Fingerprint: "f", Trainer: "command", Backend: cmp.Or(os.Getenv(backendVariable), "local"), Model: "m", Template: "qwen2.5",
		Dataset: launch.Dataset{Dir: dataset, Train: launch.Split{Shards: []string{"train-00000-of-00001.parquet"}, Rows: 10}},
		Window:  1024, Epochs: 1, Batch: 1, LR: 1e-5, Params: launch.Params{"argv": list},
	}
}

// A place is a state directory of a test, the launcher in it, and the file
// that counts how often its trainer was started.
type place struct {
	*launch.Launcher
	dataset, mark string
	there         string // what the trainer calls the mark
}

func newPlace(t *testing.T) place {
	t.Helper()
	dir := t.TempDir()
	l := launcher(filepath.Join(dir, "home"))
	p := place{Launcher: l, dataset: filepath.Join(dir, "dataset"), mark: filepath.Join(dir, "mark")}
	p.there = p.mark
	t.Cleanup(func() {
		runs, err := l.Ledger.Runs(context.Background(), 0)
		if err != nil {
			t.Error(err)
		}
		l.Grace = time.Millisecond
		for _, r := range runs {
			if _, err := l.Stop(context.Background(), r); err != nil {
				t.Error(err)
			}
		}
		if err := l.Ledger.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

// starts counts how often the trainer was started.
func (p place) starts(t *testing.T) int {
	t.Helper()
	data, err := os.ReadFile(p.mark)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return strings.Count(string(data), "\n")
}

// awaitStart waits until the trainer does its work: a signal before that ends
// it without a word.
func (p place) awaitStart(t *testing.T) {
	t.Helper()
	for p.starts(t) == 0 {
		if err := t.Context().Err(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Millisecond)
	}
}

// begin starts this binary in a role that play knows.
func begin(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, args...)
	cmd.Stderr = os.Stderr
	return cmd
}

// dies runs this binary in a role in which it kills itself.
func dies(t *testing.T, args ...string) {
	t.Helper()
	cmd := begin(t, args...)
	if err := cmd.Run(); err == nil || cmd.ProcessState.ExitCode() != -1 {
		t.Fatalf("%s was to die of a signal: %v", args[0], err)
	}
}

func (p place) end(t *testing.T, run launch.Run) launch.Run {
	t.Helper()
	run, err := p.Watch(t.Context(), run, func(launch.Update) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	return run
}
