package yard

import (
	"fmt"
	"strings"

	"trainyard/recipes"
)

func listRecipes() []Listed {
	var all []Listed
	for _, info := range recipes.List() {
		all = append(all, Listed{Name: info.Name, Summary: info.Summary})
	}
	return all
}

// listSweeps shows the experiments that are built in, with what others came to.
func listSweeps() []Listed {
	var all []Listed
	for _, info := range recipes.ListSweeps() {
		s, err := recipes.LoadSweep(info.Name, recipes.Options{})
		if err != nil {
			panic("yard: built-in " + err.Error())
		}
		all = append(all, Listed{Name: info.Name, Summary: info.Summary, Note: publishedNote(s), Source: s.Source, Published: s.PublishedRows()})
	}
	return all
}

// publishedNote has a line for the benchmarks and one for each row of figures.
func publishedNote(s *recipes.Sweep) string {
	if len(s.Benchmarks) == 0 {
		return ""
	}
	var names, lines []string
	for _, j := range s.Benchmarks {
		names = append(names, j.Name)
	}
	for _, r := range s.PublishedRows() {
		var figures []string
		for _, name := range names {
			figure := "-"
			if v, known := recipes.Figure(r.Figures, name); known {
				figure = fmt.Sprintf("%.4g", v)
			}
			figures = append(figures, figure)
		}
		lines = append(lines, r.Name+": "+strings.Join(figures, " / "))
	}
	if len(lines) == 0 {
		return fmt.Sprintf("%d cells, judged on %s", len(s.Cells), strings.Join(names, " / "))
	}
	return fmt.Sprintf("%d cells; published %% on %s\n%s", len(s.Cells), strings.Join(names, " / "), strings.Join(lines, "\n"))
}

// listKeys lists every key of a recipe, from the schema that reads recipes.
func listKeys() []Listed {
	var all []Listed
	for _, k := range recipes.Keys() {
		all = append(all, Listed{Name: k.Name, Type: k.Type, Default: k.Default, Need: k.Required, Words: k.Words, Summary: k.Summary})
	}
	return all
}
