package mix

import (
	"bytes"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"trainyard/mix/shard"
)

// groupsOf writes rows of the given text sizes and returns the rows of each
// row group.
func groupsOf(t *testing.T, sizes []int) []int64 {
	t.Helper()
	var file bytes.Buffer
	w, err := shard.NewWriter(&file, shard.Outputs["messages"].Schema())
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range sizes {
		p := shard.NewRowCodec(shard.Outputs["messages"].Schema())
		p.PackRow(&shard.Row{Messages: []shard.Message{{Role: "assistant", Content: strings.Repeat("x", n)}}})
		if err := w.Write(p.Row); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := parquet.OpenFile(bytes.NewReader(file.Bytes()), int64(file.Len()))
	if err != nil {
		t.Fatal(err)
	}
	var rows []int64
	for _, g := range f.RowGroups() {
		rows = append(rows, g.NumRows())
	}
	return rows
}

func repeated(n, times int) []int {
	sizes := make([]int, times)
	for i := range sizes {
		sizes[i] = n
	}
	return sizes
}

func TestARowGroupEndsAt512RowsOr128MiB(t *testing.T) {
	if got := groupsOf(t, repeated(10, 1100)); len(got) != 3 || got[0] != 512 || got[2] != 76 {
		t.Errorf("1100 short rows make groups of %v", got)
	}
	if got := groupsOf(t, repeated(50<<20, 5)); len(got) != 2 || got[0] != 3 || got[1] != 2 {
		t.Errorf("five rows of 50 MiB make groups of %v", got)
	}
	if got := groupsOf(t, []int{200 << 20, 10}); len(got) != 2 {
		t.Errorf("a row of 200 MiB shares its group: %v", got)
	}
}
