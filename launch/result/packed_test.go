package result_test

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"trainyard/launch/result"
)

func gzipped(t *testing.T, text string) string {
	t.Helper()
	var packed bytes.Buffer
	out := gzip.NewWriter(&packed)
	if _, err := out.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	return packed.String()
}

func put(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

const summaryText = `{"resolved_ids": ["a__b-1"], "unresolved_ids": ["a__b-2"], "pending_ids": []}`

// What gzip packed is read as what is in it, under the name that it had.
func TestPackedReportsAreRead(t *testing.T) {
	for name, text := range map[string]string{
		"swe-bench_verified__test__mine.json.gz": summaryText,
		"rows.jsonl.gz":                          "{\"instance_id\": \"a__b-1\", \"resolved\": true}\n{\"instance_id\": \"a__b-2\", \"resolved\": false}\n",
		"t.csv.gz":                               "id,verdict\na__b-1,passed\na__b-2,failed\n",
	} {
		path := put(t, name, gzipped(t, text))
		for _, read := range []string{path, filepath.Dir(path)} {
			got, err := result.Read(read)
			if err != nil || len(got.Results) != 1 || got.Results[0].Counts()[result.Resolved] != 1 || len(got.Results[0].Instances) != 2 {
				t.Errorf("%s: %+v, %v", name, got, err)
			} else if r := got.Results[0]; strings.HasPrefix(name, "swe") && (r.Benchmark != "swe-bench_verified" || r.Split != "test") {
				t.Errorf("%s is of %q %q", name, r.Benchmark, r.Split)
			}
		}
	}
}

func TestWhatCannotBeReadSaysWhy(t *testing.T) {
	for _, c := range [][3]string{
		{"a.json.gz", gzipped(t, summaryText)[:40], "packed by gzip, and damaged or cut off"},
		{"a.json.zst", "\x28\xb5\x2f\xfd\x00", "it is packed by zstd; unpack it: zstd -d"},
		{"a.json", "\xff\xfe{\x00}\x00", "it is UTF-16 text; write it as UTF-8"},
		{"a.csv", "id,verdict\na,passed\nb\n", "and no table: record on line 3: wrong number of fields"},
		{"a.json", `[{"instance_id": "a", "resolved": true}, {"instance_id": "b", "resolved": "perhaps"}]`, `value 2 has no id, or no verdict that is known: {"instance_id": "b", "resolved": "perhaps"}`},
		{"a.json", `[{"instance_id": "a", "resolved": null}]`, "1 value, the first of them an object with instance_id, resolved"},
	} {
		if got, err := result.Read(put(t, c[0], c[1])); err == nil || !strings.Contains(err.Error(), c[2]) {
			t.Errorf("%s: %+v, %v, want %s", c[0], got.Results, err, c[2])
		}
	}
}

// verdictsOf is what instances came to, in order of their ids.
func verdictsOf(t *testing.T, name, text string) string {
	t.Helper()
	read, err := result.Read(put(t, name, text))
	if err != nil || len(read.Results) != 1 {
		t.Fatalf("%s: %+v, %v", text, read.Results, err)
	}
	return strings.TrimSpace(words(read.Results[0]))
}

// A verdict of null, or none in its column, is of an instance that was not judged.
func TestRowsThatWereNotJudgedAreMissing(t *testing.T) {
	for _, c := range [][2]string{
		{"a.json", `[{"instance_id": "a", "resolved": true}, {"instance_id": "b", "resolved": null}]`},
		{"a.json", `[{"task_id": "a", "passed": "True"}, {"task_id": "b", "passed": null}]`},
		{"a.csv", "id,verdict\na,passed\nb,\n"},
		{"a.csv", "id,verdict\na,passed\nb,null\n"},
	} {
		if got := verdictsOf(t, c[0], c[1]); !strings.Contains(got, `a: "resolved"`) || !strings.Contains(got, `b: "missing"`) {
			t.Errorf("%s: %s", c[1], got)
		}
	}
}

// Ids that are numbers, and scores that are text, are what they say.
func TestNumbersAreReadHoweverTheyAreSpelled(t *testing.T) {
	if got := verdictsOf(t, "a.json", `[{"task_id": 11, "passed": true}, {"task_id": 12, "passed": false}]`); !strings.Contains(got, `11: "resolved"`) {
		t.Error(got)
	}
	if got := verdictsOf(t, "a.json", `[{"id": "a", "score": "0.5"}, {"id": "b", "score": "2"}]`); !strings.Contains(got, `a: "" 0.5`) || !strings.Contains(got, `b: "" 2`) {
		t.Error(got)
	}
}

// A score of 1 is no success where others are 3 or 0.5.
func TestScoresAreNoVerdictsWhereOneIsNone(t *testing.T) {
	for _, c := range [][3]string{
		{"a.csv", "id,score\na,0.5\nb,1.0\nc,0\n", `b: "" 1`},
		{"a.json", `[{"id": "a", "reward": 3}, {"id": "b", "reward": 1}]`, `b: "" 1`},
		{"a.csv", "id,score\na,0\nb,1\n", `b: "resolved" 1`},
		{"a.json", `[{"id": "a", "resolved": false, "score": 0.5}, {"id": "b", "resolved": true, "score": 1}]`, `b: "resolved" 1`},
	} {
		if got := verdictsOf(t, c[0], c[1]); !strings.Contains(got, c[2]) {
			t.Errorf("%s: %s, want %s", c[1], got, c[2])
		}
	}
}
