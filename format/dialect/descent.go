package dialect

import (
	"encoding/binary"

	"github.com/zeebo/xxh3"

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
	var words, copies, systems said
	tools := xxh3.Hash(t.Tools)
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
			d.loose = append(d.loose, together(d.words[len(d.words)-1], saying(m)))
		} else { // nothing would be left to tell it by
			d.loose = append(d.loose, 0)
		}
		digest := words.Sum64()
		if !named { // the words alone may be another conversation's
			digest = together(digest, systems.Sum64(), tools)
		}
		d.turn(digest, copies.Sum64(), m.Untrained, copied)
	}
	d.all, d.id = together(words.Sum64(), systems.Sum64()), xxh3.HashString(t.ID)
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

// A said is a digest of texts and numbers, alike in every process: descents are
// kept.
type said struct{ xxh3.Hasher }

func (h *said) text(s string) { _, _ = h.WriteString(s) }

func (h *said) numbers(list ...int) {
	var buf [24]byte
	for i, n := range list {
		binary.LittleEndian.PutUint64(buf[8*i:], uint64(n))
	}
	_, _ = h.Write(buf[:8*len(list)])
}

// together is one digest of several, three at most.
func together(digests ...uint64) uint64 {
	var buf [24]byte
	for i, d := range digests {
		binary.LittleEndian.PutUint64(buf[8*i:], d)
	}
	return xxh3.Hash(buf[:8*len(digests)])
}

// sayTo adds what a message says. A call's arguments are spelled one way: a
// response has them as the model wrote them, the next request as a library does.
func sayTo(h *said, m format.Message) {
	h.numbers(len(m.Role), len(m.Content), len(m.Calls))
	h.text(string(m.Role))
	h.text(m.Content)
	for _, call := range m.Calls {
		arguments, err := pyjson.PythonJSON(nil, call.Arguments)
		if err != nil {
			arguments = call.Arguments
		}
		h.numbers(len(call.Name), len(arguments))
		h.text(call.Name)
		_, _ = h.Write(arguments)
	}
}

// saying is the digest of one message alone.
func saying(m format.Message) uint64 {
	var h said
	sayTo(&h, m)
	return h.Sum64()
}

// idsTo adds the ids of a message and its calls; found says that there are some.
func idsTo(h *said, m format.Message) (found bool) {
	add := func(id string) {
		h.numbers(len(id))
		h.text(id)
		found = found || id != ""
	}
	add(m.ID)
	for _, call := range m.Calls {
		add(call.ID)
	}
	return found
}
