package dialect_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"trainyard/format"
	"trainyard/format/dialect"
)

// A memory is a store of descents.
type memory map[string][]byte

func (m memory) Load(p dialect.Part) io.ReadCloser {
	kept, ok := m[p.Files[0].Path]
	if !ok {
		return nil
	}
	return io.NopCloser(bytes.NewReader(kept))
}

func (m memory) Save(p dialect.Part) dialect.DescentWriter {
	return &remembered{in: m, path: p.Files[0].Path}
}

type remembered struct {
	bytes.Buffer
	in   memory
	path string
}

func (r *remembered) Close(whole bool) {
	if whole {
		r.in[r.path] = r.Bytes()
	}
}

func partsOf(t *testing.T, s *dialect.Source, store dialect.DescentStore) (told []string) {
	t.Helper()
	parts, err := s.Parts(context.Background(), store)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range parts {
		told = append(told, fmt.Sprintf("%d files from %s: %q", len(p.Files), p.Files[0].Path, p.Marks))
	}
	return told
}

func open(t *testing.T, path string) *dialect.Source {
	t.Helper()
	s, err := dialect.Open(dialect.Input{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// What a store has of a part is as good as the part, and the part is not read.
func TestPartsWhoseDescentsAreKeptAreNotRead(t *testing.T) {
	dirs, err := filepath.Glob("testdata/*")
	if err != nil || len(dirs) == 0 {
		t.Fatalf("no files of dialects: %v", err)
	}
	grown := t.TempDir() // one record goes on from the other
	for n, turns := range []int{2, 4} {
		line := `{"instance_id":"a__b-1","messages":[{"role":"user","content":"q"}` + strings.Repeat(`,{"role":"assistant","content":"a"},{"role":"user","content":"r"}`, turns) + "]}\n"
		if err := os.WriteFile(filepath.Join(grown, fmt.Sprint(n, ".jsonl")), []byte(line), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	dirs = append(dirs, grown)
	marked := 0
	for _, dir := range dirs {
		if filepath.Base(dir) == "fuzz" {
			continue
		}
		copied := t.TempDir()
		if err := os.CopyFS(copied, os.DirFS(dir)); err != nil {
			t.Fatal(err)
		}
		want := partsOf(t, open(t, copied), nil)
		store := memory{}
		if got := partsOf(t, open(t, copied), store); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: with an empty store %v, without %v", dir, got, want)
		}
		for _, told := range want {
			if !strings.HasSuffix(told, `: ""`) {
				marked++
			}
		}
		again := open(t, copied)
		for path := range store {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		}
		if got := partsOf(t, again, store); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: from a full store %v, want %v", dir, got, want)
		}
	}
	if marked == 0 {
		t.Error("no file has a record that another one holds")
	}
}

// A source read part by part gives the records of the whole.
func TestTheRecordsOfThePartsAreThoseOfTheWhole(t *testing.T) {
	for _, path := range []string{"testdata/claude-code", "testdata/openhands-sdk", "testdata/codex", "testdata/qwen-code", "testdata/openai"} {
		s := open(t, path)
		var want, got []string
		collect := func(to *[]string) func(format.Record) error {
			return func(rec format.Record) error {
				*to = append(*to, fmt.Sprintf("%s:%d %+v %v %s", rec.File, rec.Line, rec.Kin, rec.Err, rec.Raw))
				return nil
			}
		}
		if err := s.Records(context.Background(), collect(&want)); err != nil {
			t.Fatal(err)
		}
		parts, err := s.Parts(context.Background(), nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := range parts {
			if err := s.Of(parts[i:i+1]).Records(context.Background(), collect(&got)); err != nil {
				t.Fatal(err)
			}
		}
		if strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("%s: %d records of the parts, %d of the whole", path, len(got), len(want))
		}
	}
}
