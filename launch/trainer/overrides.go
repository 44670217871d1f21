package trainer

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"trainyard/launch"
)

// A flagList are settings of a command line in the order they are written; one
// that is set again keeps its place.
type flagList struct{ settings }

// flags writes them as argparse reads them: --name value, --name alone for true,
// nothing for false, --name a b for a list.
func (f *flagList) flags(params launch.Params) ([]string, error) {
	f.over(dotted(params))
	var argv []string
	for _, name := range f.names {
		switch v := f.values[name].(type) {
		case nil:
		case bool:
			if v {
				argv = append(argv, "--"+name)
			}
		case []any:
			argv = append(argv, "--"+name)
			for _, e := range v {
				argv = append(argv, plainWord(e))
			}
		default:
			argv = append(argv, "--"+name, plainWord(v))
		}
	}
	return argv, f.known()
}

// hydra writes them as Hydra reads overrides, name=value. It refuses names that
// its configuration does not have.
func (f *flagList) hydra(params launch.Params) ([]string, error) {
	f.over(dotted(params))
	var argv []string
	for _, name := range f.names {
		argv = append(argv, name+"="+hydraValue(f.values[name]))
	}
	return argv, f.known()
}

// optionName is what the name of an option can look like, so that none is taken
// for two words.
var optionName = regexp.MustCompile(`^[+~]{0,2}[A-Za-z_][A-Za-z0-9_.@/-]*$`)

func (f *flagList) known() error {
	for _, name := range f.names {
		if !optionName.MatchString(name) {
			return fmt.Errorf("train.params.%s is no name of an option", name)
		}
	}
	return nil
}

func plainWord(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case bool:
		return map[bool]string{true: "True", false: "False"}[v]
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case json.Number:
		return v.String()
	}
	return fmt.Sprint(v)
}

// hydraWord needs no quotes in Hydra's grammar of overrides.
var hydraWord = regexp.MustCompile(`^[A-Za-z_/.][A-Za-z0-9_/.-]*$`)

func hydraValue(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case string:
		if hydraWord.MatchString(v) && !hydraKeyword(v) {
			return v
		}
		return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(v) + "'"
	case []any:
		var parts []string
		for _, e := range v {
			parts = append(parts, hydraValue(e))
		}
		return "[" + strings.Join(parts, ",") + "]"
	case map[string]any:
		var parts []string
		for _, name := range slices.Sorted(maps.Keys(v)) {
			parts = append(parts, name+":"+hydraValue(v[name]))
		}
		return "{" + strings.Join(parts, ",") + "}"
	}
	return plainWord(v)
}

func hydraKeyword(s string) bool {
	return slices.Contains([]string{"null", "true", "false", "nan", "inf"}, strings.ToLower(s))
}
