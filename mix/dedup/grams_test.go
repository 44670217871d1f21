package dedup

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// phrase is n words of their own.
func phrase(name string, n int) string {
	var words []string
	for i := range n {
		words = append(words, fmt.Sprint(name, i))
	}
	return strings.Join(words, " ")
}

func TestAGramIsFoundWithItsExactSpan(t *testing.T) {
	g := NewGrams()
	if n := g.Add(0, phrase("other", 40)); n != 40-GramWords+1 {
		t.Errorf("%d grams", n)
	}
	g.Add(1, "The migration "+phrase("says", 30)+".")
	before, quoted := "## Issue\n\nüber ", strings.ToUpper(strings.ReplaceAll(phrase("says", 18), " ", ",\n> "))
	text := before + quoted + "; and more of it follows here"
	stretch := g.Longest(g.Find(nil, 4, text))
	if stretch.Statement != 1 || stretch.Piece != 4 || text[stretch.Start:stretch.End] != quoted {
		t.Errorf("%+v: %q, want %q", stretch, text[stretch.Start:stretch.End], quoted)
	}
	if stretch.Words != 18 || stretch.All != 32 || stretch.Text != phrase("says", 18) {
		t.Errorf("%d words, want 18: %q", stretch.Words, stretch.Text)
	}
}

func TestTwelveWordsAreNoGram(t *testing.T) {
	g := NewGrams()
	g.Add(0, phrase("w", 13))
	if hits := g.Find(nil, 0, phrase("w", 12)+" x "+phrase("w", 12)); len(hits) != 0 {
		t.Errorf("%v", hits)
	}
	if hits := g.Find(nil, 0, "x "+phrase("w", 13)+" x"); len(hits) != 1 {
		t.Errorf("%v", hits)
	}
}

func TestShortOrMonotonousStatementsHaveNoGram(t *testing.T) {
	g := NewGrams()
	for _, text := range []string{"", phrase("w", 12), strings.Repeat("0 1 2 3 4 5 ", 20)} {
		if n := g.Add(0, text); n != 0 {
			t.Errorf("%q has %d grams", text, n)
		}
	}
}

func TestTextOfManyStatementsIsATemplates(t *testing.T) {
	g := NewGrams()
	for i := range int32(4) {
		g.Add(i, phrase("describe", 20)+" "+phrase(fmt.Sprint("issue", i, "x"), 20))
	}
	if hits := g.Find(nil, 0, phrase("describe", 20)); len(hits) != 0 || g.Shared() != 20-GramWords+1 {
		t.Errorf("%d hits, %d shared", len(hits), g.Shared())
	}
	if s := g.Longest(g.Find(nil, 0, phrase("issue2x", 20))); s.Statement != 2 || s.Words != 20 {
		t.Errorf("%+v", s)
	}
}

func TestOneStatementUnderManyIdsIsNoTemplate(t *testing.T) {
	g := NewGrams()
	for i := range int32(4) {
		if n := g.Add(i, phrase("one", 20)+strings.Repeat("\n", int(i))); n != 20-GramWords+1 {
			t.Errorf("id %d has %d grams", i, n)
		}
	}
	if s := g.Longest(g.Find(nil, 0, phrase("one", 20))); s.Words != 20 || s.Statement != 0 {
		t.Errorf("%+v", s)
	}
}

// Every run of thirteen words that a text shares with a statement is found, and
// nothing else: held against strings.
func TestGramsAreThoseOfTheDefinition(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	words := func(n int) (list []string) {
		for range n {
			list = append(list, fmt.Sprint("w", r.IntN(400)))
		}
		return list
	}
	for range 200 {
		statement, text := words(60), words(100)
		from, n, at := r.IntN(40), 8+r.IntN(12), r.IntN(80)
		copy(text[at:], statement[from:min(from+n, 60)])
		g := NewGrams()
		g.Add(0, strings.Join(statement, " "))
		found := map[string]bool{}
		joined := strings.Join(text, "  ")
		for _, h := range g.Find(nil, 0, joined) {
			found[strings.ReplaceAll(joined[h.Start:h.End], "  ", " ")] = true
		}
		in := " " + strings.Join(statement, " ") + " "
		for i := 0; i+GramWords <= len(text); i++ {
			gram := strings.Join(text[i:i+GramWords], " ")
			if want := strings.Contains(in, " "+gram+" "); found[gram] != want {
				t.Fatalf("%q found: %v, want %v", gram, found[gram], want)
			}
		}
	}
}

const goldPatch = `diff --git a/pkg/cache.py b/pkg/cache.py
--- a/pkg/cache.py
+++ b/pkg/cache.py
@@ -1,4 +1,9 @@
 def get(self, key):
-    return self.store[key]
+    import os
+    entry = self.store.get(key, MISSING)
+    if entry is MISSING or entry.expired(self.clock()):
+        raise CacheMiss(key, reason="expired")
+    return
+    return entry.value_for(reader=self.reader)
`

func anywhere(int32) bool { return true }

func TestAPatchIsFoundByTheLinesItAdds(t *testing.T) {
	p := NewPatches()
	p.Add("")
	p.Add(goldPatch)
	if p.Lines(1) != 4 {
		t.Errorf("%d lines are looked for, want 4: trivial ones say nothing", p.Lines(1))
	}
	edit := "def get():\n\tentry = self.store.get(key,MISSING)\n\n+if entry is MISSING or entry.expired(self.clock()):\nraise CacheMiss(key, reason=\"expired\")\n"
	if m := p.Find([]string{edit}, anywhere); m.Solution != 1 || m.Found != 3 || m.All != 4 || !strings.HasPrefix(m.First, "entry = ") {
		t.Errorf("%+v", m)
	}
	two := strings.Join(strings.Split(edit, "\n")[:4], "\n")
	if m := p.Find([]string{two, two}, anywhere); m.Found != 0 {
		t.Errorf("two lines of four count: %+v", m)
	}
}

func TestAShortPatchCountsInItsRepositoryAlone(t *testing.T) {
	p := NewPatches()
	p.Add("+    return self._meta.ordering or DEFAULT_ORDERING\n")
	text := []string{"return self._meta.ordering or DEFAULT_ORDERING"}
	if m := p.Find(text, func(int32) bool { return false }); m.Found != 0 {
		t.Errorf("%+v", m)
	}
	if m := p.Find(text, anywhere); m.Found != 1 || m.All != 1 {
		t.Errorf("%+v", m)
	}
}

func TestALineOfManyPatchesOfManyIsNone(t *testing.T) {
	p := NewPatches()
	for i := range 5 {
		p.Add(fmt.Sprintf("+ from __future__ import annotations as a%d\n+ value = compute_the_value(of_all)\n+ own_line_%d = compute(one, two)\n", i, i))
	}
	if p.Lines(0) != 1 || p.Lines(4) != 1 {
		t.Errorf("%d and %d lines, want one each", p.Lines(0), p.Lines(4))
	}
	if m := p.Find([]string{"value = compute_the_value(of_all)"}, anywhere); m.Found != 0 {
		t.Errorf("%+v", m)
	}
}
