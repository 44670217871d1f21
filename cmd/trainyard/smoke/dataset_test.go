package smoke

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"trainyard/mix"
	"trainyard/mix/shard"
	"trainyard/tokenize"
	"trainyard/tokenize/chat"
)

// conversation is a row as prepare would write it, of a few hundred tokens
// that differ with n.
func conversation(t testing.TB, n int) shard.Row {
	t.Helper()
	row := shard.Row{TrajID: fmt.Sprintf("traj-%d", n), Messages: []shard.Message{{Role: "system", Content: "You fix bugs."}}}
	for turn := range 3 + n%3 {
		row.Messages = append(row.Messages,
			shard.Message{Role: "user", Content: fmt.Sprintf("File %d.%d fails:\n%s", n, turn, strings.Repeat("assert f(x) == y\n", 3+n%5))},
			shard.Message{Role: "assistant", Content: fmt.Sprintf("I open it.\n<function=open><parameter=path>src/%d.py</parameter></function>", turn)})
	}
	return counted(t, row)
}

func counted(t testing.TB, row shard.Row) shard.Row {
	t.Helper()
	conversation, err := asChat(&row)
	if err != nil {
		t.Fatal(err)
	}
	template, err := chat.NewTemplate("qwen2.5", tokenize.Qwen25())
	if err != nil {
		t.Fatal(err)
	}
	var e chat.Example
	template.Apply(&e, conversation)
	row.NTokens, row.NTrainedTokens = int32(len(e.IDs)), int32(e.Trained())
	return row
}

func conversations(t testing.TB, from, n int) []shard.Row {
	t.Helper()
	var rows []shard.Row
	for i := range n {
		rows = append(rows, conversation(t, from+i))
	}
	return rows
}

// writeDataset writes shards of the rows and the manifest that they ask for.
func writeDataset(t testing.TB, train [][]shard.Row, validation []shard.Row) string {
	t.Helper()
	dir := t.TempDir()
	m := mix.Manifest{Format: 1, Template: "qwen2.5", Window: 4096}
	for i, rows := range train {
		s := writeShard(t, dir, "train", i, rows)
		m.Shards = append(m.Shards, s)
		m.Totals.Train = addShard(m.Totals.Train, s)
	}
	if validation != nil {
		s := writeShard(t, dir, "validation", 0, validation)
		m.Shards = append(m.Shards, s)
		m.Totals.Validation = addShard(m.Totals.Validation, s)
	}
	writeManifest(t, dir, &m)
	return dir
}

func writeShard(t testing.TB, dir, split string, i int, rows []shard.Row) mix.Shard {
	t.Helper()
	path := filepath.Join(dir, fmt.Sprintf("%s-%05d.parquet", split, i))
	if err := parquet.WriteFile(path, rows); err != nil {
		t.Fatal(err)
	}
	s := mix.Shard{FileDigest: digest(t, path), Split: split, Rows: int64(len(rows))}
	for _, r := range rows {
		s.Tokens += int64(r.NTokens)
		s.TrainedTokens += int64(r.NTrainedTokens)
	}
	return s
}

func addShard(side mix.Side, s mix.Shard) mix.Side {
	side.Rows += s.Rows
	side.Tokens += s.Tokens
	side.TrainedTokens += s.TrainedTokens
	return side
}

func digest(t testing.TB, path string) mix.FileDigest {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(data)
	return mix.FileDigest{File: filepath.Base(path), Bytes: int64(len(data)), SHA256: hex.EncodeToString(sum[:])}
}

func writeManifest(t testing.TB, dir string, m *mix.Manifest) {
	t.Helper()
	data, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, mix.ManifestFile), data, 0o666); err != nil {
		t.Fatal(err)
	}
}

func readConfig(t testing.TB, dataset string) Config {
	t.Helper()
	return Config{Dataset: dataset, OutputDir: t.TempDir(), Epochs: 2, BatchSize: 4, LearningRate: 0.2, LoggingSteps: 1}
}

func TestRowsAreKeptAsTokensWithTheirMasks(t *testing.T) {
	rows := conversations(t, 0, 2*rowsAtOnce+3)
	dir := writeDataset(t, [][]shard.Row{rows[:40], rows[40:]}, conversations(t, 100, 2))
	d, err := readDataset(t.Context(), readConfig(t, dir), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	defer d.close()
	if d.validation.sum.Rows != 2 {
		t.Errorf("%d validation rows, want 2", d.validation.sum.Rows)
	}
	var e example
	for i, row := range rows {
		if err := d.train.read(i, &e); err != nil {
			t.Fatal(err)
		}
		if len(e.ids) != int(row.NTokens) || e.trained() != int64(row.NTrainedTokens) {
			t.Fatalf("row %d: %d tokens, %d trained; want %d, %d", i, len(e.ids), e.trained(), row.NTokens, row.NTrainedTokens)
		}
		last := e.spans[len(e.spans)-1]
		got := string(tokenize.Qwen25().Decode(e.ids[last.Start:last.End]))
		if want := row.Messages[len(row.Messages)-1].Content + "<|im_end|>"; got != want {
			t.Fatalf("row %d trains %q last, want %q", i, got, want)
		}
	}
}

func TestRowsThatNoTrainerCanUseStopTheRun(t *testing.T) {
	message := func(role, content string) shard.Message { return shard.Message{Role: role, Content: content} }
	for name, c := range map[string]struct {
		spoil func(*shard.Row)
		want  string
	}{
		"wrong token count":   {func(r *shard.Row) { r.NTokens++ }, "n_tokens says"},
		"wrong trained count": {func(r *shard.Row) { r.NTrainedTokens-- }, "n_trained_tokens says"},
		"no system":           {func(r *shard.Row) { r.Messages = r.Messages[1:] }, `message 0 has role "user" where "system" belongs`},
		"empty system":        {func(r *shard.Row) { r.Messages[0].Content = " \n" }, "the system message is empty"},
		"ends on user":        {func(r *shard.Row) { r.Messages = append(r.Messages, message("user", "?")) }, "ending on assistant"},
		"tool role":           {func(r *shard.Row) { r.Messages[3].Role = "tool" }, `message 3 has role "tool" where "user" belongs`},
		"no messages":         {func(r *shard.Row) { r.Messages = nil }, "0 messages"},
		"over the window": {func(r *shard.Row) {
			r.Messages[1].Content = strings.Repeat("a b ", 4096)
			*r = counted(t, *r)
		}, "tokens, the window holds 4096"},
	} {
		t.Run(name, func(t *testing.T) {
			rows := conversations(t, 0, 3)
			c.spoil(&rows[1])
			cfg := readConfig(t, writeDataset(t, [][]shard.Row{rows}, nil))
			_, err := readDataset(t.Context(), cfg, io.Discard)
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), `train-00000.parquet, row 2, traj_id "traj-1"`) {
				t.Errorf("got %v, want the file, the row, its id and %q", err, c.want)
			}
		})
	}
}

