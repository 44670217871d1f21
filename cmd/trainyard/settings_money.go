package main

import (
	"fmt"
	"maps"
	"math"
	"os"
	"os/user"
	"slices"
	"strconv"
	"strings"

	"trainyard/launch"
)

// capsKey is the mapping, in config.yaml, of what launches may cost in US dollars:
//
//	caps: {run: 500, sweep: 2000, day: 1000, month: 10000}
const capsKey = "caps"

func (s *settings) caps() (launch.Caps, error) {
	var c launch.Caps
	if !s.v.IsSet(capsKey) {
		return c, nil
	}
	given, isMapping := s.v.Get(capsKey).(map[string]any)
	if !isMapping {
		return c, s.misfit(capsKey, s.v.Get(capsKey), "a mapping of dollars, such as {run: 500, sweep: 2000, day: 1000, month: 10000}")
	}
	into := map[string]*float64{"run": &c.Run, "sweep": &c.Sweep, "day": &c.Day, "month": &c.Month}
	for _, key := range slices.Sorted(maps.Keys(given)) {
		field, known := into[key]
		if !known {
			return c, fmt.Errorf("settings %s: no cap %q (there are %s)", s.v.ConfigFileUsed(), key, strings.Join(slices.Sorted(maps.Keys(into)), ", "))
		}
		switch v := given[key].(type) {
		case int:
			*field = float64(v)
		case float64:
			*field = v
		default:
			return c, s.misfit(capsKey+"."+key, v, "dollars as a number")
		}
		if !(*field > 0) || math.IsInf(*field, 0) {
			return c, fmt.Errorf("settings %s: %s.%s is %v: give dollars above 0", s.v.ConfigFileUsed(), capsKey, key, given[key])
		}
	}
	return c, nil
}

// isDollars reports whether a text is a figure that a sum can be compared with.
func isDollars(text string) bool {
	n, err := strconv.ParseFloat(text, 64)
	return err == nil && n >= 0
}

// userName is that of the operating system.
func userName() string {
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return os.Getenv("USER")
}
