package mix

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"trainyard/mix/sample"
)

// randomMix is a small recipe and what its sources have, some of it too little.
func randomMix(r *rand.Rand) (*Config, []row) {
	cfg := testConfig(1 + r.IntN(3))
	cfg.Validation, cfg.Budget = 0, 0
	cfg.Sampler = []string{"shares", "shares", "equal", "all", "proportional"}[r.IntN(5)]
	cfg.Unit = []Unit{Trajectories, Trajectories, Tokens}[r.IntN(3)]
	size := int64(1)
	if cfg.Unit == Tokens {
		size = 40
	}
	cfg.Amounts.Short = []sample.Short{"", sample.Tell, sample.Fill, sample.Shrink, sample.Repeat, sample.Fail}[r.IntN(6)]
	if r.IntN(4) == 0 {
		cfg.Amounts.Fraction = 0.5
	}
	if r.IntN(4) == 0 {
		cfg.Amounts.Repeat = 2
	}
	if cfg.Sampler != "all" {
		switch r.IntN(4) {
		case 0:
			cfg.Amounts.Percent = float64(20 + r.IntN(100))
		case 1, 2:
			cfg.Budget = size * (3 + r.Int64N(90))
		}
	}
	if cfg.Sampler != "proportional" {
		randomAmounts(r, cfg, size)
	}
	var rows []row
	for k := range cfg.Sources {
		for i := range []int{0, 1, r.IntN(10), r.IntN(10), 10 + r.IntN(30), 10 + r.IntN(30)}[r.IntN(6)] {
			rows = append(rows, row{source: k, id: fmt.Sprint(i), tokens: 20 + r.IntN(40)})
		}
	}
	return cfg, rows
}

func randomAmounts(r *rand.Rand, cfg *Config, size int64) {
	for k := range cfg.Sources {
		s := &cfg.Sources[k]
		s.PerInstance, s.Share = 0, float64(1+r.IntN(9))/10
		switch r.IntN(6) {
		case 0:
			s.Share, s.Amount = 1, sample.Amount{By: sample.ByTake, N: float64(size * (1 + r.Int64N(30)))}
		case 1:
			s.Most = size * (1 + r.Int64N(12))
		}
	}
	if len(cfg.Sources) > 1 && r.IntN(6) == 0 {
		cfg.Amounts.Drop = []string{"s0"}
	}
}

// remarked plans, and says what there is to remark of it.
func remarked(cfg *Config, rows []row) (*Manifest, error) {
	w := worldOf(rows)
	p, err := newPlanner(cfg, w.items, w.entries, w.repos, w.known).plan()
	if err != nil {
		return nil, err
	}
	m := &Manifest{Sampler: cfg.Sampler, Unit: cfg.Unit, Budget: cfg.Budget, Amounts: cfg.Amounts, Mix: p.Mix, Sources: make([]SourceReport, len(cfg.Sources))}
	m.Remarks = m.remarks(cfg)
	return m, nil
}

// typed is the recipe with an override as a remark writes it.
func typed(t *testing.T, cfg *Config, override string) *Config {
	t.Helper()
	out := *cfg
	out.Sources = slices.Clone(cfg.Sources)
	key, value, _ := strings.Cut(override, "=")
	number, _ := strconv.ParseFloat(value, 64)
	parts := strings.Split(key, ".")
	source := slices.IndexFunc(out.Sources, func(s Source) bool { return len(parts) == 3 && s.Name == parts[1] })
	switch {
	case key == "mix.budget":
		out.Budget, out.Amounts.Percent = int64(number), 0
	case key == "mix.short":
		out.Amounts.Short = sample.Short(value)
	case key == "mix.repeat.max":
		out.Amounts.Repeat = int(number)
	case key == "mix.drop":
		out.Amounts.Drop = strings.Split(strings.Trim(value, "[]"), ",")
	case source >= 0 && parts[2] == "take":
		out.Sources[source].Amount.N = number
	case source >= 0 && parts[2] == "most":
		out.Sources[source].Most = int64(number)
	case source >= 0 && parts[2] == "share":
		out.Sources[source].Share = number
	default:
		t.Fatalf("an override of no key: %q", override)
	}
	if number == 0 && key != "mix.short" && key != "mix.drop" && parts[len(parts)-1] != "share" {
		t.Fatalf("%s means no limit", override)
	}
	return &out
}

