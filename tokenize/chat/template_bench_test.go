package chat

import (
	"strings"
	"testing"

	"trainyard/format"
)

// benchChat is an agent's session of some 100 KB.
func benchChat() format.Chat {
	code := strings.Repeat("def area(shape):\n    if shape.kind == 'circle':\n        return 3.14159 * shape.r ** 2  # <b>\n", 20)
	chat := format.Chat{{Role: format.System, Content: strings.Repeat("You are an agent that fixes bugs. ", 100)}}
	for range 25 {
		chat = append(chat,
			format.Turn{Role: format.User, Content: "EXECUTION RESULT of [execute_bash]:\n" + code + "[Command finished with exit code 0]"},
			format.Turn{Role: format.Assistant, Content: "Let me look at the next file.\n\n<function=execute_bash>\n" + code + "</function>"})
	}
	return chat
}

func BenchmarkApply(b *testing.B) {
	tp, chat := template(b, "qwen2.5", Options{}), benchChat()
	bytes := len(rendered(tp, chat))
	var ex Example
	b.SetBytes(int64(bytes))
	b.ReportAllocs()
	for b.Loop() {
		tp.Apply(&ex, chat)
	}
	b.ReportMetric(float64(len(ex.IDs)), "tokens")
}

// BenchmarkEncodeContents is what Apply cannot be faster than: the contents
// alone, without template, seams and search for special strings.
func BenchmarkEncodeContents(b *testing.B) {
	tp, chat := template(b, "qwen2.5", Options{}), benchChat()
	var ids []int32
	b.SetBytes(int64(len(rendered(tp, chat))))
	b.ReportAllocs()
	for b.Loop() {
		ids = ids[:0]
		for i := range chat {
			ids = tp.tok.Append(ids, chat[i].Content)
		}
	}
}
