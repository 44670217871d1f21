package trainer

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"trainyard/launch"
)

// settings are the keys of a configuration in the order they are written. A value
// may be settings again, or a list with settings in it.
type settings struct {
	names  []string
	values map[string]any
}

func (s *settings) set(name string, value any) {
	if s.values == nil {
		s.values = map[string]any{}
	}
	if _, there := s.values[name]; !there {
		s.names = append(s.names, name)
	}
	s.values[name] = value
}

func (s *settings) get(name string) any { return s.values[name] }

// below are the settings under a name, which are made where there are none.
func (s *settings) below(name string) *settings {
	if inner, there := s.values[name].(*settings); there {
		return inner
	}
	inner := &settings{}
	s.set(name, inner)
	return inner
}

// over lays the recipe's native settings on top, new ones last and sorted; a
// mapping goes into one that is there.
func (s *settings) over(params map[string]any) {
	for _, name := range slices.Sorted(maps.Keys(params)) {
		inner, nested := params[name].(map[string]any)
		if under, there := s.values[name].(*settings); nested && there {
			under.over(inner)
			continue
		}
		s.set(name, params[name])
	}
}

func (s *settings) yaml() (string, error) {
	var b strings.Builder
	err := s.write(&b, "", "")
	return b.String(), err
}

// write puts every key on a line of its own behind indent, and the first behind
// first, which may begin a list's item.
func (s *settings) write(b *strings.Builder, first, indent string) error {
	for i, name := range s.names {
		lead := indent
		if i == 0 {
			lead = first
		}
		if err := writeSetting(b, lead, indent, name, s.values[name]); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func writeSetting(b *strings.Builder, lead, indent, name string, value any) error {
	switch v := value.(type) {
	case *settings:
		fmt.Fprintf(b, "%s%s:\n", lead, name)
		return v.write(b, indent+"  ", indent+"  ")
	case []*settings:
		fmt.Fprintf(b, "%s%s:\n", lead, name)
		for _, item := range v {
			if err := item.write(b, indent+"  - ", indent+"    "); err != nil {
				return err
			}
		}
		return nil
	}
	text, err := yamlScalar(value)
	fmt.Fprintf(b, "%s%s: %s\n", lead, name, text)
	return err
}

// configured are the files of a command whose configuration is one of YAML, at path, the
// native settings of the recipe laid over it: those that stand beside it, it, and what it
// names of DeepSpeed.
func configured(r request, name string, s *settings, beside []launch.File) (files []launch.File, path string, err error) {
	s.over(r.Params)
	text, err := s.yaml()
	files = append(beside, launch.File{Name: name, Content: text})
	return append(files, zero3Files(s, r)...), filepath.Join(r.Dir, name), err
}

// splitsDir holds one directory for each split. What loads a directory as a
// dataset would take every file in it for rows, or for a part of them.
const splitsDir = "data"

// splitLinks are the links to the shards below splitsDir.
func splitLinks(d launch.Dataset) []launch.File {
	files := linksIn(splitsDir+"/"+trainDir, d.Dir, d.Train.Shards)
	return append(files, linksIn(splitsDir+"/"+validationDir, d.Dir, d.Validation.Shards)...)
}

// linked are the paths of the links to the shards of one split.
func linked(r request, split string, shards []string) (paths []any) {
	for _, shard := range shards {
		paths = append(paths, filepath.Join(r.Dir, split, shard))
	}
	return paths
}
