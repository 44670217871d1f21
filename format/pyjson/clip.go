package pyjson

import (
	"encoding/json"
	"fmt"
)

// Clip shortens what came from a record before it stands in a message.
func Clip(s string) string {
	const most = 60
	if len(s) <= most {
		return s
	}
	return ValidText(s[:most]) + "…"
}

// InJSON spells what an expression gave as the record would: text in quotes.
func InJSON(result any) string {
	raw, err := json.Marshal(result)
	if err != nil {
		return fmt.Sprint(result)
	}
	return Clip(string(raw))
}
