package report

// lengthSection tells how long the rows are, or the trajectories where rows do
// not say which they are of, and what other windows would keep.
func (d *Dataset) lengthSection() Section {
	s := Section{ID: "lengths", Title: "Lengths and retention"}
	one, _ := d.unit()
	s.Charts = []Chart{d.histogram("tokens", &d.Whole.Tokens)}
	s.Tables = []Table{d.measureTable("Tokens of a "+one, func(p *Part) *Measure { return &p.Tokens })}
	if d.Whole.Content == nil && d.Manifest.OverWindow == "split" {
		s.Tables[0].Note = "A trajectory that was split has the tokens of all its rows."
	}
	if d.Whole.Content != nil {
		s.Charts = append(s.Charts, d.histogram("steps", &d.Whole.Content.Steps))
		for _, m := range []struct {
			caption string
			of      func(*Content) *Measure
		}{
			{"Trained tokens of a row", func(c *Content) *Measure { return &c.Trained }},
			{"Steps of a row", func(c *Content) *Measure { return &c.Steps }},
			{"Messages of a row", func(c *Content) *Measure { return &c.Messages }},
		} {
			s.Tables = append(s.Tables, d.measureTable(m.caption, func(p *Part) *Measure { return m.of(p.Content) }))
		}
	}
	s.Charts = append(s.Charts, retentionChart(d.Whole.Retention))
	s.Tables = append(s.Tables, d.retentionTable())
	return s
}

// histogram counts what measureTable measures.
func (d *Dataset) histogram(what string, m *Measure) Chart {
	_, many := d.unit()
	return histogramChart(many, what, m)
}

func (d *Dataset) measureTable(caption string, of func(*Part) *Measure) Table {
	_, many := d.unit()
	t := Table{Caption: caption, Header: []string{"source", many, "sum", "mean", "shortest", "median", "longest"}}
	for _, p := range d.parts() {
		m := of(p)
		t.Rows = append(t.Rows, partRow(p, &d.Whole,
			countCell(m.Rows), countCell(m.Sum), perCell(float64(m.Sum), m.Rows, 1), countCell(int64(m.Min)), countCell(int64(m.Median)), countCell(int64(m.Max))))
	}
	return t
}

// retentionTable has a column for each window.
func (d *Dataset) retentionTable() Table {
	t := Table{
		Caption: "Retention by window", Header: []string{"source", "records"},
		Note: "Records within reach, which are accepted, wanted, clean and unique, that a window would hold whole, and their share, as long as they were before any was made to fit.",
	}
	for _, r := range d.Whole.Retention {
		t.Header = append(t.Header, windowName(r.Window))
	}
	for _, p := range d.parts() {
		row := partRow(p, &d.Whole, countCell(p.Retention[0].Of))
		for _, r := range p.Retention {
			cell := countCell(r.Records)
			cell.Note = percent(r.Records, r.Of)
			row.Cells = append(row.Cells, cell)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// teacherSection tells which models acted, and what that cost.
func (d *Dataset) teacherSection() Section {
	s := Section{ID: "teachers", Title: "Teachers and cost"}
	if d.Whole.Content != nil {
		t := Table{Caption: "Teachers", Header: []string{"teacher", "rows", "of the rows", "instances", "tokens"}}
		for _, teacher := range d.Whole.Content.Teachers {
			t.Rows = append(t.Rows, Row{Name: teacherName(teacher.Name), Cells: []Cell{
				countCell(teacher.Rows), shareCell(teacher.Rows, d.Whole.Tokens.Rows), countCell(teacher.Instances), countCell(teacher.Tokens),
			}})
		}
		s.Tables = append(s.Tables, t)
	}
	if len(d.Whole.Bills) == 0 {
		s.Lead = []string{"Cost: unknown, since no record tells one."}
		return s
	}
	bills := Table{
		Caption: "What the teachers cost, as far as records tell",
		Header:  []string{"teacher", "records that tell", "records with a price", "their instances", "US dollars", "dollars for each instance", "prompt tokens", "completion tokens"},
		Note:    "Instances are counted in each source. Prices are those that the scaffold wrote down.",
	}
	for _, b := range d.Whole.Bills {
		usd, each := unknownCell, unknownCell
		if b.Priced > 0 {
			usd, each = decimalCell(b.USD, 2), perCell(b.USD, b.Instances, 4)
		}
		bills.Rows = append(bills.Rows, Row{Name: teacherName(b.Teacher), Cells: []Cell{
			countCell(b.Records), countCell(b.Priced), countCell(b.Instances), usd, each, countCell(b.PromptTokens), countCell(b.CompletionTokens),
		}})
	}
	s.Tables = append(s.Tables, bills)
	return s
}

func teacherName(name string) string {
	if name == "" {
		return "unknown"
	}
	return clean(name)
}
