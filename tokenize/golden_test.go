package tokenize

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"trainyard/tokenize/unicode"
)

// openFixture opens a public fixture, or skips where the folder is absent.
func openFixture(t testing.TB, name string) io.Reader {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "..", "shared", "fixtures", "qwen", name))
	if err != nil {
		t.Skipf("public fixtures are not here: %v", err)
	}
	t.Cleanup(func() { f.Close() })
	if filepath.Ext(name) != ".gz" {
		return f
	}
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

type golden struct {
	Name  string  `json:"name"`
	Text  string  `json:"text"`
	IDs   []int32 `json:"ids"`
	Added []int32 `json:"ids_with_added_tokens"`
}

func goldenTokens(t testing.TB) []golden {
	var all []golden
	if err := json.NewDecoder(openFixture(t, "golden_tokens.json")).Decode(&all); err != nil {
		t.Fatal(err)
	}
	return all
}

func traps(t testing.TB) []golden {
	var all []golden
	lines := bufio.NewScanner(openFixture(t, "traps.jsonl.gz"))
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var g golden
		if err := json.Unmarshal(lines.Bytes(), &g); err != nil {
			t.Fatal(err)
		}
		all = append(all, g)
	}
	return all
}

func TestContentGetsTheIdsOfHuggingFace(t *testing.T) {
	tok := Qwen25()
	for _, g := range traps(t) {
		if got := tok.Append(nil, g.Text); !slices.Equal(got, g.IDs) {
			t.Errorf("%s %.80q: %d ids, expected %d", g.Name, g.Text, len(got), len(g.IDs))
		}
		if got := tok.Count(g.Text); got != len(g.IDs) {
			t.Errorf("%s %.80q: counts %d, expected %d", g.Name, g.Text, got, len(g.IDs))
		}
	}
}

func TestAddedTokensAreMatchedAsHuggingFaceDoes(t *testing.T) {
	tok, all := Qwen25(), goldenTokens(t)
	for _, g := range traps(t) {
		if g.Added == nil {
			g.Added = g.IDs
		}
		all = append(all, golden{g.Name, g.Text, g.Added, nil})
	}
	for _, g := range all {
		if got := tok.AppendAdded(nil, g.Text); !slices.Equal(got, g.IDs) {
			t.Errorf("%s %.80q: %v, expected %v", g.Name, g.Text, got, g.IDs)
		}
	}
}

func TestRenderedConversationsGetTheIdsOfHuggingFace(t *testing.T) {
	var all []golden
	if err := json.NewDecoder(openFixture(t, "golden_chat.json")).Decode(&all); err != nil {
		t.Fatal(err)
	}
	for _, g := range all {
		if got := Qwen25().AppendAdded(nil, g.Text); !slices.Equal(got, g.IDs) {
			t.Errorf("%s: %v, expected %v", g.Name, got, g.IDs)
		}
	}
}

func TestClassesAreThoseOfHuggingFacesRegularExpressions(t *testing.T) {
	want, err := io.ReadAll(openFixture(t, "codepoint_classes.bin.gz"))
	if err != nil {
		t.Fatal(err)
	}
	for r, class := range unicode.LoadClasses() {
		// The fixture says nothing (0) about ASCII and surrogates.
		if class&unicode.Classes != want[r] && want[r] != 0 {
			t.Errorf("%U is class %d, expected %d", r, class&unicode.Classes, want[r])
		}
	}
}

func TestDecodeGivesTheTextBack(t *testing.T) {
	tok := Qwen25()
	for _, g := range traps(t) {
		if got := string(tok.Decode(g.IDs)); got != unicode.Normalise(g.Text, unicode.Unstable) {
			t.Errorf("%s: %q, expected %q", g.Name, got, g.Text)
		}
	}
}
