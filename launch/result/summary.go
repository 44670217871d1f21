package result

import (
	"fmt"
	"strings"

	"trainyard/format/pyjson"
	"trainyard/format/verdict"
)

// A summary is an object with lists of ids, one for each way in which an instance can
// end. Many harnesses write one; what else stands in it tells whose it is.

// isSummary knows one by a list of who succeeded, or by two others: one alone may be a
// list of anything.
func isSummary(d *document) bool {
	lists, succeeded := 0, false
	if !d.object() {
		return false
	}
	for name, member := range d.root.Members() {
		if g := verdict.Lists[name.Text()]; g != verdict.None && verdict.IsIDs(member) {
			lists++
			succeeded = succeeded || g == verdict.Resolved
		}
	}
	return succeeded || lists > 1
}

// marks say by what else stands in a summary whose it is. One without any is that of
// SWE-bench's harness.
var marks = map[string]func(d *document) bool{
	"commit-0":    func(d *document) bool { return has(d.root, "instance_metrics") },
	"experiments": func(d *document) bool { return isListed(d, "resolved", "no_generation", "no_logs") },
	"multi-swe-bench": func(d *document) bool {
		return has(d.root, "incomplete_instances") && !has(d.root, "schema_version", "model_name_or_path")
	},
	"sb-cli": func(d *document) bool {
		return has(d.root, "pending_ids", "pending_instances", "failed_ids", "failed_instances")
	},
	"swe-smith": func(d *document) bool { return has(d.root, "ids_resolved") },
	"swt-bench": func(d *document) bool { return has(d.root, "Mean coverage") },
	// which lists the tasks of its trials too, those of several attempts several times
	"terminal-bench": isTerminalBench,
}

func isListed(d *document, members ...string) bool {
	for _, name := range members {
		if verdict.IsIDs(d.root.Get(name)) {
			return true
		}
	}
	return false
}

func marked(d *document) bool {
	for _, is := range marks {
		if is(d) {
			return true
		}
	}
	return false
}

// isSummaryOf says that a document is the summary of one harness.
func isSummaryOf(name string) func(d *document) bool {
	return func(d *document) bool { return isSummary(d) && marks[name](d) }
}

// readSummary reads the lists and the counts.
func readSummary(d *document, r Result) ([]Result, error) {
	c := collect(d)
	r.saidByName(d)
	for name, member := range d.root.Members() {
		g := verdict.Lists[name.Text()]
		if !verdict.IsIDs(member) || g == verdict.None {
			continue
		}
		for _, id := range member.Elements() {
			c.add(id.Text(), g, nil)
		}
	}
	r.Aggregates = aggregatesOf(d.root)
	r.Notes = append(r.Notes, miscounts(d.root)...)
	if len(c.by) == 0 && c.err == nil {
		return nil, fmt.Errorf("%s: it lists no instance at all", d.path)
	}
	if err := c.graded(d.root); err != nil {
		return nil, err
	}
	return c.into(r)
}

// graded refuses a summary that lists some of those that are resolved, or some of those
// that are not: a rate would be another one, and pairs would be of chosen instances. A
// list that is not there at all is known by its count.
func (c *collection) graded(v pyjson.Value) error {
	if countOf(v, totalInstances) <= int64(len(c.by)) {
		return nil
	}
	counted := func(name string) int64 { return v.Get(name + "_instances").Count() }
	named := map[Verdict]int64{}
	for _, i := range c.by {
		named[i.Verdict]++
	}
	switch {
	case c.err != nil:
	case counted("resolved") > named[Resolved]:
		return fmt.Errorf("%s: it counts %d resolved instances and names %d of them: take the report that lists all", c.path, counted("resolved"), named[Resolved])
	case named[Unresolved] > 0 && counted("unresolved") > int64(len(c.by))-named[Resolved]:
		return fmt.Errorf("%s: it counts %d unresolved instances and names %d of them: take the report that lists all", c.path, counted("unresolved"), named[Unresolved])
	}
	return nil
}

// aggregatesOf are the numbers of an object, in its order. Of what they were made is
// known of counts of instances alone.
func aggregatesOf(v pyjson.Value) (all []Aggregate) {
	total := v.Get("total_instances").Count()
	for name, member := range v.Members() {
		if f, ok := member.Float(); ok && finite(&f) != nil && name.Text() != "schema_version" {
			a := Aggregate{Metric: name.Text(), Value: f}
			if strings.HasSuffix(a.Metric, "_instances") {
				a.N = total
			}
			all = append(all, a)
		}
	}
	return all
}

// miscounts tells where a count is not that of its list.
func miscounts(v pyjson.Value) (notes []string) {
	for name, member := range v.Members() {
		what, is := strings.CutSuffix(name.Text(), "_ids")
		count := v.Get(what + "_instances")
		if n := int64(member.Length()); is && verdict.IsIDs(member) && count.Kind() == pyjson.KindNumber && count.Count() != n {
			notes = append(notes, fmt.Sprintf("%s_instances is %s, and %s lists %d", what, count.Raw(), name.Text(), n))
		}
	}
	return notes
}
