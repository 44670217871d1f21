package yard

import (
	"fmt"
	"math"
	"path/filepath"
	"testing"
	"time"

	"trainyard/launch"
)

func ptr[V any](v V) *V { return &v }

func show(v *float64) string {
	if v == nil {
		return "unknown"
	}
	return fmt.Sprintf("%.4g", *v)
}

// coder is a run of Qwen2.5-Coder-32B on rows of one length.
func coder() launch.Job {
	return launch.Job{
		Recipe: "r", Model: "Qwen/Qwen2.5-Coder-32B-Instruct", Trainer: "command", Backend: "local", Window: 4096, Epochs: 1, Batch: 8, LR: 1e-5,
		Dataset: launch.Dataset{Dir: "/data", Train: launch.Split{Rows: 100, Tokens: 400_000}},
	}
}

func TestFactsOfAnAttemptAreKnownWhereTheirPartsAre(t *testing.T) {
	ledger, err := launch.OpenLedger(filepath.Join(t.TempDir(), "runs.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer ledger.Close()
	start := time.Now().Add(-2 * time.Hour)
	whole := launch.Attempt{
		N: 1, State: launch.Failed, Step: 120, StartedAt: start.Add(30 * time.Minute), EndedAt: start.Add(time.Hour), Tokens: 3_600_000, Elapsed: 10 * time.Minute,
		Facts: launch.Facts{GPU: "H100", GPUs: 8, Price: ptr(24.0), AskedAt: start, SavedStep: ptr(int64(100))},
	}
	// 6,000 tokens a second, by 6 operations for each of its 32.0e9 multiplied weights
	// and 6 x 64 layers x 40 heads x 128 x 4000 of attention, by eight times 989e12.
	perToken := flopsPerToken(coder())
	if perToken < 1.9e11 || perToken > 2.1e11 {
		t.Fatalf("%g operations a token", perToken)
	}
	want := 6000 * perToken / (8 * 989e12)
	got, err := facts(t.Context(), ledger, launch.Run{Job: coder(), Attempt: whole}, []launch.Attempt{whole})
	if err != nil || len(got) != 1 {
		t.Fatalf("%+v, %v", got, err)
	}
	f := got[0]
	if *f.Tokens != 3_600_000 || show(f.TokensPerSecond) != "6000" || math.Abs(*f.MFU/want-1) > 1e-9 || show(f.GPUHours) != "8" || show(f.Dollars) != "24" ||
		show(f.Provisioning) != "1800" || *f.LostSteps != 20 {
		t.Errorf("%s tokens/s, MFU %s (want %g), %s GPU-hours, %s dollars, %s s, lost %d", show(f.TokensPerSecond), show(f.MFU), want, show(f.GPUHours), show(f.Dollars), show(f.Provisioning), *f.LostSteps)
	}
	for name, change := range map[string]func(*launch.Job, *launch.Attempt){
		"model":  func(j *launch.Job, _ *launch.Attempt) { j.Model = "tiny" },
		"gpu":    func(_ *launch.Job, a *launch.Attempt) { a.GPU = "" },
		"number": func(_ *launch.Job, a *launch.Attempt) { a.GPUs = 0 },
		"speed":  func(_ *launch.Job, a *launch.Attempt) { a.Tokens = 0 },
	} {
		job, a := coder(), whole
		change(&job, &a)
		if got, err := facts(t.Context(), ledger, launch.Run{Job: job, Attempt: a}, []launch.Attempt{a}); err != nil || got[0].MFU != nil {
			t.Errorf("without %s the MFU is %s, %v", name, show(got[0].MFU), err)
		}
	}
}

func TestLostStepsAreCountedFromWhatTheRunWentOnFrom(t *testing.T) {
	at := func(state launch.State, step int64, saved, resumed *int64) launch.Attempt {
		return launch.Attempt{State: state, Step: step, Facts: launch.Facts{SavedStep: saved, ResumedStep: resumed}}
	}
	for name, c := range map[string]struct {
		attempt launch.Attempt
		next    *launch.Attempt
		want    string
	}{
		"it goes on":             {at(launch.Running, 9, ptr(int64(5)), nil), nil, "unknown"},
		"it succeeded":           {at(launch.Succeeded, 9, nil, nil), nil, "0"},
		"a newer checkpoint":     {at(launch.Failed, 9, ptr(int64(8)), nil), nil, "1"},
		"no checkpoint known":    {at(launch.Failed, 9, nil, nil), nil, "unknown"},
		"resumed from an older":  {at(launch.Preempted, 9, ptr(int64(8)), nil), ptr(at(launch.Running, 6, nil, ptr(int64(5)))), "4"},
		"begun at the beginning": {at(launch.Preempted, 9, ptr(int64(8)), nil), ptr(at(launch.Running, 6, nil, nil)), "9"},
	} {
		got := "unknown"
		if n := lostSteps(c.attempt, c.next); n != nil {
			got = fmt.Sprint(*n)
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestTheTotalOfARunIsKnownWhereThatOfAllAttemptsIs(t *testing.T) {
	all := []AttemptFacts{{GPUHours: ptr(1.5), Dollars: ptr(2.0)}, {GPUHours: ptr(2.0)}}
	if total := totalOf(all); show(total.GPUHours) != "3.5" || total.Dollars != nil {
		t.Errorf("%s GPU-hours, %s dollars", show(total.GPUHours), show(total.Dollars))
	}
}
