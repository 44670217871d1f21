package tokenize

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	std "unicode"
	"unicode/utf8"

	"trainyard/tokenize/unicode"
)

// awkward are the parts that the split expression and NFC trip over.
var awkward = []string{
	"a", "Z", "foo", "é", "e\u0301", "ǆ", "İ", "ſ", "中", "가", "\u1100\u1161", "\u11A8", "\U000105C9", "\u0307",
	"1", "23", "٣", "½", " ", "  ", "\t", "\u00a0", "\u3000", "\v", "\n", "\r\n", "\n\n", " \n",
	"'", "'s", "'re", "'LL", "'ſ", "\"", ".", "::", "_", "-", "`", "😀", "\u200b", "\x00", "\u0345", "\xff", "\xe2\x80", "<|im_end|>",
}

func awkwardText(rng *rand.Rand, parts int) string {
	var b strings.Builder
	for range parts {
		b.WriteString(awkward[rng.IntN(len(awkward))])
	}
	return b.String()
}

// asciiText is all blocks, and long enough for several.
func asciiText(rng *rand.Rand, parts int) string {
	return strings.Map(func(r rune) rune {
		if r >= utf8.RuneSelf {
			return -1
		}
		return r
	}, awkwardText(rng, parts))
}

func TestBlocksCutWhereTheScannerCuts(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	e := Qwen25().engine
	for i := range 3000 {
		text := unicode.Normalise(awkwardText(rng, rng.IntN(60)), unicode.Unstable)
		if i%2 == 0 {
			text = asciiText(rng, rng.IntN(200))
		}
		var want []int32
		for from := 0; from < len(text); {
			to := e.cut.next(text, from)
			want = e.piece(want, text[from:to])
			from = to
		}
		if got := e.Append(nil, text); !slices.Equal(got, want) {
			t.Fatalf("%q: %v, scanned %v", text, got, want)
		}
	}
}

func TestBothClassifiersAgree(t *testing.T) {
	if !haveAVX2 {
		t.Skip("no AVX2 here")
	}
	rng := rand.New(rand.NewPCG(3, 4))
	for range 2000 {
		var w window
		for i := range w {
			w[i] = byte(rng.IntN(256))
		}
		var vector, words block
		high := classifyAVX2(&vector, &w)
		if got := words.classifyWords(&w); got != high {
			t.Fatalf("high bytes of %q: %b, expected %b", w, got, high)
		}
		for _, p := range [][2]*uint64{
			{&vector.letters, &words.letters}, {&vector.numbers, &words.numbers}, {&vector.spaces, &words.spaces},
			{&vector.lines, &words.lines}, {&vector.blanks, &words.blanks}, {&vector.apostrophes, &words.apostrophes},
		} {
			if *p[0]&^high != *p[1]&^high {
				t.Fatalf("classes of %q differ: %+v, %+v", w, vector, words)
			}
		}
	}
}

func TestTheScalarPathGivesTheSameIds(t *testing.T) {
	rng := rand.New(rand.NewPCG(23, 24))
	texts, want := make([]string, 2000), make([][]int32, 2000)
	for i := range texts {
		if texts[i] = awkwardText(rng, 60); i%2 == 0 {
			texts[i] = asciiText(rng, 300)
		}
		want[i] = Qwen25().Append(nil, texts[i])
	}
	defer func(have bool) { haveAVX2 = have }(haveAVX2)
	haveAVX2 = false
	e := freshEngine()
	for i, text := range texts {
		if got := e.Append(nil, text); !slices.Equal(got, want[i]) {
			t.Fatalf("%q: %v, expected %v", text, got, want[i])
		}
	}
}

func TestEveryWayToMergeGivesTheSameIds(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	pairs := Qwen25().engine.pairs()
	var c chain
	for range 2000 {
		piece := make([]byte, 1+rng.IntN(maxScan))
		for i := range piece {
			piece[i] = "aeinorst\t  \xe4\xb8"[rng.IntN(13)]
		}
		want := pairs.scan(nil, string(piece))
		if got := c.merge(nil, pairs, string(piece)); !slices.Equal(got, want) {
			t.Fatalf("%q: by queue %v, by scan %v", piece, got, want)
		}
		if got := c.mergeHeap(nil, pairs, string(piece)); !slices.Equal(got, want) {
			t.Fatalf("%q: by heap %v, by scan %v", piece, got, want)
		}
	}
}

