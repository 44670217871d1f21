package routebook

import (
	"fmt"
	"strconv"
	"strings"
)

// parseRoad reads "fen - mill 12" into two places and a length.
func parseRoad(line string) (a, b string, length int, err error) {
	a, rest, found := strings.Cut(line, " - ")
	if !found {
		return "", "", 0, fmt.Errorf("no dash in %q", line)
	}
	space := strings.LastIndex(rest, " ")
	if space < 0 {
		return "", "", 0, fmt.Errorf("no length in %q", line)
	}
	length, err = strconv.Atoi(rest[space+1:])
	return a, rest[:space], length, err
}

// ParseMap reads one road per line; empty lines and lines with # are skipped.
func ParseMap(text string) (*Map, error) {
	m := NewMap()
	for number, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		a, b, length, err := parseRoad(line)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", number, err)
		}
		m.AddRoad(a, b, length)
	}
	return m, nil
}
