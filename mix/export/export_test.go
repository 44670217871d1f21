package export_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"trainyard/format/evidence"
	"trainyard/format/goldentest"
	"trainyard/format/protocol"
	"trainyard/mix"
	"trainyard/mix/export"
)

// The rows of the tests: how a turn is kept out of the loss is OpenAI's weight.
const (
	plain = `{"messages":[{"role":"system","content":"You count."},{"role":"user","content":"a < b & \"c\"?"},{"role":"assistant","content":"yes\n\ttab é"},{"role":"user","content":"2+2"},{"role":"assistant","content":"4"}]}`
	// The first answer is outside the loss, and the last.
	first = `{"messages":[{"role":"system","content":"You count."},{"role":"user","content":"2+1"},{"role":"assistant","content":"4","weight":0},{"role":"user","content":"No."},{"role":"assistant","content":"3"}]}`
	last  = `{"messages":[{"role":"system","content":"You count."},{"role":"user","content":"2+1"},{"role":"assistant","content":"3"},{"role":"user","content":"Sure?"},{"role":"assistant","content":"No.","weight":0}]}`
	// A part of an answer is.
	part = `{"messages":[{"role":"system","content":"You count."},{"role":"user","content":"2+1"},{"role":"assistant","content":"first four, then three","train_detail":[{"begin_offset":0,"end_offset":9,"train":false},{"begin_offset":10,"end_offset":21,"train":true}]}]}`
)

