package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// Markdown writes the report's text and tables. Charts and conversations are in
// the HTML alone.
func Markdown(w io.Writer, data *Data) error {
	page := Lay(data)
	out := &markdown{bufio.NewWriter(w)}
	if page.Compare != nil {
		out.printf("# %s\n\n", escape(page.Title))
		out.section("##", page.Compare)
	}
	for i := range page.Datasets {
		out.dataset(&page.Datasets[i], page.Compare != nil)
	}
	return out.Flush()
}

type markdown struct{ *bufio.Writer }

// printf keeps the first error for Flush, as bufio does.
func (m *markdown) printf(form string, args ...any) { fmt.Fprintf(m, form, args...) }

func (m *markdown) dataset(d *DatasetPage, below bool) {
	head := "#"
	if below {
		head = "##"
	}
	m.printf("%s %s\n\n%s\n\n", head, escape(d.Name), escape(d.Where))
	for _, f := range d.Figures {
		m.printf("- %s: %s\n", f.Label, f.Text)
	}
	m.printf("\n")
	for i := range d.Sections {
		if s := &d.Sections[i]; len(s.Examples) == 0 {
			m.section(head+"#", s)
		}
	}
}

func (m *markdown) section(head string, s *Section) {
	m.printf("%s %s\n\n", head, escape(s.Title))
	for _, p := range s.Lead {
		m.printf("%s\n\n", escape(p))
	}
	for i := range s.Tables {
		m.table(&s.Tables[i])
	}
}

func (m *markdown) table(t *Table) {
	if len(t.Rows) == 0 {
		return
	}
	m.printf("**%s**\n\n", escape(t.Caption))
	m.row(t.Header[0], t.Header[1:])
	rules := make([]string, len(t.Header)-1)
	for i := range rules {
		rules[i] = "---"
		if t.Numeric(i + 1) {
			rules[i] = "---:"
		}
	}
	m.printf("|---|%s|\n", strings.Join(rules, "|"))
	for _, row := range t.Rows {
		var cells []string
		for _, c := range row.Cells {
			text := c.Text
			if c.Mark != "" {
				text = marks[c.Mark] + " " + text
			}
			if c.Note != "" {
				text += " (" + c.Note + ")"
			}
			cells = append(cells, text)
		}
		name := row.Name
		if row.Kind == "paper" {
			name += " (published)"
		}
		m.row(name, cells)
	}
	m.printf("\n")
	if t.Note != "" {
		m.printf("%s\n\n", escape(t.Note))
	}
}

func (m *markdown) row(name string, cells []string) {
	m.printf("| %s |", escape(name))
	for _, c := range cells {
		m.printf(" %s |", escape(c))
	}
	m.printf("\n")
}

// escape keeps what a text says from being read as Markdown or HTML, on one
// line.
var escaper = strings.NewReplacer("\\", "\\\\", "|", "\\|", "`", "\\`", "*", "\\*", "_", "\\_", "<", "&lt;", "[", "\\[", "]", "\\]", "\n", " ", "\t", " ", "\r", " ")

func escape(text string) string { return escaper.Replace(text) }
