package launch_test

import (
	"bufio"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"trainyard/launch"
	"trainyard/launch/backend/attempt/binary"
	"trainyard/launch/backend/local"
	"trainyard/launch/backend/ssh"
	"trainyard/launch/remote/boxtest"
)

// Variables by which the programs that a test starts know of its box.
const (
	backendVariable = "TRAINYARD_TEST_BACKEND" // which the jobs run on
	boxVariable     = "TRAINYARD_TEST_BOX"     // its address
	configVariable  = "TRAINYARD_TEST_BOX_CONFIG"
)

func backends() map[string]launch.Backend {
	all := map[string]launch.Backend{"local": local.Local{}}
	if address := os.Getenv(boxVariable); address != "" {
		config := ssh.Config{Hosts: []ssh.HostConfig{{Host: address}}, SSHConfig: os.Getenv(configVariable)}
		box, err := ssh.Open("box", config, binary.Path)
		check(err)
		all["box"] = box
	}
	return all
}

// onABox has the jobs of the test run in a box.
func onABox(t *testing.T) *boxtest.Box {
	t.Helper()
	box := boxtest.Up(t, boxtest.Options{})
	t.Setenv(backendVariable, "box")
	t.Setenv(boxVariable, box.Address())
	t.Setenv(configVariable, box.Config)
	return box
}

// newPlaceOn is a place whose trainers leave their marks in the box.
func newPlaceOn(t *testing.T, box *boxtest.Box, mark string) place {
	t.Helper()
	p := newPlace(t)
	p.dataset = datasetOf(t)
	p.mark, p.there = box.Here("/root/"+mark), "/root/"+mark
	return p
}

// datasetOf is a shard that can be brought to a box.
func datasetOf(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"manifest.json", "train-00000-of-00001.parquet"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestALauncherKilledAtAnyPointNeverStartsARunOnABoxTwice(t *testing.T) {
	box := onABox(t)
	for point, want := range map[string]struct {
		state  launch.State
		reason string
		starts int
	}{
		"intent":   {launch.Failed, "never started", 0},
		"starting": {launch.Failed, "never started", 0},
		"started":  {launch.Succeeded, "code 0", 1},
	} {
		t.Run(point, func(t *testing.T) {
			p := newPlaceOn(t, box, "mark-"+point)
			if err := begin(t, "start", p.Home, p.dataset, p.there, point).Run(); err == nil {
				t.Fatal("the launcher lived")
			}
			runs, err := p.Ledger.Runs(t.Context(), 0)
			if err != nil || len(runs) != 1 || runs[0].Handle != "" {
				t.Fatalf("the crash left %+v, %v", runs, err)
			}
			run := p.end(t, runs[0])
			if run.State != want.state || !strings.Contains(run.Reason, want.reason) || p.starts(t) != want.starts {
				t.Errorf("%s: %s, started %d times", run.State, run.Reason, p.starts(t))
			}
		})
	}
}

func TestALauncherKilledAfterAnyPointLeavesATrueLedgerOfABox(t *testing.T) {
	box := onABox(t)
	for point, mayFail := range map[string]bool{"intent": true, "starting": true, "started": false, "saved": false} {
		t.Run(point, func(t *testing.T) {
			p := newPlaceOn(t, box, "mark-after-"+point)
			killAfter(t, p, point)
			runs, err := p.List(t.Context(), 0)
			if err != nil || len(runs) != 1 {
				t.Fatalf("%d runs, %v", len(runs), err)
			}
			run := p.end(t, runs[0])
			never := run.State == launch.Failed && strings.Contains(run.Reason, "never started") && p.starts(t) == 0
			if trained := run.State == launch.Succeeded && p.starts(t) == 1; !trained && (!never || !mayFail) {
				t.Errorf("%s (%s), started %d times", run.State, run.Reason, p.starts(t))
			}
		})
	}
}

func TestManyThatLookAtAnAbandonedRunOfABoxAdoptItOnce(t *testing.T) {
	box := onABox(t)
	p := newPlaceOn(t, box, "mark")
	if err := begin(t, "start", p.Home, p.dataset, p.there, "started").Run(); err == nil {
		t.Fatal("the launcher lived")
	}
	var looking sync.WaitGroup
	for range 8 {
		looking.Go(func() {
			if _, err := launcher(p.Home).List(t.Context(), 0); err != nil {
				t.Error(err)
			}
		})
	}
	looking.Wait()
	runs, err := p.Ledger.Runs(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	if run := p.end(t, runs[0]); run.State != launch.Succeeded || p.starts(t) != 1 {
		t.Errorf("%s: %s, started %d times", run.State, run.Reason, p.starts(t))
	}
}

func TestARunOnABoxGoesOnWhenItsLauncherIsKilled(t *testing.T) {
	box := onABox(t)
	p := newPlaceOn(t, box, "mark")
	cmd := begin(t, "leave", p.Home, p.dataset, p.there)
	out, err := cmd.StdoutPipe()
	if err := errors.Join(err, cmd.Start()); err != nil {
		t.Fatal(err)
	}
	id, err := bufio.NewReader(out).ReadString('\n')
	if err := errors.Join(err, cmd.Process.Kill()); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // killed
	run, err := p.Ledger.Find(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	p.awaitStart(t)
	if run, err = p.Refresh(t.Context(), run); err != nil || run.State != launch.Running {
		t.Fatalf("%s (%s), %v", run.State, run.Reason, err)
	}
	if run, err = p.Stop(t.Context(), run); err != nil || run.State != launch.Cancelled || run.ExitCode == nil || *run.ExitCode != 143 {
		t.Errorf("%+v, %v", run.Attempt, err)
	}
}
