package report

import (
	"context"
	"fmt"
	"slices"

	"trainyard/mix"
)

// lengths are the tokens of a dataset's records, by source, as its outcomes
// tell them: of those that are in shards, and of all unique records, which a
// longer window would keep.
type lengths struct {
	kept, unique map[string][]int32
}

// afterUnique are the outcomes of records that no other repeats, all of which
// were tokenised.
var afterUnique = []mix.Outcome{mix.OverWindow, mix.NotSampled, mix.Validation, mix.Kept}

// readLengths reads the outcomes of every record. Those in shards must be as many
// as the manifest counts.
func readLengths(ctx context.Context, d *mix.Dataset) (*lengths, error) {
	log, err := d.OpenOutcomes(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = log.Close() }() // it was only read
	l := &lengths{map[string][]int32{}, map[string][]int32{}}
	err = log.Each(func(_ int64, e mix.Entry) error {
		if slices.Contains(afterUnique, e.Outcome) {
			l.unique[e.Source] = append(l.unique[e.Source], e.Tokens)
		}
		if e.Outcome == mix.Kept || e.Outcome == mix.Validation {
			l.kept[e.Source] = append(l.kept[e.Source], e.Tokens)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return l, l.check(d)
}

// check holds the outcomes against the manifest.
func (l *lengths) check(d *mix.Dataset) error {
	for _, s := range d.Manifest.Sources {
		if got, want := int64(len(l.kept[s.Name])), s.Funnel.Sampled.Records; got != want {
			return fmt.Errorf("%s: the outcomes have %d records of source %s in shards, the manifest says %d", d.Dir, got, s.Name, want)
		}
	}
	return nil
}

func joined(by map[string][]int32) (all []int32) {
	for _, list := range by {
		all = append(all, list...)
	}
	return all
}

// retention tells for each window what it would hold of a source: as the manifest
// has it, or, where that is older than such figures, as the outcomes have it.
func retention(s *mix.SourceReport, unique []int32) []Retained {
	if s.Retention == nil {
		return retentionOf(unique)
	}
	var list []Retained
	for _, h := range s.Retention.Windows {
		list = append(list, Retained{Window: h.Window, Records: h.Records, Tokens: h.Tokens, Of: s.Retention.All.Records})
	}
	return list
}

func retentionOf(unique []int32) []Retained {
	var list []Retained
	for _, window := range mix.RetentionWindows {
		r := Retained{Window: window, Of: int64(len(unique))}
		for _, n := range unique {
			if int(n) <= window {
				r.Records++
				r.Tokens += int64(n)
			}
		}
		list = append(list, r)
	}
	return list
}

// addRetention sums those of the sources.
func addRetention(to *[]Retained, more []Retained) {
	if *to == nil {
		*to = make([]Retained, len(more))
	}
	for i, r := range more {
		t := &(*to)[i]
		t.Window, t.Records, t.Tokens, t.Of = r.Window, t.Records+r.Records, t.Tokens+r.Tokens, t.Of+r.Of
	}
}
