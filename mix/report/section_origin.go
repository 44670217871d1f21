package report

import "fmt"

// originSection says where it comes from.
func (d *Dataset) originSection() Section {
	m := d.Manifest
	about := Table{Caption: "What made it", Header: []string{"", "value"}}
	for _, line := range [][2]string{
		{"recipe", m.Recipe.Name}, {"fingerprint of the recipe", m.Recipe.Fingerprint}, {"fingerprint of the data", m.Recipe.Data},
		{"pipeline", fmt.Sprint(m.Pipeline)}, {"template", m.Template}, {"tokenizer", m.Tokenizer}, {"tools written as", m.Tools},
	} {
		about.Rows = append(about.Rows, Row{Name: line[0], Cells: []Cell{textCell(line[1])}})
	}
	files := Table{Caption: "Files", Header: []string{"file", "of", "bytes", "rows", "sha256"}}
	for _, s := range m.Shards {
		files.Rows = append(files.Rows, Row{Name: s.File, Cells: []Cell{textCell(s.Split), countCell(s.Bytes), countCell(s.Rows), textCell(s.SHA256)}})
	}
	for _, s := range m.Sources {
		for _, f := range s.Inputs[:min(len(s.Inputs), mostInputs)] {
			files.Rows = append(files.Rows, Row{Name: clean(f.File), Cells: []Cell{textCell("input of " + s.Name), countCell(f.Bytes), textCell("–"), textCell(f.SHA256)}})
		}
		if more := len(s.Inputs) - mostInputs; more > 0 {
			files.Rows = append(files.Rows, Row{Name: "…", Cells: []Cell{textCell("input of " + s.Name), textCell("–"), textCell("–"), textCell(counted(int64(more), "file more", "files more") + " in the manifest")}})
		}
	}
	return Section{ID: "origin", Title: "Origin", Tables: []Table{about, files}}
}

// mostInputs of each source are listed; a source can have thousands.
const mostInputs = 20
