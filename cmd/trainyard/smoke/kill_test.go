package smoke

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// With these the test binary is a trainer that kills itself at a line.
const (
	configOfChild = "SMOKE_TEST_CONFIG"
	endOfChild    = "SMOKE_TEST_KILL_AT"
)

func TestMain(m *testing.M) {
	path := os.Getenv(configOfChild)
	if path == "" {
		os.Exit(m.Run())
	}
	cfg, err := LoadConfig(path)
	if err == nil {
		err = Train(context.Background(), cfg, stopper{os.Getenv(endOfChild), killSelf})
	}
	fmt.Println("not killed:", err)
	os.Exit(1)
}

func killSelf() {
	self, err := os.FindProcess(os.Getpid())
	if err == nil {
		err = self.Kill()
	}
	if err != nil {
		panic(err)
	}
	select {} // the signal is on its way
}

// TestKilledTrainerEndsLikeOneThatWasNot kills processes with SIGKILL, at
// lines before and after a checkpoint, and lets the last one finish.
func TestKilledTrainerEndsLikeOneThatWasNot(t *testing.T) {
	whole := readConfig(t, twoSplits(t))
	whole.SaveSteps = 2
	train(t, whole)

	killed := whole
	killed.OutputDir = t.TempDir()
	config := filepath.Join(t.TempDir(), "config.json")
	if err := os.WriteFile(config, []byte(toJSON(t, killed)), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"step 1/6", "step 2/6  saved", "step 3/6  epoch 1.00  validation", "step 4/6", "step 5/6", "step 6/6  saved"} {
		killAt(t, config, line)
	}
	train(t, killed)
	for _, file := range []string{"model.safetensors", "checkpoint-6/optimizer.safetensors"} {
		if !bytes.Equal(readBytes(t, whole.OutputDir, file), readBytes(t, killed.OutputDir, file)) {
			t.Errorf("%s differs", file)
		}
	}
	if a, b := toJSON(t, untimed(readLog(t, killed.OutputDir))), toJSON(t, untimed(readLog(t, whole.OutputDir))); a != b {
		t.Errorf("log of the killed run\n%s\nof the whole run\n%s", a, b)
	}
}

func killAt(t *testing.T, config, line string) {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), configOfChild+"="+config, endOfChild+"="+line)
	out, err := child.CombinedOutput()
	if err == nil || !strings.Contains(err.Error(), "killed") {
		t.Fatalf("trainer to be killed at %q: %v\n%s", line, err, out)
	}
}
