package price_test

import (
	"math"
	"strings"
	"testing"
	"testing/quick"
	"time"

	"trainyard/launch/price"
)

func TestTheWorstCaseIsRateTimesDeadlineTimesAttemptsTimesBoxes(t *testing.T) {
	for _, c := range []struct {
		plan price.Plan
		want float64
	}{
		{price.Plan{Rate: 23.92, Boxes: 1, Deadline: 10 * time.Hour, Attempts: 1}, 239.20},
		{price.Plan{Rate: 23.92, Boxes: 2, Deadline: 10 * time.Hour, Attempts: 3}, 1435.20},
		{price.Plan{Rate: 0.1, Boxes: 1, Deadline: 3 * time.Hour, Attempts: 1}, 0.30},
		{price.Plan{Rate: 1, Boxes: 1, Deadline: time.Second, Attempts: 1}, 0.01}, // up to the cent
		{price.Plan{Rate: 0, Boxes: 1, Deadline: time.Hour, Attempts: 1}, 0},
	} {
		got, err := c.plan.Worst()
		if err != nil || math.Abs(got-c.want) > 1e-9 {
			t.Errorf("%+v: $%v, %v", c.plan, got, err)
		}
	}
}

func TestAPlanWithoutAnEndHasNoWorstCase(t *testing.T) {
	good := price.Plan{Rate: 1, Boxes: 1, Deadline: time.Hour, Attempts: 1}
	for what, spoil := range map[string]func(*price.Plan){
		"no deadline":        func(p *price.Plan) { p.Deadline = 0 },
		"a deadline of ages": func(p *price.Plan) { p.Deadline = 1 << 62 },
		"no attempts":        func(p *price.Plan) { p.Attempts = 0 },
		"no boxes":           func(p *price.Plan) { p.Boxes = 0 },
		"a negative rate":    func(p *price.Plan) { p.Rate = -1 },
		"no number":          func(p *price.Plan) { p.Rate = math.NaN() },
		"no end of dollars":  func(p *price.Plan) { p.Rate = math.Inf(1) },
	} {
		p := good
		spoil(&p)
		if worst, err := p.Worst(); err == nil {
			t.Errorf("%s: $%v", what, worst)
		}
	}
}

// TestNothingHeldToAPlanCostsMore: any attempts that each end by the deadline cost at
// most the worst case.
func TestNothingHeldToAPlanCostsMore(t *testing.T) {
	holds := func(cents uint16, minutes uint16, lengths [5]uint16) bool {
		p := price.Plan{Rate: float64(cents) / 100, Boxes: 1, Deadline: time.Duration(minutes+1) * time.Minute, Attempts: len(lengths)}
		worst, err := p.Worst()
		at, spent := time.Unix(0, 0), 0.0
		for _, l := range lengths {
			end := at.Add(min(time.Duration(l)*time.Minute, p.Deadline))
			spent += price.Counted{Rate: p.Rate, Start: at, End: end}.Dollars(end.Add(time.Hour))
			at = end
		}
		return err == nil && spent <= worst+1e-6
	}
	if err := quick.Check(holds, nil); err != nil {
		t.Error(err)
	}
}

const prices = `{"prices": [
	{"gpu": "h100", "per_gpu_hour": 3},
	{"gpu": "h100-sxm", "per_gpu_hour": 2.5},
	{"gpu": "h100", "provider": "ssh", "per_gpu_hour": 0, "note": "ours"},
	{"gpu": "h100", "spot": true, "per_gpu_hour": 1.2}
]}`

func TestThePriceThatFitsBestIsTaken(t *testing.T) {
	f, err := price.ParseFile("p.json", []byte(prices))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		gpu, provider string
		spot          bool
		want          float64
		ok            bool
	}{
		{"h100-sxm-80gb", "runpod", false, 2.5, true},
		{"h100-pcie-80gb", "runpod", false, 3, true},
		{"h100-sxm-80gb", "ssh", false, 0, true},
		{"h100-sxm-80gb", "vast", true, 1.2, true},
		{"h200-sxm-141gb", "runpod", false, 0, false},
		{"h1000", "runpod", false, 0, false},
	} {
		got, ok := f.Lookup(c.gpu, c.provider, c.spot)
		if got != c.want || ok != c.ok {
			t.Errorf("%+v: $%v, %v", c, got, ok)
		}
	}
}

func TestAPriceFileWithFaultsTellsAllOfThem(t *testing.T) {
	_, err := price.ParseFile("p.json", []byte(`{"prices": [{"gpu": "H100", "per_gpu_hour": 1}, {"gpu": "a100"}, {"gpu": "a100", "per_gpu_hour": -1}, {"gpu": "t4", "per_gpu_hour": 1}, {"gpu": "t4", "per_gpu_hour": 2}]}`))
	for _, want := range []string{"price 1", "price 2", "price 3", "price 5"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s is not told: %v", want, err)
		}
	}
	for _, bad := range []string{``, `[]`, `{"price": []}`, `{"prices": []} {}`, `{"prices": [{"gpu": "t4", "dollars": 1}]}`} {
		if f, err := price.ParseFile("p.json", []byte(bad)); err == nil {
			t.Errorf("%q is %+v", bad, f)
		}
	}
}

func TestBothBooksStandInOneTable(t *testing.T) {
	at := func(h float64) time.Time { return time.Unix(0, 0).Add(time.Duration(h * float64(time.Hour))) }
	counted := []price.Counted{
		{"runpod", "even", "r1", 2, at(0), at(3)},
		{"runpod", "late", "r1", 2, at(0), at(3)},
		{"runpod", "running", "r1", 2, at(0), time.Time{}},
		{"runpod", "less", "r1", 2, at(0), at(3)},
		{"runpod", "more", "r1", 2, at(0), at(3)},
		{"runpod", "silent", "r1", 2, at(0), at(3)},
	}
	charge := func(box string, end, dollars float64) price.Charge {
		return price.Charge{Provider: "runpod", Box: box, Start: at(0), End: at(end), Dollars: dollars}
	}
	charges := []price.Charge{
		charge("even", 1, 2), charge("even", 3, 3.8), charge("late", 2, 4), charge("running", 3, 6),
		charge("less", 3, 4), charge("more", 3, 9), charge("strange", 3, 1),
	}
	want := map[string]price.Verdict{
		"even": price.Agrees, "late": price.NotYet, "running": price.NotYet, "less": price.ChargedLess,
		"more": price.ChargedMore, "silent": price.NoCharges, "strange": price.NotOurs,
	}
	got := price.Reconcile(counted, charges, at(10))
	if len(got) != len(want) {
		t.Errorf("%d lines", len(got))
	}
	for _, r := range got {
		if r.Verdict != want[r.Box] {
			t.Errorf("%+v, not %s", r, want[r.Box])
		}
	}
}
