package yard

import (
	"cmp"
	"context"
	"errors"
	"hash/maphash"
	"slices"
	"sync"

	"trainyard/mix"
)

// RecordKinds are the ways in which a record fares otherwise, with what each
// means.
var RecordKinds = map[string]string{
	"out":     "in A's shards, not in B's",
	"in":      "in B's shards, not in A's",
	"moved":   "in both, on the other side of the split",
	"changed": "in both, with another number of tokens",
}

// kindOrder is that in which they are told.
var kindOrder = []string{"out", "in", "moved", "changed"}

// RecordChanges are the records of one kind. Records are told apart by their
// trajectory ids, and those without by file and line.
type RecordChanges struct {
	Kind    string         `json:"kind"`
	Count   mix.Count      `json:"count"`
	Reasons []ReasonCount  `json:"reasons,omitempty"` // of what went out and in: what the other side says
	List    []RecordChange `json:"list"`              // the first of them, in reading order
	More    int64          `json:"more"`              // that are not listed
}

// A ReasonCount counts records by what the dataset without them says.
type ReasonCount struct {
	Why   string    `json:"why"` // as manifests count reasons, or NotRead
	Count mix.Count `json:"count"`
}

// NotRead is why a dataset lacks records that it never read.
const NotRead = "not read"

// A RecordChange is one record on both sides.
type RecordChange struct {
	A *mix.Entry `json:"a"` // nil where it was not read
	B *mix.Entry `json:"b"`
}

// A recordDiffer compares two accounts.
type recordDiffer struct {
	a, b  *account
	found map[string][]pair // by kind
}

// A pair is one record that fares otherwise: its places in both accounts, -1 for
// none, and its tokens and reason.
type pair struct {
	a, b   int64
	tokens int32
	why    int32 // of what is in one alone: index into the other's whys
}

// recordChanges compares the accounts of two datasets and lists at most so many
// records of each kind; 0 is all.
func recordChanges(ctx context.Context, a, b *mix.Dataset, most int) (all []RecordChanges, err error) {
	d := &recordDiffer{found: map[string][]pair{}}
	var both sync.WaitGroup
	var errA, errB error
	seed := maphash.MakeSeed()
	both.Go(func() { d.a, errA = readAccount(ctx, a, seed) })
	both.Go(func() { d.b, errB = readAccount(ctx, b, seed) })
	both.Wait()
	defer func() { err = errors.Join(err, d.a.close(), d.b.close()) }()
	if err := errors.Join(errA, errB); err != nil {
		return nil, err
	}
	d.compare()
	for _, kind := range kindOrder {
		c, err := d.changes(kind, most)
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, nil
}

// compare walks both accounts by id.
func (d *recordDiffer) compare() {
	a, b := d.a.fates, d.b.fates
	for len(a) > 0 || len(b) > 0 {
		id := nextID(a, b)
		var ofA, ofB []fate
		ofA, a = cutID(a, id)
		ofB, b = cutID(b, id)
		d.sameID(ofA, ofB)
	}
}

func nextID(a, b []fate) uint64 {
	switch {
	case len(a) == 0:
		return b[0].id
	case len(b) == 0:
		return a[0].id
	}
	return min(a[0].id, b[0].id)
}

// cutID cuts off the records of an id that stand first.
func cutID(all []fate, id uint64) (of, rest []fate) {
	n := 0
	for n < len(all) && all[n].id == id {
		n++
	}
	return all[:n], all[n:]
}

// sameID compares the records of one id: those in shards pair by pair, and what is
// left of them with the other side's first record outside, which says why.
func (d *recordDiffer) sameID(a, b []fate) {
	n := 0
	for ; n < len(a) && n < len(b) && a[n].side > 0 && b[n].side > 0; n++ {
		both := pair{a: a[n].at, b: b[n].at, tokens: b[n].tokens}
		if a[n].side != b[n].side {
			d.found["moved"] = append(d.found["moved"], both)
		}
		if a[n].tokens != b[n].tokens {
			d.found["changed"] = append(d.found["changed"], both)
		}
	}
	for _, gone := range inShards(a[n:]) {
		at, why := d.b.outside(b, gone)
		d.found["out"] = append(d.found["out"], pair{a: gone.at, b: at, tokens: gone.tokens, why: why})
	}
	for _, come := range inShards(b[n:]) {
		at, why := d.a.outside(a, come)
		d.found["in"] = append(d.found["in"], pair{a: at, b: come.at, tokens: come.tokens, why: why})
	}
}

// changes tells the records of one kind, at most so many of them one by one.
func (d *recordDiffer) changes(kind string, most int) (c RecordChanges, err error) {
	found := d.found[kind]
	slices.SortFunc(found, func(x, y pair) int {
		if kind == "in" {
			return cmp.Compare(x.b, y.b)
		}
		return cmp.Compare(x.a, y.a)
	})
	c = RecordChanges{Kind: kind, List: []RecordChange{}}
	reasons := map[int32]mix.Count{}
	for n, p := range found {
		c.Count = plus(c.Count, p.tokens)
		reasons[p.why] = plus(reasons[p.why], p.tokens)
		if most > 0 && n >= most {
			c.More++
			continue
		}
		a, errA := d.a.entry(p.a)
		b, errB := d.b.entry(p.b)
		if err := errors.Join(errA, errB); err != nil {
			return c, err
		}
		c.List = append(c.List, RecordChange{a, b})
	}
	switch kind {
	case "out":
		c.Reasons = reasonCounts(reasons, d.b.whys)
	case "in":
		c.Reasons = reasonCounts(reasons, d.a.whys)
	}
	return c, nil
}

// reasonCounts are told by number of records, the most first.
func reasonCounts(counts map[int32]mix.Count, whys []string) (all []ReasonCount) {
	for why, count := range counts {
		all = append(all, ReasonCount{whys[why], count})
	}
	slices.SortFunc(all, func(x, y ReasonCount) int {
		return cmp.Or(cmp.Compare(y.Count.Records, x.Count.Records), cmp.Compare(x.Why, y.Why))
	})
	return all
}

func plus(c mix.Count, tokens int32) mix.Count {
	return mix.Count{Records: c.Records + 1, Tokens: c.Tokens + int64(tokens)}
}
