package dialect_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"trainyard/format"
	"trainyard/format/behaviour"
	"trainyard/format/container"
	"trainyard/format/dialect"
	"trainyard/format/evidence"
	"trainyard/format/formattest"
	"trainyard/format/protocol"
	"trainyard/format/style"
)

// Each dialect has a target of its own, so that a fuzzer's time is shared out
// evenly and its corpus speaks one language. testdata/fuzz keeps little of what
// was found: inputs grown from the files of testdata that reach a statement
// which no other test reaches, else two that reach the most beyond the seeds.

func FuzzParseADP(f *testing.F)             { fuzzDialect(f, "adp") }
func FuzzParseAnthropic(f *testing.F)       { fuzzDialect(f, "anthropic") }
func FuzzParseATIF(f *testing.F)            { fuzzDialect(f, "atif") }
func FuzzParseClaudeCode(f *testing.F)      { fuzzDialect(f, "claude-code") }
func FuzzParseCline(f *testing.F)           { fuzzDialect(f, "cline") }
func FuzzParseCodex(f *testing.F)           { fuzzDialect(f, "codex") }
func FuzzParseDataclaw(f *testing.F)        { fuzzDialect(f, "dataclaw") }
func FuzzParseGeminiCLI(f *testing.F)       { fuzzDialect(f, "gemini-cli") }
func FuzzParseMini(f *testing.F)            { fuzzDialect(f, "mini-swe-agent") }
func FuzzParseNebius(f *testing.F)          { fuzzDialect(f, "nebius-swe-agent") }
func FuzzParseNebiusOpenHands(f *testing.F) { fuzzDialect(f, "nebius-openhands") }
func FuzzParseOpenHandsSDK(f *testing.F)    { fuzzDialect(f, "openhands-sdk") }
func FuzzParsePi(f *testing.F)              { fuzzDialect(f, "pi") }
func FuzzParseQwenCode(f *testing.F)        { fuzzDialect(f, "qwen-code") }
func FuzzParseR2EGym(f *testing.F)          { fuzzDialect(f, "r2e-gym") }
func FuzzParseShareGPT(f *testing.F)        { fuzzDialect(f, "sharegpt") }
func FuzzParseSWEAgent(f *testing.F)        { fuzzDialect(f, "sweagent") }
func FuzzParseSWEChat(f *testing.F)         { fuzzDialect(f, "swe-chat") }
func FuzzParseSWESmith(f *testing.F)        { fuzzDialect(f, "swe-smith") }
func FuzzParseSWEStar(f *testing.F)         { fuzzDialect(f, "swe-star") }
func FuzzParseSWEZero(f *testing.F)         { fuzzDialect(f, "swe-zero") }
func FuzzParseSwift(f *testing.F)           { fuzzDialect(f, "ms-swift") }

func FuzzParseOpenAI(f *testing.F) {
	fuzzDialect(f, "openai", `{`+formattest.FuzzMessages+`}`, `{"messages":[{"role":"user","content":"q"},{"role":"assistant","function_call":{"name":"f","arguments":""}},{"role":"function","name":"f","content":"r"},{"role":"assistant","content":"x"}]}`)
}

func FuzzParseOpenHands(f *testing.F) {
	fuzzDialect(f, "openhands", `{"instance_id":"a__b-1_2","raw_completions":{`+formattest.FuzzMessages+`}}`, `{"messages":"[{'role': 'user', 'content': 'q'}, {'role': 'assistant', 'content': 'x'}]","test_result":{}}`)
}

func FuzzParseOpenHandsCompletions(f *testing.F) {
	fuzzDialect(f, "openhands-completions", `{`+formattest.FuzzMessages+`,"response":{"model":"m","choices":[{"message":{"role":"assistant","content":"z"}}]},"timestamp":1}`)
}

func TestEveryDialectHasAFuzzTarget(t *testing.T) {
	targets, err := os.ReadFile("fuzz_test.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range dialect.Names() {
		if !strings.Contains(string(targets), fmt.Sprintf("fuzzDialect(f, %q", name)) {
			t.Errorf("fuzz_test.go has no target for dialect %s", name)
		}
	}
}

// fuzzDialect parses anything in one dialect. Its seeds are the records of
// our own files, and small real ones where they lie beside the repository.
func fuzzDialect(f *testing.F, name string, seeds ...string) {
	for _, path := range []string{filepath.Join("testdata", name), filepath.Join(formattest.FixturesDir, strings.ReplaceAll(name, "-", "_"))} {
		if _, err := os.Stat(path); err != nil {
			continue
		}
		for _, o := range formattest.ReadAll(f, dialect.Input{Path: path}) {
			if len(o.Record.Raw) < 1<<14 {
				seeds = append(seeds, string(o.Record.Raw))
			}
		}
	}
	for _, seed := range seeds {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if len(raw) <= 1<<16 {
			checkRecord(t, name, format.Record{File: "fuzz/id/x.json", Line: 1, Raw: raw})
		}
	})
}

