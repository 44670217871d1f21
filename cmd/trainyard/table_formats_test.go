package main

import (
	"bytes"
	"encoding/csv"
	"errors"
	"regexp"
	"strings"
	"testing"

	"trainyard/cmd/trainyard/face"
	"trainyard/cmd/trainyard/yard"
	"trainyard/launch/stats"
	"trainyard/launch/sweep"
)

// hostileTable has in every name what some way of writing would obey.
func hostileTable() *yard.SweepTable {
	mean := stats.Estimate{Value: 0.324, Low: 0.285, High: 0.366, Level: 0.95, N: 500}
	published := 0.324
	name := "a_b&c%d$e#f{g}h~i^j\\k|l*m\"n\to"
	return &yard.SweepTable{
		Name: name, Keys: []string{name}, Level: 0.95,
		Evaluations: []yard.TableColumn{{ResultKey: yard.ResultKey{Benchmark: name}, Title: name, Share: true, Published: true}},
		Rows: []yard.TableRow{{
			Name: name, Values: []string{name}, Cells: 1, Runs: []string{"r"}, States: map[sweep.State]int{sweep.Succeeded: 1},
			Scores: []yard.TableScore{{Seeds: 1, Mean: &mean, Published: &published, Best: true}},
		}},
	}
}

func written(t *testing.T, print func(*face.Terminal, *yard.SweepTable) error) string {
	t.Helper()
	var out bytes.Buffer
	if err := print(face.NewPipes(&out, &out), hostileTable()); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestNoNameIsObeyedByLaTeX(t *testing.T) {
	text := written(t, printLaTeX)
	if !strings.Contains(text, `a\_b\&c\%d\$e\#f\{g\}h\textasciitilde{}i\textasciicircum{}j\textbackslash{}k\textbar{}l{*}m''n`) {
		t.Error(text)
	}
	row := strings.Split(text, "\n")[4]
	if n := len(regexp.MustCompile(`[^\\]&`).FindAllString(row, -1)); n != 8 || !strings.HasSuffix(row, `\\`) || !strings.Contains(row, `\textbf{32.4} {\footnotesize [28.5, 36.6]} & 32.4 &`) {
		t.Errorf("%d columns: %s", n+1, row)
	}
	if strings.Count(text, "{") != strings.Count(text, "}") {
		t.Errorf("braces: %s", text)
	}
}

func TestNoNameBreaksAMarkdownTable(t *testing.T) {
	lines := strings.Split(written(t, printMarkdown), "\n")
	for _, line := range lines[:3] {
		if n := len(regexp.MustCompile(`(^|[^\\])\|`).FindAllString(line, -1)); n != 10 {
			t.Errorf("%d bars: %s", n, line)
		}
	}
	if !strings.Contains(lines[2], "**32.4** [28.5, 36.6]") || !strings.Contains(lines[2], `l\*m`) {
		t.Error(lines[2])
	}
}

func TestATableInCSVHasEveryFigureWhole(t *testing.T) {
	rows, err := csv.NewReader(strings.NewReader(written(t, printTableCSV))).ReadAll()
	if err != nil || len(rows) != 2 {
		t.Fatal(rows, err)
	}
	got := map[string]string{}
	for i, name := range rows[0] {
		got[name[strings.LastIndex(name, " ")+1:]] = rows[1][i]
	}
	for name, want := range map[string]string{"mean": "0.324", "low": "0.285", "high": "0.366", "n": "500", "published": "0.324", "best": "true", "dollars": "", "state": "succeeded"} {
		if got[name] != want {
			t.Errorf("%s is %q, want %q", name, got[name], want)
		}
	}
}

func TestAPlotDrawsEachCurveWithItsName(t *testing.T) {
	var out bytes.Buffer
	p := face.Plot{To: 10, Lines: []face.Line{{Name: "one", Values: []float64{3, 2, 1}}, {Name: "two\x1b", Values: []float64{1, 2, 3}}}}
	if err := p.Write(face.NewPipes(&out, &out)); err != nil {
		t.Fatal(err)
	}
	if text := out.String(); !strings.Contains(text, "─ one   * two\\x1b") || !strings.Contains(text, "***") || strings.Contains(text, "\x1b") {
		t.Error(text)
	}
	out.Reset()
	if err := new(face.Plot).Write(face.NewPipes(&out, &out)); err != nil || out.Len() > 0 {
		t.Errorf("%q, %v", out.String(), err)
	}
}

// Curves that are the same are one line, and more than can be told apart are named.
func TestAPlotDrawsNoMoreThanCanBeToldApart(t *testing.T) {
	var p face.Plot
	for i, name := range []string{"a", "b", "b again", "c", "d", "e", "f"} {
		first := float64(i)
		if name == "b again" {
			first = 1
		}
		p.Lines = append(p.Lines, face.Line{Name: name, Values: []float64{first, 2, 3}})
	}
	var out bytes.Buffer
	if err := p.Write(face.NewPipes(&out, &out)); err != nil {
		t.Fatal(err)
	}
	if text := out.String(); !strings.Contains(text, "─ a   * b; b again   o c   + d\n      not drawn, since more than 4 cannot be told apart: e; f\n") {
		t.Error(text)
	}
}

// Ten sides of two values are two lines, and sides of one dataset are told once.
func TestManySidesAreToldByWhatTheyShare(t *testing.T) {
	c := &yard.RunComparison{Config: []yard.ConfigChange{{Key: "train.lr"}}}
	for i := range 10 {
		name := string(rune('a' + i))
		c.Sides = append(c.Sides, yard.Side{Name: name})
		c.Config[0].Values = append(c.Config[0].Values, []string{"1e-3", "5e-2"}[i%2])
		if i > 0 {
			c.Data = append(c.Data, yard.DataComparison{First: "a", Second: name, Same: i < 5, Dataset: name[:1][:i/5], Datasets: 1})
		}
	}
	var out bytes.Buffer
	screen := face.NewPipes(&out, &out)
	if err := errors.Join(printConfig(screen, c), printData(screen, c)); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"train.lr  1e-3   a; c; e; g; i", "          5e-2   b; d; f; h; j", "Data: b; c; d; e against a: the same bytes\n"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("lacks %q\n%s", want, out.String())
		}
	}
}

