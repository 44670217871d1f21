package main

import "fmt"

// knownOr writes what v points to; none stands where that is not known.
func knownOr[T any](v *T, none string, write func(T) string) string {
	if v == nil {
		return none
	}
	return write(*v)
}

// inForm writes a number by a format of fmt.
func inForm(format string) func(float64) string {
	return func(v float64) string { return fmt.Sprintf(format, v) }
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
