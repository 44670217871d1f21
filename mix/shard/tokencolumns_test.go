package shard

import (
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
	}
	type wide struct {
		InputIDs      []int64 `parquet:"input_ids,list"`
		AttentionMask []int32 `parquet:"attention_mask,list"`
		Labels        []int32 `parquet:"labels,list"`
	}
	rng := rand.New(rand.NewPCG(1, 2))
	var rows []TokenRow
	for range 300 {
		row := TokenRow{InputIDs: []int32{}, AttentionMask: []int32{}, Labels: []int32{}}
		for range rng.IntN(200) {
			row.InputIDs = append(row.InputIDs, rng.Int32N(50))
			row.AttentionMask = append(row.AttentionMask, 1)
			row.Labels = append(row.Labels, rng.Int32N(50)-1)
		}
		rows = append(rows, row)
	}
	checkTokens(t, rows, func(r TokenRow) dictionary { return dictionary(r) }, true)
	checkTokens(t, rows, func(r TokenRow) wide {
		w := wide{AttentionMask: r.AttentionMask, Labels: r.Labels}
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
		if !slices.Equal(row.InputIDs, rows[i].InputIDs) || !slices.Equal(row.AttentionMask, rows[i].AttentionMask) || !slices.Equal(row.Labels, rows[i].Labels) {
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
