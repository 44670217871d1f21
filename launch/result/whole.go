package result

import (
	"fmt"
	"strings"

	"trainyard/format/pyjson"
)

// The rate of a benchmark is over all instances that were to be judged: the harness of
// SWE-bench and sb-cli divide by total_instances, whatever was handed in or graded.

// totalInstances is where a summary of SWE-bench's kind counts what was to be judged.
var totalInstances = []string{"total_instances"}

// count reads how many instances were to be judged.
func (f Format) count(d *document, r *Result) {
	if r.Asked == 0 && len(f.asked) > 0 && d.object() {
		r.Asked = countOf(d.root, f.asked)
	}
}

// noteAsked tells of instances that are not named. A count below what is named says
// nothing of what was to be judged.
func (r *Result) noteAsked() {
	named := int64(len(r.Instances))
	switch {
	case named == 0 || r.Asked == 0 || r.Asked == named:
	case r.Asked < named:
		r.Notes = append(r.Notes, fmt.Sprintf("it counts %d instances, and names %d", r.Asked, named))
		r.Asked = 0
	default:
		r.Notes = append(r.Notes, fmt.Sprintf("%d instances were to be judged, and %d of them are named: the rate is over all", r.Asked, named))
	}
}

// countOf is a member's number, of a summary that has none the sum of its counts.
func countOf(v pyjson.Value, path []string) int64 {
	if n := v.Get(path...).Count(); n > 0 {
		return n
	}
	counted := func(name string) int64 { return v.Get(name + "_instances").Count() }
	return max(counted("submitted"), counted("completed"), counted("resolved")+counted("unresolved"))
}

// sayAsked takes how many instances a user says were to be judged, or how many the
// benchmark has, for a file that is of a whole one.
func (s Said) sayAsked(r *Result, where string) error {
	named := len(r.Instances)
	switch {
	case s.Instances > 0 && r.Asked > 0 && s.Instances != r.Asked:
		return fmt.Errorf("%s says that %d instances were to be judged, and %sinstances says %d", r.Source.File, r.Asked, where, s.Instances)
	case s.Instances > 0 && s.Instances < int64(named):
		return fmt.Errorf("%s names %d instances, and %sinstances says %d", r.Source.File, named, where, s.Instances)
	case s.Instances > 0:
		if r.Asked == 0 {
			r.Asked = s.Instances
			r.noteAsked()
		}
	case r.Asked == 0 && Formats[r.Source.Format].whole:
		return r.askedBySize(where)
	}
	return nil
}

func (r *Result) askedBySize(where string) error {
	size, known := SizeOf(r.Benchmark)
	dev := r.Split != "" && !strings.EqualFold(r.Split, "test")
	switch named := len(r.Instances); {
	case known && !dev && size.Instances >= named:
		r.Asked = int64(size.Instances)
		r.noteAsked()
	case r.Counts()[Unresolved] == 0:
		return fmt.Errorf("%s names no instance that was graded and not resolved, and does not count what was to be judged: say %sinstances, or a %[2]sbenchmark of known size", r.Source.File, where)
	}
	return nil
}
