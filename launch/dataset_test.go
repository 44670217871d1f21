package launch

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"trainyard/launch/files"
)

const goodManifest = `{"format":1,"recipe":{"name":"mix","fingerprint":"f00d","more":1},"template":"qwen2.5","window":4096,"seed":3,
"shards":[
 {"file":"train-00000-of-00002.parquet","split":"train","rows":3,"bytes":4,"sha256":"x","tokens":30,"trained_tokens":9},
 {"file":"train-00001-of-00002.parquet","split":"train","rows":2,"bytes":4,"sha256":"x","tokens":20,"trained_tokens":6},
 {"file":"validation-00000-of-00001.parquet","split":"validation","rows":1,"bytes":4,"sha256":"x","tokens":10,"trained_tokens":3}],
"totals":{}}`

// datasetDir is a finished dataset as far as this package looks.
func datasetDir(t *testing.T, manifest string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range map[string]string{
		"manifest.json": manifest, "train-00000-of-00002.parquet": "PAR1", "train-00001-of-00002.parquet": "PAR1",
		"validation-00000-of-00001.parquet": "PAR1",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestADatasetIsItsManifestsFacts(t *testing.T) {
	dir := datasetDir(t, goodManifest)
	d, err := ReadDataset(dir)
	if err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprint(Dataset{
		Dir: dir, Recipe: "mix", Fingerprint: "f00d", Template: "qwen2.5", Window: 4096,
		Digest: "a0b3c50c6f7563e16ff5a37c359c23b26febd5189cf9052d8ed67eef0d82ffc2",
		Train: Split{
			Shards: []string{"train-00000-of-00002.parquet", "train-00001-of-00002.parquet"},
			Rows:   5, Tokens: 50, TrainedTokens: 15,
		},
		Validation: Split{Shards: []string{"validation-00000-of-00001.parquet"}, Rows: 1, Tokens: 10, TrainedTokens: 3},
	})
	if got := fmt.Sprint(d); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestADatasetSaysWhatItsRowsHold(t *testing.T) {
	for output, messages := range map[string]bool{"": true, "messages": true, "tokens": false} {
		d, err := ReadDataset(datasetDir(t, strings.Replace(goodManifest, `"window"`, fmt.Sprintf(`"output":%q,"window"`, output), 1)))
		if err != nil || d.Output != output || d.HoldsMessages() != messages {
			t.Errorf("output %q: %q, holds messages %v, %v", output, d.Output, d.HoldsMessages(), err)
		}
	}
}

func TestADatasetThatCannotBeTrustedSaysWhy(t *testing.T) {
	for want, change := range map[string]func(dir string) error{
		"not a finished dataset": func(dir string) error { return os.Remove(filepath.Join(dir, "manifest.json")) },
		"train-00001-of-00002.parquet: no such file": func(dir string) error {
			return os.Remove(filepath.Join(dir, "train-00001-of-00002.parquet"))
		},
		"6 bytes, the manifest says 4": func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "train-00000-of-00002.parquet"), []byte("PAR1 x"), 0o600)
		},
		"manifest format 2": func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "manifest.json"), []byte(`{"format":2}`), 0o600)
		},
		"unexpected end": func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "manifest.json"), []byte(`{"format":1`), 0o600)
		},
		`split "test"`: func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "manifest.json"), []byte(`{"format":1,"shards":[{"file":"a","split":"test"}]}`), 0o600)
		},
	} {
		dir := datasetDir(t, goodManifest)
		if err := change(dir); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadDataset(dir); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v lacks %q", err, want)
		}
	}
}

func TestTheDigestOfADatasetIsThatOfItsShards(t *testing.T) {
	digest := func(manifest string) string {
		t.Helper()
		d, err := ReadDataset(datasetDir(t, manifest))
		if err != nil {
			t.Fatal(err)
		}
		return d.Digest
	}
	want := sha256.Sum256([]byte("train-00000-of-00002.parquet x\ntrain-00001-of-00002.parquet x\nvalidation-00000-of-00001.parquet x\n"))
	if got := digest(goodManifest); got != hex.EncodeToString(want[:]) {
		t.Errorf("got %s, want %x", got, want)
	}
	if digest(strings.Replace(goodManifest, `"x"`, `"y"`, 1)) == digest(goodManifest) {
		t.Error("another shard, the same digest")
	}
	if digest(strings.Replace(goodManifest, "f00d", "beef", 1)) != digest(goodManifest) {
		t.Error("another recipe with the same shards has another digest")
	}
}

func TestADatasetOfPipesIsRefusedAtOnce(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(dir, "manifest.json"), 0o600); err != nil {
		t.Skip(err)
	}
	if _, err := ReadDataset(dir); !errors.Is(err, files.ErrNotRegular) {
		t.Errorf("%v", err)
	}
}
