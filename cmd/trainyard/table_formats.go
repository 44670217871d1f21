package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"trainyard/cmd/trainyard/face"
	"trainyard/cmd/trainyard/yard"
	"trainyard/launch/sheet"
)

func asItIs(text string) string { return text }

func brackets(low, high string) string { return " [" + low + ", " + high + "]" }

// printSweepTable is the table of a terminal.
func printSweepTable(t *face.Terminal, table *yard.SweepTable) error {
	l := layoutOf(table, pen{best: func(mean string) string { return "* " + mean }, interval: brackets, text: asItIs})
	tab := face.NewTable(l.header...).Numbers(l.numbers...).Gives(0)
	for _, row := range l.rows {
		tab.Row(row...)
	}
	if err := tab.Write(t.Out); err != nil {
		return err
	}
	printNotes(t, l)
	return nil
}

func printNotes(t *face.Terminal, l *layout) {
	for _, note := range l.notes {
		t.Print("%s\n", note)
	}
}

// markdownEscapes are what Markdown would obey, with the formulas and the crossed out words
// of GitHub.
var markdownEscapes = strings.NewReplacer(
	`\`, `\\`, "|", `\|`, "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "`", "\\`", "~", `\~`, "$", `\$`, "#", `\#`,
	"<", "&lt;", ">", "&gt;", "&", "&amp;", "\n", " ", "\r", " ",
)

func markdownText(text string) string { return markdownEscapes.Replace(text) }

// markdownLine keeps a line of text, which is escaped, from beginning a list or a rule.
func markdownLine(text string) string {
	if strings.HasPrefix(text, "-") || strings.HasPrefix(text, "+") || strings.HasPrefix(text, "=") {
		return `\` + text
	}
	return text
}

// printMarkdown is a table as GitHub and most others show it.
func printMarkdown(t *face.Terminal, table *yard.SweepTable) error {
	l := layoutOf(table, pen{best: func(mean string) string { return "**" + mean + "**" }, interval: brackets, text: markdownText})
	rule := make([]string, len(l.header))
	for i := range rule {
		rule[i] = "---"
		if slices.Contains(l.numbers, i) {
			rule[i] = "---:"
		}
	}
	for _, row := range slices.Concat([][]string{l.header, rule}, l.rows) {
		t.Print("| %s |\n", strings.Join(row, " | "))
	}
	for _, note := range l.notes {
		t.Print("\n%s\n", markdownLine(note))
	}
	return nil
}

// texEscapes are what LaTeX would obey: a bracket or a star behind the end of a row is an
// option of it. The straight quote is in no font of LaTeX's own encoding.
var texEscapes = strings.NewReplacer(
	`\`, `\textbackslash{}`, "&", `\&`, "%", `\%`, "$", `\$`, "#", `\#`, "_", `\_`, "{", `\{`, "}", `\}`,
	"~", `\textasciitilde{}`, "^", `\textasciicircum{}`, "<", `\textless{}`, ">", `\textgreater{}`, "|", `\textbar{}`, `"`, "''",
	"[", "{[}", "]", "{]}", "*", "{*}", "--", "-{}-", "\n", " ", "\r", " ",
)

// printLaTeX is a tabular that needs no package.
func printLaTeX(t *face.Terminal, table *yard.SweepTable) error {
	l := layoutOf(table, pen{
		best:     func(mean string) string { return `\textbf{` + mean + "}" },
		interval: func(low, high string) string { return ` {\footnotesize [` + low + ", " + high + "]}" },
		text:     texEscapes.Replace,
	})
	columns := ""
	for i := range l.header {
		if slices.Contains(l.numbers, i) {
			columns += "r"
		} else {
			columns += "l"
		}
	}
	t.Print("\\begin{tabular}{%s}\n\\hline\n%s \\\\\n\\hline\n", columns, strings.Join(l.header, " & "))
	for _, row := range l.rows {
		t.Print("%s \\\\\n", strings.Join(row, " & "))
	}
	t.Print("\\hline\n\\end{tabular}\n")
	for _, note := range l.notes {
		t.Print("%% %s\n", note)
	}
	return nil
}

// printTableCSV has every figure in a column of its own, to 15 digits; what is not known is
// empty. A share is from 0 to 1.
func printTableCSV(t *face.Terminal, table *yard.SweepTable) error {
	header := slices.Concat([]string{"name"}, table.Keys, []string{"cells", "runs", "state", "trained_tokens", "steps", "gpu_hours", "dollars"})
	for _, e := range table.Evaluations {
		for _, what := range []string{"seeds", "mean", "low", "high", "n", "published", "best"} {
			header = append(header, e.Title+" "+what)
		}
	}
	lines := [][]string{header}
	for _, r := range table.Rows {
		line := slices.Concat([]string{r.Name}, r.Values, []string{fmt.Sprint(r.Cells), strings.Join(r.Runs, " "), rowState(r), wholeOrNone(r.Trained), wholeOrNone(r.Steps), numberOrNone(r.GPUHours), numberOrNone(r.Dollars)})
		for _, s := range r.Scores {
			line = append(line, scoreCells(s)...)
		}
		lines = append(lines, line)
	}
	for _, p := range table.Published {
		line := append([]string{p.Name}, make([]string, len(table.Keys)+7)...)
		line[len(table.Keys)+3] = "published"
		for _, v := range p.Figures {
			line = append(line, scoreCells(yard.TableScore{Published: v})...)
		}
		lines = append(lines, line)
	}
	for i := range lines {
		for k := range lines[i] {
			lines[i][k] = face.OneLine(lines[i][k])
		}
	}
	return sheet.WriteAll(t.Out, lines)
}

func scoreCells(s yard.TableScore) []string {
	cells := []string{fmt.Sprint(s.Seeds), numberOrNone(s.Figure), "", "", "", numberOrNone(s.Published), ""}
	if m := s.Mean; m != nil {
		cells[1], cells[4] = numberOrNone(&m.Value), fmt.Sprint(m.N)
		if m.TooFew == "" {
			cells[2], cells[3] = numberOrNone(&m.Low), numberOrNone(&m.High)
		}
	}
	if s.Best {
		cells[6] = "true"
	}
	return cells
}

func numberOrNone(v *float64) string {
	if v == nil {
		return ""
	}
	return strconv.FormatFloat(*v, 'g', 15, 64)
}

func wholeOrNone(n *int64) string {
	if n == nil {
		return ""
	}
	return strconv.FormatInt(*n, 10)
}
