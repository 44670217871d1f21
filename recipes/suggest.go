package recipes

import (
	"fmt"
	"slices"
	"strings"

	"trainyard/format"
)

// didYouMean returns a hint with the word closest to got, or "" where none is
// close enough to be what was meant.
func didYouMean(got string, known []string) string {
	if w := Closest(got, known); w != "" {
		return fmt.Sprintf("did you mean %q?", w)
	}
	return ""
}

// choose is didYouMean followed by everything there is to choose from.
func choose(got string, known []string) string {
	if len(known) == 0 {
		return "there is none"
	}
	all := "known: " + strings.Join(known, ", ")
	if hint := didYouMean(got, known); hint != "" {
		return hint + " " + all
	}
	return all
}

// foreign holds what other trainers' files call our keys, where the words have
// no letters in common.
var foreign = map[string]string{
	"learning_rate": "lr", "lr_scheduler_type": "schedule", "finetuning_type": "method",
	"per_device_train_batch_size": "batch", "num_train_epochs": "epochs",
	"cutoff_len": "window", "max_seq_length": "window", "max_length": "window",
	"weight": "share", "datasets": "sources", "model_name_or_path": "base", "dialect": "format",
}

// Closest is format.Closest, which also knows what other trainers call our keys,
// and takes one that got contains (batch_size, max_epochs).
func Closest(got string, known []string) string {
	folded := strings.ReplaceAll(strings.ToLower(got), "-", "_")
	if w := foreign[folded]; slices.Contains(known, w) {
		return w
	}
	if near := format.Closest(got, known); near != "" {
		return near
	}
	for _, w := range known {
		if len(w) > 3 && strings.Contains(folded, w) {
			return w
		}
	}
	return ""
}
