package smoke

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// configOfChild makes the test binary a trainer.
const configOfChild = "SMOKE_TEST_CONFIG"

func TestMain(m *testing.M) {
	path := os.Getenv(configOfChild)
	if path == "" {
		os.Exit(m.Run())
	}
	cfg, err := LoadConfig(path)
	if err == nil {
		err = Train(context.Background(), cfg, os.Stdout)
	}
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

// TestKilledTrainerEndsLikeOneThatWasNot kills processes with SIGKILL at lines
// of their output, saving after every step, and lets the last one finish.
func TestKilledTrainerEndsLikeOneThatWasNot(t *testing.T) {
	whole := readConfig(t, twoSplits(t))
	whole.SaveSteps = 1
	train(t, whole)

	killed := whole
	killed.OutputDir = t.TempDir()
	config := filepath.Join(t.TempDir(), "config.json")
	if err := os.WriteFile(config, []byte(toJSON(t, killed)), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"step 1/6", "step 2/6  saved", "step 4/6", "step 5/6"} {
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

// killAt runs a trainer until its output has line.
func killAt(t *testing.T, config, line string) {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), configOfChild+"="+config)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	found := false
	for lines := bufio.NewScanner(out); !found && lines.Scan(); {
		found = strings.Contains(lines.Text(), line)
	}
	_ = child.Process.Kill() // it may have ended by itself
	_ = child.Wait()
	if !found {
		t.Fatalf("the trainer never said %q", line)
	}
}