func TestEveryTokenEncodesToItself(t *testing.T) {
	e := Qwen25().engine
	for id := range int32(e.vocab.size()) {
		if got := e.piece(nil, e.vocab.token(id)); len(got) != 1 || got[0] != id {
			t.Errorf("token %d %q encodes to %v", id, e.vocab.token(id), got)
		}
	}
}

// Llama 3 has tokens that no merges make. They are found by any engine, however
// full its tables are.
func TestAPieceThatIsATokenIsThatToken(t *testing.T) {
	tokens := make([]string, 256)
	for b := range tokens {
		tokens[b] = string([]byte{byte(b)})
	}
	for i := range 150_000 {
		token := strings.Map(func(digit rune) rune { return digit - '0' + 'a' }, strconv.Itoa(100+i))
		if i%1000 == 0 {
			token = strings.Repeat(token, 1+i/2000) // up to some 450 bytes
		}
		tokens = append(tokens, token)
	}
	v := newVocabulary(tokens)
	v.direct = true
	e, err := newEngine(v, llamaExpression, false)
	if err != nil {
		t.Fatal(err)
	}
	wrong := 0
	for id := int32(256); int(id) < len(tokens); id++ {
		if got := e.Append(nil, tokens[id]); len(got) != 1 || tokens[got[0]] != tokens[id] {
			if wrong++; wrong < 5 {
				t.Errorf("token %d %.40q encodes to %v", id, tokens[id], got)
			}
		}
	}
}

func TestAFullTableGrowsAndForgetsNothing(t *testing.T) {
	table := newPieceTable(1 << 10)
	rng := rand.New(rand.NewPCG(7, 8))
	held := map[string][]int32{}
	for range 5000 {
		if table.full() {
			table = table.grown()
		}
		piece := make([]byte, 3+rng.IntN(maxShort-2))
		for i := range piece {
			piece[i] = byte(rng.IntN(256))
		}
		ids := make([]int32, 1+rng.IntN(len(piece)))
		for i := range ids {
			ids[i] = rng.Int32N(1 << 20)
		}
		k := keyOfString(string(piece))
		if table.find(k) == nil {
			table.add(k, ids)
			held[string(piece)] = ids
		}
	}
	missing := 0
	for piece, ids := range held {
		e := table.find(keyOfString(piece))
		if e == nil {
			missing++ // a crowded neighbourhood, allowed but rare
		} else if got := table.appendTo(nil, e); !slices.Equal(got, ids) {
			t.Errorf("%q: %v, expected %v", piece, got, ids)
		}
	}
	if missing > len(held)/100 {
		t.Errorf("%d of %d pieces were not kept", missing, len(held))
	}
}

func TestGoroutinesShareOneTokenizer(t *testing.T) {
	fresh := freshEngine()
	rng := rand.New(rand.NewPCG(9, 10))
	texts, want := make([]string, 400), make([][]int32, 400)
	for i := range texts {
		texts[i] = awkwardText(rng, 100)
		want[i] = Qwen25().Append(nil, texts[i])
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i, text := range texts {
				if got := fresh.Append(nil, text); !slices.Equal(got, want[i]) || fresh.Count(text) != len(want[i]) {
					t.Errorf("%q: %v, expected %v", text, got, want[i])
				}
			}
		})
	}
	wg.Wait()
}

// Some goroutines fill the tables until they grow or start again, while others
// read: every text keeps its ids, by every way to ask for them.
func TestTablesGrowAndStartAgainWhileOthersRead(t *testing.T) {
	tok := newTokenizer("fresh", freshEngine(), numbered(Qwen25().engine.vocab.size(), qwen25Added))
	before, long := tok.engine.short.Load(), tok.engine.long.Load()
	text := awkwardText(rand.New(rand.NewPCG(21, 22)), 200) + "<|im_end|><tool_call>"
	plain, added := Qwen25().Append(nil, text), Qwen25().AppendAdded(nil, text)
	var wg sync.WaitGroup
	for part := range 2 {
		wg.Go(func() {
			var ids []int32
			for i := range 40000 {
				letters := strings.Map(func(digit rune) rune { return digit - '0' + 'a' }, strconv.Itoa(2*i+part))
				word := letters + " unusually" + letters + "long"
				ids = tok.Append(ids[:0], word)
				if i%500 == 0 && string(tok.Decode(ids)) != word {
					t.Errorf("%q decodes to %q", word, tok.Decode(ids))
				}
			}
		})
		wg.Go(func() {
			for range 100 {
				if got := tok.Append(nil, text); !slices.Equal(got, plain) || tok.Count(text) != len(plain) {
					t.Errorf("%q: %v, expected %v", text, got, plain)
				}
				if got := tok.AppendAdded(nil, text); !slices.Equal(got, added) {
					t.Errorf("%q with added tokens: %v, expected %v", text, got, added)
				}
			}
		})
	}
	wg.Wait()
	if tok.engine.short.Load() == before || tok.engine.long.Load() == long {
		t.Error("no table has changed: the test shows nothing")
	}
}

