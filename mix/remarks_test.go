package mix

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"trainyard/format"
	"trainyard/format/evidence"
	"trainyard/mix/sample"
)

// conversations writes one source whose records have the members that are
// given: {n} is the record's number.
func conversations(t *testing.T, name string, n int, members string) string {
	t.Helper()
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `{%s"messages": [{"role": "user", "content": "task %d of %s"}, {"role": "assistant", "content": "done"}]}`+"\n",
			strings.ReplaceAll(members, "{n}", fmt.Sprint(i)), i, name)
	}
	path := filepath.Join(t.TempDir(), name+".jsonl")
	if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

const named = `"repo": "o/r{n}", `

func TestWhatIsNotAsAskedIsTold(t *testing.T) {
	sizes := func(t *testing.T, members string, sizes ...int) Config {
		var paths []string
		for k, n := range sizes {
			paths = append(paths, conversations(t, fmt.Sprint("s", k), n, members))
		}
		cfg := prepareConfig(t, paths...)
		cfg.DryRun, cfg.Validation = true, 0
		for k := range cfg.Sources {
			cfg.Sources[k].Accept = evidence.Accept{Any: true}
		}
		return cfg
	}
	for name, c := range map[string]struct {
		sizes   []int
		members string
		change  func(*Config)
		want    []string // a piece of each remark, in order
	}{
		"as asked":                   {[]int{100, 100}, named, func(c *Config) { c.Validation = 0.1 }, nil},
		"sessions, as asked":         {[]int{100}, "", func(c *Config) { c.Validation = 0.1 }, []string{"unnamed: 100 records of s0 name no repository"}},
		"a repository given":         {[]int{100}, "", func(c *Config) { c.Validation, c.Sources[0].Repo = 0.1, "o/n" }, []string{"short: validation is empty: none of what could be used is set aside, and 10.0 % was asked"}},
		"a part below a row":         {[]int{15, 15, 15}, "", func(c *Config) { c.Sampler, c.Budget, c.Validation = "shares", 9, 0.02 }, []string{"short: validation is empty: 2.2 % is set aside, and the part that each source has in the mix comes to none of it", "unnamed: ", "unnamed: ", "unnamed: "}},
		"one repository":             {[]int{50}, `"repo": "o/r", `, func(c *Config) { c.Validation = 0.1 }, []string{"short: validation is empty: none of what could be used is set aside, and 10.0 % was asked: what shares a repository, an instance or a text stays together, and the largest of 1 group is 100.0 %"}},
		"shares that are not read":   {[]int{10, 10}, named, func(c *Config) { c.Sources[1].Share = 0.5 }, []string{"unread: sampler all does not read the share of s1"}},
		"a starving source":          {[]int{1000, 10}, named, func(c *Config) { c.Sampler = "shares" }, []string{"short: s1 has 10 trajectories for its 50.0 % of the mix, so that 20 of 1,010 trajectories are used"}},
		"a short source":             {[]int{1000, 10}, named, func(c *Config) { c.Sampler, c.Budget = "shares", 100 }, []string{"short: s1 has 10 of the 50 trajectories asked; it is 16.7 % of the mix, not 50.0 %"}},
		"a share below a trajectory": {[]int{100, 100}, named, func(c *Config) { c.Sampler, c.Budget, c.Sources[1].Share = "shares", 50, 0.001 }, []string{"far: s1 has none of the mix: its share of the 50 trajectories asked is less than one"}},
		"a share below the shortest": {[]int{100, 100}, named, func(c *Config) { c.Sampler, c.Unit, c.Budget, c.Sources[1].Share = "shares", Tokens, 2000, 0.005 }, []string{"far: s1 gives 0 of the 10 tokens asked"}},
		"tokens for trajectories":    {[]int{100}, named, func(c *Config) { c.Sampler, c.Budget = "proportional", 20_000_000 }, []string{"far: mix.budget asks for 20,000,000 trajectories, and there are 100 (mix.unit=tokens"}},
		"a selection that leaves nothing": {[]int{10, 10}, named, func(c *Config) {
			c.Sources[1].Select = []sample.Args{{By: "split", Of: "features.runs_code", Side: "high", On: sample.DefaultOn}}
		}, []string{"short: s1 has none of its 10 records left: select split leaves out 10: of no two that are alike otherwise, one has more features.runs_code"}},
		"a budget over what there is":  {[]int{100}, named, func(c *Config) { c.Sampler, c.Budget = "proportional", 120 }, []string{"short: mix.budget asks for 120 trajectories, and there are 100"}},
		"sides that are mixed apart":   {[]int{100, 100}, `"repo": "o/r", `, func(c *Config) { c.Validation, c.Sources[1].Repo = 0.2, "o/x" }, []string{"short: validation is empty"}},
		"a source that is asked for 0": {[]int{100, 100}, named, func(c *Config) { c.Sampler, c.Sources[1].Share = "shares", 0 }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := sizes(t, c.members, c.sizes...)
			c.change(&cfg)
			m := mustPrepare(t, cfg).Manifest
			for i, r := range m.Remarks {
				if i >= len(c.want) || !strings.Contains(r.String(), c.want[i]) {
					t.Errorf("it says %q", r)
				}
			}
			if len(m.Remarks) < len(c.want) {
				t.Errorf("it does not say %q", c.want[len(m.Remarks):])
			}
			cfg.Strict = true
			_, err := Prepare(t.Context(), cfg)
			wrong := len(c.want) > 0 && !strings.HasPrefix(c.want[0], Unnamed) && !strings.HasPrefix(c.want[0], Unread)
			if errors.Is(err, ErrStrict) != wrong || !wrong && err != nil {
				t.Errorf("strict, it gives %v", err)
			}
		})
	}
}

