package evidence_test

import (
	"errors"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"trainyard/format"
	"trainyard/format/evidence"
	"trainyard/format/formattest"
)

// idFiles are what the expressions of these tests name.
var idFiles = map[string]string{
	"ids.txt":        "\ufefft1\r\n\n  o__n-1  \n",
	"ids.json":       `["t1","t2"]`,
	"rows.json":      `[{"instance_id":"o__n-1","repo":"o/n"}]`,
	"rows.jsonl":     "{\"repo\":\"O/N\"}\n\n\"x/y\"\n",
	"rows.csv":       "repo,instance_id,n\no/n,o__n-1,3\n",
	"bare.csv":       "t1,x\nt2,y\n",
	"repos.txt":      "Owner__Name\nO/N\n",
	"empty.txt":      "\n\n",
	"object.json":    `{"a":1}`,
	"unrelated.json": `[{"color":"red"}]`,
}

func readIDFile(path string) ([]byte, error) {
	text, ok := idFiles[path]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return []byte(text), nil
}

// kept looks at one record with a filter.
func kept(t *testing.T, keep, record string) evidence.LeftOut {
	t.Helper()
	f, err := evidence.NewFilter(keep, readIDFile)
	if err != nil {
		t.Fatalf("%s: %v", keep, err)
	}
	raw := strings.Replace(strings.TrimSuffix(record, "}")+`,"messages":[`+formattest.AskOK+`]}`, "{,", "{", 1)
	out, err := f.Keep(evidence.Subject{
		Record: format.Record{Raw: []byte(raw)}, Trajectory: formattest.MustParse(t, "openai", raw), Tokens: 120, Trained: 30,
	})
	if err != nil {
		t.Fatalf("%s: %v", keep, err)
	}
	return out
}

func TestAFilterKeepsByTheRecordAndItsLength(t *testing.T) {
	const record = `{"id":"t1","instance_id":"o__n-1","repo":"o/n","exit_status":"submitted","reward":0.5,"tags":{"b":2,"a":1}}`
	for keep, want := range map[string]string{
		`n_tokens <= 120 && n_trained_tokens < n_tokens`: "",
		`n_tokens < 120`:                                      evidence.KeepFalse,
		`n_steps == 1 and "loop" not in flags`:                "",
		`features.steps > 1`:                                  evidence.KeepFalse,
		`exit_status == "submitted"`:                          "", // a filter, and no evidence
		`nothing > 3`:                                         evidence.KeepUnknown,
		`(nothing ?? 4) > 3`:                                  "",
		`reward`:                                              evidence.KeepUnknown,
		`id == "t1" && traj_id == id`:                         "",
		`id in file("ids.txt")`:                               "",
		`instance_id in file("ids.txt")`:                      "",
		`id not in file("ids.txt")`:                           evidence.KeepFalse,
		`not (id in file("ids.json"))`:                        evidence.KeepFalse,
		`repo in file("ids.txt")`:                             evidence.KeepFalse,
		`repo in file("repos.txt")`:                           "",
		`repo in file("rows.jsonl")`:                          "",
		`repo in file("rows.csv") and id in file("rows.csv")`: "",
		`id in file("rows.json")`:                             "",
		`id in file("bare.csv")`:                              "",
		`3 in map(file("rows.csv", "n"), int(#))`:             "",
		`any(file("ids.json"), # == id)`:                      "",
		`let ids = file("ids.json"); id in ids`:               "",
		`keys(tags) == ["a", "b"] && values(tags) == [1, 2]`:  "",
		`date("2026-01-02") > date("2026-01-01T23:00:00Z")`:   "",
		`date("01 Jan 26 00:00 EST") == date("2026-01-01")`:   "", // abbreviations of zones are not looked up in the machine's
		`"loop" in flags or n_tokens > 100 and teacher == ""`: "",
	} {
		if got := kept(t, keep, record); got.Reason != want || (got.Detail == "") != (want == "") {
			t.Errorf("%s: got %+v, want %q", keep, got, want)
		}
	}
}

func TestAnIDMatchesTheTrajectoryOrItsInstance(t *testing.T) {
	for record, want := range map[string]string{
		`{"id":"t1"}`: "", `{"instance_id":"o__n-1"}`: "", `{"instance_id":"o__n-1_4"}`: "", `{"id":"t9","instance_id":"o__n-1"}`: "",
		`{"id":"t9"}`: evidence.KeepFalse, `{}`: evidence.KeepFalse,
	} {
		if got := kept(t, `id in file("ids.txt")`, record); got.Reason != want {
			t.Errorf("%s: got %+v, want %q", record, got, want)
		}
	}
}

