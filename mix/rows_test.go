package mix

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"trainyard/mix/pack"
	"trainyard/mix/shard"
)

// packedRows are the rows of a dataset of packed sequences.
func packedRows(t testing.TB, dir string) (list []shard.PackedRow) {
	t.Helper()
	eachShard(t, dir, func(path string) {
		err := shard.ReadPacked(path, func(row *shard.PackedRow) error {
			list = append(list, shard.PackedRow{
				InputIDs: slices.Clone(row.InputIDs), AttentionMask: slices.Clone(row.AttentionMask), Labels: slices.Clone(row.Labels),
				PositionIDs: slices.Clone(row.PositionIDs), SeqLengths: slices.Clone(row.SeqLengths), TrajIDs: slices.Clone(row.TrajIDs), Tasks: slices.Clone(row.Tasks),
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
	return list
}

// sequences cuts a packed row at its boundaries, and holds that all columns agree
// on them.
func sequences(t testing.TB, row *shard.PackedRow) (list []string) {
	t.Helper()
	from := 0
	for k, n := range row.SeqLengths {
		to := from + int(n)
		for i := from; i < to; i++ {
			if row.PositionIDs[i] != int32(i-from) || row.AttentionMask[i] != 1 || row.Labels[i] >= 0 && row.Labels[i] != row.InputIDs[i] {
				t.Fatalf("token %d of sequence %d: position %d, mask %d, label %d", i-from, k, row.PositionIDs[i], row.AttentionMask[i], row.Labels[i])
			}
		}
		if row.Labels[from] >= 0 {
			t.Fatalf("the first token of sequence %d would be learned from the sequence before", k)
		}
		list = append(list, fmt.Sprint(row.InputIDs[from:to], row.Labels[from:to]))
		from = to
	}
	if n := len(row.SeqLengths); from != len(row.InputIDs) || from != len(row.PositionIDs) || from != len(row.Labels) || n != len(row.TrajIDs) || n != len(row.Tasks) {
		t.Fatalf("%d sequences of %d tokens, %d ids, %d positions, %d labels, %d trajectories, %d tasks",
			n, from, len(row.InputIDs), len(row.PositionIDs), len(row.Labels), len(row.TrajIDs), len(row.Tasks))
	}
	return list
}

// Packed rows hold the rows of tokens, each once, whatever packs them, and each
// side its own.
func TestPackedRowsHoldTheRowsOfTokens(t *testing.T) {
	dir := t.TempDir()
	paths := []string{writeSource(t, dir, "a.jsonl", 150), writeSource(t, dir, "b.jsonl", 90)}
	plain := prepareConfig(t, paths...)
	plain.Output = "tokens"
	mustPrepare(t, plain)
	var want []string
	for _, row := range tokenRows(t, plain.Out) {
		want = append(want, fmt.Sprint(row.InputIDs, row.Labels))
	}
	inOrder := slices.Clone(want)
	slices.Sort(want)
	for packing := range pack.Packers {
		t.Run(packing, func(t *testing.T) {
			cfg := prepareConfig(t, paths...)
			cfg.Output, cfg.Packing = "packed", packing
			m := mustPrepare(t, cfg).Manifest
			var got []string
			rows := packedRows(t, cfg.Out)
			for i := range rows {
				if len(rows[i].InputIDs) > cfg.Window {
					t.Fatalf("a row of %d tokens", len(rows[i].InputIDs))
				}
				got = append(got, sequences(t, &rows[i])...)
			}
			if (packing == "in-order" || packing == "none") && !slices.Equal(got, inOrder) {
				t.Error("the order of rows is lost")
			}
			if slices.Sort(got); !slices.Equal(got, want) {
				t.Errorf("%d sequences, not those of %d rows of tokens", len(got), len(want))
			}
			sides := sidesOf(m)
			if sides.Rows != int64(len(rows)) || sides.Sequences != int64(len(want)) || m.Packing != packing {
				t.Errorf("the manifest says %+v, packed %q", sides, m.Packing)
			}
			train := m.Totals.Train
			if used := float64(train.Tokens) / float64(train.Rows*int64(cfg.Window)); math.Abs(used-train.Utilisation) > 1e-9 {
				t.Errorf("utilisation %v, the manifest says %v", used, train.Utilisation)
			}
		})
	}
}

func TestTheNumberOfWorkersChangesNoByteOfPackedRows(t *testing.T) {
	path := writeSource(t, t.TempDir(), "a.jsonl", 150)
	var first map[string]string
	for _, workers := range []int{1, 4} {
		cfg := prepareConfig(t, path)
		cfg.Workers, cfg.Output, cfg.Window, cfg.OverWindow = workers, "packed", 900, "split"
		mustPrepare(t, cfg)
		files := readDir(t, cfg.Out)
		if first == nil {
			first = files
		}
		for name, data := range files {
			if first[name] != data {
				t.Errorf("%d workers: %s differs", workers, name)
			}
		}
	}
}

// Records that share an id are renamed in packed rows as in others.
func TestSequencesOfOneIdAreRenamed(t *testing.T) {
	var lines []byte
	for seed := range uint64(3) {
		lines = append(lines, bytes.Replace(chatLine(rand.New(rand.NewPCG(seed, 1)), 1), []byte(`{"instance_id"`), []byte(`{"id":"same","instance_id"`), 1)...)
	}
	path := filepath.Join(t.TempDir(), "a.jsonl")
	if err := os.WriteFile(path, lines, 0o644); err != nil {
		t.Fatal(err)
	}
	cfg := prepareConfig(t, path)
	cfg.Output, cfg.Validation, cfg.Sources[0].Accept.Field, cfg.Sources[0].Accept.Any = "packed", 0, "", true
	mustPrepare(t, cfg)
	rows := packedRows(t, cfg.Out)
	ids := slices.Clone(rows[0].TrajIDs)
	slices.Sort(ids)
	if len(rows) != 1 || len(slices.Compact(ids)) != 3 {
		t.Errorf("%d rows, ids %v", len(rows), ids)
	}
}
