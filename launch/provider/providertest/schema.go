package providertest

import (
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
)

// A shape says what is wrong with a value of JSON.
type shape func(at string, v any) []string

func fault(at, format string, args ...any) []string {
	return []string{at + " " + fmt.Sprintf(format, args...)}
}

// text is a string of at most limit bytes (0: any) that fits the expression.
func text(limit int, expr string) shape {
	re := regexp.MustCompile(expr)
	return func(at string, v any) []string {
		s, ok := v.(string)
		switch {
		case !ok:
			return fault(at, "is no string")
		case limit > 0 && len(s) > limit:
			return fault(at, "has %d bytes, more than %d", len(s), limit)
		case !re.MatchString(s):
			return fault(at, "does not fit %s", expr)
		}
		return nil
	}
}

func word(words ...string) shape {
	return func(at string, v any) []string {
		if s, ok := v.(string); !ok || !slices.Contains(words, s) {
			return fault(at, "is none of %v", words)
		}
		return nil
	}
}

func number(least, most float64) shape {
	return func(at string, v any) []string {
		if n, ok := v.(float64); !ok || n < least || n > most {
			return fault(at, "is no number from %v to %v", least, most)
		}
		return nil
	}
}

func integer(least float64) shape {
	return func(at string, v any) []string {
		if n, ok := v.(float64); !ok || n < least || n != math.Trunc(n) {
			return fault(at, "is no integer from %v", least)
		}
		return nil
	}
}

func truth(at string, v any) []string {
	if _, ok := v.(bool); !ok {
		return fault(at, "is no boolean")
	}
	return nil
}

func anything(string, any) []string { return nil }

func list(least, most int, of shape) shape {
	return func(at string, v any) []string {
		all, ok := v.([]any)
		if !ok || len(all) < least || most > 0 && len(all) > most {
			return fault(at, "is no list of %d to %d", least, most)
		}
		var faults []string
		for i, e := range all {
			faults = append(faults, of(fmt.Sprintf("%s[%d]", at, i), e)...)
		}
		return faults
	}
}

func strings2strings(at string, v any) []string {
	m, ok := v.(map[string]any)
	if !ok {
		return fault(at, "is no object")
	}
	for _, value := range m {
		if _, ok := value.(string); !ok {
			return fault(at, "has a value that is no string")
		}
	}
	return nil
}

// object is fields, of which required must be there. An open one may have others.
func object(open bool, required []string, fields map[string]shape) shape {
	return func(at string, v any) []string {
		m, ok := v.(map[string]any)
		if !ok {
			return fault(at, "is no object")
		}
		var faults []string
		for _, name := range required {
			if _, there := m[name]; !there {
				faults = append(faults, at+" lacks "+name)
			}
		}
		for _, name := range slices.Sorted(maps.Keys(m)) {
			switch check := fields[name]; {
			case check != nil:
				faults = append(faults, check(at+"."+name, m[name])...)
			case !open:
				faults = append(faults, at+" has no field "+name)
			}
		}
		return faults
	}
}

// field reads a string of an object.
func field(body any, name string) string {
	m, _ := body.(map[string]any)
	s, _ := m[name].(string)
	return s
}

func stringsOf(v any) map[string]string {
	m, _ := v.(map[string]any)
	all := map[string]string{}
	for name, value := range m {
		all[name], _ = value.(string)
	}
	return all
}
