package launch

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"trainyard/launch/result"
)

// A StoredResult is what an evaluation found out about a run, as the ledger has it.
type StoredResult struct {
	Run     string `json:"run"`
	Attempt int    `json:"attempt,omitempty"` // whose checkpoint was evaluated; 0: not told
	result.Result
	// Counts is how many instances have each verdict, also where they are not read.
	Counts     map[result.Verdict]int `json:"counts"`
	ImportedAt time.Time              `json:"imported_at"`
	ImportedBy string                 `json:"imported_by,omitempty"`

	id int64
}

// Total is how many instances were to be judged: those of the report, and of one that
// tells of more without their names all of these. None where it has figures alone.
func (r StoredResult) Total() int {
	if n := r.Named(); n > 0 {
		return max(n, int(r.Asked))
	}
	return 0
}

// Named is how many instances there are, by their names.
func (r StoredResult) Named() (n int) {
	for _, count := range r.Counts {
		n += count
	}
	return n
}

// Resolved is how many instances are resolved.
func (r StoredResult) Resolved() int { return r.Counts[result.Resolved] }

// An Import is a result that is to be kept.
type Import struct {
	Run     string // its whole id
	Attempt int    // 0: not told
	Result  result.Result
	By      string // who imports it; empty: not known
	// Replace puts it in the place of another result of the same evaluation.
	Replace bool
	// Where stands before the names of fields in errors; empty is --, as of flags.
	Where string
}

// An ImportOutcome is what became of a result that was imported.
type ImportOutcome string

// The outcomes.
const (
	ImportAdded    ImportOutcome = "added"
	ImportSame     ImportOutcome = "same"     // all of it was there: nothing changed
	ImportGrown    ImportOutcome = "grown"    // parts of it were there, and say the same
	ImportUpdated  ImportOutcome = "updated"  // the same file has grown, and says what it said and more
	ImportReplaced ImportOutcome = "replaced" // it was there with other verdicts, and --replace was given
)

// Imported is what an import has done.
type Imported struct {
	StoredResult
	Outcome ImportOutcome `json:"outcome"`
	// Differs is what was replaced.
	Differs []ResultDifference `json:"differs,omitempty"`
	// Others are other runs of which the same file is a result.
	Others []string `json:"others,omitempty"`
}

// A ResultDifference is one instance, or one figure, on which two results differ. A
// side that does not have it is empty.
type ResultDifference struct {
	Name   string `json:"name"`
	Before string `json:"before"`
	After  string `json:"after"`
}

// ErrResultConflict is what a [ResultConflict] is.
var ErrResultConflict = errors.New("another result of the same evaluation is there")

// A ResultConflict refuses a result whose run has another one of the same benchmark,
// split, scaffold, seed and step.
type ResultConflict struct {
	Before  StoredResult // without its instances
	File    string       // of the one that was refused
	Differs []ResultDifference
	// As says that the same file is there under this other name.
	As string
}

func (e *ResultConflict) Error() string {
	where := fmt.Sprintf("run %s, %s", e.Before.Run, ResultName(e.Before.Result))
	if e.As != "" {
		return fmt.Sprintf("%s: the same file is there as %s; one evaluation is one result (--replace takes it as %s from now on)", where, ResultName(e.Before.Result), e.As)
	}
	return fmt.Sprintf("%s: %v, from %s of %s; %s: %s; --replace takes the new one, --seed or --step tell them apart",
		where, ErrResultConflict, e.Before.Source.File, e.Before.ImportedAt.Local().Format(time.DateOnly), differNumber(len(e.Differs)), differWords(e.Differs))
}

// Is reports whether target is ErrResultConflict.
func (e *ResultConflict) Is(target error) bool { return target == ErrResultConflict }

func differNumber(n int) string {
	if n == 1 {
		return "1 differs"
	}
	return fmt.Sprintf("%d differ", n)
}

// maxDiffering is how many differences are told in words.
const maxDiffering = 10

func differWords(differs []ResultDifference) string {
	var words []string
	for i, d := range differs {
		if i == maxDiffering {
			words = append(words, fmt.Sprintf("and %d more", len(differs)-i))
			break
		}
		words = append(words, fmt.Sprintf("%s (%s, now %s)", d.Name, orNone(d.Before), orNone(d.After)))
	}
	return strings.Join(words, ", ")
}

func orNone(side string) string {
	if side == "" {
		return "not there"
	}
	return side
}

// ResultName is what tells the results of a run apart, in words.
func ResultName(r result.Result) string {
	words := []string{r.Benchmark}
	for _, word := range []string{r.Split, r.Scaffold} {
		if word != "" {
			words = append(words, word)
		}
	}
	if r.Seed != nil {
		words = append(words, fmt.Sprintf("seed %d", *r.Seed))
	}
	if r.Step != nil {
		words = append(words, fmt.Sprintf("step %d", *r.Step))
	}
	return strings.Join(words, " ")
}

// instanceWords is one side of a difference.
func instanceWords(i result.Instance) string {
	words := string(i.Verdict)
	if i.Score != nil {
		words = strings.TrimSpace(fmt.Sprintf("%s %v", words, *i.Score))
	}
	if words == "" {
		return "neither solved nor not"
	}
	return words
}

// differences compares instance by instance; two results without instances by their
// figures. gone says that something is missing or other in after, and not only new.
func differences(before, after result.Result) (all []ResultDifference, gone bool) {
	if len(before.Instances) == 0 && len(after.Instances) == 0 {
		return differing(figuresOf(before), figuresOf(after))
	}
	return differing(sidesOf(before), sidesOf(after))
}

// A side is one thing of a result, and what it is.
type side struct{ name, words string }

func sidesOf(r result.Result) []side {
	all := make([]side, len(r.Instances))
	for i, instance := range r.Instances {
		all[i] = side{instance.ID, instanceWords(instance)}
	}
	if n := r.Unnamed(); n > 0 {
		all = append(all, side{"instances without a name", fmt.Sprint(n)})
	}
	return all
}

func figuresOf(r result.Result) []side {
	all := make([]side, len(r.Aggregates))
	for i, a := range r.Aggregates {
		all[i] = side{a.Metric, fmt.Sprint(a.Value)}
	}
	return all
}

// grew reports whether a result says all that one before it said, of the same file: what
// was not graded yet may be now, and nothing else changes.
func grew(before, after result.Result) bool {
	if before.Source.File != after.Source.File || len(before.Instances) > len(after.Instances) {
		return false
	}
	now := map[string]string{}
	for _, s := range sidesOf(after) {
		now[s.name] = s.words
	}
	for _, i := range before.Instances {
		if words, there := now[i.ID]; !there || i.Verdict != result.Missing && words != instanceWords(i) {
			return false
		}
	}
	if len(before.Instances) > 0 {
		return true
	}
	_, gone := differing(figuresOf(before), figuresOf(after))
	return !gone
}

// differing keeps the order of before, with what is new at the end.
func differing(before, after []side) (all []ResultDifference, gone bool) {
	now := map[string]string{}
	for _, s := range after {
		now[s.name] = s.words
	}
	seen := map[string]bool{}
	for _, s := range before {
		seen[s.name] = true
		if now[s.name] != s.words {
			all, gone = append(all, ResultDifference{s.name, s.words, now[s.name]}), true
		}
	}
	for _, s := range after {
		if !seen[s.name] {
			all = append(all, ResultDifference{s.name, "", s.words})
		}
	}
	return all, gone
}
