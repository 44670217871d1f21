package recipes

import (
	"math"
	"regexp"
	"strconv"
	"strings"
)

var (
	integerForm = regexp.MustCompile(`^[-+]?(0|[1-9][0-9]*(_[0-9]+)*)$`)
	floatForm   = regexp.MustCompile(`^[-+]?([0-9]+(_[0-9]+)*(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?$`)
	infForm     = regexp.MustCompile(`^[-+]?\.(inf|Inf|INF)$`)
	nanForm     = regexp.MustCompile(`^\.(nan|NaN|NAN)$`)
	// Forms that some YAML reader takes for a number, and we for a fault.
	zeroForm = regexp.MustCompile(`^[-+]?(0[0-9_]+|0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+)$`)
	unitForm = regexp.MustCompile(`^([-+]?[0-9][0-9_]*)([kKmMgGbB])$`)
)

// value resolves a scalar as the YAML 1.2 core schema does: nil, bool, int64,
// float64 or string. Underscores may stand between digits. Numbers that do not
// fit and spellings that readers disagree about (017) come back as nil with
// ok false.
func (n *node) value() (v any, ok bool) {
	if n.quoted {
		return n.text, true
	}
	switch n.text {
	case "", "~", "null", "Null", "NULL":
		return nil, true
	case "true", "True", "TRUE":
		return true, true
	case "false", "False", "FALSE":
		return false, true
	}
	return number(n.text)
}

// number resolves plain text that is neither null nor a truth value.
func number(text string) (v any, ok bool) {
	digits := strings.ReplaceAll(text, "_", "")
	switch {
	case integerForm.MatchString(text):
		i, err := strconv.ParseInt(digits, 10, 64)
		return i, err == nil
	case infForm.MatchString(text), nanForm.MatchString(text):
		return nil, false
	case zeroForm.MatchString(text):
		return nil, false
	case floatForm.MatchString(text):
		f, err := strconv.ParseFloat(digits, 64)
		if f == 0 {
			f = math.Abs(f) // -0 and 0 are one value, so they get one fingerprint
		}
		return f, err == nil
	}
	return text, true
}

// numberHint says how to write what looks like a number to a person.
func numberHint(n *node) string {
	if n.quoted {
		if _, isText := asText(number(n.text)); !isText {
			return "write it without quotes"
		}
		return ""
	}
	if m := unitForm.FindStringSubmatch(n.text); m != nil {
		zeros := map[string]string{"k": "_000", "m": "_000_000", "g": "_000_000_000", "b": "_000_000_000"}
		return "write the digits: " + m[1] + zeros[strings.ToLower(m[2])]
	}
	if zeroForm.MatchString(n.text) {
		return "write it in decimal, without leading zeros"
	}
	return ""
}

func asText(v any, ok bool) (string, bool) {
	s, isText := v.(string)
	return s, ok && isText
}
