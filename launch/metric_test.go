package launch

import (
	"encoding/json"
	"io"
	"math"
	"reflect"
	"slices"
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
	for _, line := range []string{
		"", "null", "[]", "{}", `{"loss": 1}`, `{"current_steps": "five"}`, `{"current_steps": 1`, "Traceback",
		`{"current_steps": 1.5}`, `{"current_steps": -1}`, `{"current_steps": 1e300}`, `{"current_steps": NaN}`, strings.Repeat("{", 1000),
	} {
		if m, ok := ParseMetric([]byte(line)); ok {
			t.Errorf("%q read as %+v", line, m)
		}
	}
}

// read is what a log tells when all of it is there.
func read(t *testing.T, log string) (steps []int64, unread int) {
	t.Helper()
	err := eachLine(strings.NewReader(log), true, func(line []byte) {
		metrics, missed := readLine(nil, line)
		for _, m := range metrics {
			steps = append(steps, m.Step)
		}
		if missed {
			unread++
		}
	}, func([]byte) {})
	if err != nil {
		t.Fatal(err)
	}
	return steps, unread
}

func TestOddLinesAreReadAndWhatIsNotReadIsCounted(t *testing.T) {
	for name, c := range map[string]struct {
		log    string
		steps  []int64
		unread int
	}{
		"a byte order mark":        {"\xef\xbb\xbf" + `{"current_steps": 1}` + "\n", []int64{1}, 0},
		"a step with a point":      {`{"current_steps": 2.0, "total_steps": 9.0}`, []int64{2}, 0},
		"a step in quotes":         {`{"current_steps": "3", "total_steps": "9", "loss": "3.0"}` + "\r\n", []int64{3}, 0},
		"a bar on the line":        {" 44%|####    | 4/9\r" + `{"current_steps": 4}` + "\n", []int64{4}, 1},
		"a bar without an end":     {" 44%|####    | 4/9 " + `{"current_steps": 4}` + "\n", []int64{4}, 0},
		"two objects on a line":    {`{"current_steps": 1}{"current_steps": 2}` + "\n", []int64{1, 2}, 0},
		"words behind":             {`{"current_steps": 1} # first` + "\n", []int64{1}, 0},
		"no end of the last line":  {`{"current_steps": 1}` + "\n" + `{"current_steps": 2}`, []int64{1, 2}, 0},
		"old Mac line ends":        {`{"current_steps": 1}` + "\r" + `{"current_steps": 2}` + "\r", []int64{1, 2}, 0},
		"holes of a crash":         {"\x00\x00\x00" + `{"current_steps": 1}` + "\n", []int64{1}, 0},
		"ms-swift's names":         {`{"loss": 1.5, "global_step/max_steps": "5/100"}` + "\n", []int64{5}, 0},
		"nested members":           {`{"memory": {"a": [1, "}"]}, "current_steps": 7}` + "\n", []int64{7}, 0},
		"a half line":              {`{"current_steps": 1, "lo` + "\n" + `{"current_steps": 2}` + "\n", []int64{2}, 1},
		"words":                    {"starting\n" + `{"current_steps": 1}` + "\n\n", []int64{1}, 1},
		"a figure that is a word":  {`{"current_steps": 1, "loss": "high"}` + "\n", []int64{1}, 1},
		"a total beyond all limit": {`{"current_steps": 1, "total_steps": 1e30, "total_tokens": 1e400}` + "\n", []int64{1}, 0},
	} {
		steps, unread := read(t, c.log)
		if !slices.Equal(steps, c.steps) || unread != c.unread {
			t.Errorf("%s: steps %v and %d unread, want %v and %d", name, steps, unread, c.steps, c.unread)
		}
	}
}

func TestALossThatIsNoNumberIsOneHoweverItIsSpelled(t *testing.T) {
	for line, diverged := range map[string]bool{
		`"loss": nan`: true, `"loss": -nan`: true, `"loss": "-nan"`: true, `"loss": "NaN"`: true, `"loss": Infinity`: true, `"loss": "inf"`: true, `"loss": 1e999`: true,
		`"loss": tensor(nan, device='cuda:0', grad_fn=<NllLossBackward0>)`: true, `"loss": np.float32(nan)`: true, `"train_loss": NaN`: true, `"lm loss": nan`: true, `"actor/pg_loss": np.float64(nan)`: true,
		`"loss": tensor(1.5, device='cuda:0')`: false, `"loss": np.float64(1.5)`: false, `"loss": null`: false, `"loss": None`: false, `"train_loss": 1.5`: false,
		`"best_val_loss": Infinity`: false, `"val/best_loss": inf`: false, `"min_train_loss": inf`: false, `"admin_loss": nan`: true,
		`"loss_scale": Infinity`: false, `"use_chunked_loss": true`: false, `"gloss": NaN`: false, `"loss": 1.0, "ppl": NaN`: false,
	} {
		m, unread := readLine(nil, []byte(`{"step": 3, `+line+`}`))
		if len(m) != 1 || unread || m[0].Diverged != diverged {
			t.Errorf("%s: %+v, unread %v", line, m, unread)
		}
	}
	if m, _ := readLine(nil, []byte(`{'step': 3, 'loss': tensor(1.5, device='cuda:0'), 'grad_norm': np.float64(2.5)}`)); len(m) != 1 || m[0].Loss == nil || *m[0].Loss != 1.5 || *m[0].GradNorm != 2.5 {
		t.Errorf("%+v", m)
	}
}

