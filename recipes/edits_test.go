package recipes

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"trainyard/format/edit"
)

func TestAListOfEditsReplacesThatOfAnEarlierLayer(t *testing.T) {
	r := loadFiles(t,
		[2]string{"c.yaml", "{name: c, extends: p.yaml, edits: [{name: elide_observations, tokens: 900}], sources: [{name: a, edits: []}]}"},
		[2]string{"p.yaml", "{name: p, edits: [strip_ansi, {name: elide_observations, tokens: 500}], sources: [{name: a, path: p, accept: {any: true}, edits: [strip_crlf, strip_ansi]}]}"})
	want := Edits{{Name: "elide_observations", Args: map[string]any{"tokens": int64(900)}}}
	if !reflect.DeepEqual(r.Edits, want) || len(r.Sources[0].Edits) != 0 {
		t.Errorf("got %v and %v", r.Edits, r.Sources[0].Edits)
	}
}

func TestEditsAreOverriddenWithYAML(t *testing.T) {
	r := mustLoad(t, small, "edits=[strip_ansi, {name: elide_observations, tokens: 500}]", "sources.a.edits=[strip_crlf]")
	if len(r.Edits) != 2 || r.Edits[1].Args["tokens"] != int64(500) || r.Sources[0].Edits[0].Name != "strip_crlf" {
		t.Errorf("got %v and %v", r.Edits, r.Sources[0].Edits)
	}
	for arg, want := range map[string]string{
		"edits.strip_ansi=1": `override "edits.strip_ansi=1": edits: is replaced whole (write edits=[NAME, {name: NAME, ARGUMENT: VALUE}])`,
		"edits=[strip_ansy]": `override "edits=[strip_ansy]": edits[0]: unknown edit "strip_ansy", did you mean "strip_ansi"? (known: ` + strings.Join(edit.Names(), ", ") + ")",
	} {
		if got := faultsOf(t, small, arg).Error(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestOneSpellingOfEditsIsAnother(t *testing.T) {
	short, long := mustLoad(t, small, "edits=[strip_ansi]"), mustLoad(t, small, "edits=[{name: strip_ansi}]")
	none := mustLoad(t, small, "edits=[]")
	if short.DataFingerprint() != long.DataFingerprint() {
		t.Error("a name and a mapping of a name alone differ")
	}
	if none.DataFingerprint() != mustLoad(t, small).DataFingerprint() {
		t.Error("an empty list is not the same as none")
	}
	a, b := mustLoad(t, small, "edits=[strip_ansi, strip_crlf]"), mustLoad(t, small, "edits=[strip_crlf, strip_ansi]")
	if a.DataFingerprint() == b.DataFingerprint() {
		t.Error("the order of edits does not count")
	}
}

// Files that belong to the recipe are found whether or not the data is
// elsewhere.
func TestCompanionFilesLieBesideTheRecipe(t *testing.T) {
	r := mustLoad(t, small)
	r.Dir = "/recipes"
	for path, want := range map[string]string{
		"words.txt": "/recipes/words.txt", "/abs/words.txt": "/abs/words.txt", "samples:words.txt": "/samples/words.txt",
	} {
		if got := r.Beside(path, "/samples"); got != want {
			t.Errorf("%s: got %s, want %s", path, got, want)
		}
	}
}

// What a prepare brings along is not asked of the recipe.
func TestEditsWithADefaultOfTheTokenizerNeedNoArgument(t *testing.T) {
	if r := mustLoad(t, small, "edits=[neutralise_special]"); len(r.Edits) != 1 {
		t.Errorf("got %v", r.Edits)
	}
	if _, err := ParseEdits([]string{"neutralise_special"}); err != nil {
		t.Error(err)
	}
}

func TestEditsOfACommandLineAreNamesOrYAML(t *testing.T) {
	specs, err := ParseEdits([]string{"strip_ansi", "{name: elide_observations, tokens: 500}"})
	if err != nil || len(specs) != 2 || specs[0].Name != "strip_ansi" || specs[1].Args["tokens"] != int64(500) {
		t.Errorf("got %v, %v", specs, err)
	}
	_, err = ParseEdits([]string{"", "[strip_ansi]", "{name: elide_observations}", "strip_ansi: ["})
	var faults Faults
	if !errors.As(err, &faults) || len(faults) != 4 {
		t.Errorf("got %v, want a fault each", err)
	}
	if _, err := ParseEdits([]string{"wibble"}); err == nil || !strings.HasPrefix(err.Error(), `--edit: unknown edit "wibble" (known: `) {
		t.Errorf("got %v", err)
	}
}
