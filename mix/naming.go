package mix

import (
	"os"
	"path"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"trainyard/format"
)

// A naming gives the files of one input the names by which manifest and
// outcomes know them: as the recipe spells the input, and what lies below it as
// it does. So no two files have one name, whichever directories a pattern
// matches and whatever an archive holds, and none says where on this machine
// the data is.
type naming struct {
	path, spelled string // the whole input: on this machine, and in the recipe
	dir, given    string // the directory that names start from, likewise
}

func newNaming(input, spelled string) naming {
	n := naming{path: input, spelled: spelled, dir: filepath.Clean(input), given: path.Clean(filepath.ToSlash(spelled))}
	info, err := os.Stat(input)
	switch {
	case err == nil && info.IsDir():
	case err == nil:
		n.dir, n.given = filepath.Dir(n.dir), path.Dir(n.given)
	default: // a pattern
		n.dir, n.given = fixedHead(n.dir), fixedHead(n.given)
	}
	return n
}

// fixedHead is the directory above the first part of a pattern that matches
// more than itself.
func fixedHead(pattern string) string {
	if at := strings.IndexAny(pattern, "*?["); at >= 0 {
		pattern = pattern[:at] + "x"
	}
	return filepath.Dir(pattern)
}

// of is the name of a file, or of what an archive holds, written ARCHIVE:NAME.
func (n naming) of(file string) string {
	below, found := strings.CutPrefix(file, n.dir+string(filepath.Separator))
	if !found && n.dir != "." {
		below = filepath.Base(n.path) + strings.TrimPrefix(file, n.path)
	}
	return strings.TrimPrefix(n.given+"/"+filepath.ToSlash(below), "./")
}

// in replaces this machine's paths in a text by those of the recipe.
func (n naming) in(text string) string {
	if n.path == "" {
		return text
	}
	if n.dir != "." && n.dir != "/" {
		text = strings.ReplaceAll(text, n.dir+string(filepath.Separator), strings.TrimPrefix(n.given+"/", "./"))
	}
	return strings.ReplaceAll(text, n.path, n.spelled)
}

// namings are those of the places of one source.
type namings []naming

func newNamings(inputs []Place) (all namings) {
	for _, in := range inputs {
		all = append(all, newNaming(in.Path, in.Given))
	}
	return all
}

// of is the name of a file, by the place nearest above it.
func (all namings) of(file string) string {
	best := all[0]
	for _, n := range all[1:] {
		if strings.HasPrefix(file, n.dir+string(filepath.Separator)) && (len(n.dir) > len(best.dir) || !strings.HasPrefix(file, best.dir+string(filepath.Separator))) {
			best = n
		}
	}
	return format.SpellPath(best.of(file))
}

func (all namings) in(text string) string {
	for _, n := range all {
		text = n.in(text)
	}
	if !utf8.ValidString(text) {
		return format.SpellPath(text) // a path in it
	}
	return text
}

// paths are where the records lie on this machine.
func (s *Source) paths() (all []string) {
	for _, in := range s.Inputs {
		all = append(all, in.Path)
	}
	return all
}

// given is how the recipe spells the places.
func (s *Source) given() string {
	var all []string
	for _, in := range s.Inputs {
		all = append(all, in.Given)
	}
	return strings.Join(all, ", ")
}

// A namer gives the records of a source the recipe's names in place of this
// machine's, so that equal inputs give equal accounts wherever they lie.
type namer struct {
	source string
	files  namings
	report naming
}

func newNamer(s *Source) *namer {
	return &namer{s.Name, newNamings(s.Inputs), newNaming(s.Accept.Report, s.GivenReport)}
}

func (n *namer) name(res *result) {
	e := &res.entry
	e.Source, e.File, e.Detail = n.source, n.files.of(res.file), n.files.in(n.report.in(res.detail))
}
