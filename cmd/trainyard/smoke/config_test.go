package smoke

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func loadText(t *testing.T, text string) (Config, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.json")
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	return LoadConfig(path)
}

func TestConfigFillsInWhatIsLeftOut(t *testing.T) {
	cfg, err := loadText(t, `{"dataset": "d", "output_dir": "o", "epochs": 1.5, "expected": {"rows": 7}}`)
	if err != nil {
		t.Fatal(err)
	}
	want := Config{Dataset: "d", OutputDir: "o", Epochs: 1.5, BatchSize: 1, LearningRate: 0.1, LoggingSteps: 1, Expected: Totals{Rows: 7}}
	if cfg != want {
		t.Errorf("got %+v, want %+v", cfg, want)
	}
}

func TestConfigTellsAllFaultsAtOnce(t *testing.T) {
	_, err := loadText(t, `{"output_dir": "o", "epochs": -1, "batch_size": 0, "logging_steps": 0}`)
	for _, want := range []string{"config.json", "dataset: ", "epochs: got -1", "batch_size: got 0", "logging_steps: got 0"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q in it", err, want)
		}
	}
}

func TestConfigRefusesKeysItDoesNotKnow(t *testing.T) {
	if _, err := loadText(t, `{"dataset": "d", "output_dir": "o", "epoch": 2}`); err == nil || !strings.Contains(err.Error(), `"epoch"`) {
		t.Errorf("got %v", err)
	}
}
