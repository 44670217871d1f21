package tokenize

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"trainyard/tokenize/internal/corpus"
	"trainyard/tokenize/unicode"
)

// benchMessages is about 100 MB of what agents read and write: the texts of
// the public fixtures where they are, the rest spun from Go's own sources.
var benchMessages = sync.OnceValues(func() ([]string, error) {
	const size = 100 << 20
	messages := corpus.Strings(filepath.Join("..", "..", "shared", "fixtures"))
	c, err := corpus.New(1, filepath.Join(goroot(), "src"))
	if err != nil {
		return nil, err
	}
	return append(messages, c.Messages(size-total(messages))...), nil
})

func goroot() string {
	if dir := os.Getenv("GOROOT"); dir != "" {
		return dir
	}
	// Test binaries run below go test, whose own go command comes first.
	for _, dir := range filepath.SplitList(os.Getenv("PATH")) {
		if _, err := os.Stat(filepath.Join(dir, "..", "src", "fmt")); err == nil {
			return filepath.Dir(dir)
		}
	}
	return "/usr/local/go"
}

func total(messages []string) (n int) {
	for _, m := range messages {
		n += len(m)
	}
	return n
}

func loadBench(b *testing.B) []string {
	messages, err := benchMessages()
	if err != nil {
		b.Skip(err)
	}
	return messages
}

// BenchmarkCold is one pass by an engine that is built inside the measurement.
func BenchmarkCold(b *testing.B) {
	messages := loadBench(b)
	b.SetBytes(int64(total(messages)))
	for b.Loop() {
		encodeAll(freshEngine(), messages)
	}
}

// BenchmarkWarm is a pass by an engine that has seen every piece.
func BenchmarkWarm(b *testing.B) {
	messages := loadBench(b)
	e := freshEngine()
	encodeAll(e, messages)
	b.SetBytes(int64(total(messages)))
	b.ReportAllocs()
	for b.Loop() {
		encodeAll(e, messages)
	}
}

// BenchmarkWarmTwoWorkers is the same by two goroutines.
func BenchmarkWarmTwoWorkers(b *testing.B) {
	messages := loadBench(b)
	e := freshEngine()
	encodeAll(e, messages)
	b.SetBytes(int64(total(messages)))
	for b.Loop() {
		var wg sync.WaitGroup
		for part := range slices.Chunk(messages, len(messages)/2+1) {
			wg.Go(func() { encodeAll(e, part) })
		}
		wg.Wait()
	}
}

// BenchmarkColdSmall is 10 MB, where building the tables weighs more.
func BenchmarkColdSmall(b *testing.B) {
	messages := loadBench(b)
	messages = messages[len(messages)-len(messages)/10:]
	b.SetBytes(int64(total(messages)))
	for b.Loop() {
		encodeAll(freshEngine(), messages)
	}
}

// BenchmarkStart is what a program pays before the first id.
func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		freshEngine().Append(nil, "x")
	}
}

func BenchmarkScalarSplit(b *testing.B) {
	messages := loadBench(b)
	b.SetBytes(int64(total(messages)))
	s := &splitter{unicode.LoadClasses(), 1}
	for b.Loop() {
		for _, m := range messages {
			for i := 0; i < len(m); {
				i = s.next(m, i)
			}
		}
	}
}

// BenchmarkLongWord is one piece of 100 KB.
func BenchmarkLongWord(b *testing.B) {
	word := strings.Repeat("a", 100<<10)
	tok := Qwen25()
	ids := tok.Append(nil, word)
	b.SetBytes(int64(len(word)))
	for b.Loop() {
		ids = tok.Append(ids[:0], word)
	}
}

func BenchmarkTiktoken(b *testing.B) {
	oracle, err := Tiktoken(Qwen25())
	if err != nil {
		b.Fatal(err)
	}
	messages := loadBench(b)[:2000]
	b.SetBytes(int64(total(messages)))
	for b.Loop() {
		for _, m := range messages {
			oracle.Count(m)
		}
	}
}

func freshEngine() *engine {
	e, err := newEngine(loadBlob(qwen25Blob), qwenExpression, true)
	if err != nil {
		panic(err)
	}
	return e
}

func encodeAll(e *engine, messages []string) int {
	var ids []int32
	n := 0
	for _, m := range messages {
		ids = e.Append(ids[:0], m)
		n += len(ids)
	}
	runtime.KeepAlive(ids)
	return n
}