func TestEmptyMaskIsRefused(t *testing.T) {
	row := shard.Row{NTokens: 3}
	if err := checkExample(&row, &chat.Example{IDs: []int32{1, 2, 3}}, 10); err == nil || !strings.Contains(err.Error(), "no trained token") {
		t.Errorf("got %v", err)
	}
}

func TestOnlyTheFirstFaultsAreTold(t *testing.T) {
	rows := conversations(t, 0, 2*rowsAtOnce)
	for i := range rows {
		rows[i].NTokens++
	}
	_, err := readDataset(t.Context(), readConfig(t, writeDataset(t, [][]shard.Row{rows}, nil)), io.Discard)
	if err == nil || strings.Count(err.Error(), "n_tokens says") != maxFaults {
		t.Errorf("got %v, want %d faults", err, maxFaults)
	}
}

func TestDatasetThatIsNotWhatItSaysStopsTheRun(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(t *testing.T, dir string, m *mix.Manifest, cfg *Config)
		want  string
	}{
		"damaged shard, sha256 known": {func(t *testing.T, dir string, m *mix.Manifest, _ *Config) {
			truncateShard(t, dir)
		}, "the manifest says"},
		"damaged shard, sha256 of the damage": {func(t *testing.T, dir string, m *mix.Manifest, _ *Config) {
			truncateShard(t, dir)
			m.Shards[0].FileDigest = digest(t, filepath.Join(dir, m.Shards[0].File))
		}, "train-00000.parquet"},
		"missing shard": {func(t *testing.T, dir string, _ *mix.Manifest, _ *Config) {
			if err := os.Remove(filepath.Join(dir, "train-00000.parquet")); err != nil {
				t.Fatal(err)
			}
		}, "no such file"},
		"shard total": {func(_ *testing.T, _ string, m *mix.Manifest, _ *Config) { m.Shards[0].Tokens++ }, "tokens read"},
		"split total": {func(_ *testing.T, _ string, m *mix.Manifest, _ *Config) { m.Totals.Train.TrainedTokens++ }, "manifest, train"},
		"validation total": {func(_ *testing.T, _ string, m *mix.Manifest, _ *Config) { m.Totals.Validation.Rows++ },
			"manifest, validation: 1 rows read, 2 expected"},
		"expected total": {func(_ *testing.T, _ string, _ *mix.Manifest, cfg *Config) { cfg.Expected.Rows = 5 },
			"config, expected: 3 rows read, 5 expected"},
		"unknown split":  {func(_ *testing.T, _ string, m *mix.Manifest, _ *Config) { m.Shards[1].Split = "test" }, `split "test"`},
		"other template": {func(_ *testing.T, _ string, _ *mix.Manifest, cfg *Config) { cfg.Template = "chatml" }, `prepared for "qwen2.5"`},
	} {
		t.Run(name, func(t *testing.T) {
			dir := writeDataset(t, [][]shard.Row{conversations(t, 0, 3)}, conversations(t, 9, 1))
			d, err := mix.OpenDataset(dir)
			if err != nil {
				t.Fatal(err)
			}
			cfg := readConfig(t, dir)
			c.spoil(t, dir, d.Manifest, &cfg)
			writeManifest(t, dir, d.Manifest)
			_, err = readDataset(t.Context(), cfg, io.Discard)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func truncateShard(t *testing.T, dir string) {
	t.Helper()
	path := filepath.Join(dir, "train-00000.parquet")
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, info.Size()/2); err != nil {
		t.Fatal(err)
	}
}

func TestDirectoryWithoutManifestIsNoDataset(t *testing.T) {
	_, err := readDataset(t.Context(), readConfig(t, t.TempDir()), io.Discard)
	if err == nil || !strings.Contains(err.Error(), "not a finished dataset") {
		t.Errorf("got %v", err)
	}
}

func TestStopWhileReadingSaysSo(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	cfg := readConfig(t, writeDataset(t, [][]shard.Row{conversations(t, 0, 3)}, nil))
	if _, err := readDataset(ctx, cfg, io.Discard); !errors.Is(err, ErrStopped) {
		t.Errorf("got %v, want ErrStopped", err)
	}
}

func TestReadingLeavesNoFiles(t *testing.T) {
	cfg := readConfig(t, writeDataset(t, [][]shard.Row{conversations(t, 0, 3)}, nil))
	d, err := readDataset(t.Context(), cfg, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	defer d.close()
	left, err := os.ReadDir(cfg.OutputDir)
	if err != nil || len(left) > 0 {
		t.Errorf("left %v (%v)", left, err)
	}
}
