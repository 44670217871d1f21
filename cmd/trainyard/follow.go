package main

import (
	"context"
	"fmt"
	"strings"

	"trainyard/cmd/trainyard/face"
	"trainyard/cmd/trainyard/yard"
	"trainyard/launch"
)

// follow shows a run live until it has ended. Interrupting it leaves the run
// alone.
func follow(ctx context.Context, t *face.Terminal, s *settings, y *yard.Yard, run launch.Run) (launch.Run, error) {
	v := &liveView{line: face.NewLive(t), quiet: s.json()}
	run, err := y.Follow(ctx, run, v.show)
	v.line.End()
	if err != nil && !run.State.Ended() {
		t.Say("The run goes on. Follow it again: %s runs logs -f %s", invocation(s), run.ID)
		return run, err
	}
	if err != nil {
		return run, err
	}
	if !s.json() {
		t.Print("%s\n", t.Paint(stateTint(string(run.State)), endWords(run)))
	}
	return run, nil
}

// A liveView shows what happens to a run, a line for each report of the
// trainer.
type liveView struct {
	line  *face.Live
	quiet bool
}

func (v *liveView) show(u launch.Update) error {
	if v.quiet {
		return nil
	}
	if u.Moved && !u.Run.State.Ended() {
		v.line.Show(movedWords(u.Run), true)
	}
	for i, m := range u.Lines {
		v.line.Show(metricWords(m), m.EvalLoss != nil || i == len(u.Lines)-1 && u.Run.State.Ended())
	}
	return nil
}

func movedWords(run launch.Run) string {
	if run.Stalled != "" {
		return fmt.Sprintf("%s, stalled: %s", run.State, run.Stalled)
	}
	return fmt.Sprintf("%s: %s", run.State, run.Reason)
}

// metricWords tells one report: step, losses, speed, time left.
func metricWords(m launch.Metric) string {
	parts := []string{fmt.Sprintf("step %s/%s", face.Thousands(m.Step), face.Thousands(m.TotalSteps))}
	if m.Loss != nil {
		parts = append(parts, fmt.Sprintf("loss %.4f", *m.Loss))
	}
	if m.Diverged {
		parts = append(parts, "loss is not a number")
	}
	if m.EvalLoss != nil {
		parts = append(parts, fmt.Sprintf("validation loss %.4f", *m.EvalLoss))
	}
	if m.TokensPerSecond > 0 {
		parts = append(parts, face.Thousands(int64(m.TokensPerSecond))+" tokens/s")
	}
	if m.Left > 0 {
		parts = append(parts, face.Span(m.Left)+" left")
	}
	return strings.Join(parts, "  ")
}

// endWords is the last line of a run's story.
func endWords(run launch.Run) string {
	text := string(run.State)
	if run.Loss != nil {
		text += fmt.Sprintf(", loss %.4f", *run.Loss)
	}
	if run.EvalLoss != nil {
		text += fmt.Sprintf(", validation loss %.4f", *run.EvalLoss)
	}
	if run.Diverged {
		text += ", diverged at step " + face.Thousands(*run.DivergedStep)
	}
	text += " after " + face.Span(run.Duration(run.EndedAt))
	if run.State != launch.Succeeded && run.Reason != "" {
		text += ": " + run.Reason
	}
	return text
}
