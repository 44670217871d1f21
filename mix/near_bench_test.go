package mix

import (
	"strings"
	"testing"

	"trainyard/format"
)

// BenchmarkSketch is what near duplicates cost a worker for each record: of 100
// KB here.
func BenchmarkSketch(b *testing.B) {
	var chat format.Chat
	size := 0
	for _, lines := range sourceLines(b) {
		text := strings.Join(lines, "\n")
		if text = text[:min(len(text), 4000)]; size < 100_000 {
			chat = append(chat, format.Turn{Role: format.Assistant, Content: text})
			size += len(text)
		}
	}
	b.SetBytes(int64(size))
	for b.Loop() {
		newSketch(chat)
	}
}
