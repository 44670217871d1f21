package face

import (
	"fmt"
	"strings"
	"testing"

	"github.com/jedib0t/go-pretty/v6/text"
)

// wide is a table of every kind of column, with text of wide characters.
func wide() *Table {
	tab := NewTable("id", "recipe", "state", "steps", "cost", "summary").
		Numbers(3, 4).Gives(1).Leaves(4, 3).Wraps(5).Tints(2, func(cell string) Tint {
		if cell == "failed" {
			return Bad
		}
		return Plain
	})
	for i := range 3 {
		tab.Row(fmt.Sprintf("43c1597%d", i), "a-recipe-with-a-long-name-"+strings.Repeat("x", 20), "failed", "1,000/2,000", "$12.00",
			"日本語のテキストが長く続く and then some English words that go on and on, 👩‍👩‍👧 included")
	}
	return tab
}

func TestATableFitsItsTerminal(t *testing.T) {
	for width := 44; width < 240; width++ {
		term, out, _ := aTerminal(true, width)
		term.UseColor("always")
		if err := wide().Write(term.Out); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(out.String()) {
			if got := text.StringWidthWithoutEscSequences(strings.TrimRight(line, "\n")); got > width {
				t.Fatalf("width %d: a line of %d columns: %q", width, got, line)
			}
		}
		if got := out.String(); !strings.Contains(got, "43c15970") || !strings.Contains(got, "\x1b[31mfailed\x1b[0m") || !strings.Contains(got, "included") {
			t.Fatalf("width %d: what matters is gone:\n%s", width, got)
		}
	}
}

func TestTheLeastImportantGivesFirst(t *testing.T) {
	for width, want := range map[int]string{
		0:   "id        recipe                                          state   steps        cost    summary",
		100: "id        recipe                state   steps        cost    summary",
		85:  "id        recipe    state   steps        summary",
		50:  "id        recipe    state   summary",
	} {
		term, out, _ := aTerminal(true, width)
		if err := wide().Write(term.Out); err != nil {
			t.Fatal(err)
		}
		got, _, _ := strings.Cut(out.String(), "\n")
		if strings.Join(strings.Fields(got), " ") != strings.Join(strings.Fields(want), " ") {
			t.Errorf("width %d: the columns are %q, want %q", width, got, want)
		}
	}
}

func TestAPipeGetsATableWhole(t *testing.T) {
	var b strings.Builder
	if err := wide().Write(&b); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(b.String(), "\n"); n != 4 || strings.Contains(b.String(), "…") || strings.Contains(b.String(), " \n") {
		t.Errorf("%d lines:\n%s", n, b.String())
	}
}

func TestAPlaceIsCutAtItsBeginning(t *testing.T) {
	term, out, _ := aTerminal(true, 20)
	tab := NewTable("place", "n").Gives(0).Ends(0)
	tab.Row("a/long/日本/file.jsonl:12", "1")
	if err := tab.Write(term.Out); err != nil {
		t.Fatal(err)
	}
	if want := "place              n\n…本/file.jsonl:12  1\n"; out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}

func TestACellIsOneLine(t *testing.T) {
	var b strings.Builder
	tab := NewTable("id", "x")
	tab.Row("a\nb\x1b[2J", "1")
	if err := tab.Write(&b); err != nil {
		t.Fatal(err)
	}
	if want := "id           x\na\\nb\\x1b[2J  1\n"; b.String() != want {
		t.Errorf("got %q, want %q", b.String(), want)
	}
}

func TestLargeNumbersHaveAShortForm(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1.0k", 12345: "12.3k", 99_949: "99.9k", 99_950: "100k", 999_999: "1.0M", 4_500_000: "4.5M", 678_000_000: "678M", 2e12: "2.0T"} {
		if got := About(n); got != want {
			t.Errorf("About(%d) = %q, want %q", n, got, want)
		}
	}
}
