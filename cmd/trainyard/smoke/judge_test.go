package smoke

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The verdicts, weighted by their tokens, are the validation loss that the run told of
// its last step: what is judged is what was trained.
func TestVerdictsAddUpToTheValidationLoss(t *testing.T) {
	cfg := readConfig(t, twoSplits(t))
	train(t, cfg)
	all, err := Judge(t.Context(), cfg.OutputDir, cfg.Dataset)
	if err != nil {
		t.Fatal(err)
	}
	held := conversations(t, 50, 2)
	if len(all) != len(held) {
		t.Fatalf("%d verdicts of %d rows", len(all), len(held))
	}
	var sum, tokens float64
	for i, v := range all {
		if v.ID != held[i].TrajID || v.Loss <= 0 {
			t.Errorf("%+v of %s", v, held[i].TrajID)
		}
		weight := float64(held[i].NTrainedTokens)
		sum, tokens = sum+v.Loss*weight, tokens+weight
	}
	var told map[string]float64
	if err := readJSON(filepath.Join(cfg.OutputDir, "eval_results.json"), &told); err != nil {
		t.Fatal(err)
	}
	if math.Abs(sum/tokens-told["eval_loss"]) > 1e-9 {
		t.Errorf("%v against %v", sum/tokens, told["eval_loss"])
	}
	// A checkpoint is judged as the output directory is.
	steps := saved(t, cfg.OutputDir)
	at, err := Judge(t.Context(), filepath.Join(cfg.OutputDir, fmt.Sprint(checkpointPrefix, steps[len(steps)-1])), cfg.Dataset)
	if err != nil || len(at) != len(all) || at[0] != all[0] {
		t.Errorf("%v, %v", at, err)
	}
}

func TestAModelThatCannotBeJudgedIsRefused(t *testing.T) {
	cfg := readConfig(t, twoSplits(t))
	train(t, cfg)
	if _, err := Judge(t.Context(), t.TempDir(), cfg.Dataset); err == nil || !strings.Contains(err.Error(), "vocabulary.json") {
		t.Errorf("%v", err)
	}
	cut := t.TempDir()
	for name, keep := range map[string]int{"vocabulary.json": 1 << 30, "model.safetensors": 5000} {
		data, err := os.ReadFile(filepath.Join(cfg.OutputDir, name))
		if err == nil {
			err = os.WriteFile(filepath.Join(cut, name), data[:min(keep, len(data))], 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Judge(t.Context(), cut, cfg.Dataset); err == nil || !strings.Contains(err.Error(), "model.safetensors") {
		t.Errorf("a model that is cut: %v", err)
	}
}
