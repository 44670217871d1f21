package recipes

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAFileOfDataIsToldSo(t *testing.T) {
	record := `{"id": "1", "model": "m", "messages": [{"role": "user", "content": "` + strings.Repeat("x", 100) + `"}]}`
	for text, kind := range map[string]string{
		record:                             "JSON",
		record + "\n":                      "JSON",
		record + "\n" + record + "\n":      "JSON lines",
		"[" + record + "]":                 "JSON",
		"{\n  \"trajectory\": [\n  ]\n}\n": "JSON",
		strings.Replace(record, "x", strings.Repeat("x", maxFileBytes), 1): "JSON",
		"PAR1 and so on":                          "Parquet",
		"\x1f\x8b\x08":                            "gzip",
		"\x28\xb5\x2f\xfd\x00":                    "zstd",
		strings.Repeat("\x00", 257) + "ustar\x00": "tar",
	} {
		path := filepath.Join(t.TempDir(), "data")
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		_, err := Load(path, nil)
		if err == nil || !strings.Contains(err.Error(), "holds data ("+kind+") and is no recipe (look into it: trainyard inspect ") {
			t.Errorf("%.40q gives %v, want that it is %s", text, err, kind)
		}
	}
}

func TestARecipeMayBeWrittenInJSON(t *testing.T) {
	for text, want := range map[string]string{
		`{"name": "j", "sources": [{"name": "a", "path": "a", "accept": {"any": true}}]}`: "",
		`{"name": "j", "sauces": 1, "sources": []}`:                                       "did you mean \"sources\"",
		`{"name": "j", "mix": {"seed": 1}}`:                                               "sources: missing",
		`{}`:                                                                              "sources: missing",
	} {
		path := filepath.Join(t.TempDir(), "recipe.json")
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		_, err := Load(path, nil)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s gives %v, want %q", text, err, want)
		}
	}
}

func TestADirectoryIsNoRecipe(t *testing.T) {
	dir := t.TempDir()
	if _, err := Load(dir, nil); err == nil || !strings.Contains(err.Error(), "a recipe is a file (look into it: trainyard inspect "+dir) {
		t.Errorf("a directory gives %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "manifest.json"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(dir, nil); err == nil || !strings.Contains(err.Error(), "trainyard launch "+dir+" trains on it") {
		t.Errorf("a dataset gives %v", err)
	}
}
