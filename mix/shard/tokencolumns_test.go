package shard

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"github.com/parquet-go/parquet-go"
)

// Rows of tokens that other writers wrote, with pages that end inside a row,
// dictionaries, nulls and several row groups, are read as parquet-go reads them.
func TestTokensOfOtherWritersAreReadAlike(t *testing.T) {
	type dictionary struct {
		InputIDs      []int32 `parquet:"input_ids,list" parquet-element:",dict"`
		AttentionMask []int32 `parquet:"attention_mask,list" parquet-element:",delta"`
		Labels        []int32 `parquet:"labels,list,optional"`
		TrajID        string  `parquet:"traj_id,dict"`
		Task          string  `parquet:"task,optional"`
	}
	// Before Pipeline 5 there was nothing beside the three columns.
	type three struct {
		InputIDs      []int32 `parquet:"input_ids,list"`
		AttentionMask []int32 `parquet:"attention_mask,list"`
		Labels        []int32 `parquet:"labels,list"`
	}
	type wide struct {
		InputIDs      []int64 `parquet:"input_ids,list"`
		AttentionMask []int32 `parquet:"attention_mask,list"`
		Labels        []int32 `parquet:"labels,list"`
		TrajID        string  `parquet:"traj_id"`
		Task          string  `parquet:"task"`
	}
	rng := rand.New(rand.NewPCG(1, 2))
	var rows []TokenRow
	for i := range 300 {
		row := TokenRow{InputIDs: []int32{}, AttentionMask: []int32{}, Labels: []int32{}, TrajID: fmt.Sprint("t", i), Task: []string{"", "a", "bb"}[i%3]}
		for range rng.IntN(200) {
			row.InputIDs = append(row.InputIDs, rng.Int32N(50))
			row.AttentionMask = append(row.AttentionMask, 1)
			row.Labels = append(row.Labels, rng.Int32N(50)-1)
		}
		rows = append(rows, row)
	}
	checkTokens(t, rows, func(r TokenRow) dictionary { return dictionary(r) }, true)
	var bare []TokenRow
	for _, row := range rows {
		bare = append(bare, TokenRow{InputIDs: row.InputIDs, AttentionMask: row.AttentionMask, Labels: row.Labels})
	}
	checkTokens(t, bare, func(r TokenRow) three { return three{r.InputIDs, r.AttentionMask, r.Labels} }, true)
	checkTokens(t, rows, func(r TokenRow) wide {
		w := wide{AttentionMask: r.AttentionMask, Labels: r.Labels, TrajID: r.TrajID, Task: r.Task}
		for _, id := range r.InputIDs {
			w.InputIDs = append(w.InputIDs, int64(id))
		}
		return w
	}, false)
}

func checkTokens[T any](t *testing.T, rows []TokenRow, as func(TokenRow) T, plain bool) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.parquet")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w := parquet.NewGenericWriter[T](f, parquet.PageBufferSize(512), parquet.MaxRowsPerRowGroup(70))
	for _, row := range rows {
		if _, err := w.Write([]T{as(row)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	i := 0
	err = ReadTokens(path, func(row *TokenRow) error {
		if !slices.Equal(row.InputIDs, rows[i].InputIDs) || !slices.Equal(row.AttentionMask, rows[i].AttentionMask) || !slices.Equal(row.Labels, rows[i].Labels) || row.TrajID != rows[i].TrajID || row.Task != rows[i].Task {
			t.Fatalf("row %d of %v differs", i, reflect.TypeFor[T]())
		}
		i++
		return nil
	})
	if plain && (err != nil || i != len(rows)) {
		t.Errorf("%v: %d rows of %d, %v", reflect.TypeFor[T](), i, len(rows), err)
	}
	if !plain && err == nil && i != len(rows) {
		t.Errorf("%v: %d rows of %d without an error", reflect.TypeFor[T](), i, len(rows))
	}
}
