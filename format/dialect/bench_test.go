package dialect_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"trainyard/format"
	"trainyard/format/dialect"
	"trainyard/format/evidence"
	"trainyard/format/formattest"
	"trainyard/format/protocol"
	"trainyard/format/style"
)

// openhandsRows are real SWE-Gym rows, one compact JSON each.
func openhandsRows(tb testing.TB) [][]byte {
	var rows [][]byte
	for _, row := range formattest.Unmarshal[[]json.RawMessage](tb, formattest.ReadFixture(tb, "adp/swe-gym_openhands_sampled_trajectories/sample_raw.json")) {
		var compact bytes.Buffer
		if err := json.Compact(&compact, row); err != nil {
			tb.Fatal(err)
		}
		rows = append(rows, compact.Bytes())
	}
	return rows
}

// asCompletions wraps the rows' messages as logs of model calls.
func asCompletions(tb testing.TB, rows [][]byte) [][]byte {
	var logs [][]byte
	for _, row := range rows {
		members := formattest.Unmarshal[map[string]json.RawMessage](tb, row)
		logs = append(logs, fmt.Appendf(nil, `{"messages":%s,"response":{"model":"m","choices":[]},"kwargs":{"tools":%s},"timestamp":1.5}`,
			members["messages"], members["tools"]))
	}
	return logs
}

func BenchmarkParse(b *testing.B) {
	rows := openhandsRows(b)
	for _, c := range []struct {
		dialect string
		rows    [][]byte
	}{{"openai", rows}, {"openhands", rows}, {"openhands-completions", asCompletions(b, rows)}, {dialect.Auto, rows}} {
		b.Run(c.dialect, func(b *testing.B) {
			b.SetBytes(int64(len(bytes.Join(c.rows, nil))))
			b.ReportAllocs()
			for b.Loop() {
				for _, raw := range c.rows {
					if _, err := dialect.ParseRecord(c.dialect, format.Record{File: "bench/id/x.json", Raw: raw}); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}

// BenchmarkDialects parses, dialect by dialect, the real records that lie
// beside the repository, as their files write them, white space included.
func BenchmarkDialects(b *testing.B) {
	records, size := map[string][]format.Record{}, map[string]int64{}
	for _, o := range formattest.ReadAll(b, dialect.Input{Path: formattest.Fixture(b, ".")}) {
		if name := namedBy(o.Record); o.Err == nil {
			records[name] = append(records[name], o.Record)
			size[name] += int64(len(o.Record.Raw))
		}
	}
	for _, name := range dialect.Names() {
		b.Run(name, func(b *testing.B) {
			if records[name] == nil {
				b.Skip("no real record of this dialect lies beside the repository")
			}
			b.SetBytes(size[name])
			for b.Loop() {
				for _, rec := range records[name] {
					if _, err := dialect.ParseRecord(name, rec); err != nil {
						b.Fatal(err)
					}
				}
			}
			b.ReportMetric(float64(len(records[name])), "records")
		})
	}
}

func BenchmarkRender(b *testing.B) {
	var list []*format.Trajectory
	rows := openhandsRows(b)
	for _, raw := range rows {
		list = append(list, formattest.MustParse(b, "openhands", string(raw)))
	}
	specials := []string{"<|im_start|>", "<|im_end|>", "<|endoftext|>", "<tool_call>", "</tool_call>", "<|fim_prefix|>"}
	for _, as := range []protocol.Style{"openhands", "qwen"} {
		b.Run(string(as), func(b *testing.B) {
			b.SetBytes(int64(len(bytes.Join(rows, nil))))
			b.ReportAllocs()
			for b.Loop() {
				for _, t := range list {
					if _, _, err := style.Render(t, as, style.RenderOptions{DefaultSystem: "s", Specials: specials}); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}

// BenchmarkRecords measures the containers alone: no record is parsed.
func BenchmarkRecords(b *testing.B) {
	rows := openhandsRows(b)
	lines := bytes.Repeat(append(bytes.Join(rows, []byte("\n")), '\n'), 20)
	array := append(append([]byte("["), bytes.TrimSuffix(bytes.Repeat(append(bytes.Join(rows, []byte(",")), ','), 20), []byte(","))...), ']')
	for name, content := range map[string][]byte{"lines.jsonl": lines, "array.json": array} {
		path := filepath.Join(b.TempDir(), name)
		if err := os.WriteFile(path, content, 0o644); err != nil {
			b.Fatal(err)
		}
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(content)))
			b.ReportAllocs()
			for b.Loop() {
				s, err := dialect.Open(dialect.Input{Path: path})
				if err != nil {
					b.Fatal(err)
				}
				if err := s.Records(context.Background(), func(format.Record) error { return nil }); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkJudgeField judges records that were parsed, as all are: it looks
// their members up and parses nothing again.
func BenchmarkJudgeField(b *testing.B) {
	var records []format.Record
	var parsed []*format.Trajectory
	for _, raw := range openhandsRows(b) {
		records = append(records, format.Record{Raw: raw})
		parsed = append(parsed, formattest.MustParse(b, dialect.Auto, string(raw)))
	}
	judge, err := evidence.NewJudge(evidence.Accept{Field: "resolved"})
	if err != nil {
		b.Fatal(err)
	}
	for i := 0; b.Loop(); i++ {
		k := i % len(records)
		if _, err := judge.Judge(records[k], parsed[k]); err != nil {
			b.Fatal(err)
		}
	}
}
