package sample

// A Selection chooses among the items of a source and says which it prefers: a
// pure function of a view and of the rows that are left of it, in the order of
// preference so far. Amounts take from the front of what it returns.
type Selection struct {
	Summary string
	// Reads are the arguments that it reads, and Needs those of them that have no
	// default.
	Reads, Needs []string
	choose       func(v *View, rows []int, a Args) []int
}

// Args are the arguments of a selection.
type Args struct {
	By       string   // a key of Selections
	Of       string   // a feature
	From, To float64  // bounds of ranks as fractions, or of rates
	Order    string   // Least or Most
	Per      Per      // what it goes by; empty is the selection's own
	Count    int      // how many of each, or in all; 0 is the selection's own
	Want     string   // "max" or "min"
	Side     string   // "low" or "high"
	With     []string // other sources
	On       []string // what is to be alike: "repo", "teacher", and features
}

// Matched is the selection that needs the amount of another source.
const Matched = "matched"

// DefaultOn is what matched and split go by where nothing is said.
var DefaultOn = []string{"repo", "n_tokens"}

// Features are the features that the arguments name.
func (a *Args) Features() (names []string) {
	if a.By == PassRate {
		names = append(names, PassRate)
	}
	if a.Of != "" {
		names = append(names, a.Of)
	}
	for _, word := range a.On {
		if _, group := OnGroups[word]; !group {
			names = append(names, word)
		}
	}
	return names
}

// The ends of an order.
const (
	Least = "least"
	Most  = "most"
)

// ArgSummaries say what the arguments of selections are.
var ArgSummaries = map[string]string{
	"of":    "a feature: n_tokens, n_trained_tokens, n_steps, n_messages, pass_rate, features.NAME, flags.NAME, or a number in the record",
	"from":  "lower bound, 0 to 1",
	"to":    "upper bound, 0 to 1",
	"order": "least or most: which end comes first",
	"per":   "instance, repo or teacher",
	"count": "how many of each, or of repositories and whole how many in all",
	"want":  "max or min: as many repositories as there can be, or as few",
	"side":  "low or high",
	"with":  "other sources",
	"on":    "what is to be alike: repo, teacher, and features",
}

// ArgKinds are their types.
var ArgKinds = map[string]string{
	"of": "text", "from": "number", "to": "number", "order": "word", "per": "word", "count": "integer", "want": "word", "side": "word", "with": "list", "on": "list",
}

// Selections are the ways to choose, by name.
var Selections = map[string]Selection{
	"uniform":      {Summary: "a shuffle, which is what a source without a selection has", choose: uniform},
	"random":       {Summary: "so many at random of each instance, repository or teacher", Reads: []string{"per", "count"}, choose: random},
	"ranked":       {Summary: "the least or most of a feature first; all of them stay", Reads: []string{"of", "order"}, Needs: []string{"of"}, choose: ranked},
	"quantile":     {Summary: "those whose rank by a feature lies in [from, to) of all: 0 to 0.25 is the least quarter", Reads: []string{"of", "from", "to", "per"}, Needs: []string{"of"}, choose: quantile},
	"repositories": {Summary: "of as many repositories as there can be, one of each and round again, or of as few, the largest first; want: min with other sources goes by one order of all", Reads: []string{"want", "count", "with"}, Needs: []string{"want"}, choose: repositories},
	"whole":        {Summary: "whole repositories at random, as near to a count as they come", Reads: []string{"count"}, Needs: []string{"count"}, choose: wholeRepositories},
	"teachers":     {Summary: "one of each teacher and round again, so that the teachers have the same part of any front", choose: teachers},
	"common":       {Summary: "instances that every teacher has, or, with other sources, those too", Reads: []string{"with"}, choose: common},
	"best":         {Summary: "the least or most of a feature of each instance, such as n_steps or reward", Reads: []string{"of", "order", "per", "count"}, Needs: []string{"of"}, choose: best},
	PassRate:       {Summary: "instances by how many of their rollouts succeeded, those not accepted among them: [from, to]", Reads: []string{"from", "to"}, choose: passRate},
	"split":        {Summary: "the low or the high half by a feature, of each pair of two that are alike otherwise", Reads: []string{"of", "side", "on"}, Needs: []string{"of", "side"}, choose: splitHalves},
	Matched:        {Summary: "as many as another source gives, each the nearest to one of its", Reads: []string{"with", "on"}, Needs: []string{"with"}, choose: matched},
}

// Choose runs the selections of a source, one after the other, over all its
// items. left[i] is the number of the selection that left item i out, counted
// from 1; 0 for those that stay.
func Choose(v *View, steps []Args) (rows []int, left []int) {
	rows, left = v.all(), make([]int, len(v.Items))
	for n, a := range steps {
		stays := make([]bool, len(v.Items))
		next := Selections[a.By].choose(v, rows, a)
		for _, i := range next {
			stays[i] = true
		}
		for _, i := range rows {
			if !stays[i] {
				left[i] = n + 1
			}
		}
		rows = next
	}
	return rows, left
}
