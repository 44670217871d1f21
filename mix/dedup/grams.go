package dedup

import (
	"slices"
	"strings"

	"github.com/zeebo/xxh3"
)

// GramWords is the number of words of a gram: that of GPT-3's overlap analysis
// (Brown et al. 2020, appendix C) and of most since.
const GramWords = 13

// distinctWords is how many of a gram's words must differ: a row of zeros is in
// many texts.
const distinctWords = 7

// Grams are the runs of words that stand in statements, which are known by
// numbers from 0. They are known by hashes of 64 bits: of a million grams and
// the words of 10 GB one agrees by chance with odds of 1 in 10,000.
type Grams struct {
	byHash map[uint64]int32 // to an index into grams
	grams  []gram
	texts  map[int32]string // statement -> its text
	words  map[int32]int    // statement -> how many it has
	known  map[uint64]int   // text -> the number of its grams
	filter []uint64         // a bit for each hash, to ask before byHash
}

type gram struct {
	statement, last int32 // the first and the last that have it
	statements      int32
	start, end      int32 // where it stands in the first
}

// shared is in how many statements a gram is a template's: those of issue
// trackers stand in hundreds. Two may be one issue that two changes solve.
const shared = 3

// filterBits makes one in a hundred of the words that are no gram's pass.
const filterBits = 25 // 4 MB

// NewGrams makes an index without a statement.
func NewGrams() *Grams {
	return &Grams{byHash: map[uint64]int32{}, texts: map[int32]string{}, words: map[int32]int{}, known: map[uint64]int{}, filter: make([]uint64, 1<<filterBits/64)}
}

// Add takes the grams of a statement. The result is their number: 0 where the
// text is too short or says little. Statements are added one after the other;
// the grams of one have numbers in a row, but for those that stood in another
// or are no gram. The same text again, as of one issue under several ids, adds
// nothing.
func (g *Grams) Add(statement int32, text string) (n int) {
	whole := xxh3.HashString(strings.TrimSpace(text))
	if n, again := g.known[whole]; again {
		return n
	}
	defer func() { g.known[whole] = n }()
	g.texts[statement] = text
	r := newGramReader(text)
	for r.next() {
		if r.varied() {
			start, end := r.span()
			g.add(r.hash(), gram{statement, statement, 1, int32(start), int32(end)})
			n++
		}
	}
	g.words[statement] = r.read
	return n
}

func (g *Grams) add(h uint64, found gram) {
	if known, met := g.byHash[h]; met {
		if k := &g.grams[known]; k.last != found.last {
			k.last = found.last
			k.statements++
		}
		return
	}
	g.byHash[h] = int32(len(g.grams))
	g.grams = append(g.grams, found)
	bit := h >> (64 - filterBits)
	g.filter[bit/64] |= 1 << (bit % 64)
}

// A gramReader goes through the runs of thirteen words of a text.
type gramReader struct {
	window
	words  wordReader
	starts [maxWindow]int // of the last words
}

func newGramReader(text string) *gramReader {
	return &gramReader{window: newWindow(GramWords), words: wordReader{text: text}}
}

func (r *gramReader) next() bool {
	for r.words.next() {
		r.starts[r.read&(maxWindow-1)] = r.words.start
		if r.push(r.words.hash) {
			return true
		}
	}
	return false
}

// span is where the run stands.
func (r *gramReader) span() (start, end int) {
	return r.starts[(r.read-GramWords)&(maxWindow-1)], r.words.end
}

// varied says that the words of a full window are not the same few again.
func (w *window) varied() bool {
	var distinct []uint64
	for i := range w.n {
		if word := w.words[(w.read-1-i)&(maxWindow-1)]; !slices.Contains(distinct, word) {
			distinct = append(distinct, word)
		}
	}
	return len(distinct) >= distinctWords
}

// A Hit is a gram that stands in a text.
type Hit struct {
	Gram       int32 // its number
	Piece      int32 // of the text, from 0
	Start, End int32 // bytes of the piece, half-open
}

// Find appends the grams of statements that stand in a piece of a text, in
// order. Grams of templates, which three statements share, are not told.
func (g *Grams) Find(hits []Hit, piece int, text string) []Hit {
	for r := newGramReader(text); r.next(); {
		h := r.hash()
		if bit := h >> (64 - filterBits); g.filter[bit/64]&(1<<(bit%64)) == 0 {
			continue
		}
		if n, met := g.byHash[h]; met && g.grams[n].statements < shared {
			start, end := r.span()
			hits = append(hits, Hit{n, int32(piece), int32(start), int32(end)})
		}
	}
	return hits
}

// Statement is the first one that has a gram.
func (g *Grams) Statement(gram int32) int32 { return g.grams[gram].statement }

// Shared counts the grams that are a template's.
func (g *Grams) Shared() (n int) {
	for _, k := range g.grams {
		if k.statements >= shared {
			n++
		}
	}
	return n
}

// A Stretch is a run of words that a text and a statement share.
type Stretch struct {
	Statement  int32
	Words, All int // that are shared, and that the statement has
	Piece      int
	Start, End int    // bytes of the piece, half-open
	Text       string // as the statement has it
}

// Longest joins the hits of one text, as Find gave them, that go on from one
// another, and returns the longest stretch; Words is 0 where there is no hit.
func (g *Grams) Longest(hits []Hit) (best Stretch) {
	for i, n := 0, 0; i < len(hits); i += n {
		for n = 1; i+n < len(hits) && g.goesOn(hits[i+n-1], hits[i+n]); n++ {
		}
		if words := GramWords + n - 1; words > best.Words {
			first, last := hits[i], hits[i+n-1]
			best = Stretch{g.Statement(first.Gram), words, g.words[g.Statement(first.Gram)], int(first.Piece), int(first.Start), int(last.End), g.text(first.Gram, last.Gram)}
		}
	}
	return best
}

// text is what the statement of two grams has from one to the other.
func (g *Grams) text(first, last int32) string {
	return g.texts[g.Statement(first)][g.grams[first].start:g.grams[last].end]
}

// goesOn says that b is the gram one word after a, in the text and in the
// statement.
func (g *Grams) goesOn(a, b Hit) bool {
	return b.Gram == a.Gram+1 && b.Piece == a.Piece && b.Start > a.Start && b.Start < a.End && g.Statement(a.Gram) == g.Statement(b.Gram)
}
