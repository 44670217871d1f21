package mix

import (
	"os"
	"path/filepath"
	"testing"
)

func TestFilesAreNamedAsTheRecipeSpellsThem(t *testing.T) {
	dir := t.TempDir()
	for _, file := range []string{"runs/a/out.jsonl", "runs/b/out.jsonl", "x.tar"} {
		path := filepath.Join(dir, file)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct{ input, spelled, file, want string }{
		{"runs/a/out.jsonl", "runs/a/out.jsonl", "runs/a/out.jsonl", "runs/a/out.jsonl"},
		{"runs/a/out.jsonl", "out.jsonl", "runs/a/out.jsonl", "out.jsonl"},
		{"runs", "runs", "runs/a/out.jsonl", "runs/a/out.jsonl"},
		{"runs", "./runs/", "runs/a/out.jsonl", "runs/a/out.jsonl"},
		{"runs", ".", "runs/a/out.jsonl", "a/out.jsonl"},
		{"runs/*/out.jsonl", "runs/*/out.jsonl", "runs/b/out.jsonl", "runs/b/out.jsonl"},
		{"runs/?/out.jsonl", "?/out.jsonl", "runs/b/out.jsonl", "b/out.jsonl"},
		{"runs/[ab]", "~/runs/[ab]", "runs/b/out.jsonl", "~/runs/b/out.jsonl"},
		{"x.tar", "x.tar", "x.tar:a/out.jsonl", "x.tar:a/out.jsonl"},
		{"x.tar", "data/x.tar", "x.tar:../out.jsonl", "data/x.tar:../out.jsonl"},
		{"", ".", "x.tar:b/out.jsonl", "x.tar:b/out.jsonl"},
		{"runs/a/out.jsonl", "samples:a/out.jsonl", "runs/a/out.jsonl", "samples:a/out.jsonl"},
	} {
		n := newNaming(filepath.Join(dir, c.input), c.spelled)
		if got := n.of(filepath.Join(dir, c.file)[:len(dir)+1] + c.file); got != c.want {
			t.Errorf("%s as %s: %s is called %s, want %s", c.input, c.spelled, c.file, got, c.want)
		}
		text := "the report " + dir + "/" + c.file + " says no"
		if got := n.in(text); got != "the report "+c.want+" says no" {
			t.Errorf("%s as %s: %q", c.input, c.spelled, got)
		}
	}
}

func TestFilesOfSeveralPlacesAreNamedByTheNearest(t *testing.T) {
	dir := t.TempDir()
	for _, file := range []string{"runs/a/out.jsonl", "runs/b.jsonl", "y/z.jsonl"} {
		path := filepath.Join(dir, file)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	names := newNamings([]Place{
		{Path: filepath.Join(dir, "runs/*.jsonl"), Given: "runs/*.jsonl"},
		{Path: filepath.Join(dir, "runs/a"), Given: "runs/a"},
		{Path: filepath.Join(dir, "y"), Given: "elsewhere"},
	})
	for file, want := range map[string]string{
		"runs/b.jsonl": "runs/b.jsonl", "runs/a/out.jsonl": "runs/a/out.jsonl", "y/z.jsonl": "elsewhere/z.jsonl",
	} {
		if got := names.of(filepath.Join(dir, file)); got != want {
			t.Errorf("%s is called %s, want %s", file, got, want)
		}
	}
}