func TestTimesAreInAUnitThatIsRead(t *testing.T) {
	for hours, want := range map[float64]string{0.0005: "1.8 seconds", 0.5: "30 minutes", 12: "12 hours"} {
		c := &yard.CurveComparison{By: "time", Common: hours, At: []float64{hours}}
		if got := commonPlace(c); got != want {
			t.Errorf("%v hours are %q, want %q", hours, got, want)
		}
	}
	small, tiny, large := 0.0012, 0.00001, 110.4
	for want, hours := range map[string]*float64{"unknown": nil, "0.0012": &small, "<0.0001": &tiny, "110.4": &large} {
		if got := knownOr(hours, "unknown", gpuHours); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// named is the hostile table under another name.
func named(t *testing.T, name string, print func(*face.Terminal, *yard.SweepTable) error) string {
	t.Helper()
	table := hostileTable()
	table.Keys, table.Rows[0].Name, table.Rows[0].Values = []string{name}, name, []string{name}
	table.Evaluations[0].Title, table.Remarks = name, []string{name + " is told"}
	table.Published = []yard.PublishedLine{{Name: name, Figures: []*float64{nil}}}
	var out bytes.Buffer
	if err := print(face.NewPipes(&out, &out), table); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestNoNameIsAFormulaOfASpreadsheet(t *testing.T) {
	for name, want := range map[string]string{
		"=1+1": "'=1+1", "+cmd": "'+cmd", "-2+3": "'-2+3", "@SUM(A1)": "'@SUM(A1)", "\t=1": `\t=1`, "\r=1": `\r=1`, "-": "'-", "－1": "'－1",
		"-0.5": "-0.5", "+1e-5": "+1e-5", "-.5": "-.5", "-1e": "'-1e", "a=b": "a=b", "": "",
	} {
		rows, err := csv.NewReader(strings.NewReader(named(t, name, printTableCSV))).ReadAll()
		if err != nil || len(rows) != 3 {
			t.Fatal(rows, err)
		}
		if rows[0][1] != want || rows[1][0] != want || rows[1][1] != want || rows[2][0] != want {
			t.Errorf("%q: %q", name, rows)
		}
		for _, cell := range rows[0] {
			if cell != "" && strings.ContainsRune("=+-@", rune(cell[0])) && cell != want {
				t.Errorf("%q: the header %q", name, cell)
			}
		}
	}
}

func TestNoRowOfLaTeXBeginsWithWhatTheOneBeforeTakes(t *testing.T) {
	for _, name := range []string{"[1em]", "*", "[", "*[2]"} {
		text := named(t, name, printLaTeX)
		if regexp.MustCompile(`\\\\\s*[[*]`).MatchString(text) || !strings.Contains(text, "{"+name[:1]+"}") {
			t.Errorf("%q: %s", name, text)
		}
	}
	if text := named(t, `a"b`, printLaTeX); strings.Contains(text, "quotedbl") || !strings.Contains(text, "a''b") {
		t.Error(text)
	}
}

func TestNoNameIsObeyedByMarkdown(t *testing.T) {
	text := named(t, "[x](y) `z` ~~c~~ $d$ <b> &amp; #1 *e* _f_ \\", printMarkdown)
	want := "\\[x\\](y) \\`z\\` \\~\\~c\\~\\~ \\$d\\$ &lt;b&gt; &amp;amp; \\#1 \\*e\\* \\_f\\_ \\\\"
	if strings.Count(text, want) < 4 {
		t.Errorf("%s\nwant %s", text, want)
	}
	for _, name := range []string{"- a", "+ a", "=== a", "a\nb"} {
		for _, line := range strings.Split(named(t, name, printMarkdown), "\n") {
			if line != "" && !strings.HasPrefix(line, "| ") && strings.ContainsRune("-+=b", rune(line[0])) {
				t.Errorf("%q begins a line: %q", name, line)
			}
		}
	}
}
