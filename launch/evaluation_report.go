package launch

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"trainyard/launch/files"
	"trainyard/launch/result"
)

// collect keeps what an evaluation found out, once its command has exited with code 0,
// and judges it: without a report it is no success. What could not be looked at is an
// error, and is looked at again; the same report kept twice is kept once.
func (l *Launcher) collect(ctx context.Context, run Run, backend Backend, status Status) (Status, error) {
	reports, all, err := l.reports(ctx, run, backend)
	if err != nil {
		err = fmt.Errorf("its reports: %w", err)
	}
	var kept []string
	if err == nil {
		kept, err = l.keepResults(ctx, run, reports, all)
	}
	var wrong *reportError
	switch {
	case errors.As(err, &wrong):
		status.State, status.Reason = Failed, "exited with code 0, but "+wrong.Error()
	case err != nil && run.State == Stopping && ctx.Err() == nil: // the user does not wait for it any more
		status.State, status.Reason = Cancelled, fmt.Sprintf("stopped when its command had exited with code 0, and its reports are not kept: %v", err)
	case err != nil:
		return status, &uncollected{fmt.Errorf("run %s: %w", run.ID, err)}
	default:
		status.Reason = strings.Join(kept, "; ")
	}
	l.reached("imported")
	return status, nil
}

// An uncollected evaluation has ended, and what it left could not be looked at, or not
// be kept.
type uncollected struct{ err error }

func (e *uncollected) Error() string { return e.err.Error() }
func (e *uncollected) Unwrap() error { return e.err }

// A reportError is what is wrong with the reports of an evaluation: looking again would
// not help.
type reportError struct{ err error }

func (e *reportError) Error() string { return e.err.Error() }
func (e *reportError) Unwrap() error { return e.err }

func wrongReport(format string, args ...any) error { return &reportError{fmt.Errorf(format, args...)} }

// reports are the files of an evaluation that its globs name, on this machine, and how
// many there were to choose from.
func (l *Launcher) reports(ctx context.Context, run Run, backend Backend) (chosen []string, all int, err error) {
	found, err := below(ctx, backend, l.Dir(run), run, run.Output, "")
	if err != nil {
		return nil, 0, err
	}
	root := filepath.Join(l.Dir(run), filepath.FromSlash(run.Output))
	if there, err := l.where(ctx, backend, l.Dir(run)); err != nil {
		return nil, 0, err
	} else if there != l.Dir(run) {
		root = filepath.Join(l.runDir(run.ID), fmt.Sprintf("reports-%d", run.N))
	}
	for _, name := range found {
		file := filepath.Join(root, filepath.FromSlash(name))
		if err := bring(ctx, backend, l.Dir(run), run, path.Join(run.Output, name), file); err != nil {
			return nil, 0, err
		}
		if run.Job.Evaluates.wants(name) {
			chosen = append(chosen, file)
		}
	}
	return chosen, len(found), nil
}

// maxReport is the size of a report that is brought from another machine.
const maxReport = 64 << 20

// below lists the files of a directory that may be reports, or stand beside one.
func below(ctx context.Context, backend Backend, dir string, run Run, root, under string) (all []string, err error) {
	entries, err := backend.List(ctx, dir, run.Handle, path.Join(root, under))
	if errors.Is(err, fs.ErrPermission) {
		return nil, wrongReport("%w", err)
	}
	if err != nil {
		return nil, unlessMissing(err)
	}
	for _, e := range entries {
		name := path.Join(under, e.Name)
		switch {
		case strings.HasPrefix(e.Name, "."), e.Name == "llm_completions", !filepath.IsLocal(filepath.FromSlash(name)):
		case e.Dir:
			inner, err := below(ctx, backend, dir, run, root, name)
			if err != nil {
				return nil, err
			}
			all = append(all, inner...)
		case e.Size > 0 && e.Size <= maxReport && (slices.Contains(reportSuffixes, path.Ext(e.Name)) || len(run.Job.Evaluates.Reports) > 0 && run.Job.Evaluates.wants(name)):
			all = append(all, name)
		}
	}
	return all, nil
}

// reportSuffixes are those of what result.Candidates finds.
var reportSuffixes = []string{".json", ".jsonl", ".csv", ".tsv"}

// bring copies a file of an attempt to where it is read from, unless it lies there.
func bring(ctx context.Context, backend Backend, dir string, run Run, name, to string) error {
	if filepath.Join(dir, filepath.FromSlash(name)) == to {
		return nil
	}
	f, err := backend.Open(ctx, dir, run.Handle, name)
	if errors.Is(err, fs.ErrPermission) {
		return wrongReport("%s: %w", name, err)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f.From(0), maxReport))
	if err == nil {
		err = os.MkdirAll(filepath.Dir(to), 0o700)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return files.Write(filepath.Dir(to), filepath.Base(to), data)
}

// wants reports whether a file below the output directory is one of the reports.
func (e *Evaluated) wants(name string) bool {
	if len(e.Reports) == 0 {
		return true
	}
	return slices.ContainsFunc(e.Reports, func(glob string) bool {
		if !strings.Contains(glob, "/") {
			matched, _ := path.Match(glob, path.Base(name)) // its form was looked at before
			return matched
		}
		return matchPath(strings.Split(glob, "/"), strings.Split(name, "/"))
	})
}

