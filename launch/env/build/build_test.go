package build

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"trainyard/launch/task"
)

// TestMain lets the test binary be the agent that builds.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == "build" {
		if err := Serve(context.Background(), os.Stdin, os.Stdout); err != nil {
			_, _ = os.Stderr.WriteString(err.Error())
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func sh(script string, args ...string) Step {
	return Step{Argv: append([]string{"/bin/sh", "-ec", script, "sh"}, args...)}
}

// planOf makes a directory with two files, and counts in another how often it was made.
func planOf(t *testing.T) (Plan, func() int) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "envs", "abc")
	count := filepath.Join(t.TempDir(), "count")
	p := Plan{
		Dir: dir, Marker: dir + MarkerSuffix, Files: []task.File{{Name: "abc.txt", Content: "a==1\n"}},
		Steps:  []Step{sh(`mkdir "$1"; test ! -e "$1/first"; echo x >>"$2"`, dir, count), sh(`cp "$1.txt" "$1/first"`, dir)},
		Freeze: sh(`cat "$1/first"`, dir),
	}
	return p, func() int {
		data, _ := os.ReadFile(count) // not there before the first
		return strings.Count(string(data), "x")
	}
}

func TestAnEnvironmentIsBuiltOnceAndTold(t *testing.T) {
	p, made := planOf(t)
	for n := range 2 {
		b, err := p.Build(t.Context())
		if err != nil || b.There != (n == 1) || b.Freeze != "a==1\n" || b.Dir != p.Dir || b.Path != os.Getenv("PATH") {
			t.Errorf("%+v, %v", b, err)
		}
	}
	if err := os.RemoveAll(p.Dir); err != nil { // by hand: its marker is left
		t.Fatal(err)
	}
	if b, err := p.Build(t.Context()); err != nil || b.There || made() != 2 {
		t.Errorf("%+v, %v, made %d times", b, err, made())
	}
}

func TestOfManyBuildsOneWorks(t *testing.T) {
	p, made := planOf(t)
	p.Steps = append(p.Steps, sh("sleep 0.3"))
	text, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	var building sync.WaitGroup
	for range 6 {
		building.Go(func() {
			cmd := exec.Command(os.Args[0], "build")
			cmd.Stdin = bytes.NewReader(text)
			var b Built
			out, err := cmd.Output()
			if err := errors.Join(err, json.Unmarshal(out, &b)); err != nil || b.Freeze != "a==1\n" {
				t.Errorf("%+v, %v", b, err)
			}
		})
	}
	building.Wait()
	if made() != 1 {
		t.Errorf("made %d times", made())
	}
}

// TestABuildThatIsKilledAtAnyStepLeavesNoneOrAWholeOne: the build is killed while a
// step runs, whose program goes on for a while and must not meet the next build.
func TestABuildThatIsKilledAtAnyStepLeavesNoneOrAWholeOne(t *testing.T) {
	for at := range 3 {
		p, _ := planOf(t)
		whole := p
		reached, late := filepath.Join(t.TempDir(), "reached"), filepath.Join(p.Dir, "late")
		slow := sh(`mkdir -p "$3"; touch "$1"; sleep 0.5; touch "$2"`, reached, late, p.Dir)
		p.Steps = append(append(append([]Step(nil), p.Steps[:at]...), slow), p.Steps[at:]...)
		text, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(os.Args[0], "build")
		cmd.Stdin = bytes.NewReader(text)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		for deadline := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
			if _, err := os.Stat(reached); err == nil {
				break
			}
			if time.Now().After(deadline) {
				t.Fatal("the step was not reached")
			}
		}
		if err := cmd.Process.Signal(syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait() // killed
		if _, err := os.Stat(p.Marker); err == nil {
			t.Fatalf("killed at step %d, it has its marker", at)
		}
		if b, err := whole.Build(t.Context()); err != nil || b.There {
			t.Errorf("after a kill at step %d: %+v, %v", at, b, err)
		}
		if _, err := os.Stat(late); err == nil {
			t.Errorf("what was left of step %d wrote into the next environment", at)
		}
	}
}

func TestAStepThatFailsSaysItsLastWordsAndLeavesNoMarker(t *testing.T) {
	p, _ := planOf(t)
	p.Steps = append(p.Steps, Step{Argv: []string{"/bin/sh", "-c", "echo no such package as $WORD >&2; exit 3"}, Env: []Var{{"WORD", "numpi"}}})
	if _, err := p.Build(t.Context()); err == nil || !strings.Contains(err.Error(), "no such package as numpi") || !strings.Contains(err.Error(), "status 3") {
		t.Errorf("%v", err)
	}
	if isWhole(p) {
		t.Error("it is whole")
	}
}

func TestAStepWithoutItsProgramIsLeftOut(t *testing.T) {
	p, _ := planOf(t)
	step := sh("exit 1")
	step.Needs = "no-such-compiler"
	p.Steps = append(p.Steps, step)
	if b, err := p.Build(t.Context()); err != nil || len(b.Left) != 1 || !strings.Contains(b.Left[0], "no-such-compiler") {
		t.Errorf("%+v, %v", b, err)
	}
}

func TestAPlanThatLeavesItsPlaceIsRefused(t *testing.T) {
	p, _ := planOf(t)
	p.Files = []task.File{{Name: "../elsewhere", Content: "x"}}
	if _, err := p.Build(t.Context()); err == nil || !strings.Contains(err.Error(), "elsewhere") {
		t.Errorf("%v", err)
	}
	p, _ = planOf(t)
	p.Dir = "envs/abc"
	if _, err := p.Build(t.Context()); err == nil || !strings.Contains(err.Error(), "absolute") {
		t.Errorf("%v", err)
	}
}
