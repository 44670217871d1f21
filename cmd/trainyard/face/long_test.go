package face

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// What is printed part by part is what is printed at once.
func TestALongTableHasTheColumnsOfAShortOne(t *testing.T) {
	const rows = 2*atOnce + 7
	table := func(n int) []string {
		tab := NewTable("n", "name", "end").Numbers(0)
		for i := range n {
			tab.Row(fmt.Sprint(i%90), []string{"a", "a longer one", ""}[i%3], []string{"x", ""}[i%2])
		}
		var b bytes.Buffer
		if err := tab.Write(&b); err != nil {
			t.Fatal(err)
		}
		return strings.Split(b.String(), "\n")
	}
	long, short := table(rows), table(180)
	if len(long) != rows+2 {
		t.Fatalf("%d lines, want %d", len(long), rows+2)
	}
	for i := range rows {
		if want := short[1+i%180]; long[1+i] != want {
			t.Fatalf("row %d is %q, want %q", i, long[1+i], want)
		}
	}
}

func TestAStreamOfJSONIsTheDocument(t *testing.T) {
	type part struct {
		Name string         `json:"name"`
		More map[string]int `json:"more"`
	}
	parts := []part{{"a\x1b<", map[string]int{"x": 1}}, {"b", nil}}
	for n := range len(parts) + 1 {
		var whole, streamed bytes.Buffer
		if err := NewPipes(&whole, nil).PrintJSON(struct {
			First string `json:"first"`
			Parts []part `json:"parts"`
			Last  part   `json:"last"`
		}{"f", parts[:n], parts[0]}); err != nil {
			t.Fatal(err)
		}
		s := NewPipes(&streamed, nil).StreamJSON()
		s.Object()
		s.Member("first")
		s.Value("f")
		s.Member("parts")
		s.List()
		for _, p := range parts[:n] {
			s.Value(p)
		}
		s.End()
		s.Member("last")
		s.Value(parts[0])
		if err := s.Close(); err != nil || streamed.String() != whole.String() {
			t.Errorf("%d parts: got\n%s, want\n%s, %v", n, &streamed, &whole, err)
		}
	}
}
