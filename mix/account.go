package mix

import (
	"iter"
	"math"
	"slices"
	"strings"
)

// An account keeps what became of every record, in reading order. Most of what
// it says is said of many records, so that a line holds numbers of texts: 44
// bytes and the record's id.
type account struct {
	lines  []line
	shared names
	ids    arena
}

// A line is one record of an account.
type line struct {
	id                           text
	number                       uint32 // of the record in its file
	source, file, reason, detail int32
	tokens                       int32
	item                         int32  // index into the prepared items; -1 where it never became one
	of                           int32  // of a duplicate of content or near: the line that was kept; else -1
	outcome                      int8   // index into Outcomes; undecided where it is not known yet
	rows                         uint16 // how many rows the record is, where that is more than one
}

const undecided = -1

func newAccount() *account { return &account{shared: *newNames()} }

func (a *account) add(e Entry) {
	a.lines = append(a.lines, line{
		id: a.ids.keep(e.ID), number: uint32(e.Line), tokens: e.Tokens, item: int32(e.item), of: -1,
		source: a.shared.id(e.Source), file: a.text(e.File), reason: a.shared.id(e.Reason), detail: a.text(e.Detail),
		outcome: int8(slices.Index(Outcomes, e.Outcome)), rows: rowCountOf(int(e.Rows)),
	})
}

// rowCountOf is a number of rows as a line holds it; more than it can hold are told
// as the most it can.
func rowCountOf(rows int) uint16 { return uint16(min(rows, math.MaxUint16)) }

// text is the number of what may be said of one record alone. More different
// texts than some thousands are kept, but not looked up.
func (a *account) text(s string) int32 {
	if _, met := a.shared.ids[s]; met || len(a.shared.ids) < 1<<14 {
		return a.shared.id(s)
	}
	a.shared.list = append(a.shared.list, a.ids.text(a.ids.keep(s)))
	return int32(len(a.shared.list) - 1)
}

func (a *account) decide(line int32, o Outcome, reason string) {
	l := &a.lines[line]
	l.outcome, l.reason = int8(slices.Index(Outcomes, o)), a.shared.id(reason)
}

// repeats says that a line is a duplicate by its content.
func (a *account) repeats(line int32) bool {
	l := &a.lines[line]
	return l.outcome >= 0 && Outcomes[l.outcome] == Duplicate && a.shared.list[l.reason] == UniqueContent
}

func (a *account) entry(i int) Entry {
	l, text := &a.lines[i], a.shared.list
	e := Entry{
		Source: text[l.source], File: text[l.file], Line: int(l.number), ID: a.ids.text(l.id), Reason: text[l.reason], Detail: text[l.detail],
		Tokens: l.tokens, Rows: int32(l.rows), item: int(l.item), of: int(l.of),
	}
	if l.outcome != undecided {
		e.Outcome = Outcomes[l.outcome]
	}
	return e
}

// all yields every entry, in reading order.
func (a *account) all() iter.Seq[Entry] {
	return func(yield func(Entry) bool) {
		for i := range a.lines {
			if !yield(a.entry(i)) {
				return
			}
		}
	}
}

// of is where the record stands that was kept for a duplicate.
func (a *account) of(e *Entry) *place {
	if e.of < 0 {
		return nil
	}
	k := a.entry(e.of)
	return &place{k.Source, k.File, k.Line, k.ID}
}

// An arena keeps short texts side by side: one alone costs up to twice its
// length, and one cut out of a record would hold all of that.
type arena struct{ chunks []*strings.Builder }

// A text is a place in an arena, in half the memory of a string.
type text struct {
	chunk   uint32
	from, n uint16
}

const (
	arenaBytes = 64 << 10
	wholeChunk = math.MaxUint16 // for n of a text that has a chunk to itself
)

func (a *arena) keep(s string) text {
	if len(s) >= wholeChunk {
		chunk := &strings.Builder{}
		chunk.WriteString(s)
		a.chunks = append(a.chunks, chunk, &strings.Builder{}) // nothing stands behind it
		return text{chunk: uint32(len(a.chunks) - 2), n: wholeChunk}
	}
	last := len(a.chunks) - 1
	if last < 0 || a.chunks[last].Len()+len(s) > arenaBytes {
		last++
		a.chunks = append(a.chunks, &strings.Builder{})
	}
	chunk := a.chunks[last]
	if chunk.Cap() == 0 {
		chunk.Grow(arenaBytes)
	}
	from := chunk.Len()
	chunk.WriteString(s)
	return text{uint32(last), uint16(from), uint16(len(s))}
}

func (a *arena) text(t text) string {
	chunk := a.chunks[t.chunk].String()
	if t.n == wholeChunk {
		return chunk
	}
	return chunk[t.from:][:t.n]
}
