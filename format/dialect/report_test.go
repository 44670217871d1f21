package dialect

import (
	"errors"
	"strings"
	"testing"

	"trainyard/format"
)

func TestWhatAnEvaluationReadsOrWritesIsNoUnknownFormat(t *testing.T) {
	for text, want := range map[string]string{
		`{"instance_id":"a__b-1","model_name_or_path":"m","model_patch":"diff --git a b"}`:                                                  "report: a patch ",
		`{"instance_id":"a__b-1","model_name_or_path":"m","model_patch":null}`:                                                              "report: a patch ",
		`{"org":"a","repo":"b","number":1,"fix_patch":"diff --git a b"}`:                                                                    "report: a patch ",
		`{"a__b-1":{"instance_id":"a__b-1","model_patch":"diff"},"a__b-2":{"model_patch":"d"}}`:                                             "report: a patch ",
		`{"instance_id":"a__b-1","model_patch":"diff","resolved":true}`:                                                                     "report: a report of verdicts",
		`{"instance_id":"a__b-1","patch":"diff"}`:                                                                                           "unknown_format: ",
		`{"instance_id":"a__b-1","model_patch":"diff","messages":[{"role":"user","content":"Go."},{"role":"assistant","content":"Gone."}]}`: "",
	} {
		_, err := ParseRecord(Auto, format.Record{File: "f.jsonl", Line: 1, Raw: []byte(text)})
		got := ""
		if r, ok := errors.AsType[*format.Reject](err); ok {
			got = r.Reason + ": " + r.Detail
		}
		if !strings.HasPrefix(got, want) || want == "" && got != "" {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}
