package recipes

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
)

var (
	percentForm = regexp.MustCompile(`^([0-9]+(?:\.[0-9]+)?) ?%$`)
	integerForm = regexp.MustCompile(`^[-+]?(0|[1-9][0-9]*(_[0-9]+)*)$`)
	floatForm   = regexp.MustCompile(`^[-+]?([0-9]+(_[0-9]+)*(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?$`)
	infForm     = regexp.MustCompile(`^[-+]?\.(inf|Inf|INF)$`)
	nanForm     = regexp.MustCompile(`^\.(nan|NaN|NAN)$`)
	// Forms that some YAML reader takes for a number, and we for a fault.
	zeroForm = regexp.MustCompile(`^[-+]?(0[0-9_]+|0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+)$`)
	unitForm = regexp.MustCompile(`^([-+]?[0-9][0-9_]*(?:\.[0-9]+)?) ?([kKmMgGbBtT])(?:i?[bB])?$`)
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
		return unitHint(m[1], m[2])
	}
	if m := percentForm.FindStringSubmatch(n.text); m != nil {
		percent, _ := strconv.ParseFloat(m[1], 64)
		return "write a fraction: " + strconv.FormatFloat(percent/100, 'g', 6, 64)
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

// unitHint tells both readings of a number with a unit: people mean 1,000 and
// 1,024 by k, and a window of 32k is seldom 32,000 tokens.
func unitHint(number, unit string) string {
	v, err := strconv.ParseFloat(strings.ReplaceAll(number, "_", ""), 64)
	power := strings.Index("kmgt", strings.ReplaceAll(strings.ToLower(unit), "b", "g")) + 1
	thousands, binary := v*math.Pow(1000, float64(power)), math.Pow(1024, float64(power))
	if err != nil || math.Abs(thousands) >= 1e15 {
		return ""
	}
	hint := "write the digits: " + underscored(thousands)
	if strings.EqualFold(unit, "b") { // billions, never bytes times 1,024
		return hint
	}
	return fmt.Sprintf("%s, or %s where %s is %s", hint, underscored(v*binary), unit, underscored(binary))
}

// underscored writes a whole number with its thousands apart, as a recipe may.
func underscored(v float64) string {
	digits := strconv.FormatFloat(math.Round(math.Abs(v)), 'f', 0, 64)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "_" + digits[i:]
	}
	if v < 0 {
		return "-" + digits
	}
	return digits
}
