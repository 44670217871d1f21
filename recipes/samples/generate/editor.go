package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
)

// edit carries out one str_replace_editor call. A mistake of the caller is
// text for the agent to read, never an error.
func (c *checkout) edit(a editorArgs) string {
	if a.Command == "view" {
		return c.view(a)
	}
	text, err := os.ReadFile(c.real(a.Path))
	if err != nil {
		return "Cannot read " + a.Path + ": no such file."
	}
	switch a.Command {
	case "str_replace":
		return c.replace(a, string(text))
	case "insert":
		return c.insert(a, string(text))
	}
	return fmt.Sprintf("Unknown editor command %q.", a.Command)
}

func (c *checkout) view(a editorArgs) string {
	if info, err := os.Stat(c.real(a.Path)); err == nil && info.IsDir() {
		return c.list(a.Path)
	}
	text, err := os.ReadFile(c.real(a.Path))
	if err != nil {
		return "Cannot read " + a.Path + ": no such file."
	}
	lines := splitLines(string(text))
	from, to := 1, len(lines)
	if len(a.ViewRange) == 2 {
		from, to = a.ViewRange[0], min(a.ViewRange[1], len(lines))
	}
	if from < 1 || from > to {
		return fmt.Sprintf("view_range [%d, %d] lies outside %s, which has %d lines.", from, to, a.Path, len(lines))
	}
	return fmt.Sprintf("%s, lines %d to %d of %d:\n%s", a.Path, from, to, len(lines), numbered(lines, from, to))
}

func (c *checkout) list(dir string) string {
	files, err := readTree(c.real(dir))
	if err != nil {
		return "Cannot list " + dir + "."
	}
	var names []string
	for name := range files {
		names = append(names, dir+"/"+name)
	}
	slices.Sort(names)
	return fmt.Sprintf("%s holds %d files:\n%s", dir, len(names), strings.Join(names, "\n"))
}

func (c *checkout) replace(a editorArgs, text string) string {
	switch n := strings.Count(text, a.OldStr); n {
	case 1:
	case 0:
		return "Nothing changed: old_str does not occur in " + a.Path + ". White space counts."
	default:
		return fmt.Sprintf("Nothing changed: old_str occurs %d times in %s. Add lines around it.", n, a.Path)
	}
	before, _, _ := strings.Cut(text, a.OldStr)
	from := strings.Count(before, "\n") + 1
	return c.save(a, strings.Replace(text, a.OldStr, a.NewStr, 1), from, from+strings.Count(a.NewStr, "\n"))
}

func (c *checkout) insert(a editorArgs, text string) string {
	lines := splitLines(text)
	if a.InsertLine < 0 || a.InsertLine > len(lines) {
		return fmt.Sprintf("Nothing changed: %s has %d lines.", a.Path, len(lines))
	}
	added := splitLines(a.NewStr)
	lines = slices.Insert(lines, a.InsertLine, added...)
	return c.save(a, strings.Join(lines, "\n")+"\n", a.InsertLine+1, a.InsertLine+len(added))
}

func (c *checkout) save(a editorArgs, text string, from, to int) string {
	if err := os.WriteFile(c.real(a.Path), []byte(text), 0o644); err != nil {
		return "Cannot write " + a.Path + "."
	}
	lines := splitLines(text)
	return fmt.Sprintf("%s changed. It now reads:\n%s", a.Path, numbered(lines, max(from-2, 1), min(to+2, len(lines))))
}

// splitLines cuts a text into lines; a final line break makes no empty line.
func splitLines(text string) []string {
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
}

// numbered prints lines [from, to], counted from 1, with their numbers.
func numbered(lines []string, from, to int) string {
	var out strings.Builder
	for i := from; i <= to; i++ {
		fmt.Fprintf(&out, "%5d  %s\n", i, lines[i-1])
	}
	return out.String()
}