// checkRecord holds whatever a record becomes against what is promised of
// every record: a Reject that says where and why, or a trajectory that can be
// rendered, flagged, measured and judged.
func checkRecord(t *testing.T, format string, rec format.Record) {
	t.Helper()
	tr, err := dialect.ParseRecord(format, rec)
	checkReject(t, rec, err)
	if _, err := dialect.ParseText(format, rec); err != nil {
		checkReject(t, rec, err)
	}
	if err != nil {
		return
	}
	for style := range style.Styles {
		checkRendered(t, tr, style, nil)
		checkRendered(t, tr, style, fuzzWords)
	}
	evidence.RecordFlags(rec, tr, nil)
	evidence.Clues(rec, tr)
	if measured := behaviour.Measure(tr); measured.Steps != tr.Steps() {
		t.Errorf("%d steps of %d", measured.Steps, tr.Steps())
	}
}

// fuzzWords put recorded text into every section of a wording.
var fuzzWords = func() *style.ToolPrompt {
	p, err := style.ParseToolPrompt([]byte(formattest.OwnPrompt))
	if err != nil {
		panic(err)
	}
	return p
}()

func checkRendered(t *testing.T, tr *format.Trajectory, as protocol.Style, words *style.ToolPrompt) {
	t.Helper()
	opt := supplied(tr)
	opt.ToolPrompt = words
	chat, _, err := style.Render(tr, as, opt)
	if err != nil {
		return
	}
	formattest.CheckChat(t, chat)
	for i, turn := range chat {
		if strings.Contains(turn.Content, "<|im_end|>") {
			t.Errorf("style %s, worded %t: turn %d holds a special", as, words != nil, i+1)
		}
	}
}

// checkReject wants any error to be a Reject that says where and why.
func checkReject(t *testing.T, rec format.Record, err error) {
	t.Helper()
	if reason := formattest.ReasonOf(t, err); err == nil {
		return
	} else if r := err.(*format.Reject); reason == "" || r.Detail == "" || r.File != rec.File || r.Line != rec.Line {
		t.Errorf("%s:%d is rejected with %+v", rec.File, rec.Line, r)
	}
}

// FuzzFile reads anything as a file of lines, of JSON, and as one record.
func FuzzFile(f *testing.F) {
	for _, pattern := range []string{"testdata/*/*.jsonl", "testdata/*/*.json", "testdata/*/*.traj"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range files {
			if raw, err := os.ReadFile(file); err == nil {
				f.Add(raw)
			}
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if len(raw) > 1<<16 {
			return
		}
		for _, path := range []string{"x.jsonl", "x.json", "x.traj"} {
			feed := container.Feed{Max: 1 << 15, Shape: dialect.ShapeOf(dialect.Auto, 1<<15)}
			yield := func(rec format.Record) error {
				if rec.Err == nil {
					checkRecord(t, dialect.Auto, rec)
				}
				checkReject(t, rec, rec.Err)
				return nil
			}
			if err := feed.Stream(context.Background(), path, bytes.NewReader(raw), yield); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// FuzzParquet reads anything as a Parquet file: what its reader panics over
// is a Reject, and what a file claims to hold is not believed.
func FuzzParquet(f *testing.F) {
	path := filepath.Join(f.TempDir(), "x.parquet")
	text := "t"
	for _, option := range []parquet.WriterOption{parquet.Compression(&parquet.Uncompressed), parquet.Compression(&parquet.Snappy)} {
		rows := []parquetRow{{ID: "1", Messages: []parquetMessage{{Role: "user", Content: &text}}, Grid: [][]int32{{1, 2}, {}}}, {ID: "2"}}
		if err := parquet.WriteFile(path, rows, option); err != nil {
			f.Fatal(err)
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if len(raw) == 0 || len(raw) > 1<<14 {
			return
		}
		path := formattest.Write(t, "x.parquet", string(raw))
		bytes := allocated(func() {
			for _, o := range formattest.ReadAll(t, dialect.Input{Path: path}) {
				checkReject(t, o.Record, o.Err)
			}
		})
		if bytes > 256<<20 {
			t.Errorf("%d bytes allocated for a file of %d", bytes, len(raw))
		}
	})
}
