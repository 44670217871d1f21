package tokenize

import (
	"runtime"
	"strings"
	"testing"
)

// A text without a space is one piece; what merging it takes goes by its bytes.
func TestALongPieceTakesBoundedMemory(t *testing.T) {
	if underRace {
		t.Skip("the race detector's memory counts as well")
	}
	const n = 4 << 20
	text := strings.Repeat("x", n)
	var a, b runtime.MemStats
	runtime.ReadMemStats(&a)
	ids := Qwen25().Append(nil, text)
	runtime.ReadMemStats(&b)
	t.Logf("%d bytes each", (b.TotalAlloc-a.TotalAlloc)/n)
	if each := (b.TotalAlloc - a.TotalAlloc) / n; each > 90 {
		t.Errorf("%d bytes for each of a text of %d", each, n)
	}
	if got := Qwen25().Decode(ids); string(got) != text {
		t.Error("the text is another one")
	}
}
