package smoke

import (
	"bytes"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"trainyard/mix"
	"trainyard/mix/shard"
	"trainyard/tokenize"
	"trainyard/tokenize/chat"
)

// asTokens is a row as a shard of tokens has it.
func asTokens(t testing.TB, row shard.Row) shard.TokenRow {
	t.Helper()
	template, err := chat.NewTemplate("qwen2.5", tokenize.Qwen25())
	if err != nil {
		t.Fatal(err)
	}
	conversation, err := asChat(&row)
	if err != nil {
		t.Fatal(err)
	}
	var e chat.Example
	template.Apply(&e, conversation)
	out := shard.TokenRow{InputIDs: e.IDs}
	for range e.IDs {
		out.AttentionMask = append(out.AttentionMask, 1)
		out.Labels = append(out.Labels, shard.Ignored)
	}
	for _, s := range e.Spans {
		copy(out.Labels[s.Start:s.End], e.IDs[s.Start:s.End])
	}
	return out
}

// writeTokens writes one shard of tokens for each split. spoil changes the
// second training row after it was counted.
func writeTokens(t testing.TB, train, validation []shard.Row, spoil func(*shard.TokenRow)) string {
	t.Helper()
	dir := t.TempDir()
	m := mix.Manifest{Format: 1, Template: "qwen2.5", Output: "tokens", Window: 4096}
	for split, rows := range map[string][]shard.Row{"train": train, "validation": validation} {
		s := mix.Shard{Split: split, Rows: int64(len(rows))}
		var tokens []shard.TokenRow
		for _, row := range rows {
			tokens = append(tokens, asTokens(t, row))
			s.Tokens += int64(row.NTokens)
			s.TrainedTokens += int64(row.NTrainedTokens)
		}
		if split == "train" && spoil != nil {
			spoil(&tokens[1])
		}
		path := filepath.Join(dir, split+"-00000.parquet")
		if err := parquet.WriteFile(path, tokens); err != nil {
			t.Fatal(err)
		}
		s.FileDigest = digest(t, path)
		m.Shards = append(m.Shards, s)
		side := map[string]*mix.Side{"train": &m.Totals.Train, "validation": &m.Totals.Validation}[split]
		*side = addShard(*side, s)
	}
	writeManifest(t, dir, &m)
	return dir
}

func TestTokensTrainTheModelThatTheirMessagesTrain(t *testing.T) {
	rows, validation := conversations(t, 0, 5), conversations(t, 50, 2)
	messages := readConfig(t, writeDataset(t, [][]shard.Row{rows}, validation))
	tokens := readConfig(t, writeTokens(t, rows, validation, nil))
	train(t, messages)
	train(t, tokens)
	if !bytes.Equal(readBytes(t, messages.OutputDir, "model.safetensors"), readBytes(t, tokens.OutputDir, "model.safetensors")) {
		t.Error("the models differ")
	}
	a, b := toJSON(t, untimed(readLog(t, messages.OutputDir))), toJSON(t, untimed(readLog(t, tokens.OutputDir)))
	if a != b {
		t.Errorf("log of messages\n%s\nof tokens\n%s", a, b)
	}
}

