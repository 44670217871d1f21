package tokenize

import (
	"encoding/binary"
	"math/bits"
	"sync"
	"sync/atomic"
	"unsafe"
)

// An engine encodes by table: a piece that was met before costs one look-up.
// One table serves all goroutines. It starts with the vocabulary in it, since
// a token encodes to itself, and learns the other pieces as they come.
type engine struct {
	vocab   *vocabulary
	split   splitter
	pairs   func() *pairTable // built when the first unknown piece comes
	bytes   [256]int32        // ids of the single bytes
	workers sync.Pool         // of *worker

	short  atomic.Pointer[pieceTable]
	long   atomic.Pointer[longTable]
	growth sync.Mutex // held by whoever adds to a table
}

// A worker is the memory of one call that leaves the fast path.
type worker struct {
	chain chain
	ids   []int32
	norm  normaliser
}

func newEngine(v *vocabulary, digits int) *engine {
	e := &engine{vocab: v, split: splitter{loadClasses(), digits}}
	e.workers.New = func() any { return new(worker) }
	e.pairs = sync.OnceValue(func() *pairTable { return newPairTable(v.merges) })
	for id := range int32(v.size()) {
		if t := v.token(id); len(t) == 1 {
			e.bytes[t[0]] = id
		}
	}
	e.short.Store(e.seedShort(firstSlots))
	e.long.Store(e.seedLong())
	return e
}

// Append adds the ids of text to dst and returns it.
func (e *engine) Append(dst []int32, text string) []int32 {
	if !settled(text) {
		w := e.workers.Get().(*worker)
		defer e.workers.Put(w)
		text = w.norm.normalise(text)
	}
	for i := 0; ; {
		dst, i = e.fill(dst, text, i)
		if i == len(text) {
			return dst
		}
		dst = growIDs(dst, len(text)-i)
	}
}

// growIDs makes room for the ids of so many bytes, guessing three to an id.
func growIDs(dst []int32, left int) []int32 {
	grown := make([]int32, len(dst), len(dst)+max(left/3, len(dst)/4)+2*room)
	copy(grown, dst)
	return grown
}

// Count is the number of ids that Append would add.
func (e *engine) Count(text string) int {
	w := e.workers.Get().(*worker)
	defer e.workers.Put(w)
	if !settled(text) {
		text = w.norm.normalise(text)
	}
	if cap(w.ids) == 0 {
		w.ids = make([]int32, 0, 4096)
	}
	count := 0
	for i := 0; i < len(text); {
		w.ids, i = e.fill(w.ids[:0], text, i)
		count += len(w.ids)
	}
	return count
}

// room is the free capacity of dst that encoding a block asks for.
const room = blockSize + 8

// fill encodes from byte i, where a piece must start, until text ends or dst
// is nearly full, and returns where it stopped.
func (e *engine) fill(dst []int32, text string, i int) ([]int32, int) {
	var b block
	var tail window
	bytes := unsafe.Slice(unsafe.StringData(text), len(text))
	for i < len(text) && cap(dst)-len(dst) >= room {
		size, w := blockSize, &tail
		if left := len(text) - i; left >= len(tail) {
			w = (*window)(bytes[i:])
		} else {
			size = min(size, copy(tail[:], bytes[i:]))
		}
		size = min(size, b.classify(w))
		if size > 1 {
			if starts := b.starts(w, size) &^ 1; starts != 0 {
				dst = e.block(dst, w, text[i:], starts)
				i += bits.Len64(starts) - 1
				continue
			}
		}
		end := e.split.next(text, i)
		dst = e.piece(dst, text[i:end])
		i = end
	}
	return dst, i
}

// block encodes the pieces at the start of text, which w holds too, that end
// where starts has a bit.
func (e *engine) block(dst []int32, w *window, text string, starts uint64) []int32 {
	table := e.short.Load()
	out := dst[len(dst):cap(dst)]
	n, from := 0, 0
	for ; starts != 0; starts &= starts - 1 {
		to := bits.TrailingZeros64(starts)
		size := to - from
		if size > maxShort {
			dst = e.piece(dst[:len(dst)+n], text[from:to])
			out, n, from = dst[len(dst):cap(dst)], 0, to
			continue
		}
		k := keyOf(binary.LittleEndian.Uint64(w[from:]), binary.LittleEndian.Uint64(w[from+8:]), size)
		s := &table.slots[k.hash()&table.mask]
		if atomic.LoadUint64(&s.hi) != k.hi || s.lo != k.lo {
			s = table.find(k)
		}
		if s == nil || int(s.n) > len(s.ids) {
			dst = e.piece(dst[:len(dst)+n], text[from:to])
			out, n, from = dst[len(dst):cap(dst)], 0, to
			continue
		}
		copy(out[n:n+3], s.ids[:])
		n += int(s.n)
		from = to
	}
	return dst[:len(dst)+n]
}

// piece encodes one piece of any length.
func (e *engine) piece(dst []int32, piece string) []int32 {
	if len(piece) > maxShort {
		return e.longPiece(dst, piece)
	}
	table := e.short.Load()
	k := keyOfString(piece)
	if s := table.find(k); s == nil {
	} else if int(s.n) > len(s.ids) {
		return append(dst, table.rest(s)...)
	} else {
		return append(dst, s.ids[:s.n]...)
	}
	before := len(dst)
	dst = e.pairs().scan(dst, &e.bytes, piece)
	e.learn(k, dst[before:])
	return dst
}
