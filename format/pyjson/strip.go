package pyjson

import (
	"strings"
	"unicode"
)

// IsSpace says that Python's str.isspace does: Unicode's white space, and the
// four separators of ASCII (0x1c to 0x1f), which Unicode does not count.
func IsSpace(r rune) bool {
	return unicode.IsSpace(r) || r >= 0x1c && r <= 0x1f
}

// TrimLeft cuts what Python's str.lstrip() cuts.
func TrimLeft(s string) string { return strings.TrimLeftFunc(s, IsSpace) }

// Trim cuts what Python's str.strip() cuts.
func Trim(s string) string { return strings.TrimFunc(s, IsSpace) }
