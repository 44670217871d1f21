package alert

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"trainyard/launch"
)

func run() launch.Run {
	return launch.Run{ID: "0199aaaa-1111", Job: launch.Job{Recipe: "mix"}, Attempt: launch.Attempt{N: 2, State: launch.Running}}
}

func kinds(alerts []Alert) (found string) {
	for _, a := range alerts {
		found += string(a.Kind) + " "
	}
	return strings.TrimSpace(found)
}

func TestWhatIsWorthAMessage(t *testing.T) {
	quiet := make([]float64, 60)
	for i := range quiet {
		quiet[i] = 1 + 0.01*float64(i%7)
	}
	step := int64(12)
	for name, c := range map[string]struct {
		run    func(*launch.Run)
		losses []float64
		spent  float64
		want   string
	}{
		"nothing":           {func(*launch.Run) {}, quiet, 1, ""},
		"no number":         {func(r *launch.Run) { r.Diverged, r.DivergedStep = true, &step }, nil, 0, "nan"},
		"a stall":           {func(r *launch.Run) { r.Stalled = "no step for 4 minutes" }, nil, 0, "stall"},
		"a spike":           {func(*launch.Run) {}, append(quiet[:59:59], 3), 0, "spike"},
		"too few to know":   {func(*launch.Run) {}, []float64{1, 1, 9}, 0, ""},
		"nearly all money":  {func(*launch.Run) {}, nil, 81, "budget"},
		"the end":           {func(r *launch.Run) { r.State, r.Reason = launch.Failed, "exited with code 1" }, nil, 99, "end"},
		"a fall is no rise": {func(*launch.Run) {}, append(quiet[:59:59], 0.1), 0, ""},
	} {
		r := run()
		c.run(&r)
		if got := kinds(Of(r, c.losses, c.spent, 100, time.Now())); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestAnAlertIsToldOnceByAllProcessesAndAgainWhereTheChannelFailed(t *testing.T) {
	var told, refuse atomic.Int32
	refuse.Store(1)
	var last atomic.Value
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if refuse.Add(-1) >= 0 {
			http.Error(w, "no room", http.StatusServiceUnavailable)
			return
		}
		body, _ := io.ReadAll(r.Body)
		last.Store(body)
		told.Add(1)
	}))
	defer server.Close()
	t.Setenv("ALERT_URL", server.URL+"/planted-secret")
	dir := t.TempDir()
	channels := []Channel{{Webhook: "$ALERT_URL", On: []Kind{End}}}
	r := run()
	r.State, r.Reason = launch.Failed, "exited with code 1"
	a := Of(r, nil, 0, 0, time.Now())[0]
	if err := Tell(t.Context(), dir, channels, a); err == nil || strings.Contains(err.Error(), "planted") {
		t.Errorf("the first was refused: %v", err)
	}
	var racing sync.WaitGroup
	for range 8 {
		racing.Go(func() {
			if err := Tell(t.Context(), dir, channels, a); err != nil {
				t.Error(err)
			}
		})
	}
	racing.Wait()
	var sent Alert
	if err := json.Unmarshal(last.Load().([]byte), &sent); err != nil || told.Load() != 1 || sent.Run != r.ID || !strings.Contains(sent.Text, "exited with code 1") {
		t.Errorf("told %d times, %+v, %v", told.Load(), sent, err)
	}
	if err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if strings.Contains(string(data), "planted") {
			t.Errorf("%s holds the address", path)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

func TestACommandGetsTheAlertOnItsStandardInput(t *testing.T) {
	out := filepath.Join(t.TempDir(), "told")
	channels := []Channel{{Command: []string{"tee", out}}}
	a := Alert{Kind: Stall, Run: "r", Attempt: 1, Text: "it's `stalled` $(x)"}
	if err := Tell(t.Context(), t.TempDir(), channels, a); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(out)
	var got Alert
	if err != nil || json.Unmarshal(data, &got) != nil || got.Text != a.Text {
		t.Errorf("%s, %v", data, err)
	}
	if err := Tell(t.Context(), t.TempDir(), []Channel{{Command: []string{"false"}}}, a); err == nil {
		t.Error("a command that failed was taken for told")
	}
}

func TestAChannelIsChecked(t *testing.T) {
	for _, c := range []Channel{{}, {Webhook: "nowhere"}, {Command: []string{"x"}, Webhook: "https://h/x"}, {Command: []string{"x"}, On: []Kind{"nope"}}} {
		if c.Check() == nil {
			t.Errorf("%+v was taken", c)
		}
	}
	if err := (Channel{Webhook: "$SLACK_URL", On: []Kind{End, Stall}}).Check(); err != nil {
		t.Error(err)
	}
}

// TestAnAlertTellsNoSecret has one in the words of a trainer, and one in what a channel
// says.
func TestAnAlertTellsNoSecret(t *testing.T) {
	const secret = "correct-horse-battery"
	t.Setenv("MY_TOKEN", secret)
	told := filepath.Join(t.TempDir(), "told")
	r := run()
	r.State, r.Reason = launch.Failed, "401 for "+secret
	alerts := Of(r, nil, 0, 0, time.Now())
	if len(alerts) != 1 {
		t.Fatalf("%+v", alerts)
	}
	c := Channel{Command: []string{"sh", "-c", "tee " + told + "; echo no room for " + secret + " >&2; exit 1"}}
	err := c.send(t.Context(), alerts[0])
	data, errRead := os.ReadFile(told)
	if err == nil || errRead != nil || strings.Contains(err.Error(), secret) || strings.Contains(string(data), secret) || !strings.Contains(string(data), "401 for [redacted]") {
		t.Errorf("%v\n%s, %v", err, data, errRead)
	}
}
