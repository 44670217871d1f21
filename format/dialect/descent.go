package dialect

import (
	"hash/maphash"

	"trainyard/format"
	"trainyard/format/container"
	"trainyard/format/pyjson"
)

// A descent is a relative with its digests, as a worker makes it, one for each
// assistant turn: words are of what is said up to it, loose of that without the
// message which it answers, 0 where that would tell nothing, copies of what is
// said with the ids in it.
type descent struct {
	relative
	place                recordPlace
	words, loose, copies []uint64
}

// newDescent parses a record for its digests; nil where it makes no trajectory.
func newDescent(s *Source, rec format.Record) *descent {
	t, err := s.Parse(rec)
	if err != nil {
		return nil
	}
	d := &descent{place: recordPlace{rec.File, rec.Line}}
	d.session = container.IsSession(rec.Raw)
	var words, copies, systems maphash.Hash
	for _, h := range []*maphash.Hash{&words, &copies, &systems} {
		h.SetSeed(digestSeed)
	}
	tools := maphash.Bytes(digestSeed, t.Tools)
	named, copied := d.session || t.InstanceID != "", t.Forked
	for _, m := range t.Messages {
		if m.Role == format.System {
			sayTo(&systems, m)
			continue
		}
		sayTo(&words, m)
		sayTo(&copies, m)
		if idsTo(&copies, m) {
			named, copied = true, true
		}
		if m.Role != format.Assistant {
			continue
		}
		if named && len(d.words) > 0 {
			d.loose = append(d.loose, maphash.Comparable(digestSeed, [2]uint64{d.words[len(d.words)-1], saying(m)}))
		} else { // nothing would be left to tell it by
			d.loose = append(d.loose, 0)
		}
		said := words.Sum64()
		if !named { // the words alone may be another conversation's
			said = maphash.Comparable(digestSeed, [3]uint64{said, systems.Sum64(), tools})
		}
		d.turn(said, copies.Sum64(), m.Untrained, copied)
	}
	d.all, d.id = maphash.Comparable(digestSeed, [2]uint64{words.Sum64(), systems.Sum64()}), maphash.String(digestSeed, t.ID)
	return d
}

func (d *descent) turn(words, copies uint64, untrained, copied bool) {
	switch {
	case untrained && int(d.kept) == len(d.words):
		d.kept++
	case untrained:
		d.holes = true
	}
	if !copied {
		d.known++
	}
	d.words = append(d.words, words)
	if d.session {
		d.copies = append(d.copies, copies)
	}
}

// sayTo adds what a message says. A call's arguments are spelled one way: a
// response has them as the model wrote them, the next request as a library does.
func sayTo(h *maphash.Hash, m format.Message) {
	maphash.WriteComparable(h, [3]int{len(m.Role), len(m.Content), len(m.Calls)})
	h.WriteString(string(m.Role))
	h.WriteString(m.Content)
	for _, call := range m.Calls {
		arguments, err := pyjson.PythonJSON(nil, call.Arguments)
		if err != nil {
			arguments = call.Arguments
		}
		maphash.WriteComparable(h, [2]int{len(call.Name), len(arguments)})
		h.WriteString(call.Name)
		h.Write(arguments)
	}
}

// saying is the digest of one message alone.
func saying(m format.Message) uint64 {
	var h maphash.Hash
	h.SetSeed(digestSeed)
	sayTo(&h, m)
	return h.Sum64()
}

// idsTo adds the ids of a message and its calls; found says that there are some.
func idsTo(h *maphash.Hash, m format.Message) (found bool) {
	add := func(id string) {
		maphash.WriteComparable(h, len(id))
		h.WriteString(id)
		found = found || id != ""
	}
	add(m.ID)
	for _, call := range m.Calls {
		add(call.ID)
	}
	return found
}