func TestTokensThatNoTrainerCanUseStopTheRun(t *testing.T) {
	size := tokenize.Qwen25().VocabSize()
	for name, c := range map[string]struct {
		spoil func(*shard.TokenRow)
		want  string
	}{
		"a label too few":      {func(r *shard.TokenRow) { r.Labels = r.Labels[1:] }, "all must be as many"},
		"a mask too short":     {func(r *shard.TokenRow) { r.AttentionMask = r.AttentionMask[1:] }, "all must be as many"},
		"another token's":      {func(r *shard.TokenRow) { r.Labels[4] = r.InputIDs[4] + 1 }, "labels[4] is"},
		"an id too large":      {func(r *shard.TokenRow) { r.InputIDs[0] = int32(size) }, fmt.Sprintf("input_ids[0] is %d", size)},
		"an id below 0":        {func(r *shard.TokenRow) { r.InputIDs[0] = -1 }, "input_ids[0] is -1"},
		"padding":              {func(r *shard.TokenRow) { r.AttentionMask[2] = 0 }, "attention_mask[2] is 0"},
		"nothing to learn":     {func(r *shard.TokenRow) { r.Labels = ignoredLabels(len(r.Labels)) }, "no trained token"},
		"empty":                {func(r *shard.TokenRow) { *r = shard.TokenRow{} }, "no trained token"},
		"longer than window":   {longRow, "8192 tokens, the window holds 4096"},
		"another count":        {func(r *shard.TokenRow) { cutLast(r) }, "tokens read"},
		"another trained part": {func(r *shard.TokenRow) { r.Labels[len(r.Labels)-2] = shard.Ignored }, "trained tokens read"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := writeTokens(t, conversations(t, 0, 3), nil, c.spoil)
			_, err := readDataset(t.Context(), readConfig(t, dir), io.Discard)
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "train-00000.parquet") {
				t.Errorf("got %v, want the file and %q", err, c.want)
			}
			if rowWise := !strings.Contains(c.want, "read"); err != nil && rowWise != strings.Contains(err.Error(), "row 2:") {
				t.Errorf("which row it is: %v", err)
			}
		})
	}
}

func ignoredLabels(n int) []int32 {
	labels := make([]int32, n)
	for i := range labels {
		labels[i] = shard.Ignored
	}
	return labels
}

func longRow(r *shard.TokenRow) {
	const n = 8192
	r.InputIDs, r.AttentionMask, r.Labels = make([]int32, n), make([]int32, n), make([]int32, n)
}

func cutLast(r *shard.TokenRow) {
	last := len(r.InputIDs) - 1
	r.InputIDs, r.AttentionMask, r.Labels = r.InputIDs[:last], r.AttentionMask[:last], r.Labels[:last]
}

func TestAnUnknownKindOfRowsIsRefused(t *testing.T) {
	dir := writeDataset(t, [][]shard.Row{conversations(t, 0, 2)}, nil)
	d, err := mix.OpenDataset(dir)
	if err != nil {
		t.Fatal(err)
	}
	d.Manifest.Output = "pictures"
	writeManifest(t, dir, d.Manifest)
	if _, err := readDataset(t.Context(), readConfig(t, dir), io.Discard); err == nil || !strings.Contains(err.Error(), `"pictures"`) {
		t.Errorf("got %v", err)
	}
}

// <think> is a token of Qwen3 that Qwen2.5 does not have.
func TestATokenIsKnownIfTheTemplatesTokenizerHasIt(t *testing.T) {
	beyond := int32(tokenize.Qwen25().VocabSize())
	dir := writeTokens(t, conversations(t, 0, 3), nil, func(r *shard.TokenRow) { r.InputIDs[0] = beyond })
	d, err := mix.OpenDataset(dir)
	if err != nil {
		t.Fatal(err)
	}
	d.Manifest.Template = "qwen3"
	writeManifest(t, dir, d.Manifest)
	read, err := readDataset(t.Context(), readConfig(t, dir), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	defer read.close()
	if want := tokenize.Qwen3().VocabSize(); read.vocabulary != want {
		t.Errorf("vocabulary of %d, want %d", read.vocabulary, want)
	}
}

func TestATemplateWithoutATokenizerIsRefused(t *testing.T) {
	dir := writeTokens(t, conversations(t, 0, 3), nil, nil)
	d, err := mix.OpenDataset(dir)
	if err != nil {
		t.Fatal(err)
	}
	d.Manifest.Template = "gemma"
	writeManifest(t, dir, d.Manifest)
	if _, err := readDataset(t.Context(), readConfig(t, dir), io.Discard); err == nil || !strings.Contains(err.Error(), `"gemma"`) {
		t.Errorf("got %v", err)
	}
}