// Qwen3's template shows thoughts after the last user turn alone; a recipe that
// keeps them and gets none is told.
func TestThoughtsThatNoRowHoldsAreTold(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.jsonl")
	record := `{"messages": [{"role": "system", "content": "s"}, {"role": "user", "content": "q"}, {"role": "assistant", "content": "a", "reasoning_content": "hm"}, {"role": "user", "content": "r"}, {"role": "assistant", "content": "b"}]}`
	if err := os.WriteFile(path, []byte(record), 0o644); err != nil {
		t.Fatal(err)
	}
	for reasoning, want := range map[format.Reasoning]bool{format.KeepReasoning: true, format.DropReasoning: false, format.StudentsOwn: false} {
		cfg := prepareConfig(t, path)
		cfg.DryRun, cfg.Validation, cfg.Template, cfg.Reasoning = true, 0, "qwen3", reasoning
		cfg.Sources[0].Accept = evidence.Accept{Any: true}
		m := mustPrepare(t, cfg).Manifest
		told := slices.ContainsFunc(m.Remarks, func(r Remark) bool {
			return strings.HasPrefix(r.Text, "reasoning: keep keeps none of the 1 thoughts of s0")
		})
		if told != want {
			t.Errorf("reasoning %q: told %v, remarks %v", reasoning, told, m.Remarks)
		}
	}
}

func TestAnEmptyMixSaysWhichSourceHoldsItBack(t *testing.T) {
	cfg := prepareConfig(t, conversations(t, "s0", 20, named), conversations(t, "s1", 20, named))
	cfg.Sampler, cfg.Validation, cfg.Sources[0].Accept.Field = "shares", 0, ""
	cfg.Sources[0].Accept.Any = true
	_, err := Prepare(t.Context(), cfg)
	if !errors.Is(err, ErrNothingLeft) || !strings.Contains(err.Error(), "s1 has 0 trajectories for its 50.0 % of the mix") {
		t.Errorf("the error is %v", err)
	}
	cfg = prepareConfig(t, conversations(t, "s0", 20, named))
	cfg.Sampler, cfg.Unit, cfg.Budget, cfg.Validation, cfg.Sources[0].Accept = "shares", Tokens, 20, 0, evidence.Accept{Any: true}
	_, err = Prepare(t.Context(), cfg)
	if !errors.Is(err, ErrNothingLeft) || !strings.Contains(err.Error(), "the shortest") {
		t.Errorf("the error is %v", err)
	}
}

// Every kind of remark has its line, and strict knows its own.
func TestEveryKindOfRemarkIsExplained(t *testing.T) {
	for _, kind := range []string{Short, Far, Unnamed, Unread} {
		if RemarkKinds[kind] == "" {
			t.Errorf("%s has no line", kind)
		}
	}
}
