package evidence_test

import (
	"math"
	"strings"
	"testing"

	"trainyard/format"
	"trainyard/format/evidence"
	"trainyard/format/formattest"
)

func TestAMeasureIsANumberOfTheRecord(t *testing.T) {
	const raw = `{"reward":0.5,"tests":{"passed":3,"all":true},"note":"7","messages":[` + formattest.AskOK + `]}`
	subject := evidence.Subject{
		Record: format.Record{Raw: []byte(raw)}, Trajectory: formattest.MustParse(t, "openai", raw), Tokens: 120, Trained: 30, Chat: make(format.Chat, 3),
	}
	nan := math.NaN()
	for name, want := range map[string]float64{
		"n_tokens": 120, "n_trained_tokens": 30, "n_steps": 1, "n_messages": 3, "features.steps": 1, "features.exploration": 0, "features.test_runner": 0,
		"features.calls.bash": 0, "flags.loop": 0, "reward": 0.5, "tests.passed": 3, "tests.all": 1, "tests.none": nan, "note": nan, "missing": nan, "reward.x": nan,
	} {
		m, err := evidence.NewMeasure(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := m.Of(subject); got != want && !(math.IsNaN(got) && math.IsNaN(want)) {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
}

func TestAnUnknownMeasureNamesTheOneThatIsMeant(t *testing.T) {
	for name, want := range map[string]string{
		"n_token": `did you mean "n_tokens"?`, "exploration": `did you mean "features.exploration"?`, "features.explorations": `did you mean "exploration"?`,
		"loop": `did you mean "flags.loop"?`, "flags.lop": `did you mean "loop"?`, "features.calls": "no feature is called",
	} {
		if _, err := evidence.NewMeasure(name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", name, err, want)
		}
	}
}
