package dialect_test

import (
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"trainyard/format/container"
	"trainyard/format/dialect"
	"trainyard/format/formattest"
)

// What must come out of the real files of the formats that are read so far:
// records parsed, and rejects by reason.
var fixtureOutcomes = map[string]string{
	"adp/swe-gym_openhands_sampled_trajectories/sample_raw.json":            "5 parsed",
	"adp/swe-smith/sample_raw.json":                                         "5 parsed",
	"adp/code_feedback/sample_raw.json":                                     "10 parsed",
	"adp/toucan_1_5m/sample_raw.json":                                       "1 parsed",
	"hybrid_gym/issue_localize_row0.excerpt.jsonl":                          "1 parsed",
	"openai_chat/llamafactory_v1_sft_demo.jsonl":                            "500 parsed",
	"openai_chat/tinker_conversations.jsonl":                                "128 parsed",
	"openai_chat/ms-swift_chatml.jsonl":                                     "3 parsed",
	"openai_chat/ms-swift_conversations.jsonl":                              "3 parsed",
	"openai_chat/ms-swift_multi_modal_1.jsonl":                              "1 parsed, 2 image_part",
	"openai_chat/ms-swift_sharegpt.jsonl":                                   "3 parsed",
	"openai_chat/ms-swift_swift_multi.jsonl":                                "3 parsed",
	"openhands_v0/multi_swe_bench_output.jsonl":                             "3 parsed",
	"openhands_v0/multi_swe_bench_patch.jsonl":                              "3 report",
	"openhands_v0/nunu0404_gpt5_fastjson2_output.jsonl":                     "1 parsed",
	"openhands_v0/resolver_output.jsonl":                                    "2 parsed",
	"parquet/hybrid_gym_layout.messages_only.zstd.parquet":                  "3 parsed",
	"parquet/nebius_swe-agent.nested.gzip.parquet":                          "5 parsed",
	"parquet/swe-gym_openhands_sampled.nested.snappy.parquet":               "5 parsed",
	"parquet/swe-smith_tool_split_layout.messages_json_string.zstd.parquet": "5 parsed",
}

func TestRealFilesAreParsedOrRejectedWithAReason(t *testing.T) {
	formattest.Fixture(t, ".")
	for name, want := range fixtureOutcomes {
		list := formattest.ReadAll(t, dialect.Input{Path: filepath.Join(formattest.FixturesDir, name)})
		if got := formattest.Tally(t, list); got != want {
			t.Errorf("%s: got %s, want %s; first reject: %v", name, got, want, firstReject(list))
		}
	}
}

func TestNoRealFileStopsTheReader(t *testing.T) {
	err := filepath.WalkDir(formattest.Fixture(t, "."), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || container.KindOf(path) == container.Unknown {
			return err
		}
		list := formattest.ReadAll(t, dialect.Input{Path: path})
		for _, o := range list {
			if o.Err == nil {
				continue
			}
			if text := o.Err.Error(); strings.Contains(text, "\n") || len(text) > 600 {
				t.Errorf("not one line for a person: %q", text)
			}
		}
		t.Logf("%-90s %s", path, formattest.Tally(t, list))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// The same rows from Parquet and from JSON are the same trajectories.
func TestParquetAndJSONAgree(t *testing.T) {
	rows := formattest.ReadAll(t, dialect.Input{Path: formattest.Fixture(t, "parquet/swe-gym_openhands_sampled.nested.snappy.parquet")})
	for i, o := range formattest.ReadAll(t, dialect.Input{Path: formattest.Fixture(t, "adp/swe-gym_openhands_sampled_trajectories/sample_raw.json")}) {
		row := rows[i].T
		if row.ID != o.T.ID || row.Repo != o.T.Repo || row.Teacher != o.T.Teacher || !slices.EqualFunc(row.Messages, o.T.Messages, formattest.SameMessage) {
			t.Errorf("row %d differs", i+1)
		}
	}
}

func firstReject(list []formattest.Outcome) error {
	for _, o := range list {
		if o.Err != nil {
			return o.Err
		}
	}
	return nil
}
