package launch_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"trainyard/launch"
	"trainyard/launch/database/postgrestest"
)

// The tests of this package are those of the ledger over SQLite on a local disk.
// These two run all of them once more, over the other engines.

func TestAllOfThisHoldsOnAFileSystemOfSeveralHosts(t *testing.T) { holdsOver(t, "shared") }

func TestAllOfThisHoldsOverPostgreSQL(t *testing.T) { holdsOver(t, postgrestest.Start(t)) }

// holdsOver plays this test binary with another engine.
func holdsOver(t *testing.T, engine string) {
	t.Helper()
	if testing.Short() {
		t.Skip("runs all tests again")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, "-test.v", "-test.skip", "^(TestAllOfThisHolds|Fuzz|Benchmark)")
	cmd.Env = append(os.Environ(), launch.EngineVariable+"="+engine)
	out, err := cmd.CombinedOutput()
	passed := strings.Count(string(out), "\n--- PASS: ")
	if err != nil || passed < 100 {
		t.Errorf("%d tests passed, %v\n%s", passed, err, failures(string(out)))
	}
	t.Logf("%d tests passed, %d skipped", passed, strings.Count(string(out), "\n--- SKIP: "))
}

// failures are the parts of an output that tell what failed.
func failures(out string) string {
	var b strings.Builder
	for line := range strings.Lines(out) {
		if !strings.HasPrefix(line, "=== ") && !strings.Contains(line, "--- PASS: ") && !strings.Contains(line, "--- SKIP: ") {
			b.WriteString(line)
		}
	}
	return b.String()
}
