package yard

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"trainyard/launch"
	"trainyard/launch/result"
)

// An EvalNews is what became of one report in a directory that is watched.
type EvalNews struct {
	File string `json:"file"`
	Run  string `json:"run,omitempty"`
	// Evaluation is the benchmark, and what tells its results apart.
	Evaluation string               `json:"evaluation,omitempty"`
	Outcome    launch.ImportOutcome `json:"outcome,omitempty"` // empty: it was left
	Why        string               `json:"why,omitempty"`     // it was left
	Resolved   int                  `json:"resolved"`
	Instances  int                  `json:"instances"`
}

// ReportWaits is the outcome of a report that was written to just now: it is read at a
// later look.
const ReportWaits launch.ImportOutcome = "waits"

// A ReportWatch imports reports below a directory as they appear.
type ReportWatch struct {
	Dir  string
	Said EvalSaid
	// Quiet is how long a file must not have been written to before it is read.
	Quiet time.Duration
	// Told is called once for each news of a report.
	Told func(EvalNews)

	waits bool              // for files that are written to, which was told
	seen  string            // what was there when it was last read
	told  map[string]string // by file and evaluation

	trouble string // why it could not look the last time, which was told
}

// WatchResults looks into the directory again and again until ctx ends, which is no
// error. Once it has looked, what goes wrong is told and may pass: a directory that is
// gone for a moment, or a ledger that is busy.
func (y *Yard) WatchResults(ctx context.Context, w *ReportWatch, every time.Duration) error {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for looked := false; ; looked = true {
		err := y.LookAtResults(ctx, w)
		if err != nil && ctx.Err() == nil && !looked {
			return err
		}
		w.tellTrouble(err)
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// LookAtResults imports once what there is. Files that are still written to wait for
// the next look. Where nothing has changed since the last, nothing is read.
func (y *Yard) LookAtResults(ctx context.Context, w *ReportWatch) error {
	found, links, err := result.Candidates(w.Dir)
	if err != nil {
		return fmt.Errorf("watch %s: %w", w.Dir, err)
	}
	l, err := y.Launcher()
	if err != nil {
		return err
	}
	runs, err := l.Ledger.Runs(ctx, 0)
	if err != nil {
		return err
	}
	runs = slices.DeleteFunc(runs, func(r launch.Run) bool { return r.Job.Evaluates != nil })
	files, young, sign := settled(found, time.Now().Add(-w.Quiet))
	w.tellYoung(young)
	if sign += fmt.Sprint(len(runs)); sign == w.seen { // a new run may be that of a report which was left
		return nil
	}
	read := result.ReadFound(files)
	for _, left := range append(links, read.Left...) {
		if !errors.Is(left.Why, result.ErrUnknown) { // what is no report at all is not told of
			w.tell(EvalNews{File: left.File, Why: left.Why.Error()})
		}
	}
	again := false
	for _, r := range read.Results {
		news, mayPass := y.importFound(ctx, l.Ledger, runs, w.Said, r)
		w.tell(news)
		again = again || mayPass
	}
	if w.seen = sign; again {
		w.seen = ""
	}
	return ctx.Err()
}

// tellTrouble tells once why it cannot look.
func (w *ReportWatch) tellTrouble(err error) {
	switch {
	case err == nil:
		w.trouble = ""
	case err.Error() != w.trouble && !errors.Is(err, context.Canceled):
		w.trouble = err.Error()
		w.seen = "" // all is looked at again
		w.Told(EvalNews{File: w.Dir, Outcome: ReportWaits, Why: w.trouble + "; it is looked for again"})
	}
}

// LookOnceAtResults imports what there is. For files that were written to just now it
// waits once for as long as a file must not have been written to.
func (y *Yard) LookOnceAtResults(ctx context.Context, w *ReportWatch) error {
	found, _, err := result.Candidates(w.Dir)
	if err != nil {
		return fmt.Errorf("watch %s: %w", w.Dir, err)
	}
	if _, young, _ := settled(found, time.Now().Add(-w.Quiet)); len(young) > 0 {
		w.tellYoung(young)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(w.Quiet):
		}
		w.waits = false // those that are written to still are told
	}
	return y.LookAtResults(ctx, w)
}

// tellYoung tells of files that are not read yet: once, until none is left.
func (w *ReportWatch) tellYoung(young []string) {
	if len(young) > 0 && !w.waits {
		words := fmt.Sprintf("written to less than %v ago", w.Quiet)
		if more := len(young) - 1; more > 0 {
			words = fmt.Sprintf("%s, and %d more", words, more)
		}
		w.Told(EvalNews{File: young[0], Outcome: ReportWaits, Why: words + ": it may not be whole yet"})
	}
	w.waits = len(young) > 0
}

// settled are the files that were last written before a time, those that were written
// since, and what tells whether anything has changed.
func settled(found []result.Candidate, before time.Time) (files, young []string, sign string) {
	var b strings.Builder
	for _, c := range found {
		if c.Wrote.After(before) && !c.Wrote.After(time.Now()) { // a time in the future says nothing
			young = append(young, c.File)
			continue
		}
		files = append(files, c.File)
		fmt.Fprintf(&b, "%s %d %d\n", c.File, c.Size, c.Wrote.UnixNano())
	}
	return files, young, b.String()
}

func (w *ReportWatch) tell(n EvalNews) {
	if w.told == nil {
		w.told = map[string]string{}
	}
	key, words := n.File+"\x00"+n.Evaluation, n.Why
	if n.Why == "" {
		words = fmt.Sprint(n.Run, n.Resolved, n.Instances)
	}
	if w.told[key] != words {
		w.told[key] = words
		w.Told(n)
	}
}

// importFound imports one result. mayPass says that it was left for what may pass by
// itself.
func (y *Yard) importFound(ctx context.Context, ledger *launch.Ledger, runs []launch.Run, said EvalSaid, r result.Result) (news EvalNews, mayPass bool) {
	news = EvalNews{File: r.Source.File, Evaluation: launch.ResultName(r)}
	id, err := runOf(r, runs)
	if err == nil {
		var taken []result.Result
		if taken, err = said.Of([]result.Result{r}, "--"); err == nil {
			r = taken[0]
		}
	}
	if err != nil {
		news.Why = err.Error()
		return news, false
	}
	done, err := ledger.ImportResult(ctx, launch.Import{Run: id, Result: r, By: y.User})
	if err != nil {
		news.Why = err.Error()
		return news, !launch.Lasting(err)
	}
	news.Run, news.Outcome, news.Evaluation = id, done.Outcome, launch.ResultName(done.Result)
	news.Resolved, news.Instances = done.Resolved(), done.Total()
	return news, false
}

// idInText finds what may be the id of a run, or the beginning of one.
var idInText = regexp.MustCompile(`\b[0-9a-f]{8}(?:-[0-9a-f]{4}){0,3}(?:-[0-9a-f]{12})?\b`)

// runOf finds the run that a result is of: by an id in the name of the model or in the
// path, else by the model's name, where that is the recipe of one run and no other.
func runOf(r result.Result, runs []launch.Run) (string, error) {
	fits := map[string]bool{}
	for _, word := range idInText.FindAllString(r.Model+" "+absPath(r.Source.File), -1) {
		for _, run := range runs {
			if strings.HasPrefix(run.ID, word) {
				fits[run.ID] = true
			}
		}
	}
	if len(fits) == 0 {
		for _, run := range runs {
			if run.Job.Recipe != "" && slices.Contains(strings.FieldsFunc(r.Model, func(c rune) bool { return c == '/' || c == '\\' }), run.Job.Recipe) {
				fits[run.ID] = true
			}
		}
	}
	switch ids := sortedKeys(fits); len(ids) {
	case 1:
		return ids[0], nil
	case 0:
		return "", errors.New("of which run it is, is not known: neither the model's name nor the path has the id of a run; import it with `trainyard eval import RUN FILE`")
	default:
		return "", fmt.Errorf("it may be of several runs: %s; import it with `trainyard eval import RUN FILE`", strings.Join(ids, ", "))
	}
}

func absPath(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return path
}