var (
	wouldDo = regexp.MustCompile(`\(([^()]*) would do`)
	hasOf   = regexp.MustCompile(`^(s\d) has ([\d,]+) of the ([\d,]+) [a-z]+ asked`)
	lacking = regexp.MustCompile(`^(?:mix.short=fail: )?(s\d) (?:has|may give) [^;]*asked|^(s\d) has .* for its `)
)

// shortSources are those that remarks, or the error of short: fail, call short.
func shortSources(m *Manifest, err error) map[string]string {
	told := map[string]string{}
	var lines []string
	if err != nil {
		lines = strings.Split(err.Error(), "\n")
	} else {
		for _, r := range m.Remarks {
			if r.Kind == Short {
				lines = append(lines, r.Text)
			}
		}
	}
	for _, line := range lines {
		if found := lacking.FindStringSubmatch(line); found != nil {
			told[found[1]+found[2]] = line
		}
	}
	return told
}

// What a remark says would do is typed as it stands, and does: the source is
// short no more, and no other becomes so.
func TestWhatIsSaidToDoDoes(t *testing.T) {
	tried := map[string]int{}
	for seed := range uint64(3000) {
		r := rand.New(rand.NewPCG(seed, 1))
		cfg, rows := randomMix(r)
		if cfg.Amounts.check(cfg) != nil {
			continue
		}
		m, err := remarked(cfg, rows)
		before := shortSources(m, err)
		for source, text := range before {
			found := wouldDo.FindStringSubmatch(text)
			if found == nil {
				tried["none"]++
				continue
			}
			for _, way := range strings.Split(found[1], ", or ") {
				after := cfg
				for _, override := range strings.Split(way, " with ") {
					after = typed(t, after, override)
					tried[regexp.MustCompile(`=.*|s\d`).ReplaceAllString(override, "")]++
				}
				m, err := remarked(after, rows)
				if err != nil && after.Amounts.Short != sample.Fail {
					t.Fatalf("seed %d: %s: %s: %v", seed, text, way, err)
				}
				left := shortSources(m, err)
				if left[source] != "" {
					t.Fatalf("seed %d: %s\n%s leaves: %s", seed, text, way, left[source])
				}
				for other := range left {
					if before[other] == "" && !strings.Contains(left[other], " for its ") {
						t.Fatalf("seed %d: %s\n%s makes short: %s", seed, text, way, left[other])
					}
				}
			}
		}
	}
	for _, key := range []string{"mix.budget", "mix.short", "mix.repeat.max", "mix.drop", "sources..take", "sources..most", "sources..share"} {
		if tried[key] < 10 {
			t.Errorf("%s is said to do %d times", key, tried[key])
		}
	}
	t.Log(tried)
}

// A source is told as short where it is, and with the numbers of the mix.
func TestShortRemarksHoldTheNumbersOfTheMix(t *testing.T) {
	told := 0
	for seed := range uint64(3000) {
		cfg, rows := randomMix(rand.New(rand.NewPCG(seed, 2)))
		m, err := remarked(cfg, rows)
		if err != nil || cfg.Amounts.Fraction != 0 || cfg.Amounts.check(cfg) != nil {
			continue
		}
		short := shortSources(m, nil)
		for _, line := range m.Mix {
			found := hasOf.FindStringSubmatch(short[line.Source])
			if has, of := fmt.Sprint(cfg.Unit.Of(line.Had)), fmt.Sprint(line.Asked); found != nil {
				if told++; strings.ReplaceAll(found[2], ",", "") != has || strings.ReplaceAll(found[3], ",", "") != of {
					t.Fatalf("seed %d: %s, but it has %s of %s", seed, found[0], has, of)
				}
			}
			if lacks := line.Target < line.Asked && cfg.Amounts.Short != sample.Shrink && sample.Samplers[cfg.Sampler].TakesAmounts(); lacks && short[line.Source] == "" && line.Target != cfg.Sources[m.index(line.Source)].Most {
				t.Fatalf("seed %d: %+v is not told as short", seed, line)
			}
		}
	}
	if told < 100 {
		t.Errorf("%d are short", told)
	}
}

