package yard

import (
	"cmp"
	"context"
	"hash/maphash"
	"slices"

	"trainyard/mix"
)

// A fate is what an account says of one record, in 40 bytes: a million of them fit
// in memory, and the rest is read again for those that are listed.
type fate struct {
	id     uint64 // hash of the trajectory id, or of the place where there is none
	place  uint64 // hash of where it was read
	at     int64  // of its line in the account
	tokens int32
	why    int32 // index into the account's whys
	side   int8  // 0 in no shard, 1 train, 2 validation
}

// A place is where a record was read.
type place struct {
	file string // as the recipe spells it
	line int
}

// An account is all fates of a dataset, sorted by id.
type account struct {
	log     *mix.OutcomeLog
	fates   []fate
	unnamed map[uint64]fate // those without an id, by place: what could not be parsed
	whys    []string        // the first is NotRead
	known   map[string]int32
}

// sides are the outcomes of records that are in shards.
var sides = map[mix.Outcome]int8{mix.Kept: 1, mix.Validation: 2}

// readAccount reads the account of a dataset and leaves it open. Two of two
// million records are taken for one with odds of 1 in 10 million.
func readAccount(ctx context.Context, of *mix.Dataset, seed maphash.Seed) (a *account, err error) {
	a = &account{unnamed: map[uint64]fate{}, known: map[string]int32{}}
	if a.log, err = of.OpenOutcomes(ctx); err != nil {
		return a, err
	}
	a.number(NotRead)
	err = a.log.Each(func(at int64, e mix.Entry) error {
		f := fate{at: at, tokens: e.Tokens, why: a.number(e.Why()), side: sides[e.Outcome]}
		f.place = maphash.Comparable(seed, place{e.File, e.Line})
		if f.id = f.place; e.ID != "" {
			f.id = maphash.String(seed, e.ID)
		} else {
			a.unnamed[f.place] = f
		}
		a.fates = append(a.fates, f)
		return ctx.Err()
	})
	// Of one id, what is in the shards stands first.
	slices.SortFunc(a.fates, func(x, y fate) int {
		return cmp.Or(cmp.Compare(x.id, y.id), cmp.Compare(min(1, y.side), min(1, x.side)), cmp.Compare(x.at, y.at))
	})
	return a, err
}

func (a *account) number(why string) int32 {
	n, ok := a.known[why]
	if !ok {
		n = int32(len(a.whys))
		a.whys, a.known[why] = append(a.whys, why), n
	}
	return n
}

func (a *account) close() error {
	if a.log == nil {
		return nil
	}
	return a.log.Close()
}

// entry reads the record at a place; nil where there is none.
func (a *account) entry(at int64) (*mix.Entry, error) {
	if at < 0 {
		return nil, nil
	}
	e, err := a.log.At(at)
	return &e, err
}

// inShards are the records at the beginning that are in shards.
func inShards(all []fate) []fate {
	n := 0
	for n < len(all) && all[n].side > 0 {
		n++
	}
	return all[:n]
}

// outside is the record in no shard that an account has in the place of f: the
// first of the same id, or one without an id where f was read.
func (a *account) outside(same []fate, f fate) (at int64, why int32) {
	if rest := same[len(inShards(same)):]; len(rest) > 0 {
		return rest[0].at, rest[0].why
	}
	if unnamed, there := a.unnamed[f.place]; there {
		return unnamed.at, unnamed.why
	}
	return -1, 0
}
