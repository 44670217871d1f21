package slurm

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"trainyard/launch/backend/backendtest"
)

// built builds trainyard, and returns how to run it with a state directory of its own.
func built(t *testing.T, more ...string) func(args ...string) (string, error) {
	t.Helper()
	self := filepath.Join(t.TempDir(), "trainyard")
	run(t, "go", "build", "-o", self, "trainyard/cmd/trainyard")
	home := t.TempDir()
	return func(args ...string) (string, error) {
		cmd := exec.Command(self, args...)
		cmd.Env = append(append(os.Environ(), "TRAINYARD_HOME="+filepath.Join(home, "yard"), "XDG_CONFIG_HOME="+filepath.Join(home, "config")), more...)
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
}

func TestTheDemoTrainsOnSlurm(t *testing.T) {
	slow(t)
	onCluster(t)
	trainyard := built(t)
	out, err := trainyard("launch", "demo", "--backend", "slurm:low", "--dry-run")
	for _, want := range []string{"sbatch", "--job-name=ty-RUN-a1", "--partition=low", "--gpus-per-node=1", "srun --kill-on-bad-exit=1", "/runs/RUN/attempt-1"} {
		if err != nil || !strings.Contains(out, want) {
			t.Errorf("the dry run lacks %q (%v):\n%s", want, err, out)
		}
	}
	if out, err := trainyard("launch", "demo", "--backend", "slurm"); err != nil || !strings.Contains(out, "succeeded") {
		t.Errorf("%v:\n%s", err, out)
	}
	if out, err := trainyard("runs"); err != nil || !strings.Contains(out, "succeeded") {
		t.Errorf("%v:\n%s", err, out)
	}
}

// The trainyard that launches is killed at once after its job was submitted: the next
// one finds the job, and follows it.
func TestARunWhoseTrainyardWasKilledIsFollowedByTheNext(t *testing.T) {
	slow(t)
	onCluster(t)
	bin := killer(t, "sbatch", "after", 1)
	trainyard := built(t, "PATH="+bin+":"+os.Getenv("PATH"))
	if out, err := trainyard("launch", "demo", "--backend", "slurm", "--detach"); err == nil || err.Error() != "signal: killed" {
		t.Fatalf("it was not killed: %v\n%s", err, out)
	}
	var last string
	backendtest.Eventually(t, "the run has ended", func() bool {
		out, err := trainyard("runs", "--json")
		last = out
		var runs []struct{ State string }
		return err == nil && json.Unmarshal([]byte(out), &runs) == nil && len(runs) == 1 && runs[0].State == "succeeded"
	})
	if t.Failed() {
		t.Log(last)
	}
	if jobs := strings.Fields(run(t, "squeue", "-h", "-t", "all", "--me", "-o", "%i %j")); strings.Count(strings.Join(jobs, " "), "ty-") == 0 {
		t.Errorf("jobs %v", jobs)
	}
}
