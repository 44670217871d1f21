package main

import (
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
)

// A span is where one function stands: half-open ranges of line numbers
// counted from 0. Python keeps its doc below the signature, Go and sh above.
type span struct {
	Name, File       string
	lang             *language
	Sig              int
	DocFrom, DocTo   int
	BodyFrom, BodyTo int
	lines            []string
}

// A language is what the scanner must know to find functions of one kind. The
// sample repositories keep signatures on one line and bodies indented.
type language struct {
	ext     string
	def     *regexp.Regexp // the name is the last group
	grepDef string         // finds definitions with grep -E
	keyword string         // what a definition of NAME contains, for grep
	comment string
	indent  string
	stub    string // stands for a removed body
	docIn   bool   // the doc is the first statement of the body
	call    string // regular expression of a use, %s the name
}

var languages = map[string]*language{
	".py": {ext: "py", def: regexp.MustCompile(`^def (\w+)\(`), grepDef: "^(def|class) ", keyword: "def %s(", comment: "# ",
		indent: "    ", stub: "    raise NotImplementedError", docIn: true, call: `\b%s\(`},
	".go": {ext: "go", def: regexp.MustCompile(`^func (?:\([^)]*\) )?(\w+)\(`), grepDef: "^(func|type) ", keyword: " %s(", comment: "// ",
		indent: "\t", stub: "\tpanic(\"not written yet\")", call: `\b%s\(`},
	".sh": {ext: "sh", def: regexp.MustCompile(`^(\w+)\(\) \{$`), grepDef: "^[a-z_]+\\(\\)", keyword: "%s() {", comment: "# ",
		indent: "    ", stub: "    return 1", call: `\b%s\b`},
}

// functions finds every top-level function of a tree, by file, then by line.
func (t tree) functions() []*span {
	var found []*span
	for _, file := range slices.Sorted(maps.Keys(t)) {
		lang := languages[path.Ext(file)]
		if lang == nil || strings.Contains(file, "test") {
			continue
		}
		lines := splitLines(t[file])
		for i, line := range lines {
			if m := lang.def.FindStringSubmatch(line); m != nil {
				found = append(found, newSpan(m[1], file, lang, lines, i))
			}
		}
	}
	return found
}

func newSpan(name, file string, lang *language, lines []string, sig int) *span {
	s := &span{Name: name, File: file, lang: lang, Sig: sig, lines: lines}
	s.BodyFrom, s.BodyTo = sig+1, sig+1
	for i := sig + 1; i < len(lines) && (lines[i] == "" || strings.HasPrefix(lines[i], lang.indent)); i++ {
		if lines[i] != "" {
			s.BodyTo = i + 1
		}
	}
	s.DocFrom, s.DocTo = sig, sig
	if lang.docIn {
		s.findDocBelow()
	} else {
		for s.DocFrom > 0 && strings.HasPrefix(lines[s.DocFrom-1], strings.TrimSpace(lang.comment)) {
			s.DocFrom--
		}
	}
	return s
}

func (s *span) findDocBelow() {
	const quotes = `"""`
	s.DocFrom, s.DocTo = s.BodyFrom, s.BodyFrom
	if !strings.HasPrefix(strings.TrimSpace(s.lines[s.BodyFrom]), quotes) {
		return
	}
	s.DocTo++
	if strings.Count(s.lines[s.DocFrom], quotes) < 2 {
		for !strings.Contains(s.lines[s.DocTo], quotes) {
			s.DocTo++
		}
		s.DocTo++
	}
	s.BodyFrom = s.DocTo
}

// find returns the one function of that name.
func (t tree) find(name string) (*span, error) {
	var match *span
	for _, s := range t.functions() {
		if s.Name == name && match != nil {
			return nil, fmt.Errorf("function %s is defined twice, in %s and %s", name, match.File, s.File)
		}
		if s.Name == name {
			match = s
		}
	}
	if match == nil {
		return nil, fmt.Errorf("no function %s", name)
	}
	return match, nil
}

func (s *span) signature() string { return s.lines[s.Sig] }
func (s *span) doc() []string     { return s.lines[s.DocFrom:s.DocTo] }
func (s *span) body() []string    { return s.lines[s.BodyFrom:s.BodyTo] }

// head is the signature with the doc where the language puts it.
func (s *span) head() []string { return s.lines[min(s.DocFrom, s.Sig):max(s.DocTo, s.Sig+1)] }

// uses tells whether the body of s calls a function of that name.
func (s *span) uses(name string) bool {
	return regexp.MustCompile(fmt.Sprintf(s.lang.call, name)).MatchString(strings.Join(s.body(), "\n"))
}

// cut returns the tree without lines [from, to) of the span's file, with lines put there instead.
func (t tree) cut(s *span, from, to int, instead ...string) tree {
	out := maps.Clone(t)
	lines := slices.Concat(s.lines[:from], instead, s.lines[to:])
	out[s.File] = strings.Join(lines, "\n") + "\n"
	return out
}
