package main

import (
	"context"
	"fmt"
	"math"
	"strings"
	"time"

	"trainyard/cmd/trainyard/face"
	"trainyard/cmd/trainyard/yard"
	"trainyard/launch"
)

func runShow(ctx context.Context, t *face.Terminal, s *settings, y *yard.Yard, prefix string) error {
	story, err := y.RunStory(ctx, prefix)
	return answerWith(t, s, story, err, printStory)
}

func printStory(t *face.Terminal, story *yard.RunStory) error {
	printRun(t, story)
	printCurve(t, story.LossCurve)
	printEvents(t, story.Events)
	return nil
}

func printRun(t *face.Terminal, run *yard.RunStory) {
	j := run.Job
	t.Print("Run      %s\n", run.ID)
	t.Print("State    %s\n", t.Paint(stateTint(string(run.State)), strings.TrimSuffix(string(run.State)+": "+run.Reason, ": ")))
	t.Print("Recipe   %s (%.12s)\n", recipeWords(run.Run), j.Fingerprint)
	if j.Evaluates != nil {
		printAbout(t, j.Evaluates)
	}
	if j.Dataset.Dir != "" {
		t.Print("Dataset  %s: %s, %s tokens\n", j.Dataset.Dir, face.Counted(j.Dataset.Train.Rows, "row"), face.Thousands(j.Dataset.Train.Tokens))
	}
	if run.DatasetFault != "" {
		t.Print("         %s\n", t.Paint(face.Wary, run.DatasetFault))
	}
	t.Print("Trainer  %s on %s, attempt %d\n", j.Trainer, j.Backend, run.N)
	if run.Environment != "" {
		t.Print("Python   environment %s\n", run.Environment)
	}
	if j.Evaluates == nil || run.TotalSteps > 0 { // an evaluation has no steps of its own
		t.Print("Progress %s, loss %s, validation loss %s\n", progressWords(run.Run), lossWords(run.Loss), lossWords(run.EvalLoss))
	}
	printOddities(t, run.Run)
	printEnding(t, run.Run, run.Ending)
	t.Print("Time     %s\n", face.Span(run.Duration(time.Now())))
	t.Print("Cost     %s\n", costWords(run.Total.Dollars, j.Backend))
	printFacts(t, run)
	printEvaluations(t, run.Evaluations)
	printResults(t, run.Results)
	t.Print("Files    %s\n", run.Dir)
}

// printFacts tells of each attempt what is known of its speed, its price and its
// waste; nothing where nothing is.
func printFacts(t *face.Terminal, run *yard.RunStory) {
	if run.CreatedBy != "" {
		t.Print("User     %s\n", run.CreatedBy)
	}
	for _, f := range run.Attempts {
		if words := factWords(f); words != "" {
			t.Print("Attempt  %d, %s: %s\n", f.Attempt, f.State, words)
		}
	}
}

func factWords(f yard.AttemptFacts) string {
	var words []string
	add := func(known bool, format string, args ...any) {
		if known {
			words = append(words, fmt.Sprintf(format, args...))
		}
	}
	value := func(v *float64) float64 {
		if v == nil {
			return 0
		}
		return *v
	}
	if f.Tokens != nil {
		add(true, "%s tokens", face.Thousands(*f.Tokens))
	}
	add(f.TokensPerSecond != nil, "%s tokens/s", face.Thousands(int64(value(f.TokensPerSecond))))
	add(f.MFU != nil, "MFU %.1f %%", 100*value(f.MFU))
	add(f.GPUHours != nil, "%.2f GPU-hours", value(f.GPUHours))
	add(f.Dollars != nil, "%s", face.Dollars(value(f.Dollars)))
	add(f.Provisioning != nil, "%s until its place was there", face.Span(time.Duration(value(f.Provisioning)*float64(time.Second))))
	if f.LostSteps != nil && *f.LostSteps > 0 {
		add(true, "%s lost since its checkpoint", face.Counted(*f.LostSteps, "step"))
	}
	return strings.Join(words, ", ")
}

// printOddities tells what is not as it should be with what the trainer told.
func printOddities(t *face.Terminal, run launch.Run) {
	if run.DivergedStep != nil {
		t.Print("Loss     diverged: no finite number at step %s\n", face.Thousands(*run.DivergedStep))
	}
	if run.Stalled != "" {
		t.Print("Stalled  %s\n", run.Stalled)
	}
	if run.Segment > 0 {
		t.Print("Log      begun anew %s; the curve is that of the newest\n", face.Counted(run.Segment, "time"))
	}
	if run.Unread > 0 {
		t.Print("Unread   %s of its log not understood, such as %q\n", face.Counted(run.Unread, "line"), run.UnreadExample)
	}
	if run.Trouble != "" {
		t.Print("Trouble  %s\n", run.Trouble)
	}
}

// printEnding names the kind of trouble, what shows it, and what to do.
func printEnding(t *face.Terminal, run launch.Run, d *launch.Diagnosis) {
	if d == nil {
		return
	}
	t.Print("Ending   %s: %s\n", d.Class, strings.ReplaceAll(d.Advice, "runs logs ID", fmt.Sprintf("runs logs %.8s", run.ID)))
	for _, line := range d.Lines {
		t.Print("         %s\n", line)
	}
}

// printCurve draws the loss over all attempts as one line of blocks, oldest left.
func printCurve(t *face.Terminal, loss []launch.Point) {
	var losses []float64
	for _, p := range loss {
		if v := float64(p.Value); !math.IsNaN(v) && !math.IsInf(v, 0) {
			losses = append(losses, v)
		}
	}
	if len(losses) > 1 {
		t.Print("Loss     %s  %.4f to %.4f\n", face.Sparkline(losses, 40), losses[0], losses[len(losses)-1])
	}
}

func printEvents(t *face.Terminal, events []launch.Event) {
	t.Print("\nHistory\n")
	for _, e := range events {
		t.Print("  %s  %-9s  %s\n", e.At.Local().Format(time.DateTime), e.State, e.Text)
	}
}
