package report

import (
	"embed"
	"html/template"
	"io"
)

//go:embed page.gohtml style.css
var assets embed.FS

var pageTemplate = template.Must(template.New("page.gohtml").Funcs(template.FuncMap{
	"style":   func() template.CSS { return template.CSS(mustAsset("style.css")) },
	"mark":    func(r Result) string { return marks[r] },
	"counted": func(n int, one, many string) string { return counted(int64(n), one, many) },
	"inc":     func(n int) int { return n + 1 },
	"number":  func(n int32) string { return number(int64(n)) },
}).ParseFS(assets, "page.gohtml"))

// marks stand before a verdict, for readers who do not tell its colour.
var marks = map[Result]string{Holds: "✓", Fails: "✗", Unknown: "?"}

func mustAsset(name string) string {
	data, err := assets.ReadFile(name)
	if err != nil {
		panic("report: " + err.Error())
	}
	return string(data)
}

// Mark stands near the start of each page, by which one is known.
const Mark = `<meta name="generator" content="trainyard report" />`

// HTML writes the report as one file that needs no other: no script, no font, no
// picture from anywhere.
func HTML(w io.Writer, data *Data) error { return pageTemplate.Execute(w, Lay(data)) }
