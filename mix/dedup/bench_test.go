package dedup

import (
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// code is about so many bytes of texts of some 100 KB, each of random stretches
// of Go's own sources: code that is wherever Go is, and as long as the turns of
// a rollout.
func code(b *testing.B, size int) (texts []string) {
	b.Helper()
	goroot, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		b.Skip("the go command is not here to find Go's sources:", err)
	}
	paths, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(goroot)), "src", "*", "*.go"))
	if err != nil || len(paths) == 0 {
		b.Skip("Go's sources are not here")
	}
	var all strings.Builder
	for _, p := range paths {
		if data, err := os.ReadFile(p); err == nil {
			all.Write(data)
		}
	}
	source, r := all.String(), rand.New(rand.NewPCG(1, 2))
	for size > 0 {
		var text strings.Builder
		for text.Len() < 100_000 {
			at := r.IntN(len(source) - 4000)
			text.WriteString(source[at : at+4000])
		}
		texts, size = append(texts, text.String()), size-text.Len()
	}
	return texts
}

// megabytes is DEDUP_BENCH_MB, 64 by default.
func megabytes() int {
	if mb, err := strconv.Atoi(os.Getenv("DEDUP_BENCH_MB")); err == nil {
		return mb
	}
	return 64
}

func bytesOf(texts []string) (n int64) {
	for _, t := range texts {
		n += int64(len(t))
	}
	return n
}

func BenchmarkSign(b *testing.B) {
	texts := code(b, 16e6)
	b.SetBytes(bytesOf(texts))
	for b.Loop() {
		for i := range texts {
			Sign(texts[i : i+1])
		}
	}
}

func BenchmarkSet(b *testing.B) {
	texts := code(b, 16e6)
	b.SetBytes(bytesOf(texts))
	for b.Loop() {
		for i := range texts {
			NewSet(texts[i : i+1])
		}
	}
}

// BenchmarkNearDuplicates signs on all cores and then drops, a fifth of the
// texts being copies in which one stretch in twenty-five is another.
func BenchmarkNearDuplicates(b *testing.B) {
	texts := code(b, megabytes()*1_000_000)
	for i := 4; i < len(texts); i += 5 {
		copied := texts[i-4]
		texts[i] = copied[:40_000] + texts[i][:4_000] + copied[44_000:]
	}
	b.SetBytes(bytesOf(texts))
	before := cpu(b)
	for b.Loop() {
		signatures := make([]Signature, len(texts))
		var wait sync.WaitGroup
		for w := range runtime.GOMAXPROCS(0) {
			wait.Go(func() {
				for i := w; i < len(texts); i += runtime.GOMAXPROCS(0) {
					signatures[i] = Sign(texts[i : i+1])
				}
			})
		}
		wait.Wait()
		repeats, err := Drop(inOrder(len(texts)), signatures, 0.8, setsOf(texts))
		if err != nil || len(repeats) != len(texts)/5 {
			b.Fatal(len(repeats), err)
		}
	}
	b.ReportMetric((cpu(b)-before)/float64(b.N), "cpu-s/op")
}

// cpu is the processor time of this process in seconds: what is left of a figure
// where others use the machine as well.
func cpu(b *testing.B) float64 {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano()).Seconds()
}

// BenchmarkGrams looks for the statements of a benchmark as large as SWE-bench
// (2,294 of 200 words) in code.
func BenchmarkGrams(b *testing.B) {
	texts := code(b, 16e6)
	g := NewGrams()
	for i := range int32(2294) {
		g.Add(i, phrase(strconv.Itoa(int(i))+"_", 200))
	}
	b.SetBytes(bytesOf(texts))
	var hits []Hit
	for b.Loop() {
		for i := range texts {
			hits = g.Find(hits[:0], 0, texts[i])
		}
	}
}
