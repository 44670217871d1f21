package mix

import (
	"bufio"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"trainyard/mix/shard"
)

// sourceLines are the lines of Go's own sources: code that is wherever Go is.
func sourceLines(b *testing.B) [][]string {
	b.Helper()
	goroot, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		b.Skip("the go command is not here to find Go's sources:", err)
	}
	paths, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(goroot)), "src", "*", "*.go"))
	if err != nil || len(paths) == 0 {
		b.Skip("Go's sources are not here to make rollouts of")
	}
	var files [][]string
	for _, p := range paths {
		if data, err := os.ReadFile(p); err == nil {
			files = append(files, strings.Split(string(data), "\n"))
		}
	}
	return files
}

// writeRollouts makes an OpenHands output.jsonl of about size bytes: rows of
// some thirty steps that look at files.
func writeRollouts(b *testing.B, size int64) string {
	b.Helper()
	path := filepath.Join(b.TempDir(), "output.jsonl")
	files := sourceLines(b)
	r := rand.New(rand.NewPCG(1, uint64(size)))
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	w := bufio.NewWriterSize(f, 1<<20)
	for n, total := 0, int64(0); total < size; n++ {
		line := rollout(r, files, n)
		total += int64(len(line)) + 1
		w.Write(line)
		w.WriteByte('\n')
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	return path
}

type object = map[string]any

func rollout(r *rand.Rand, files [][]string, n int) []byte {
	messages := []object{
		{"role": "system", "content": "You work on code with the functions below."},
		{"role": "user", "content": []object{{"type": "text", "text": fmt.Sprintf("Find what issue %d is about.", n)}}},
	}
	var open [8][]string // an agent goes back to the same few files
	for i := range open {
		open[i] = files[r.IntN(len(files))]
	}
	for step := range 10 + r.IntN(50) {
		lines := open[r.IntN(len(open))]
		from := r.IntN(len(lines))
		view := numbered(lines[from:min(len(lines), from+1+r.IntN(90))], from+1)
		id := fmt.Sprintf("call_%d", step)
		arguments, _ := json.Marshal(object{"command": fmt.Sprintf("sed -n '%d,%dp' file%d.go", from, from+90, r.IntN(100))})
		messages = append(messages,
			object{"role": "assistant", "content": "I look at the lines around " + strings.TrimSpace(lines[from]) + " next.",
				"tool_calls": []object{{"id": id, "type": "function", "function": object{"name": "execute_bash", "arguments": string(arguments)}}}},
			object{"role": "tool", "tool_call_id": id, "name": "execute_bash", "content": []object{{"type": "text", "text": view}}},
		)
	}
	messages = append(messages, object{"role": "assistant", "content": "It is found."})
	line, _ := json.Marshal(object{
		"instance_id": fmt.Sprintf("owner__repo%d-%d", n%97, n), "instance": object{"repo": fmt.Sprintf("owner/repo%d", n%97)},
		"report":          object{"resolved": true},
		"raw_completions": object{"messages": messages, "tools": []object{{"type": "function", "function": object{"name": "execute_bash", "description": "Run a command.", "parameters": object{"type": "object", "properties": object{"command": object{"type": "string"}}}}}}},
	})
	return line
}

func numbered(lines []string, first int) string {
	var b strings.Builder
	for i, l := range lines {
		fmt.Fprintf(&b, "%6d\t%s\n", first+i, l)
	}
	return b.String()
}

// benchBytes is how much input is made: MIX_BENCH_MB, or little enough for
// `go test -bench .`.
func benchBytes(b *testing.B) int64 {
	mb := int64(50)
	if s := os.Getenv("MIX_BENCH_MB"); s != "" {
		var err error
		if mb, err = strconv.ParseInt(s, 10, 64); err != nil {
			b.Fatal(err)
		}
	}
	return mb << 20
}

// BenchmarkPrepare measures the whole of prepare in a process of its own:
// JSONL in, zstd Parquet out, two workers. MIX_BENCH_MB sets the input's size;
// the default is small enough for `go test -bench .`.
//
//	MIX_BENCH_MB=500 go test ./mix -run - -bench Prepare -benchtime 3x
//	MIX_BENCH_MB=2000 go test ./mix -run - -bench Prepare -benchtime 1x
func BenchmarkPrepare(b *testing.B) {
	path := writeRollouts(b, benchBytes(b))
	info, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	for _, as := range slices.Sorted(maps.Keys(shard.Outputs)) {
		b.Run(as, func(b *testing.B) {
			b.SetBytes(info.Size())
			var rss int64
			var cpu time.Duration
			var m *Manifest
			for b.Loop() {
				b.StopTimer()
				warm(b, path)
				b.StartTimer()
				cfg := prepareConfig(b, path)
				cfg.Sources[0].Accept.Field = "report.resolved"
				cfg.Output, cfg.Window, cfg.Workers = as, 200_000, 2
				var used *syscall.Rusage
				m, used = prepareInChild(b, cfg)
				rss = max(rss, used.Maxrss)
				cpu += time.Duration(used.Utime.Nano() + used.Stime.Nano())
			}
			b.ReportMetric(float64(shardSize(m))/float64(info.Size()), "size")
			b.ReportMetric(float64(m.Totals.Train.Tokens+m.Totals.Validation.Tokens)/1e6, "Mtokens")
			b.ReportMetric(float64(rss)/1024, "peak-MB")
			b.ReportMetric(cpu.Seconds()/float64(b.N), "cpu-s/op")
		})
	}
}

// BenchmarkRemix measures another mix of files that were prepared before: 10,334
// trajectories with MIX_BENCH_MB=500.
//
//	MIX_BENCH_MB=500 go test ./mix -run - -bench Remix -benchtime 3x
func BenchmarkRemix(b *testing.B) {
	path := writeRollouts(b, benchBytes(b))
	for _, as := range slices.Sorted(maps.Keys(shard.Outputs)) {
		b.Run(as, func(b *testing.B) {
			cfg := prepareConfig(b, path)
			cfg.Sources[0].Accept.Field = "report.resolved"
			cfg.Output, cfg.Window, cfg.Workers, cfg.Cache = as, 200_000, 2, b.TempDir()
			prepareInChild(b, cfg)
			var m *Manifest
			var cpu time.Duration
			for b.Loop() {
				cfg.Out = filepath.Join(b.TempDir(), "out")
				cfg.Seed++
				var used *syscall.Rusage
				m, used = prepareInChild(b, cfg)
				cpu += time.Duration(used.Utime.Nano() + used.Stime.Nano())
			}
			b.ReportMetric(cpu.Seconds()/float64(b.N), "cpu-s/op")
			b.ReportMetric(float64(m.Totals.Train.Rows+m.Totals.Validation.Rows), "rows")
			b.ReportMetric(float64(m.Totals.Train.Tokens+m.Totals.Validation.Tokens)/1e6, "Mtokens")
		})
	}
}

// warm has the system hold the file in memory, so that no disk is measured.
func warm(b *testing.B, path string) {
	b.Helper()
	if _, err := digestFile(b.Context(), path, path); err != nil {
		b.Fatal(err)
	}
}

func shardSize(m *Manifest) (bytes int64) {
	for _, s := range m.Shards {
		bytes += s.Bytes
	}
	return bytes
}

// prepareInChild runs one prepare in this test binary and returns what it
// used.
func prepareInChild(b *testing.B, cfg Config) (*Manifest, *syscall.Rusage) {
	b.Helper()
	dir := b.TempDir()
	writeChildConfig(b, dir, cfg)
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "MIX_TEST_PREPARE="+dir, "MIX_TEST_QUIET=1")
	cmd.Stderr = os.Stderr
	if err := cmd.Run(); err != nil {
		b.Fatal(err)
	}
	d, err := OpenDataset(cfg.Out)
	if err != nil {
		b.Fatal(err)
	}
	return d.Manifest, cmd.ProcessState.SysUsage().(*syscall.Rusage)
}
