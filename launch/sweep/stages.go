package sweep

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// EvalPrefix begins the name of an evaluation in [Stage.By].
const EvalPrefix = "eval:"

// A Stage runs those variants of a sweep that did best in the stage before; the first
// runs all. A variant is what its cells have in common: all but seed and repeat.
type Stage struct {
	Name string `json:"name"`
	// Top is how many variants go on, and Better what their figure has to be better than;
	// 0 and nil: no bound. The first stage has neither.
	Top    int      `json:"top,omitempty"`
	Better *float64 `json:"better,omitempty"`
	// By is loss or eval_loss, as trainers told them, or eval:NAME, an evaluation.
	By string `json:"by,omitempty"`
	// Metric is the figure of the evaluation; empty: the share of resolved instances.
	Metric string `json:"metric,omitempty"`
	// Highest says that more is better.
	Highest bool `json:"highest,omitempty"`
}

// Evaluation is the evaluation that the stage goes by; empty: none.
func (s Stage) Evaluation() string {
	name, is := strings.CutPrefix(s.By, EvalPrefix)
	if !is {
		return ""
	}
	return name
}

// A Contestant is a cell of the stage before.
type Contestant struct {
	Cell, Variant string
	State         State
	Score         *float64 // by the evaluation; nil: not known, or the stage goes by a loss
	Lacks         string   // why the score is not known, in words; empty: nothing is said of it
	Course        Course   // of its run; for a loss
}

// A Score is what a variant came to: the mean over its cells.
type Score struct {
	Variant string  `json:"variant"`
	Value   float64 `json:"value"`
	Cells   int     `json:"cells"`
	Wins    bool    `json:"wins"`
}

// A Choice is which variants go on.
type Choice struct {
	// Undecided is why nothing is known yet; empty: it is decided, from what has ended.
	Undecided string `json:"undecided,omitempty"`
	// Scores are in order, the best first.
	Scores []Score `json:"scores,omitempty"`
	// Notes are what makes the comparison doubtful.
	Notes []string `json:"notes,omitempty"`
}

// Wins reports whether the variant goes on.
func (c Choice) Wins(variant string) bool {
	return slices.ContainsFunc(c.Scores, func(s Score) bool { return s.Wins && s.Variant == variant })
}

// Most is how many of so many variants may go on.
func (s Stage) Most(variants int) int {
	if s.Top > 0 {
		return min(s.Top, variants)
	}
	return variants
}

// Choose compares the variants of the stage before. A cell that failed, goes on, or has no
// figure leaves the choice open: money is not spent on what its next attempt may change.
// One that a rule stopped is out. Losses are compared where all have trained on as many
// tokens. Of equal variants the one that the file has first goes on.
func (s Stage) Choose(all []Contestant) (c Choice) {
	var order []string
	values := map[string][]float64{}
	place, told := equalTokens(all)
	for _, one := range all {
		if !slices.Contains(order, one.Variant) {
			order = append(order, one.Variant)
		}
		if one.State == Stopped || one.State == Out {
			continue
		}
		if one.State != Succeeded {
			c.Undecided = one.Cell + " " + openWords[one.State]
			return c
		}
		v, known := s.value(one, place, told)
		if !known {
			c.Undecided = one.Cell + " " + cmp.Or(one.Lacks, "has no "+s.By)
			return c
		}
		values[one.Variant] = append(values[one.Variant], v)
	}
	for _, variant := range order {
		if v := values[variant]; len(v) > 0 {
			c.Scores = append(c.Scores, Score{Variant: variant, Value: mean(v), Cells: len(v)})
		}
	}
	s.rank(c.Scores)
	c.Notes = s.doubts(all, told)
	return c
}

// openWords say of a cell why it has no figure yet.
var openWords = map[State]string{
	Missing: "has not run", Prepared: "has not run", Running: "goes on", Failed: "has failed", Cancelled: "was cancelled", Lost: "is lost", Waits: "waits for its stage",
}

func mean(values []float64) (m float64) {
	for _, v := range values {
		m += v / float64(len(values))
	}
	return m
}

func (s Stage) rank(scores []Score) {
	sign := 1.0
	if s.Highest {
		sign = -1
	}
	slices.SortStableFunc(scores, func(a, b Score) int { return cmp.Compare(sign*a.Value, sign*b.Value) })
	for i := range scores {
		within := s.Top == 0 || i < s.Top
		scores[i].Wins = within && (s.Better == nil || sign*scores[i].Value < sign**s.Better)
	}
}

// value is the figure of one cell.
func (s Stage) value(one Contestant, place int64, told bool) (v float64, known bool) {
	if s.Evaluation() != "" {
		if one.Score == nil {
			return 0, false
		}
		return *one.Score, true
	}
	at := Rules{Of: s.By, At: "tokens"}
	if !told {
		at.At, place = "steps", math.MaxInt64
	}
	return at.figure(one.Course, place)
}

// equalTokens is how many tokens all of those that succeeded have trained on; told is
// false where one does not say.
func equalTokens(all []Contestant) (place int64, told bool) {
	place, told = math.MaxInt64, true
	for _, one := range all {
		if one.State != Succeeded {
			continue
		}
		last := one.Course.lastTokens()
		place, told = min(place, last), told && last > 0
	}
	return place, told
}

func (c Course) lastTokens() int64 {
	if len(c.Points) == 0 {
		return 0
	}
	return c.Points[len(c.Points)-1].Tokens
}

// unequal is by which part trained tokens may differ without a word.
const unequal = 0.05

// doubts tell where tokens differ, or are not known.
func (s Stage) doubts(all []Contestant, told bool) (notes []string) {
	if !told {
		return []string{"how many tokens were trained on is not told by all: they are compared at their ends"}
	}
	least, most := int64(math.MaxInt64), int64(0)
	for _, one := range all {
		if one.State == Succeeded {
			least, most = min(least, one.Course.lastTokens()), max(most, one.Course.lastTokens())
		}
	}
	if s.Evaluation() != "" && float64(most-least) > unequal*float64(most) && most > 0 {
		notes = append(notes, fmt.Sprintf("the models that were evaluated have trained on %d to %d tokens", least, most))
	}
	return notes
}
