package trainer

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// whole reads a parameter as a whole number, from any of the types in which
// YAML and JSON hand numbers over.
func whole(v any) (int, bool) {
	switch v := v.(type) {
	case int:
		return v, true
	case int64:
		return int(v), true
	case uint64:
		return int(v), v <= math.MaxInt
	case float64:
		return int(v), v == math.Trunc(v) && math.Abs(v) < 1<<53
	case json.Number:
		n, err := strconv.Atoi(v.String())
		return n, err == nil
	}
	return 0, false
}

// number reads a parameter as a number.
func number(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, true
	case json.Number:
		f, err := v.Float64()
		return f, err == nil
	}
	n, ok := whole(v)
	return float64(n), ok
}

// yamlFloat writes a number so that YAML 1.1 reads one: PyYAML takes 5e-05 for
// a string, it wants a point in the mantissa and a sign in the exponent.
func yamlFloat(f float64) string {
	s := strconv.FormatFloat(f, 'g', -1, 64)
	mantissa, exponent, scientific := strings.Cut(s, "e")
	if !strings.Contains(mantissa, ".") {
		mantissa += ".0"
	}
	if !scientific {
		return mantissa
	}
	return mantissa + "e" + exponent
}

// yamlScalar writes a value on one line. Lists and maps are written as JSON,
// which YAML reads.
func yamlScalar(v any) (string, error) {
	switch v := v.(type) {
	case nil:
		return "null", nil
	case bool, int, int64, uint64:
		return fmt.Sprint(v), nil
	case float64:
		return yamlFloat(v), nil
	case json.Number:
		if n, err := strconv.ParseInt(v.String(), 10, 64); err == nil {
			return strconv.FormatInt(n, 10), nil
		}
		f, err := v.Float64()
		return yamlFloat(f), err
	case string:
		return yamlString(v)
	}
	return yamlFlow(v)
}

// yamlString leaves plain words plain and quotes the rest as JSON does.
func yamlString(s string) (string, error) {
	if plain(s) {
		return s, nil
	}
	return yamlJSON(s)
}

// plain reports whether YAML 1.1 reads s back as this very string without
// quotes. It errs on the side of quotes.
func plain(s string) bool {
	switch strings.ToLower(s) {
	case "", "y", "n", "yes", "no", "on", "off", "true", "false", "null":
		return false
	}
	first := s[0]
	if first != '/' && !(first >= 'a' && first <= 'z') && !(first >= 'A' && first <= 'Z') {
		return false
	}
	return strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-") == "" && !strings.ContainsAny(s, " :#")
}

// yamlFlow writes lists and maps on one line, with the numbers of yamlFloat:
// encoding/json writes 1e-07, which PyYAML takes for text.
func yamlFlow(v any) (string, error) {
	var parts []string
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			text, err := yamlFlow(e)
			if err != nil {
				return "", err
			}
			parts = append(parts, text)
		}
		return "[" + strings.Join(parts, ",") + "]", nil
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			key, errKey := yamlJSON(name)
			text, err := yamlFlow(v[name])
			if err = errors.Join(errKey, err); err != nil {
				return "", err
			}
			parts = append(parts, key+":"+text)
		}
		return "{" + strings.Join(parts, ",") + "}", nil
	case string:
		return yamlJSON(v)
	case nil, bool, int, int64, uint64, float64, json.Number:
		return yamlScalar(v)
	}
	return "", fmt.Errorf("a %T is no setting", v)
}

func yamlJSON(v any) (string, error) {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return "", err
	}
	return strings.TrimSpace(b.String()), nil
}
