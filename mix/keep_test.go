package mix

import (
	"fmt"
	"testing"
)

// Which stage a filter is asked at follows from what it names. What it leaves
// out must not: an added condition that is always true moves it, and nothing
// else.
func TestAFilterGivesTheSameWhereverItIsAsked(t *testing.T) {
	path := writeSource(t, t.TempDir(), "a.jsonl", 60)
	for _, keep := range []string{`repo != "owner/repo3"`, `n_steps > 2`, `instance_id endsWith "7" || n_steps < 3`, `missing > 1`} {
		var outcomes []string
		for _, also := range []string{"", " && n_steps > 0", " && n_tokens > 0"} {
			for _, workers := range []int{1, 4} {
				cfg := prepareConfig(t, path)
				cfg.Sources[0].Keep, cfg.Workers, cfg.DryRun, cfg.Validation = "("+keep+")"+also, workers, true, 0
				res, err := Prepare(t.Context(), cfg)
				if res == nil {
					t.Fatal(err)
				}
				text := ""
				for e := range res.Entries() {
					text += fmt.Sprintln(e.Line, e.Outcome, e.Reason)
				}
				outcomes = append(outcomes, text)
				funnelHolds(t, res)
			}
		}
		for _, text := range outcomes[1:] {
			if text != outcomes[0] {
				t.Errorf("%s: got\n%s, first\n%s", keep, text, outcomes[0])
			}
		}
	}
}

// funnelHolds says that what lies between accepted and wanted was filtered.
func funnelHolds(t *testing.T, res *Result) {
	t.Helper()
	f, filtered := res.Manifest.Totals.Funnel, res.Manifest.Totals.Outcomes[Filtered]
	if f.Accepted.Records-f.Wanted.Records != filtered.Records || filtered.Records == 0 {
		t.Errorf("%d accepted, %d wanted, %d filtered", f.Accepted.Records, f.Wanted.Records, filtered.Records)
	}
}

// A record that is refused or unknown is never filtered, whatever keep says.
func TestWhatIsNotAcceptedIsNotFiltered(t *testing.T) {
	cfg := prepareConfig(t, writeSource(t, t.TempDir(), "a.jsonl", 60))
	cfg.Sources[0].Keep, cfg.DryRun, cfg.Validation = `instance_id == "none"`, true, 0
	res, _ := Prepare(t.Context(), cfg)
	plain := prepareConfig(t, cfg.Sources[0].Inputs[0].Path)
	plain.DryRun, plain.Validation = true, 0
	want := mustPrepare(t, plain)
	if got, want := res.Manifest.Totals.Outcomes[NotAccepted], want.Manifest.Totals.Outcomes[NotAccepted]; got != want || got.Records == 0 {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestAListOfAFilterIsAnInputOfTheDataset(t *testing.T) {
	cfg := prepareConfig(t, writeSource(t, t.TempDir(), "a.jsonl", 40))
	cfg.Sources[0].Keep = `instance_id in file("ids.txt")`
	list := "owner__repo0-0\nowner__repo1-1\nowner__repo2-2\n"
	cfg.ReadFile = func(string) ([]byte, error) { return []byte(list), nil }
	cfg.Validation = 0
	first := mustPrepare(t, cfg)
	if in := first.Manifest.Inputs; len(in) != 1 || in[0].File != "ids.txt" || in[0].Bytes != int64(len(list)) {
		t.Errorf("inputs are %v", in)
	}
	if again := mustPrepare(t, cfg); !again.Reused {
		t.Error("the same list made another dataset")
	}
	list = "owner__repo0-0\n"
	if _, err := Prepare(t.Context(), cfg); err == nil {
		t.Error("another list passed for the same dataset")
	}
}
