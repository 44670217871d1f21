package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"trainyard/launch/remote/boxtest"
	"trainyard/launch/sweep/sweeptest"
)

// blows is how often a sweep is struck: a few times, or as often as .ci/sweeps asks for.
func blows(few, many int) int {
	if os.Getenv("TRAINYARD_SLOW_TESTS") == "" {
		return few
	}
	return many
}

// localSweep is a sweep on this machine, of 24 cells where much is asked for.
func localSweep(t *testing.T) *sweeptest.Sweep {
	t.Helper()
	if why := sweeptest.Missing(); why != "" {
		t.Skip(why)
	}
	if testing.Short() {
		t.Skip("kills and restarts what takes long under the race detector")
	}
	h := newCasesHome(t)
	marks := filepath.Join(h.dir, "marks")
	return &sweeptest.Sweep{
		Program: h.program, Dir: h.dir, Here: marks, There: marks,
		Args: []string{"--parallel", "4"}, Rates: blows(1, 4), Seeds: 6, Longest: 900 * time.Millisecond,
	}
}

func TestASweepThatIsStruckAtRandomRunsEachCellOnce(t *testing.T) {
	s := localSweep(t)
	s.Batter(t, blows(5, 66), sweeptest.Blow{Name: "trainer killed", Strike: s.KillTrainer})
	s.Settle(t)
	s.Check(t)
}

// A machine over ssh whose disk stays: it is killed and comes up again, its sshd is, and
// trainers there are. Two people run the sweep at once.
func TestASweepOnABoxThatDiesRunsEachCellOnce(t *testing.T) {
	s, box := boxSweep(t)
	s.Batter(t, blows(4, 30), append(boxBlows(t, box),
		sweeptest.Blow{Name: "trainer killed", Strike: func() bool {
			pids := strings.Fields(box.Sh(t, "pgrep -f [s]moke-train || true"))
			if len(pids) == 0 {
				return false
			}
			said := box.Sh(t, "kill -9 "+pids[rand.IntN(len(pids))]+" 2>/dev/null && echo hit || true") // it may have ended meanwhile
			return said == "hit\n"
		}})...)
	s.Settle(t)
	s.Check(t)
}

// The models of a box are evaluated here: each is fetched, whatever dies on the way.
func TestWhatABoxThatDiesHasTrainedIsEvaluatedHereOnce(t *testing.T) {
	slow(t)
	s, box := boxSweep(t)
	s.Evaluates, s.EvaluatesThere, s.Rates, s.Seeds = "local", s.Here, 1, 4
	s.Batter(t, 8, append(boxBlows(t, box), sweeptest.Blow{Name: "evaluation killed", Strike: s.KillEvaluation})...)
	s.Settle(t)
	s.Check(t)
}

// boxSweep is a sweep of two people at once on a machine over ssh.
func boxSweep(t *testing.T) (*sweeptest.Sweep, *boxtest.Box) {
	t.Helper()
	box := boxtest.Up(t, boxtest.Options{})
	s := localSweep(t)
	config := fmt.Sprintf("backends:\n  - {name: lab, kind: ssh, hosts: [%q], ssh_config: %s}\n", box.Address(), box.Config)
	if err := os.MkdirAll(filepath.Join(s.Dir, "config/trainyard"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(s.Dir, "config/trainyard/config.yaml"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	s.Here, s.There = box.Here("/root/marks"), "/root/marks"
	s.Args, s.Abreast = append(s.Args, "--backend", "lab"), 2
	s.Env = []string{"XDG_CACHE_HOME=" + t.TempDir(), "GOCACHE=" + goEnv(t, "GOCACHE"), "GOMODCACHE=" + goEnv(t, "GOMODCACHE")}
	return s, box
}

func boxBlows(t *testing.T, box *boxtest.Box) []sweeptest.Blow {
	return []sweeptest.Blow{
		{Name: "box killed, up again on its disk", Strike: func() bool { box.Restart(t); return true }},
		{Name: "sshd killed", Strike: func() bool { box.Hang(t); return true }},
	}
}
