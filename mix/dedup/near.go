package dedup

// A Repeat is a text that is dropped, and what for.
type Repeat struct {
	Text    int32   // its index
	Of      int32   // that of the text that is kept
	Jaccard float64 // of the two, exactly
}

// Drop goes through texts in an order and drops each that is similar, at the
// threshold or above, to one that was kept before it: of several, to that which
// is most similar, and among equals the first. What is dropped takes nothing
// away in its turn. signatures are by index; texts without words are kept. set
// gives the shingles of a text, and is asked for those alone whose signatures
// nearly agree.
//
// Pairs are missed by chance: one in a thousand of those exactly at the
// threshold, fewer above it.
func Drop(order []int32, signatures []Signature, threshold float64, set func(text int32) (*Set, error)) ([]Repeat, error) {
	d := dropper{
		signatures: signatures, threshold: threshold, bands: newBands(signatures, threshold),
		rank: make([]int32, len(signatures)), set: set, kept: recentSets{byText: map[int32]*Set{}},
	}
	for n, text := range order {
		d.rank[text] = int32(n)
		if signatures[text].Empty() {
			continue
		}
		repeat, err := d.look(text)
		switch {
		case err != nil:
			return nil, err
		case repeat.Of >= 0:
			d.repeats = append(d.repeats, repeat)
		default:
			d.bands.add(text)
		}
	}
	return d.repeats, nil
}

type dropper struct {
	signatures []Signature
	threshold  float64
	bands      *bands
	rank       []int32 // text -> its place in the order
	set        func(int32) (*Set, error)
	repeats    []Repeat
	kept       recentSets
}

// unlikely is how far below the threshold an estimate is that needs no count.
// One of 128 slots is off by .035 at a similarity of 0.8, but one of a text of
// twenty shingles by .09.
const unlikely = 0.4

// look finds the most similar of the texts that were kept; Of is -1 for none.
func (d *dropper) look(text int32) (best Repeat, err error) {
	best = Repeat{Text: text, Of: -1}
	var own *Set
	d.bands.candidates(text, func(other int32) {
		if err != nil || d.signatures[text].Likeness(&d.signatures[other]) < d.threshold-unlikely {
			return
		}
		if own == nil {
			own, err = d.set(text)
		}
		var theirs *Set
		if err == nil {
			theirs, err = d.kept.get(other, d.set)
		}
		if err == nil {
			d.better(&best, other, own.Jaccard(theirs))
		}
	})
	return best, err
}

// better takes a text that is more similar than the best so far.
func (d *dropper) better(best *Repeat, other int32, jaccard float64) {
	if jaccard < d.threshold || jaccard < best.Jaccard || jaccard == best.Jaccard && d.rank[other] > d.rank[best.Of] {
		return
	}
	best.Of, best.Jaccard = other, jaccard
}

// recentSets are the shingles of the texts that were looked at last: what
// repeats is often met again at once.
type recentSets struct {
	byText map[int32]*Set
	order  []int32
}

// recent is how many sets are held: of rollouts of 100 KB some 30 MB.
const recent = 64

func (r *recentSets) get(text int32, set func(int32) (*Set, error)) (*Set, error) {
	if s, met := r.byText[text]; met {
		return s, nil
	}
	s, err := set(text)
	if err != nil {
		return nil, err
	}
	if len(r.order) == recent {
		delete(r.byText, r.order[0])
		r.order = r.order[1:]
	}
	r.byText[text], r.order = s, append(r.order, text)
	return s, nil
}
