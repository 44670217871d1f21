package slurm

import (
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"trainyard/launch/sweep/sweeptest"
)

// 24 cells are elements of arrays, while trainyards are killed, two of them at work at
// once, trainers are, and elements that run and that wait are cancelled by others.
func TestASweepOfArraysThatIsStruckAtRandomRunsEachCellOnce(t *testing.T) {
	slow(t)
	onCluster(t)
	if why := sweeptest.Missing(); why != "" {
		t.Skip(why)
	}
	dir := t.TempDir()
	program := filepath.Join(dir, "trainyard")
	run(t, "go", "build", "-o", program, "trainyard/cmd/trainyard")
	s := &sweeptest.Sweep{
		Program: program, Dir: dir, Here: filepath.Join(dir, "marks"), There: filepath.Join(dir, "marks"),
		Args: []string{"--backend", "slurm", "--parallel", "8"}, Rates: 4, Seeds: 6, Longest: 1500 * time.Millisecond, Abreast: 2,
	}
	s.Batter(t, 20,
		sweeptest.Blow{Name: "trainer killed", Strike: s.KillTrainer},
		sweeptest.Blow{Name: "running element cancelled", Strike: func() bool { return onOne("running", "scancel") }},
		sweeptest.Blow{Name: "waiting element cancelled", Strike: func() bool { return onOne("pending", "scancel") }},
	)
	s.Settle(t)
	s.Check(t)
	if jobs := run(t, "squeue", "-h", "-t", "all", "--me", "-o", "%j"); !strings.Contains(jobs, "-x") {
		t.Errorf("no array:\n%s", jobs)
	}
}

// onOne runs a program on one of the elements in that state.
func onOne(state string, argv ...string) bool {
	out, err := exec.Command("squeue", "-h", "-r", "-t", state, "--me", "-o", "%i").Output()
	jobs := strings.Fields(string(out))
	if err != nil || len(jobs) == 0 {
		return false
	}
	argv = append(argv, jobs[rand.IntN(len(jobs))])
	return exec.Command(argv[0], argv[1:]...).Run() == nil // an error: it has ended meanwhile
}
