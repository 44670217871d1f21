package backend

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"
)

// Read reads a value of the settings into a type with json tags. The error has every
// fault, each with the key, what stands there, and what should: at is the key of the value
// itself. nil is left out, and reads as the zero value.
func Read[C any](at string, value any) (read C, err error) {
	if err := errors.Join(misfits(at, reflect.TypeFor[C](), value)...); err != nil {
		return read, err
	}
	text, err := json.Marshal(value)
	if err == nil {
		err = json.Unmarshal(text, &read)
	}
	if err != nil && at != "" {
		err = fmt.Errorf("%s: %w", at, err)
	}
	return read, err
}

// misfits are the faults of a value. A list or a mapping is not shown, as it may be long.
// A type that reads itself takes a text in place of a mapping or of a list.
func misfits(at string, of reflect.Type, value any) []error {
	if value == nil {
		return nil // left out
	}
	if of.Kind() == reflect.Pointer {
		return misfits(at, of.Elem(), value)
	}
	_, isText := value.(string)
	if isText && reflect.PointerTo(of).Implements(reflect.TypeFor[json.Unmarshaler]()) {
		return nil
	}
	given := reflect.ValueOf(value)
	switch of.Kind() {
	case reflect.Struct:
		return misfitsOfMapping(at, of, value)
	case reflect.Slice:
		if given.Kind() != reflect.Slice {
			return []error{misfit(at, value, "a list, such as [a, b]")}
		}
		var faults []error
		for i := range given.Len() {
			faults = append(faults, misfits(fmt.Sprintf("%s[%d]", at, i), of.Elem(), given.Index(i).Interface())...)
		}
		return faults
	case reflect.String:
		if !isText {
			return []error{misfit(at, value, "a text, in quotes where it looks like something else")}
		}
	case reflect.Bool:
		if given.Kind() != reflect.Bool {
			return []error{misfit(at, value, "true or false")}
		}
	case reflect.Int:
		if n, ok := number(given); !ok || n != math.Trunc(n) || math.Abs(n) > 1<<53 {
			return []error{misfit(at, value, "a whole number")}
		}
	case reflect.Float64:
		if _, ok := number(given); !ok {
			return []error{misfit(at, value, "a number")}
		}
	}
	return nil
}

func misfitsOfMapping(at string, of reflect.Type, value any) (faults []error) {
	given, ok := value.(map[string]any)
	if !ok {
		return []error{misfit(at, value, "a mapping of "+strings.Join(optionsOf(of), ", "))}
	}
	for _, key := range slices.Sorted(maps.Keys(given)) {
		inner := strings.TrimPrefix(at+"."+key, ".")
		field, known := optionOf(of, key)
		if !known {
			faults = append(faults, fmt.Errorf("%q is unknown (the options are %s)", inner, strings.Join(optionsOf(of), ", ")))
			continue
		}
		faults = append(faults, misfits(inner, field.Type, given[key])...)
	}
	return faults
}

// number is a figure of YAML or JSON; a NaN or an infinity is none.
func number(v reflect.Value) (n float64, ok bool) {
	switch {
	case v.CanInt():
		n = float64(v.Int())
	case v.CanUint():
		n = float64(v.Uint())
	case v.CanFloat():
		n = v.Float()
	default:
		return 0, false
	}
	return n, !math.IsNaN(n) && !math.IsInf(n, 0)
}

func misfit(at string, value any, want string) error {
	return fmt.Errorf("%s is %s: give %s", at, Seen(value), want)
}

// Seen is what stands in the settings, for a message.
func Seen(value any) string {
	switch v := reflect.ValueOf(value); v.Kind() {
	case reflect.Slice:
		return "a list"
	case reflect.Map:
		return "a mapping"
	case reflect.String:
		return fmt.Sprintf("%q", v.String())
	}
	return fmt.Sprint(value)
}

// optionsOf are the names that json tags give to the fields of a struct.
func optionsOf(of reflect.Type) (names []string) {
	for i := range of.NumField() {
		if name := optionName(of.Field(i)); name != "" {
			names = append(names, name)
		}
	}
	return names
}

func optionOf(of reflect.Type, key string) (reflect.StructField, bool) {
	return of.FieldByNameFunc(func(name string) bool {
		field, _ := of.FieldByName(name)
		return strings.EqualFold(optionName(field), key)
	})
}

func optionName(field reflect.StructField) string {
	name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
	if name == "-" {
		return ""
	}
	return name
}
