package yard

import (
	"testing"

	"trainyard/launch"
	"trainyard/launch/estimate"
	"trainyard/launch/sweep"
	"trainyard/recipes"
)

// waitingPlan has a stage of two variants that waits, of two seeds each, one evaluation to
// a cell; the second variant is the larger.
func waitingPlan(hours *estimate.Range) *SweepPlan {
	p := &SweepPlan{Stages: []SweepStage{{}, {Most: 1}}}
	for _, v := range []struct {
		name          string
		tokens, steps int64
	}{{"half", 100, 32}, {"all", 150, 44}} {
		for range 2 {
			half := 0.5
			c := SweepCell{State: sweep.Waits, Tokens: v.tokens, Steps: v.steps, Hours: hours, Cost: hours}
			c.Cell = recipes.Cell{Stage: 1, Variant: v.name, Recipe: &recipes.Recipe{}}
			c.Recipe.Train.Epochs = 1
			c.Evaluations = []CellEvaluation{{State: sweep.Missing, EvaluationMoney: EvaluationMoney{Backend: "local", Hours: &half}}}
			p.Cells = append(p.Cells, c)
		}
	}
	return p
}

func TestAStageThatWaitsIsCountedAtItsLargestVariant(t *testing.T) {
	p := waitingPlan(nil)
	p.weigh(launch.Caps{})
	if got := p.Total; got.Steps != 88 || got.Planned != 2 || got.Unknown != 2 || got.Left != nil {
		t.Errorf("%+v", got)
	}
	if got := p.Total.Evaluations; got.Waiting != 2 || got.Count != 0 || got.Hours != 1 {
		t.Errorf("%+v", got)
	}
	p = waitingPlan(&estimate.Range{Low: 1, High: 2})
	if p.weigh(launch.Caps{}); p.Total.Steps != 88 || p.Total.Unknown != 0 || p.Total.Hours.High != 4 {
		t.Errorf("%+v", p.Total)
	}
}

func TestWhatIsPaidByTheHourAndHasNoEndHasNoWorstCase(t *testing.T) {
	price := 2.0
	for _, c := range []struct {
		of      EvaluationMoney
		unknown bool
	}{
		{EvaluationMoney{Backend: "local"}, false},
		{EvaluationMoney{Backend: "local", Money: Money{GPUHour: &price}}, true},
		{EvaluationMoney{Backend: "local", Money: Money{GPUHour: &price, Worst: &price}}, false},
		{EvaluationMoney{Backend: "lab"}, true},
	} {
		if got := worstOf([]EvaluationMoney{c.of}) == nil; got != c.unknown {
			t.Errorf("%+v: unknown %v", c.of, got)
		}
	}
}

func TestAGainIsFoundOverWhatIsPublished(t *testing.T) {
	rows := []recipes.PublishedRow{{Name: "base", Figures: []recipes.Published{{Name: "b", Value: 1.8}}}, {Name: "all", Figures: []recipes.Published{{Name: "b", Value: 15}}}}
	d := Detectable{Benchmark: recipes.Benchmark{Name: "b"}}
	if d.learnRate(nil, rows, pastResults{}); d.Rate != 0.15 || d.RateFrom != "published of all" {
		t.Errorf("%v, %s", d.Rate, d.RateFrom)
	}
	if d.learnRate(nil, nil, pastResults{}); d.Rate != assumedRate || d.RateFrom != "assumed" {
		t.Errorf("%v, %s", d.Rate, d.RateFrom)
	}
}
