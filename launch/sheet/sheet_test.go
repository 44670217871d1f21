package sheet_test

import (
	"bytes"
	"encoding/csv"
	"slices"
	"testing"

	"trainyard/launch/sheet"
)

func TestNoCellIsAFormula(t *testing.T) {
	for text, want := range map[string]string{
		"=1+1": "'=1+1", "+cmd|' /C calc'!A0": "'+cmd|' /C calc'!A0", "-2+3": "'-2+3", "@SUM(A1)": "'@SUM(A1)", "\t=1": "'\t=1", "\r=1": "'\r=1", "\n=1": "'\n=1",
		"＝1": "'＝1", "-": "'-", "+": "'+", "--lr": "'--lr", "-1e": "'-1e",
		"": "", "a=b": "a=b", "'=1": "'=1", "-1": "-1", "+0.5": "+0.5", "-.5": "-.5", "-1.5e-07": "-1.5e-07", "1e+30": "1e+30", "-Inf": "-Inf", "+Inf": "+Inf", "NaN": "NaN",
	} {
		if got := sheet.Cell(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestATableIsReadBackAsItWasWritten(t *testing.T) {
	var out bytes.Buffer
	lines := [][]string{{"name", "loss"}, {"a, \"b\"\nc", "-0.5"}, {"=HYPERLINK(\"http://x\")", ""}}
	if err := sheet.WriteAll(&out, lines); err != nil {
		t.Fatal(err)
	}
	got, err := csv.NewReader(&out).ReadAll()
	lines[2][0] = "'" + lines[2][0]
	if err != nil || !slices.EqualFunc(got, lines, slices.Equal[[]string]) {
		t.Errorf("%q, want %q, %v", got, lines, err)
	}
}