// matchPath matches directory by directory; ** is any number of them.
func matchPath(glob, name []string) bool {
	switch {
	case len(glob) == 0:
		return len(name) == 0
	case glob[0] == "**":
		return matchPath(glob[1:], name) || len(name) > 0 && matchPath(glob, name[1:])
	case len(name) == 0:
		return false
	}
	matched, _ := path.Match(glob[0], name[0])
	return matched && matchPath(glob[1:], name[1:])
}

// keepResults reads the reports and keeps them as results of the run that the evaluation
// is about. It returns what each came to, in words.
func (l *Launcher) keepResults(ctx context.Context, run Run, reports []string, all int) (kept []string, err error) {
	e := run.Job.Evaluates
	if len(reports) == 0 {
		return nil, noReports(e, all)
	}
	read := result.ReadFound(reports)
	for _, left := range read.Left {
		if len(e.Reports) > 0 && !errors.Is(left.Why, result.ErrUnknown) {
			return nil, wrongReport("a report cannot be read: %w", left.Why)
		}
	}
	if len(read.Results) == 0 {
		return nil, wrongReport("none of the files that it left is a report: %s", leftWords(read.Left))
	}
	results, err := e.said().Of(read.Results, "eval."+e.Name+".")
	if err != nil {
		return nil, &reportError{err}
	}
	for i := range results {
		results[i] = run.Job.known(results[i])
	}
	if results, err = agreed(results); err != nil {
		return nil, wrongReport("%w; choose one by eval.%s.reports", err, e.Name)
	}
	for _, r := range results {
		words, err := l.keepResult(ctx, run, r)
		if err != nil {
			return nil, err
		}
		kept = append(kept, words)
	}
	return kept, nil
}

func noReports(e *Evaluated, all int) error {
	if len(e.Reports) == 0 {
		return wrongReport("it left no report in {output}")
	}
	return wrongReport("it left no report: of %d files in {output}, eval.%s.reports (%s) matches none", all, e.Name, strings.Join(e.Reports, ", "))
}

func leftWords(left []result.Left) string {
	var words []string
	for i, l := range left {
		if i == 3 {
			words = append(words, fmt.Sprintf("and %d more", len(left)-i))
			break
		}
		words = append(words, l.Why.Error())
	}
	return strings.Join(words, "; ")
}

func (l *Launcher) keepResult(ctx context.Context, run Run, r result.Result) (words string, err error) {
	e := run.Job.Evaluates
	if r.Benchmark == "" {
		return "", wrongReport("%s does not say which benchmark it is of: say eval.%s.benchmark", r.Source.File, e.Name)
	}
	in := Import{Run: e.Run, Attempt: e.Attempt, Result: r, By: run.CreatedBy, Where: "eval." + e.Name + "."}
	done, err := l.Ledger.ImportResult(ctx, in)
	var conflict *ResultConflict
	if errors.As(err, &conflict) && supersedes(run, conflict.Before) {
		in.Replace = true
		done, err = l.Ledger.ImportResult(ctx, in)
	}
	switch {
	case errors.As(err, &conflict): // evaluating it again would change nothing
		return fmt.Sprintf("not kept: %v; take it with `trainyard eval import %s %s --replace`", conflict, e.Run, r.Source.File), nil
	case errors.Is(err, ErrOtherInstances):
		return "", wrongReport("%w; then `trainyard eval import %.8s %s` takes this one, without another evaluation", err, e.Run, r.Source.File)
	case Lasting(err):
		return "", &reportError{err}
	case err != nil:
		return "", err
	}
	return resultWords(done.StoredResult), nil
}

// known is a result with what its report does not say and the run of the evaluation does:
// the seed that its command was given, and the step of the model that it looked at.
func (j Job) known(r result.Result) result.Result {
	if r.Seed == nil {
		r.Seed = &j.Seed
	}
	if step := j.Evaluates.Step; r.Step == nil && step > 0 {
		r.Step = &step
	}
	return r
}

// supersedes reports whether what stands is of an earlier attempt of the training, or an
// earlier attempt of this evaluation has left it.
func supersedes(run Run, before StoredResult) bool {
	return before.LeftBy(run.ID) || before.Attempt > 0 && before.Attempt < run.Job.Evaluates.Attempt
}

// LeftBy reports whether the run of an evaluation has left the report of the result, which
// lies in that run's directory.
func (r StoredResult) LeftBy(evaluation string) bool {
	return strings.Contains(filepath.ToSlash(r.Source.File), "/"+evaluation+"/")
}

func resultWords(r StoredResult) string {
	words := ResultName(r.Result)
	named, alone := r.Named(), r.Counts[""]
	switch {
	case named > alone && alone > 0:
		return fmt.Sprintf("%s: %d of %d resolved, %d with a score alone", words, r.Resolved(), r.Total(), alone)
	case named > alone:
		return fmt.Sprintf("%s: %d of %d resolved", words, r.Resolved(), r.Total())
	case named > 0:
		return fmt.Sprintf("%s: %s %.4g, the mean of %d", words, cmp.Or(r.Metric, "score"), r.meanScore(), named)
	}
	for i, a := range r.Aggregates {
		if i == 3 {
			return words + ", …"
		}
		words += fmt.Sprintf(", %s %.4g", a.Metric, a.Value)
	}
	return words
}

// meanScore is that of instances, all of which have a score where none has a verdict.
func (r StoredResult) meanScore() (mean float64) {
	for _, i := range r.Instances {
		if i.Score != nil {
			mean += *i.Score / float64(len(r.Instances))
		}
	}
	return mean
}
