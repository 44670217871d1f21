package verdict_test

import (
	"fmt"
	"strings"
	"testing"

	"trainyard/format/pyjson"
	"trainyard/format/verdict"
)

func TestAValueIsAVerdictOnlyWhereItSaysSo(t *testing.T) {
	for document, want := range map[string]verdict.Grade{
		`true`: verdict.Resolved, `1`: verdict.Resolved, `1.0`: verdict.Resolved, `"Resolved"`: verdict.Resolved,
		`false`: verdict.Unresolved, `0`: verdict.Unresolved, `"unresolved"`: verdict.Unresolved,
		`0.5`: verdict.None, `null`: verdict.None, `"passed"`: verdict.None, `[true]`: verdict.None, `NaN`: verdict.None,
	} {
		err := pyjson.WithIndex([]byte(document), func(v pyjson.Value) error {
			if got := verdict.OfValue(v); got != want {
				t.Errorf("%s: %v, want %v", document, got, want)
			}
			return nil
		})
		if err != nil {
			t.Error(document, err)
		}
	}
	if got := verdict.OfWord("PASSED"); got != verdict.Resolved {
		t.Errorf("PASSED is %v", got)
	}
}

func TestOnlyWhatWasGradedIsSettled(t *testing.T) {
	for grade, want := range map[verdict.Grade][2]bool{
		verdict.None: {false, false}, verdict.Missing: {false, false}, verdict.Resolved: {true, true},
		verdict.Unresolved: {false, true}, verdict.Error: {false, true}, verdict.Empty: {false, true},
	} {
		if passed, settled := grade.Passed(); passed != want[0] || settled != want[1] {
			t.Errorf("%v: passed %v, settled %v", grade, passed, settled)
		}
	}
}

func TestTablesAreReadByTheNamesOfTheirColumns(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"a.csv", "note,ID,Verdict\nx,a,passed\n", "1 2 1"},
		{"a.csv", "a,1\nb,0\n", "0 1 2"},
		{"a.tsv", "id\tresolved\na\ttrue\n", "0 1 1"},
		{"a.txt", "a\n\nb\n", "0 -1 2"},
	} {
		rows, err := verdict.ReadTable(c.name, []byte(c.text))
		if err != nil {
			t.Fatal(err)
		}
		id, at, below, err := verdict.TableColumns(c.name, rows)
		if got := fmt.Sprint(id, at, len(below)); err != nil || got != c.want {
			t.Errorf("%q: %s, want %s, %v", c.text, got, c.want, err)
		}
	}
	if _, _, _, err := verdict.TableColumns("a.csv", [][]string{{"a", "b", "c"}}); err == nil || !strings.Contains(err.Error(), "no column of ids") {
		t.Errorf("%v", err)
	}
}
