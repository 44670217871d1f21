package slurm

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The cells of a sweep are elements of one array, each of which starts once; a sweep
// that is killed right after sbatch goes on with the jobs that it has.
func TestASweepIsAnArrayOfWhichEachCellStartsOnce(t *testing.T) {
	slow(t)
	onCluster(t)
	dir := t.TempDir()
	file, marks := filepath.Join(dir, "s.yaml"), filepath.Join(dir, "marks")
	text := fmt.Sprintf("name: s\nextends: demo\ntrain: {trainer: command, params: {argv: [sh, -c, \"echo {output} >> %s\"]}}\nsweep: {seeds: [1, 2, 3, 4, 5, 6]}\n", marks)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	trainyard := built(t, "PATH="+killer(t, "sbatch", "after", 1)+":"+os.Getenv("PATH"))
	for attempt := 1; ; attempt++ {
		out, err := trainyard("sweep", "run", file, "--backend", "slurm", "--parallel", "0")
		if attempt == 1 && (err == nil || err.Error() != "signal: killed") {
			t.Fatalf("it was not killed: %v\n%s", err, out)
		}
		if err == nil {
			break
		}
		if attempt > 3 {
			t.Fatalf("%v:\n%s", err, out)
		}
	}
	starts, err := os.ReadFile(marks)
	lines := strings.Fields(string(starts))
	different := map[string]bool{}
	for _, l := range lines {
		different[l] = true
	}
	if err != nil || len(lines) != 6 || len(different) != 6 {
		t.Errorf("%d starts of %d attempts, %v", len(lines), len(different), err)
	}
	if jobs := run(t, "squeue", "-h", "-t", "all", "--me", "-o", "%j"); !strings.Contains(jobs, "-x6") {
		t.Errorf("no array of six:\n%s", jobs)
	}
}
