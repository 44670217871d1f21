package mix

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"trainyard/mix/sample"
)

// A wayOut names the keys that would end a source's shortage. Each was tried:
// typed as it stands, it cures it, and makes no other source short.
type wayOut struct {
	cfg    *Config
	now    tryout
	before sample.Division
	k      int // the source
	ways   []string
}

// waysOut writes what would do as a remark ends with it, in brackets. It is
// empty where nothing would.
func (c *Config) waysOut(now tryout, before sample.Division, k int) string {
	w := &wayOut{cfg: c, now: now, before: before, k: k}
	w.amounts()
	w.again()
	parts := w.policies()
	if len(w.ways) > 0 {
		parts = append([]string{strings.Join(w.ways, ", or ") + " would do"}, parts...)
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, "; ") + ")"
}

// amounts tries smaller ones.
func (w *wayOut) amounts() {
	s, limit, asked := &w.cfg.Sources[w.k], w.before.Limit[w.k], w.before.Asked[w.k]
	if s.Amount.By == sample.ByTake && limit > 0 {
		w.try(fmt.Sprintf("sources.%s.take=%d", s.Name, limit), w.now.take(w.k, limit), -1)
	}
	if s.Most > 0 && s.Most == limit {
		if after := w.now.most(w.k, asked); after.cures(w.k, w.now, w.before, -1) {
			w.ways = append(w.ways, fmt.Sprintf("sources.%s.most=%d", s.Name, asked))
		}
	}
	if limit == 0 && len(w.cfg.Amounts.Only) == 0 {
		w.try("mix.drop="+listed(append(slices.Clone(w.cfg.Amounts.Drop), s.Name)), w.now.drop(w.k), w.k)
	}
	if fit := w.now.fit(-1); fit > 0 {
		w.ways = append(w.ways, fmt.Sprintf("mix.budget=%d", fit))
	}
}

// try names a change that does, alone or with a smaller budget.
func (w *wayOut) try(key string, after tryout, out int) {
	if after.cures(w.k, w.now, w.before, out) {
		w.ways = append(w.ways, key)
	} else if fit := after.fit(out); fit > 0 {
		w.ways = append(w.ways, fmt.Sprintf("%s with mix.budget=%d", key, fit))
	}
}

// listed writes names as an override does.
func listed(names []string) string {
	if len(names) == 1 {
		return names[0]
	}
	return "[" + strings.Join(names, ",") + "]"
}

// again tries to repeat rows.
func (w *wayOut) again() {
	had := w.now.pools[w.k].Had()
	if had == 0 {
		return
	}
	times := int(math.Ceil(float64(w.before.Asked[w.k]) / float64(had)))
	most, repeats := cmp.Or(w.cfg.Amounts.Repeat, sample.DefaultRepeat), w.now.terms.Short == sample.Repeat
	if repeats && times <= most || !w.now.repeat(max(times, most)).cures(w.k, w.now, w.before, -1) {
		return
	}
	var keys []string
	if !repeats {
		keys = append(keys, "mix.short=repeat")
	}
	if times > most {
		keys = append(keys, fmt.Sprintf("mix.repeat.max=%d", times))
	}
	w.ways = append(w.ways, strings.Join(keys, " with "))
}

// policies are what may become of a shortage that stays.
func (w *wayOut) policies() (does []string) {
	short := w.cfg.Amounts.Short
	if short == sample.Fail {
		does = append(does, "mix.short=tell takes what there is")
	}
	if short != "" && short != sample.Tell && short != sample.Fail || several(w.before.Asked) < 2 {
		return does
	}
	if d, err := w.now.policy(sample.Shrink).divide(); err == nil && sum64(d.Target) > 0 {
		does = append(does, "mix.short=shrink keeps the ratio, with less of all")
	}
	if d, err := w.now.policy(sample.Fill).divide(); err == nil && sum64(d.Target) == sum64(d.Asked) {
		does = append(does, "mix.short=fill keeps the total, in another ratio")
	}
	return does
}

// several counts the sources of which something is asked.
func several(asked []int64) (n int) {
	for _, a := range asked {
		if a > 0 {
			n++
		}
	}
	return n
}
