package main

import (
	"context"
	"fmt"
	"strings"

	"trainyard/cmd/trainyard/face"
	"trainyard/launch"
)

// follow shows a run live until it has ended. Interrupting it leaves the run
// alone.
func follow(ctx context.Context, t *face.Terminal, s *settings, l *launch.Launcher, run launch.Run) (launch.Run, error) {
	v := &liveView{t: t, quiet: s.json()}
	run, err := l.Watch(ctx, run, v.show)
	v.end()
	if err != nil && !run.State.Ended() {
		t.Say("The run goes on. Follow it again: %s runs logs -f %s", invocation(s, l.Self), run.ID)
		return run, err
	}
	if err != nil {
		return run, err
	}
	if !s.json() {
		t.Print("%s\n", endWords(run))
	}
	return run, nil
}

// A liveView writes one line per report of the trainer: over the last one on
// a terminal, below it elsewhere.
type liveView struct {
	t     *face.Terminal
	quiet bool
	open  bool // a line on the terminal is not finished
}

func (v *liveView) show(u launch.Update) error {
	if v.quiet {
		return nil
	}
	if u.Moved && !u.Run.State.Ended() {
		v.line(fmt.Sprintf("%s: %s", u.Run.State, u.Run.Reason), true)
	}
	for i, m := range u.Lines {
		v.line(metricWords(m), m.EvalLoss != nil || i == len(u.Lines)-1 && u.Run.State.Ended())
	}
	return nil
}

// line shows text; keep leaves it standing on a terminal.
func (v *liveView) line(text string, keep bool) {
	if !v.t.ErrTTY {
		v.t.Say("%s", text)
		return
	}
	fmt.Fprintf(v.t.Err, "\r\x1b[K%s", text)
	v.open = !keep
	if keep {
		fmt.Fprintln(v.t.Err)
	}
}

func (v *liveView) end() {
	if v.open {
		fmt.Fprintln(v.t.Err)
	}
	v.open = false
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
	if run.State != launch.Succeeded && run.Reason != "" {
		text += ": " + run.Reason
	}
	if run.Loss != nil {
		text += fmt.Sprintf(", loss %.4f", *run.Loss)
	}
	if run.EvalLoss != nil {
		text += fmt.Sprintf(", validation loss %.4f", *run.EvalLoss)
	}
	return text + " after " + face.Span(run.Duration(run.EndedAt))
}
