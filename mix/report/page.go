package report

import "fmt"

// A Page is a report as it is laid out, whatever it is written as.
type Page struct {
	Title    string
	Compare  *Section // of several datasets
	Datasets []DatasetPage
}

// A DatasetPage is what one dataset has on the page.
type DatasetPage struct {
	ID       string
	Name     string
	Where    string // the directory, and the recipe
	Figures  []Figure
	Sections []Section
}

// A Figure is a number that stands out.
type Figure struct {
	Label string
	Cell
}

// Lay lays a report out.
func Lay(data *Data) *Page {
	page := &Page{}
	for i := range data.Datasets {
		d := &data.Datasets[i]
		name := data.label(i)
		prefix := ""
		if len(data.Datasets) > 1 {
			prefix = fmt.Sprintf("d%d-", i+1)
		}
		page.Datasets = append(page.Datasets, DatasetPage{
			ID: prefix + "top", Name: clean(name), Where: fmt.Sprintf("%s, recipe %s (%.12s)", clean(d.Dir), clean(d.Manifest.Recipe.Name), d.Manifest.Recipe.Fingerprint),
			Figures: figures(d), Sections: d.sections(prefix),
		})
		if page.Title += clean(name); i < len(data.Datasets)-1 {
			page.Title += ", "
		}
	}
	if len(data.Datasets) > 1 {
		compare := compareSection(data)
		page.Compare = &compare
	}
	return page
}

func figures(d *Dataset) []Figure {
	m := d.Manifest.Totals
	list := []Figure{
		{"rows to train on", countCell(m.Train.Rows)}, {"rows for validation", countCell(m.Validation.Rows)},
		{"tokens to train on", countCell(m.Train.Tokens)}, {"of them trained", countCell(m.Train.TrainedTokens)},
		{"records read", countCell(m.Funnel.Read.Records)},
	}
	if d.Whole.Content != nil {
		list = append(list, Figure{"repositories", countCell(d.Whole.Content.Repositories)})
	}
	return list
}