func (m *Manifest) index(source string) int {
	return slices.IndexFunc(m.Mix, func(l MixLine) bool { return l.Source == source })
}

func TestWhatIsShortIsToldAsItIs(t *testing.T) {
	sizes := func(counts ...int) (rows []row) {
		for k, n := range counts {
			for i := range n {
				rows = append(rows, row{source: k, id: fmt.Sprint(i), tokens: 50})
			}
		}
		return rows
	}
	for name, c := range map[string]struct {
		counts []int
		change func(*Config)
		want   []string // the remarks, in order
	}{
		"a budget in percent is one": {[]int{10, 100}, func(c *Config) { c.Amounts.Percent = 20; c.Sources[1].Share = 2 }, nil},
		"a source that has nothing": {[]int{0, 100}, func(c *Config) { c.Budget = 20 }, []string{
			"short: s0 has 0 of the 10 trajectories asked; it is 0.0 % of the mix, not 50.0 %; 10 of 20 trajectories in all (mix.drop=s0 would do; mix.short=fill keeps the total, in another ratio)"}},
		"a source alone": {[]int{10}, func(c *Config) { c.Budget = 20 }, []string{
			"short: s0 has 10 of the 20 trajectories asked (mix.budget=10, or mix.short=repeat would do)"}},
		"two short sources have one budget": {[]int{12, 20}, func(c *Config) { c.Budget = 50 }, []string{
			"short: s0 has 12 of the 25 trajectories asked; it is 37.5 % of the mix, not 50.0 %; 32 of 50 trajectories in all (mix.budget=24, or mix.short=repeat would do; mix.short=shrink keeps the ratio, with less of all)",
			"short: s1 has 20 of the 25 trajectories asked; it is 62.5 % of the mix, not 50.0 %; 32 of 50 trajectories in all (mix.budget=24, or mix.short=repeat would do; mix.short=shrink keeps the ratio, with less of all)"}},
		"filled already": {[]int{5, 100}, func(c *Config) { c.Budget, c.Amounts.Short = 20, sample.Fill }, []string{
			"short: s0 has 5 of the 10 trajectories asked; it is 25.0 % of the mix, not 50.0 %; what is missing comes of the others, 20 of 20 trajectories in all (mix.budget=10, or mix.short=repeat would do)"}},
		"a fraction of what was filled": {[]int{20, 400}, func(c *Config) { c.Budget, c.Amounts.Short, c.Amounts.Fraction = 80, sample.Fill, 0.25 }, []string{
			"short: s0 has 20 of the 40 trajectories asked before mix.fraction=0.25; it is 25.0 % of the mix, not 50.0 %; what is missing comes of the others before mix.fraction=0.25 is taken, 20 of 20 trajectories in all (mix.budget=40, or mix.short=repeat would do)"}},
		"repeats that do not reach": {[]int{5, 100}, func(c *Config) { c.Budget, c.Amounts.Short, c.Amounts.Repeat = 40, sample.Repeat, 2 }, []string{
			"short: s0 has 5, and 10 with repeats, of the 20 trajectories asked; it is 33.3 % of the mix, not 50.0 %; 30 of 40 trajectories in all (mix.budget=20, or mix.repeat.max=4 would do)", "again: "}},
		"a source that may give less": {[]int{50, 50}, func(c *Config) { c.Budget, c.Sources[0].Most = 40, 5 }, []string{
			"short: s0 may give 5 (sources.s0.most) of the 20 trajectories asked; it is 20.0 % of the mix, not 50.0 %; 25 of 40 trajectories in all (sources.s0.most=20, or mix.budget=10 would do; mix.short=shrink keeps the ratio, with less of all; mix.short=fill keeps the total, in another ratio)"}},
		"a source that may give less, filled": {[]int{50, 50}, func(c *Config) { c.Budget, c.Sources[0].Most, c.Amounts.Short = 40, 5, sample.Fill }, nil},
		"less than a trajectory may be given": {[]int{50, 50}, func(c *Config) { c.Unit, c.Budget, c.Sources[0].Most = Tokens, 1000, 30 }, []string{
			"short: s0 may give 30 (sources.s0.most) of the 500 tokens asked", "far: s0 gives 0 of the 30 tokens asked: sources.s0.most allows no more, and its shortest trajectory has 50"}},
		"trajectories that are meant, and tokens counted": {[]int{50, 50}, func(c *Config) {
			c.Unit, c.Budget, c.Sources[0].Amount = Tokens, 1000, sample.Amount{By: sample.ByTake, N: 5}
		}, []string{
			"far: s0 gives 0 of the 5 tokens asked: sources.s0.take counts tokens here, and its shortest trajectory has 50 (mix.unit=trajectories counts trajectories)"}},
		"a fraction that no trajectory comes near": {[]int{3, 400}, func(c *Config) {
			c.Unit, c.Budget, c.Amounts.Fraction, c.Sources[0].Amount = Tokens, 1000, 0.4, sample.Amount{By: sample.ByTake, N: 150}
		}, []string{"far: s0 gives 50 of the 60 tokens asked: mix.fraction=0.4 takes whole trajectories from the front of its order, and they come no nearer"}},
		"a fraction of less than a trajectory": {[]int{3, 400}, func(c *Config) {
			c.Unit, c.Budget, c.Amounts.Fraction, c.Sources[0].Amount = Tokens, 1000, 0.25, sample.Amount{By: sample.ByTake, N: 100}
		}, []string{"far: s0 gives 50 of the 25 tokens asked: mix.fraction=0.25 comes to less than its shortest trajectory, which has 50", "far: s1 gives 250"}},
		"what is left fits nowhere": {[]int{50, 50}, func(c *Config) { c.Unit, c.Budget = Tokens, 160 }, []string{
			"far: s0 gives 50 of the 80 tokens asked: none of its trajectories that are left fits into what is missing",
			"far: s1 gives 50 of the 80 tokens asked: none of its trajectories that are left fits into what is missing"}},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := testConfig(len(c.counts))
			cfg.Unit, cfg.Validation, cfg.Budget = Trajectories, 0, 0
			for k := range cfg.Sources {
				cfg.Sources[k].Share, cfg.Sources[k].PerInstance = 1, 0
			}
			c.change(cfg)
			m, err := remarked(cfg, sizes(c.counts...))
			if err != nil {
				t.Fatal(err)
			}
			if len(m.Remarks) != len(c.want) {
				t.Errorf("%d remarks, want %d", len(m.Remarks), len(c.want))
			}
			for i, r := range m.Remarks {
				if i >= len(c.want) || !strings.HasPrefix(r.String(), c.want[i]) {
					t.Errorf("it says %s", r)
				}
			}
		})
	}
}

func TestAmountsOverTheBudgetAreNamed(t *testing.T) {
	cfg := amountsConfig()
	cfg.Validation, cfg.Amounts.Percent = 0, 10
	cfg.Sources[0].Amount = sample.Amount{By: sample.ByTake, N: 50}
	_, err := remarked(cfg, many(rand.New(rand.NewPCG(5, 1)), 200, false))
	want := "mix.budget is 20 trajectories, 10% of what there is, and more is asked by number: sources.s0.take=50 (they need mix.budget=50 or more)"
	if err == nil || errors.Unwrap(err) != nil || err.Error() != want {
		t.Errorf("the error is %v", err)
	}
}
