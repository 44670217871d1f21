package main

import (
	"context"
	"fmt"
	"strings"

	"trainyard/cmd/trainyard/face"
	"trainyard/cmd/trainyard/yard"
	"trainyard/launch"
)

// followEvaluations waits for the evaluations of a run that succeeded. Interrupting it
// leaves them alone.
func followEvaluations(ctx context.Context, t *face.Terminal, s *settings, y *yard.Yard, run launch.Run) error {
	told := map[string]bool{}
	bad, err := y.AwaitEvaluations(ctx, run, func(d launch.Deed) {
		words := d.What
		if d.Err != nil {
			words = d.Err.Error()
		}
		if !told[words] {
			told[words] = true
			t.Say("%s", words)
		}
	})
	if err != nil {
		t.Say("The evaluations go on: %s runs show %s", invocation(s), run.ID)
		return err
	}
	if !s.json() {
		if err := printEvaluated(ctx, t, y, run); err != nil {
			return err
		}
	}
	if len(bad) > 0 {
		return fmt.Errorf("%w: %s", errNotEvaluated, strings.Join(bad, "; "))
	}
	return nil
}

func printEvaluated(ctx context.Context, t *face.Terminal, y *yard.Yard, run launch.Run) error {
	runs, err := y.Evaluations(ctx, run)
	printEvaluations(t, runs)
	return err
}

// printEvaluations has a line for each evaluation of a run, the newest first.
func printEvaluations(t *face.Terminal, all []launch.Run) {
	for _, e := range all {
		state := t.Paint(stateTint(string(e.State)), string(e.State))
		t.Print("Eval     %s: %s, run %s on %s: %s\n", e.Job.Evaluates.Name, state, short(e), e.Job.Backend, e.Reason)
	}
}

// recipeWords names the recipe of a run, and what is evaluated where it is an evaluation.
func recipeWords(r launch.Run) string {
	if r.Job.Evaluates == nil {
		return r.Job.Recipe
	}
	return r.Job.Recipe + "/" + r.Job.Evaluates.Name
}

// printAbout tells of the run of an evaluation what it is about.
func printAbout(t *face.Terminal, e *launch.Evaluated) {
	words := fmt.Sprintf("run %s, attempt %d", e.Run, e.Attempt)
	if e.Step > 0 {
		words += ", step " + face.Thousands(e.Step)
	}
	if e.Model != "" {
		words += ": " + e.Model
	}
	t.Print("Of       %s\n", words)
}
