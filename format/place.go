package format

import "fmt"

// Place names one of a record's numbered parts, counting from 1.
func Place(part string, i int) string { return fmt.Sprintf("%s %d", part, i+1) }

// Within puts the place inside the record before a Reject's detail.
func Within(err error, place string) error {
	if r, ok := err.(*Reject); ok {
		return &Reject{Reason: r.Reason, Detail: place + ": " + r.Detail}
	}
	return fmt.Errorf("%s: %w", place, err)
}