// dataset prepares rows as output.
func dataset(t *testing.T, output string, lines ...string) *mix.Dataset {
	t.Helper()
	source := filepath.Join(t.TempDir(), "rows.jsonl")
	if err := os.WriteFile(source, []byte(strings.Join(lines, "\n")+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	cfg := mix.Config{
		Recipe: mix.RecipeID{Name: "x"}, YAML: []byte("name: x\n"), Template: "qwen2.5", Tools: protocol.Style("openhands"), Output: output,
		Sampler: "all", Unit: mix.Trajectories, Window: 1 << 15, Unique: mix.UniqueNone, Out: filepath.Join(t.TempDir(), "dataset"),
		Sources: []mix.Source{{Name: "sums", Inputs: []mix.Place{{Path: source, Given: "rows.jsonl"}}, Format: "openai", Accept: evidence.Accept{Any: true}, Share: 1}},
	}
	if _, err := mix.Prepare(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	d, err := mix.OpenDataset(cfg.Out)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// run exports d, and returns the files by their names.
func run(t *testing.T, d *mix.Dataset, target string) (*export.Summary, map[string][]byte, error) {
	t.Helper()
	out := filepath.Join(t.TempDir(), "out")
	done, err := export.Run(t.Context(), export.Config{Dataset: d, Target: target, Out: out})
	files := map[string][]byte{}
	_ = filepath.WalkDir(filepath.Dir(out), func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			name, _ := filepath.Rel(out, path)
			files[name], _ = os.ReadFile(path)
		}
		return err
	})
	return done, files, err
}

func TestEveryTargetWritesItsGoldenFile(t *testing.T) {
	finest := map[string]*mix.Dataset{ // what the lines can say at most
		"nemo-rl": dataset(t, "messages", plain),
		"axolotl": dataset(t, "tokens", plain, first, part),
		"tinker":  dataset(t, "tokens", part),
	}
	marked := dataset(t, "tokens", plain, first)
	for name := range export.Targets {
		d := marked
		if finest[name] != nil {
			d = finest[name]
		}
		_, files, err := run(t, d, name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var got bytes.Buffer
		for _, file := range slices.Sorted(keys(files)) {
			got.WriteString("-- " + file + " --\n")
			got.Write(files[file])
		}
		goldentest.Check(t, filepath.Join("testdata", name+".golden"), got.String())
	}
}

func keys[V any](m map[string]V) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// What a row says of its turns is the same whichever way it was written.
func TestRowsOfMessagesAndOfTokensGiveTheSameLines(t *testing.T) {
	messages, tokens := dataset(t, "messages", plain), dataset(t, "tokens", plain)
	for name := range export.Targets {
		_, a, err := run(t, messages, name)
		_, b, err2 := run(t, tokens, name)
		if err = errors.Join(err, err2); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for file, data := range a {
			if !bytes.Equal(data, b[file]) {
				t.Errorf("%s: %s holds\n%s\nand from tokens\n%s", name, file, data, b[file])
			}
		}
	}
}

// Rows of turns say of whole turns what rows of tokens do.
func TestRowsOfTurnsAndOfTokensGiveTheSameLines(t *testing.T) {
	turns, tokens := dataset(t, "turns", plain, first), dataset(t, "tokens", plain, first)
	for name := range export.Targets {
		_, a, err := run(t, turns, name)
		_, b, err2 := run(t, tokens, name)
		if (err == nil) != (err2 == nil) {
			t.Errorf("%s: %v, and from tokens %v", name, err, err2)
		}
		for file, data := range a {
			if !bytes.Equal(data, b[file]) {
				t.Errorf("%s: %s holds\n%s\nand from tokens\n%s", name, file, data, b[file])
			}
		}
	}
}

func TestATargetThatCannotSayARowRefusesItAndLeavesNothing(t *testing.T) {
	for _, tc := range []struct{ row, target, want string }{
		{first, "nemo-rl", "message 3 is outside the loss"},
		{last, "swift", "the last message is outside the loss"},
		{last, "openai", ""},
		{part, "openai", "message 3 is trained in part"},
		{part, "axolotl", ""},
		{part, "nemo-rl", "message 3 is trained in part"},
		{part, "tinker", ""},
		{part, "sts", ""},
	} {
		_, files, err := run(t, dataset(t, "tokens", plain, tc.row), tc.target)
		switch {
		case tc.want == "" && err != nil:
			t.Errorf("%s: %v", tc.target, err)
		case tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want) || !strings.Contains(err.Error(), ", row ")):
			t.Errorf("%s: got error %v, want %q and the row", tc.target, err, tc.want)
		case tc.want != "" && len(files) > 0:
			t.Errorf("%s: it left %v", tc.target, slices.Sorted(keys(files)))
		}
	}
}

func TestTinkersWeightsAreTheManifestsTrainedTokens(t *testing.T) {
	for _, output := range []string{"messages", "tokens"} {
		d := dataset(t, output, plain)
		done, files, err := run(t, d, "tinker")
		if err != nil {
			t.Fatal(err)
		}
		want := d.Manifest.Totals.Train.TrainedTokens
		line := files["train.jsonl"]
		weights := line[bytes.Index(line, []byte(`"weights"`)):]
		if got := int64(bytes.Count(weights[:bytes.IndexByte(weights, ']')], []byte("1"))); got != want || done.Splits[0].TrainedTokens != want {
			t.Errorf("%s: weights of %d tokens, summary says %d, manifest %d", output, got, done.Splits[0].TrainedTokens, want)
		}
	}
}

func TestNothingIsWrittenOver(t *testing.T) {
	d := dataset(t, "messages", plain)
	out := t.TempDir()
	_, err := export.Run(t.Context(), export.Config{Dataset: d, Target: "openai", Out: out})
	if !errors.Is(err, mix.ErrOccupied) {
		t.Errorf("got %v", err)
	}
}

func TestAnExportThatFailsLeavesNothing(t *testing.T) {
	d := dataset(t, "messages", plain)
	shardFile := d.Shards("train")[0]
	data, err := os.ReadFile(shardFile)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(shardFile, data[:len(data)/2], 0o644); err != nil {
		t.Fatal(err)
	}
	if _, files, err := run(t, d, "openai"); err == nil || len(files) > 0 {
		t.Errorf("half a shard gives %v, error %v", files, err)
	}
	if err := os.WriteFile(shardFile, data, 0o644); err != nil {
		t.Fatal(err)
	}
	d.Manifest.Shards[0].Rows++
	if _, files, err := run(t, d, "openai"); err == nil || len(files) > 0 {
		t.Errorf("a row too few gives %v, error %v", files, err)
	}
	d.Manifest.Shards[0].Rows--
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	parent := t.TempDir()
	_, err = export.Run(ended, export.Config{Dataset: d, Target: "openai", Out: filepath.Join(parent, "out")})
	if left, _ := os.ReadDir(parent); !errors.Is(err, context.Canceled) || len(left) > 0 {
		t.Errorf("an export that was ended left %v, error %v", left, err)
	}
}

func TestASplitThatIsNotThereIsNamedWithThoseThatAre(t *testing.T) {
	d := dataset(t, "messages", plain)
	_, err := export.Run(t.Context(), export.Config{Dataset: d, Target: "openai", Out: filepath.Join(t.TempDir(), "x"), Splits: []string{"validation"}})
	if err == nil || !strings.Contains(err.Error(), `no rows of split "validation", only of train`) {
		t.Errorf("got %v", err)
	}
}