func TestWhatAFilterLeavesOutIsExplained(t *testing.T) {
	for _, c := range []struct{ keep, record, want string }{
		{`n_tokens < 100 && repo == "a/b"`, `{"repo":"o/n"}`, `n_tokens < 100 && repo == "a/b" is false (n_tokens is 120, repo is "o/n")`},
		{`id in file("ids.json")`, `{"id":"t9"}`, `id in file("ids.json") is false (id is "t9")`},
		{`n_token < 100`, `{}`, `n_token < 100: n_token not in the record (did you mean "n_tokens"?)`},
	} {
		if got := kept(t, c.keep, c.record); got.Detail != c.want {
			t.Errorf("got %q, want %q", got.Detail, c.want)
		}
	}
}

func TestWrongFiltersAreRefusedBeforeAnythingIsRead(t *testing.T) {
	for keep, want := range map[string]string{
		`n_tokens <`:                                 "(1:10)",
		`n_tokens < "x"`:                             "(1:10)",
		`n_tokens`:                                   "expected bool",
		`features.stepz > 3`:                         `did you mean "steps"?`,
		`"lop" in flags`:                             `did you mean "loop"?`,
		`id in file("none.txt")`:                     `file("none.txt"): file does not exist`,
		`id in file("empty.txt")`:                    "there is nothing in it",
		`id in file("object.json")`:                  "a list of ids is a JSON array, this is an object",
		`id in file("unrelated.json")`:               "element 1: an object without instance_id, ",
		`id in file("rows.csv", "nr")`:               `no column "nr": the first line is "repo,instance_id,n"`,
		`id in file(repo)`:                           "names in quotes",
		`id in file()`:                               "takes the name of a file",
		`now().Year() > 2025`:                        "it gives another dataset every day",
		`n_steps > 1 || now() > date("2026")`:        "it gives another dataset every day",
		`date("2026-01-01").Local().Day() > 1`:       "it depends on the machine",
		`timezone("Local") != nil`:                   "it depends on the machine",
		`date("2026-01-01", "2006", "Local") == nil`: "it depends on the machine",
		`$env.reward > 1`:                            `unknown name "$env"`,
		`$env["reward"] > 1`:                         `unknown name "$env"`,
		`fetch("x")`:                                 `unknown function "fetch"`,
	} {
		if _, err := evidence.NewFilter(keep, readIDFile); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", keep, err, want)
		}
	}
	for where, want := range map[string]string{
		`now() > date("2026-01-01")`: "it gives another dataset every day",
		`id in file("ids.txt")`:      "a list of ids is a filter, not a success",
		`$env.exit_status == "x"`:    `unknown name "$env"`,
	} {
		if _, err := evidence.NewJudge(evidence.Accept{Where: where}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("where %s: got %v, want %s", where, err, want)
		}
	}
}

func TestAFilterSaysWhatItNeeds(t *testing.T) {
	for keep, want := range map[string]struct {
		files         string
		edits, tokens bool
	}{
		`repo in file("repos.txt") && id in file("ids.txt")`: {"ids.txt repos.txt", false, false},
		`reward > 0.5`:                   {"", false, false},
		`n_steps < 3 && "loop" in flags`: {"", true, false},
		`n_trained_tokens > 3`:           {"", true, true},
	} {
		f, err := evidence.NewFilter(keep, nil) // checks the expression, reads nothing
		if err != nil {
			t.Fatal(err)
		}
		files := slices.Sorted(slices.Values(f.Files()))
		if strings.Join(files, " ") != want.files || f.NeedsEdits() != want.edits || f.NeedsTokens() != want.tokens {
			t.Errorf("%s: got %q, %v, %v", keep, files, f.NeedsEdits(), f.NeedsTokens())
		}
	}
}

func TestAFileThatCannotBeReadIsAFault(t *testing.T) {
	_, err := evidence.NewFilter(`id in file("x.txt")`, func(string) ([]byte, error) { return nil, fs.ErrPermission })
	if !errors.Is(err, fs.ErrPermission) {
		t.Errorf("got %v", err)
	}
}

func TestWhereSendsLengthsToKeep(t *testing.T) {
	got := judged(t, evidence.Accept{Where: "resolved && n_tokens < 5"}, `{"resolved":true}`)
	if got.Outcome != evidence.Unknown || !strings.Contains(got.Evidence, "n_tokens not in the record (keep: can name it)") {
		t.Errorf("got %+v", got)
	}
}

// What a filter names decides where on the road it is asked, and never what it
// says.
func TestWhereAFilterIsAskedChangesNothing(t *testing.T) {
	for _, c := range []string{`id in file("ids.txt")`, `repo == "o/n"`, `nothing > 1`} {
		early, late := kept(t, c, `{"id":"t1"}`), kept(t, c+" && n_tokens < 20_000", `{"id":"t1"}`)
		if early.Reason != late.Reason {
			t.Errorf("%s: %q early, %q late", c, early.Reason, late.Reason)
		}
	}
}
