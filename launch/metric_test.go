package launch

import (
	"strings"
	"testing"
	"time"
)

func TestALineOfATrainersLogIsRead(t *testing.T) {
	m, ok := ParseMetric([]byte(`{"current_steps": 5, "total_steps": 20, "loss": 1.5, "lr": 5e-05, "epoch": 0.25, "percentage": 25.0, "elapsed_time": "0:01:05", "remaining_time": "1 day, 2:00:03", "throughput": 812.4, "total_tokens": 52800}`))
	if !ok || m.Step != 5 || m.TotalSteps != 20 || *m.Loss != 1.5 || m.EvalLoss != nil || *m.LR != 5e-5 || *m.Epoch != 0.25 ||
		m.TokensPerSecond != 812.4 || m.TotalTokens != 52800 || m.Elapsed != 65*time.Second || m.Left != 26*time.Hour+3*time.Second {
		t.Errorf("%v %+v", ok, m)
	}
}

func TestFiguresAsPythonWritesThemAreRead(t *testing.T) {
	for _, loss := range []string{`NaN`, `Infinity`, `-Infinity`, `"nan"`, `"inf"`} {
		m, ok := ParseMetric([]byte(`{"current_steps": 5, "loss": ` + loss + `, "epoch": 1}`))
		if !ok || m.Loss != nil || !m.Diverged || *m.Epoch != 1 {
			t.Errorf("%s: %v %+v", loss, ok, m)
		}
	}
	if m, ok := ParseMetric([]byte(`{"current_steps": 5, "loss": "1.23", "eval_loss": null}`)); !ok || *m.Loss != 1.23 || m.Diverged {
		t.Errorf("a number in quotes: %v %+v", ok, m)
	}
}

func TestLinesThatAreNotProgressAreNone(t *testing.T) {
	for _, line := range []string{"", "null", "[]", "{}", `{"loss": 1}`, `{"current_steps": "five"}`, `{"current_steps": 1`, "Traceback"} {
		if m, ok := ParseMetric([]byte(line)); ok {
			t.Errorf("%q read as %+v", line, m)
		}
	}
}

func TestTheLineBeingWrittenIsLeftForTheNextLook(t *testing.T) {
	whole := `{"current_steps": 1, "loss": 2}` + "\n" + "noise\n"
	metrics, n, err := readMetrics(strings.NewReader(whole + `{"current_steps": 2, "lo`))
	if err != nil || n != int64(len(whole)) || len(metrics) != 1 || metrics[0].Step != 1 {
		t.Errorf("%d bytes, %+v, %v", n, metrics, err)
	}
}

func TestHoweverTheLogIsCutTheLinesAreReadOnce(t *testing.T) {
	log := `{"current_steps": 1, "loss": 3}` + "\n" + `{"current_steps": 2, "loss": 2}` + "\r\n" + `{"current_steps": 3, "loss": 1}` + "\n"
	for cut := range len(log) {
		first, n, err := readMetrics(strings.NewReader(log[:cut]))
		if err != nil {
			t.Fatal(err)
		}
		second, _, err := readMetrics(strings.NewReader(log[n:]))
		if err != nil {
			t.Fatal(err)
		}
		var steps []int64
		for _, m := range append(first, second...) {
			steps = append(steps, m.Step)
		}
		if len(steps) != 3 || steps[0] != 1 || steps[1] != 2 || steps[2] != 3 {
			t.Fatalf("cut at %d: steps %v", cut, steps)
		}
	}
}

func TestANewerLineKeepsWhatItDoesNotHave(t *testing.T) {
	loss, held := 2.0, 3.0
	m := Metric{Step: 5, TotalSteps: 10, Loss: &loss, TokensPerSecond: 100}.merge(Metric{Step: 5, EvalLoss: &held})
	if *m.Loss != 2 || *m.EvalLoss != 3 || m.TotalSteps != 10 || m.TokensPerSecond != 100 {
		t.Errorf("%+v", m)
	}
	if m = m.merge(Metric{Step: 6, Diverged: true}); m.Loss != nil || !m.Diverged {
		t.Errorf("a loss that is no number does not keep the one before: %+v", m)
	}
	if m = m.merge(Metric{Step: 7, Loss: &loss}); m.Diverged {
		t.Errorf("a number after it counts again: %+v", m)
	}
}

func FuzzParseMetric(f *testing.F) {
	f.Add([]byte(`{"current_steps": 1, "loss": NaN, "remaining_time": "1 day, 0:00:01"}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		if m, ok := ParseMetric(line); !ok && m != (Metric{}) {
			t.Errorf("refused, but %+v", m)
		}
	})
}
