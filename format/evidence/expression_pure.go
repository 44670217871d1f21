package evidence

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"time"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/builtin"
)

// The same recipe and the same inputs give the same dataset, so an expression
// must not depend on the day, the machine's time zone, or the order in which
// Go happens to walk a map.

// impure are the functions that an expression cannot have, and the way out.
var impure = map[string]string{
	"now":      `it gives another dataset every day: write the day out, as in date("2026-01-31")`,
	"timezone": "it depends on the machine: dates are compared in UTC",
}

func isBuiltin(name string) bool {
	_, known := builtin.Index[name]
	return known
}

func (v *nameVisitor) refuseImpure(source string) error {
	for _, call := range v.calls {
		if why, refused := impure[call]; refused {
			return fmt.Errorf("%q: %s() is not for expressions: %s", source, call, why)
		}
	}
	if slices.Contains(v.methods, "Local") {
		return fmt.Errorf("%q: Local() is not for expressions: %s", source, impure["timezone"])
	}
	if v.has("$env") {
		return fmt.Errorf("%q: unknown name %q", source, "$env")
	}
	return nil
}

// pure puts our own functions in the place of those whose results depend on
// more than their arguments.
func pure() []expr.Option {
	options := []expr.Option{
		expr.DisableBuiltin("date"), expr.Function("date", date, new(func(string) time.Time), new(func(string, string) time.Time)),
	}
	for name, pick := range overMaps {
		options = append(options, expr.DisableBuiltin(name), expr.Function(name, func(args ...any) (any, error) { return sortedMap(name, args[0], pick) }, new(func(any) []any)))
	}
	return options
}

// dateLayouts are what date(TEXT) reads, as expr-lang does.
var dateLayouts = []string{time.DateOnly, time.DateTime, time.RFC3339, time.RFC822, time.RFC850, time.RFC1123}

// date reads a date, in UTC where it names no offset. The library's own looks
// up abbreviations of zones in the machine's.
func date(args ...any) (any, error) {
	text, layouts := args[0].(string), dateLayouts
	if len(args) > 1 {
		layouts = []string{args[1].(string)}
	}
	for _, layout := range layouts {
		if t, err := time.ParseInLocation(layout, text, time.UTC); err == nil {
			return t, nil
		}
	}
	return nil, fmt.Errorf("%q is no date", text)
}

// overMaps are the functions that walk a map, here in the order of its keys.
var overMaps = map[string]func(key, value any) any{
	"keys":    func(key, _ any) any { return key },
	"values":  func(_, value any) any { return value },
	"toPairs": func(key, value any) any { return []any{key, value} },
}

func sortedMap(name string, of any, pick func(key, value any) any) ([]any, error) {
	object, err := textKeyed(of)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	list := make([]any, 0, len(object))
	for _, key := range slices.Sorted(maps.Keys(object)) {
		list = append(list, pick(key, object[key]))
	}
	return list, nil
}

// textKeyed is any map with text for keys: an object of a record, or
// features.calls.
func textKeyed(of any) (map[string]any, error) {
	if object, ok := of.(map[string]any); ok {
		return object, nil
	}
	v := reflect.ValueOf(of)
	if v.Kind() != reflect.Map || v.Type().Key().Kind() != reflect.String {
		return nil, errors.New("not an object")
	}
	object := make(map[string]any, v.Len())
	for _, key := range v.MapKeys() {
		object[key.String()] = v.MapIndex(key).Interface()
	}
	return object, nil
}