func TestWarmEncodingAllocatesNothing(t *testing.T) {
	if underRace {
		t.Skip("the race detector empties pools at random")
	}
	text := strings.Repeat("func main() { fmt.Println(\"héllo, 世界\") }\r\n\t\tx := 0x1F60 // it's\n", 50) + "e\u0301" + strings.Repeat("z", 500)
	tok := Qwen25()
	ids := tok.Append(nil, text)
	if n := testing.AllocsPerRun(100, func() { ids = tok.Append(ids[:0], text) }); n >= 1 {
		t.Errorf("Append allocates %v times a text", n)
	}
	if n := testing.AllocsPerRun(100, func() { tok.Count(text) }); n >= 1 {
		t.Errorf("Count allocates %v times a text", n)
	}
}

func TestWhatIsNotUTF8BecomesReplacementsAsInPython(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"a\xffb", "a\uFFFDb"},
		{"\xe2\x80", "\uFFFD"},                                    // one for a cut sequence
		{"\xe2\x80x", "\uFFFDx"},                                  //
		{"\xf0\x9f\x98", "\uFFFD"},                                //
		{"\xed\xa0\x80", "\uFFFD\uFFFD\uFFFD"},                    // a surrogate is no start of anything
		{"\xed\xa0\xbd\xed\xb8\x80", strings.Repeat("\uFFFD", 6)}, // nor is a pair
		{"\xc0\xaf", "\uFFFD\uFFFD"},                              // overlong
		{"\xf4\x90\x80\x80", "\uFFFD\uFFFD\uFFFD\uFFFD"},          // beyond U+10FFFF
		{"\x80e\u0301\xff\u0301", "\uFFFDé\uFFFD\u0301"},          // and NFC goes on around them
		{"e" + strings.Repeat("\u0316", 40) + "\u0301", "é" + strings.Repeat("\u0316", 40)}, // no limit on marks
	} {
		if got := unicode.Normalise(c.text, unicode.Unstable); got != c.want {
			t.Errorf("%q becomes %q, expected %q", c.text, got, c.want)
		}
	}
}

// FuzzEncodeEqualsOracle holds the engine against tiktoken-go.
func FuzzEncodeEqualsOracle(f *testing.F) {
	rng := rand.New(rand.NewPCG(13, 14))
	for range 50 {
		f.Add(awkwardText(rng, 20))
	}
	f.Add(strings.Repeat("x = [1, 2]  # it's\n\n    ", 10))
	oracle, err := Tiktoken(Qwen25())
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if text = unicode.Normalise(text, unicode.Unstable); len(text) > 2000 || !knownToGo(text) {
			t.Skip()
		}
		got, want := Qwen25().Append(nil, text), oracle.Append(nil, text)
		if !slices.Equal(got, want) {
			t.Errorf("%q: %v, oracle %v", text, got, want)
		}
	})
}

// knownToGo reports whether the standard library's Unicode tables, which the
// oracle's regular expressions use, classify text as the engine does.
func knownToGo(text string) bool {
	for _, r := range text {
		class := unicode.Other
		switch {
		case std.IsLetter(r):
			class = unicode.Letter
		case std.Is(std.N, r):
			class = unicode.Number
		case std.IsSpace(r):
			class = unicode.Space
		}
		if unicode.LoadClasses()[r]&unicode.Classes != class {
			return false
		}
	}
	return true
}

// FuzzDecodeInverse checks that decoding gives back what was encoded.
func FuzzDecodeInverse(f *testing.F) {
	rng := rand.New(rand.NewPCG(15, 16))
	for range 50 {
		f.Add(awkwardText(rng, 30))
	}
	f.Fuzz(func(t *testing.T, text string) {
		ids := Qwen25().Append(nil, text)
		if got := string(Qwen25().Decode(ids)); got != unicode.Normalise(text, unicode.Unstable) {
			t.Errorf("%q decodes to %q", text, got)
		}
		if n := Qwen25().Count(text); n != len(ids) {
			t.Errorf("%q: counts %d of %d ids", text, n, len(ids))
		}
	})
}