func TestTheNormOfTheGradientIsKeptWhateverItIs(t *testing.T) {
	m, ok := ParseMetric([]byte(`{"current_steps": 5, "loss": 0.0, "grad_norm": NaN}`))
	if !ok || !m.Diverged || m.GradNorm == nil || !math.IsNaN(float64(*m.GradNorm)) {
		t.Errorf("a NaN behind a filtered loss: %v %+v", ok, m)
	}
	for text, want := range map[string]string{"NaN": `"NaN"`, "Infinity": `"Infinity"`, "-Infinity": `"-Infinity"`, "1.25": `1.25`} {
		m, _ := ParseMetric([]byte(`{"current_steps": 5, "loss": 1.0, "grad_norm": ` + text + `}`))
		data, err := json.Marshal(m.GradNorm)
		if err != nil || string(data) != want || m.Diverged {
			t.Errorf("%s: %s, diverged %v, %v", text, data, m.Diverged, err)
		}
	}
}

func TestTheLineBeingWrittenIsLeftForTheNextLook(t *testing.T) {
	whole := `{"current_steps": 1, "loss": 2}` + "\n" + "noise\n"
	var lines []string
	taken := 0
	err := eachLine(strings.NewReader(whole+`{"current_steps": 2, "lo`), false, func(line []byte) { lines = append(lines, string(line)) }, func(b []byte) { taken += len(b) })
	if err != nil || taken != len(whole) || len(lines) != 2 {
		t.Errorf("%d bytes, %q, %v", taken, lines, err)
	}
}

func TestHoweverTheLogIsCutTheLinesAreReadOnce(t *testing.T) {
	log := "\xef\xbb\xbf" + `{"current_steps": 1, "loss": 3}` + "\n" + `{"current_steps": 2, "loss": 2}` + "\r\n" + `{"current_steps": 3, "loss": 1}` + "\n"
	for cut := range len(log) {
		taken := 0
		var steps []int64
		visit := func(line []byte) {
			if m, ok := ParseMetric(line); ok {
				steps = append(steps, m.Step)
			}
		}
		take := func(b []byte) { taken += len(b) }
		if err := eachLine(strings.NewReader(log[:cut]), false, visit, take); err != nil {
			t.Fatal(err)
		}
		if err := eachLine(strings.NewReader(log[taken:]), true, visit, take); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(steps, []int64{1, 2, 3}) || taken != len(log) {
			t.Fatalf("cut at %d: steps %v, %d bytes", cut, steps, taken)
		}
	}
}

func TestALineWithoutEndCostsNoMemory(t *testing.T) {
	longest := 0
	endless := io.LimitReader(strings.NewReader(strings.Repeat("x", 5*maxLine)), 5*maxLine)
	if err := eachLine(endless, true, func(line []byte) { longest = max(longest, len(line)) }, func([]byte) {}); err != nil || longest > maxLine {
		t.Errorf("a line of %d bytes, %v", longest, err)
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
		if m, ok := ParseMetric(line); !ok && !reflect.DeepEqual(m, Metric{}) {
			t.Errorf("refused, but %+v", m)
		}
	})
}

func FuzzHear(f *testing.F) {
	f.Add(" 10%|#| 1/10 [00:01]\r{'loss': '0.5', 'grad_norm': nan}\n", `{"global_step": 1, "log_history": [{"step": 1, "loss": NaN}]}`)
	f.Fuzz(func(t *testing.T, output, state string) {
		var b bar
		var metrics []Metric
		err := eachLine(strings.NewReader(output), true, func(line []byte) { metrics, _ = b.read(metrics, line) }, func([]byte) {})
		s, _ := readState(&OpenFile{ReaderAt: strings.NewReader(state), Size: int64(len(state))})
		for _, m := range append(metrics, s.curve...) {
			if m.Step < 0 || m.TotalSteps < 0 || m.TotalTokens < 0 || m.Left < 0 || m.Loss != nil && math.IsNaN(*m.Loss) {
				t.Errorf("%+v", m)
			}
		}
		if err != nil {
			t.Error(err)
		}
	})
}
