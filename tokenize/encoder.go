package tokenize

import (
	"math/bits"
	"slices"
	"sync"
	"sync/atomic"
	"unicode/utf8"
	"unsafe"

	"trainyard/tokenize/unicode"
)

// An engine encodes by table: a piece that was met before costs one look-up.
// One table serves all goroutines. It starts empty: a text uses a third of the
// vocabulary, and merging that costs less than entering the rest.
type engine struct {
	vocab      *vocabulary
	expression string // the split expression, as tokenizer files have it
	cut        cutter
	digits     int               // of a piece, where blocks know the expression; else 0
	mask       uint8             // of classes that normalising may change: unstable, or 0
	pairs      func() *pairTable // built when the first unknown piece comes
	whole      map[string]int32  // tokens that a piece is looked up in before it is merged, or nil
	workers    sync.Pool         // of *worker

	short  atomic.Pointer[pieceTable]
	long   atomic.Pointer[longTable]
	growth sync.Mutex // held while a table grows
}

// A worker is the memory of one call that leaves the fast path.
type worker struct {
	chain chain
	ids   []int32
	norm  unicode.Normaliser
}

// newEngine serves a vocabulary with one of the known split expressions.
func newEngine(v *vocabulary, expression string, nfc bool) (*engine, error) {
	cut, err := cutterFor(expression)
	if err != nil {
		return nil, err
	}
	e := &engine{vocab: v, expression: expression, cut: cut}
	if s, ok := cut.(*splitter); ok {
		e.digits = s.digits
	}
	if nfc {
		e.mask = unicode.Unstable
	}
	if v.direct {
		e.whole = v.byText()
	}
	e.workers.New = func() any { return new(worker) }
	e.pairs = sync.OnceValue(func() *pairTable { return newPairTable(v.merges, v.singleBytes()) })
	e.short.Store(newPieceTable(firstSlots))
	e.long.Store(newLongTable())
	return e, nil
}

// A cursor is how far the encoding of a text has come: a piece starts at i.
type cursor struct {
	text    string
	i       int
	settled bool // the text from i on is known to need no normalising
}

// Append adds the ids of text to dst and returns it.
func (e *engine) Append(dst []int32, text string) []int32 {
	c := cursor{text: text}
	dst = e.drain(dst, &c)
	if c.i < len(text) {
		w := e.workers.Get().(*worker)
		c = cursor{text: w.norm.Normalise(text[c.i:], e.mask), settled: true}
		dst = e.drain(dst, &c)
		e.workers.Put(w)
	}
	return dst
}

// drain is fill with all the room it takes.
func (e *engine) drain(dst []int32, c *cursor) []int32 {
	for {
		dst = e.fill(dst, c)
		left := len(c.text) - c.i
		if left == 0 || cap(dst)-len(dst) >= room {
			return dst
		}
		dst = slices.Grow(dst, max(left/3, room))
	}
}

// Count is the number of ids that Append would add.
func (e *engine) Count(text string) int {
	w := e.workers.Get().(*worker)
	defer e.workers.Put(w)
	if w.ids == nil {
		w.ids = make([]int32, 0, 4096)
	}
	count := 0
	for c := (cursor{text: text}); c.i < len(c.text); {
		w.ids = e.fill(w.ids[:0], &c)
		count += len(w.ids)
		if c.i < len(c.text) && cap(w.ids)-len(w.ids) >= room {
			c = cursor{text: w.norm.Normalise(c.text[c.i:], e.mask), settled: true}
		}
	}
	return count
}

// room is the free capacity of dst that encoding a block asks for.
const room = blockSize + 8

// fill encodes until the text ends, dst is nearly full, or normalising is
// called for. What comes before the first byte that is not ASCII never changes
// by it: the last piece before that byte is not cut off yet.
func (e *engine) fill(dst []int32, c *cursor) []int32 {
	var b block
	var tail window
	bytes := unsafe.Slice(unsafe.StringData(c.text), len(c.text))
	for c.i < len(bytes) && cap(dst)-len(dst) >= room {
		rest := bytes[c.i:]
		if e.digits > 0 && rest[0] < utf8.RuneSelf {
			w, size := &tail, blockSize
			if len(rest) >= len(tail) {
				w = (*window)(rest)
			} else {
				size = min(size, copy(tail[:], rest))
			}
			size = min(size, b.classify(w))
			if ends := b.ends(w, size, len(rest), e.digits); ends != 0 {
				dst = e.block(dst, w, c.text[c.i:], ends)
				c.i += bits.Len64(ends) - 1
				continue
			}
		}
		if !c.settled {
			if c.settled = unicode.Settled(c.text[c.i:], e.mask); !c.settled {
				break
			}
		}
		end := e.cut.next(c.text, c.i)
		dst = e.piece(dst, c.text[c.i:end])
		c.i = end
	}
	return dst
}

// block encodes the pieces at the start of text, which w holds too, that end
// where ends has a bit.
func (e *engine) block(dst []int32, w *window, text string, ends uint64) []int32 {
	for from := 0; ; {
		var n int
		out := unsafe.SliceData(dst[len(dst):cap(dst)])
		n, from, ends = e.short.Load().match(out, w, from, ends)
		dst = dst[:len(dst)+n]
		if ends == 0 {
			return dst
		}
		end := bits.TrailingZeros64(ends)
		dst = e.piece(dst, text[from:end])
		from, ends = end, ends&(ends-1)
	}
}

// piece encodes one piece of any length.
func (e *engine) piece(dst []int32, piece string) []int32 {
	if len(piece) > maxShort {
		return e.longPiece(dst, piece)
	}
	table, k := e.short.Load(), keyOfString(piece)
	if s := table.find(k); s != nil {
		return table.appendTo(dst, s)
	}
	before := len(dst)
	dst = e.unknown(dst, piece)
	e.learn(k, dst[before:])
	return dst
}

// unknown encodes a piece that no table holds.
func (e *engine) unknown(dst []int32, piece string) []int32 {
	if id, ok := e.whole[piece]; ok {
		return append(dst, id)
	}
	if len(piece) <= maxScan {
		return e.pairs().scan(dst, piece)
	}
	w := e.workers.Get().(*worker)
	defer e.workers.Put(w)
	return w.chain.merge(dst, e.pairs(), piece)
}
