package pyjson

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"
)

// withoutAVX2 runs a test both ways where the machine has both.
func withoutAVX2(t *testing.T, run func(t *testing.T)) {
	t.Run("AVX2", run)
	defer func(had bool) { haveAVX2 = had }(haveAVX2)
	haveAVX2 = false
	t.Run("words", run)
}

// Every byte is told at every place of a block.
func TestABlockTellsEveryByte(t *testing.T) {
	withoutAVX2(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(1, 2))
		for range 5000 {
			var w [blockSize]byte
			for i := range w {
				w[i] = byte(r.Uint32())
			}
			w[r.IntN(blockSize)], w[r.IntN(blockSize)] = '"', '\\'
			var got, want block
			got.find(&w)
			for i, c := range w {
				bit := uint64(1) << i
				if c == '"' {
					want.quotes |= bit
				}
				if c == '\\' {
					want.slashes |= bit
				}
				if c < 0x20 {
					want.controls |= bit
				}
				if c >= 0x80 {
					want.high |= bit
				}
			}
			if got != want {
				t.Fatalf("%q: %x, want %x", w, got, want)
			}
		}
	})
}

// Strings of every length end where they end, whatever stands on the border of
// two blocks.
func TestTextsEndWhereTheyEnd(t *testing.T) {
	withoutAVX2(t, func(t *testing.T) {
		for _, piece := range []string{"a", `\n`, `\\`, `\"`, `\u00e9`, "é", `\ud83d\ude00`} {
			for before := range 140 {
				for after := range 3 {
					plain := strings.Repeat("x", before)
					text := `"` + plain + piece + plain[:min(after, before)] + `"`
					var want string
					if err := json.Unmarshal([]byte(text), &want); err != nil {
						t.Fatal(err)
					}
					for _, behind := range []string{"", " ", plain} {
						end, isPlain, err := endOfText([]byte(text+behind), 1)
						if err != nil || end != len(text) || isPlain != (piece == "a") {
							t.Fatalf("%s ends at %d, plain %v, %v", text, end, isPlain, err)
						}
					}
					if got := Unescape([]byte(text[1 : len(text)-1])); got != want {
						t.Fatalf("%s is %q", text, got)
					}
					for _, broken := range []string{text[:len(text)-1], text[:before+1] + "\x01" + text[before+1:], text[:before+1] + `\x`} {
						if end, _, err := endOfText([]byte(broken), 1); err == nil {
							t.Fatalf("%q ends at %d", broken, end)
						}
					}
				}
			}
		}
	})
}
