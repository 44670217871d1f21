package evidence_test

import (
	"errors"
	"strings"
	"testing"

	"trainyard/format"
	"trainyard/format/evidence"
)

const known = "diff --git a/a.py b/a.py\n--- a/a.py\n+++ b/a.py\n@@ -1,3 +1,4 @@\n x = 1\n-y = 2\n+y = 3\n+\n+y = 3\n+z = 4\n"

func TestPatchRecallCountsTheChangedLinesThatAreThere(t *testing.T) {
	for _, c := range []struct {
		name, produced string
		want           float64
	}{
		{"the same", known, 1},
		{"another context, the same changes", strings.ReplaceAll(known, "@@ -1,3 +1,4 @@\n x = 1\n", "@@ -9,3 +9,4 @@\n"), 1},
		{"a line that stands there twice, made once", "+++ b/a.py\n-y = 2\n+y = 3\n+z = 4\n", 0.75},
		{"more than is asked", known + "+more\n", 1},
		{"half of it", "-y = 2\r\n+z = 4\n", 0.5},
		{"added where it should be removed", "+y = 2\n", 0},
		{"blank lines alone", "+\n-  \n", 0},
	} {
		if got, err := evidence.PatchRecall(known, c.produced); err != nil || got != c.want {
			t.Errorf("%s: got %v, %v, want %v", c.name, got, err, c.want)
		}
	}
	if _, err := evidence.PatchRecall("--- a\n+++ b\n", known); err == nil {
		t.Error("a known patch without a changed line gives a number")
	}
}

func TestAFilterAsksHowMuchOfTheKnownPatchIsThere(t *testing.T) {
	files := map[string]string{
		"known.jsonl": `{"instance_id":"a__b-1","patch":"+x\n+y\n"}` + "\n" + `{"instance_id":"a__b-2","patch":""}` + "\n",
		"known.json":  `[{"instance_id":"a__b-1","gold":"+x\n"}]`,
		"none.jsonl":  `{"instance_id":"a__b-1","diff":"+x\n"}`,
		"odd.jsonl":   `{"patch":"+x\n"}`,
	}
	read := func(path string) ([]byte, error) {
		if text, ok := files[path]; ok {
			return []byte(text), nil
		}
		return nil, errors.New("not there")
	}
	half := &format.Trajectory{ID: "t", InstanceID: "a__b-1_4", Patch: "+x\n"}
	for _, c := range []struct {
		expression string
		t          *format.Trajectory
		reason     string
		detail     string
	}{
		{`patch_recall("known.jsonl") >= 0.5`, half, "", ""},
		{`patch_recall("known.jsonl") >= 1`, half, evidence.KeepFalse, ""},
		{`patch_recall("known.json", "gold") == 1`, half, "", ""},
		{`id in file("known.jsonl") && patch_recall("known.jsonl") > 0`, half, "", ""},
		{`patch_recall("known.jsonl") >= 0.5`, &format.Trajectory{ID: "t", InstanceID: "a__b-1"}, evidence.KeepUnknown, "the record holds no patch"},
		{`patch_recall("known.jsonl") >= 0.5`, &format.Trajectory{ID: "t", InstanceID: "a__b-7", Patch: "+x\n"}, evidence.KeepUnknown, "known.jsonl has no patch of t, a__b-7"},
		{`patch_recall("known.jsonl") >= 0.5`, &format.Trajectory{ID: "t", InstanceID: "a__b-2", Patch: "+x\n"}, evidence.KeepUnknown, "changes no line"},
	} {
		f, err := evidence.NewFilter(c.expression, read)
		if err != nil {
			t.Errorf("%s: %v", c.expression, err)
			continue
		}
		if left, err := f.Keep(evidence.Subject{Trajectory: c.t}); err != nil || left.Reason != c.reason || !strings.Contains(left.Detail, c.detail) {
			t.Errorf("%s of %s: got %+v, %v", c.expression, c.t.InstanceID, left, err)
		}
		if len(f.Files()) != 1 {
			t.Errorf("%s names the files %q", c.expression, f.Files())
		}
	}
	for expression, want := range map[string]string{
		`patch_recall("nowhere.jsonl") > 0`:   `patch_recall("nowhere.jsonl"): not there`,
		`patch_recall("none.jsonl") > 0`:      `no instance in it has a patch in "patch"`,
		`patch_recall("odd.jsonl") > 0`:       "line 1: an object without instance_id",
		`patch_recall(id) > 0`:                "takes names in quotes",
		`patch_recall() > 0`:                  "takes the name of a file",
		`patch_recal("known.jsonl") > 0`:      `unknown function "patch_recal"`,
		`patch_recall("known.jsonl") == "no"`: "mismatched types",
	} {
		if _, err := evidence.NewFilter(expression, read); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", expression, err, want)
		}
	}
	if _, err := evidence.NewJudge(evidence.Accept{Where: `patch_recall("known.jsonl") > 0.5`}); err == nil || !strings.Contains(err.Error(), "stands in keep:") {
		t.Errorf("as evidence: %v", err)
	}
}

func TestTheLoadOfObservationsEndsAtTheReview(t *testing.T) {
	words := func(text string) int { return len(strings.Fields(text)) }
	chat := format.Chat{
		{Role: format.System, Content: "s s s"}, {Role: format.User, Content: "fix the bug"}, {Role: format.Assistant, Content: "a a a a"},
		{Role: format.User, Content: "OBSERVATION:\none two three four five"}, {Role: format.Assistant, Content: "submit"},
		{Role: format.User, Content: "OBSERVATION:\nThank you for your work on this issue. Please review"}, {Role: format.Assistant, Content: "submit"},
	}
	for expression, kept := range map[string]bool{"observation_load == 3.0": true, "observation_load <= 2.9": false} { // (3 + 6) / (7 // 2)
		f, err := evidence.NewFilter(expression, nil)
		if err != nil {
			t.Fatal(err)
		}
		left, err := f.Keep(evidence.Subject{Trajectory: &format.Trajectory{}, Chat: chat, CountTokens: words})
		if err != nil || (left.Reason == "") != kept || !f.NeedsTokens() {
			t.Errorf("%s: got %+v, %v", expression, left, err)
		}
	}
}
