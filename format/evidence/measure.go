package evidence

import (
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"

	"trainyard/format"
	"trainyard/format/behaviour"
	"trainyard/format/pyjson"
)

// A Measure is one number of a record, by name: a length, a feature of the
// agent's behaviour, a flag as 0 or 1, or a member of the record. It is safe for
// concurrent use.
type Measure struct {
	of func(Subject) float64 // NaN where it is unknown
}

// lengths are the measures of every record.
var lengths = map[string]func(Subject) float64{
	"n_tokens":         func(s Subject) float64 { return float64(s.Tokens) },
	"n_trained_tokens": func(s Subject) float64 { return float64(s.Trained) },
	"n_steps":          func(s Subject) float64 { return float64(s.Trajectory.Steps()) },
	"n_messages":       func(s Subject) float64 { return float64(len(s.Chat)) },
}

// NewMeasure finds the measure of a name. One that is close to ours is refused,
// any other is a member of the record, at a dotted path.
func NewMeasure(name string) (*Measure, error) {
	family, rest, dotted := strings.Cut(name, ".")
	switch {
	case lengths[name] != nil:
		return &Measure{lengths[name]}, nil
	case dotted && family == "features":
		return featureMeasure(name, rest)
	case dotted && family == "flags":
		return flagMeasure(name, rest)
	}
	if near := nearMeasure(name); near != "" {
		return nil, fmt.Errorf("no feature is called %q (did you mean %q?)", name, near)
	}
	return &Measure{func(s Subject) float64 { return memberNumber(name, s) }}, nil
}

// nearMeasure is the name of ours that one was meant to be, or empty.
func nearMeasure(name string) string {
	if _, feature := behaviour.FeatureRules[name]; feature {
		return "features." + name
	}
	if _, flag := behaviour.FlagList[name]; flag {
		return "flags." + name
	}
	return format.Closest(name, slices.Sorted(maps.Keys(lengths)))
}

// Of is the measure of one record, NaN where it is unknown.
func (m *Measure) Of(s Subject) float64 { return m.of(s) }

// featureMeasure reads a field of the features by its name in JSON, or how often
// a tool is called: features.calls.TOOL.
func featureMeasure(name, key string) (*Measure, error) {
	if tool, is := strings.CutPrefix(key, "calls."); is {
		return &Measure{func(s Subject) float64 { return float64(behaviour.Measure(s.Trajectory).Calls[tool]) }}, nil
	}
	t := reflect.TypeFor[behaviour.Features]()
	var known []string
	for k := range t.NumField() {
		field := t.Field(k).Tag.Get("json")
		if t.Field(k).Type.Kind() == reflect.Map {
			continue
		}
		if known = append(known, field); field == key {
			return &Measure{func(s Subject) float64 { return numberOf(reflect.ValueOf(behaviour.Measure(s.Trajectory)).Field(k)) }}, nil
		}
	}
	return nil, fmt.Errorf("no feature is called %q%s (trainyard list features)", name, format.DidYouMean(key, known))
}

func flagMeasure(name, flag string) (*Measure, error) {
	if _, known := behaviour.FlagList[flag]; !known {
		return nil, fmt.Errorf("no flag is called %q%s (trainyard list flags)", flag, format.DidYouMean(flag, behaviour.FlagNames()))
	}
	return &Measure{func(s Subject) float64 {
		return truth(slices.Contains(RecordFlags(s.Record, s.Trajectory, s.Chat), flag))
	}}, nil
}

func numberOf(v reflect.Value) float64 {
	switch {
	case v.CanInt():
		return float64(v.Int())
	case v.CanFloat():
		return v.Float()
	}
	return truth(v.Bool())
}

func truth(is bool) float64 {
	if is {
		return 1
	}
	return 0
}

// memberNumber is a number or a truth value of the record. What is neither is
// unknown, and so is what cannot be reached.
func memberNumber(path string, s Subject) float64 {
	keys, number := strings.Split(path, "."), math.NaN()
	_ = descend(member(s.Trajectory, s.Record, keys[0]), keys[1:], func(v pyjson.Value) {
		switch x := v.Decode().(type) {
		case int:
			number = float64(x)
		case float64:
			number = x
		case bool:
			number = truth(x)
		}
	})
	return number
}
