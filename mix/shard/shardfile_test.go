package shard

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"trainyard/tokenize/chat"
)

// writeShardFile packs and writes n rows in groups of at most three.
func writeShardFile(t *testing.T, as string, n int, fill func(i int) (*Row, *chat.Example)) []byte {
	t.Helper()
	var file bytes.Buffer
	w, err := NewWriter(&file, Outputs[as].Schema())
	if err != nil {
		t.Fatal(err)
	}
	p := NewRowCodec(Outputs[as].Schema())
	for i := range n {
		p.Begin()
		row, ex := fill(i)
		Outputs[as].Pack(p, row, ex)
		if err := w.Write(p.Row); err != nil {
			t.Fatal(err)
		}
		if i%3 == 2 {
			if err := w.flush(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// readShardFile reads with parquet-go.
func readShardFile[T any](t *testing.T, file []byte) []T {
	t.Helper()
	r := parquet.NewGenericReader[T](bytes.NewReader(file))
	defer r.Close()
	rows := make([]T, r.NumRows()+1)
	n, err := r.Read(rows)
	if !errors.Is(err, io.EOF) {
		t.Fatalf("read of %d rows ends with %v", n, err)
	}
	return rows[:n]
}

func TestAShardOfMessagesReadsBackAsItWasPacked(t *testing.T) {
	var want []Row
	for i := range 20 {
		row := Row{TrajID: fmt.Sprint("id-", i), Task: "tâche", Source: strings.Repeat("s", i), NTokens: int32(i), NSteps: 1 << 30}
		for k := range 1 + i*i {
			row.Messages = append(row.Messages, Message{Role: "user", Content: strings.Repeat("日本 \x00\n", k%7)})
		}
		want = append(want, row)
	}
	file := writeShardFile(t, "messages", len(want), func(i int) (*Row, *chat.Example) { return &want[i], nil })
	if got := readShardFile[Row](t, file); !reflect.DeepEqual(got, want) {
		t.Errorf("rows came back as %v", got)
	}
}

// What stands beside the messages is a bit each, read by parquet-go and by us.
func TestAShardOfTurnsReadsBackAsItWasPacked(t *testing.T) {
	var rows []Row
	for i := range 20 {
		row := Row{TrajID: fmt.Sprint("id-", i), NTokens: int32(i)}
		for k := range 1 + i*i {
			role := []string{"user", "assistant"}[k%2]
			row.Messages = append(row.Messages, Message{Role: role, Content: fmt.Sprint(k), Untrained: role == "assistant" && k*k%7 < 3})
		}
		rows = append(rows, row)
	}
	file := writeShardFile(t, "turns", len(rows), func(i int) (*Row, *chat.Example) { return &rows[i], nil })
	for i, got := range readShardFile[TurnRow](t, file) {
		for k, m := range got.Messages {
			if want := rows[i].Messages[k]; m.Role != want.Role || m.Content != want.Content || m.Loss != (want.Role == "assistant" && !want.Untrained) {
				t.Errorf("row %d, message %d: %+v, want %+v", i, k, m, want)
			}
		}
	}
	path := filepath.Join(t.TempDir(), "train-00000-of-00001.parquet")
	if err := os.WriteFile(path, file, 0o644); err != nil {
		t.Fatal(err)
	}
	if output, err := OutputOf(path); err != nil || output != "turns" {
		t.Errorf("it is taken for %q, %v", output, err)
	}
	n := 0
	err := ReadRows(path, func(got *Row) error {
		if !reflect.DeepEqual(*got, rows[n]) {
			t.Errorf("row %d came back as %+v", n, got)
		}
		n++
		return nil
	})
	if err != nil || n != len(rows) {
		t.Errorf("%d rows, %v", n, err)
	}
}

func TestAShardOfTokensReadsBackAsItWasPacked(t *testing.T) {
	example := func(i int) *chat.Example {
		ex := &chat.Example{Spans: []chat.Span{{Start: i / 2, End: i}}}
		for k := range 1 + 50*i {
			ex.IDs = append(ex.IDs, int32(k*k%151_643))
		}
		return ex
	}
	file := writeShardFile(t, "tokens", 40, func(i int) (*Row, *chat.Example) {
		return &Row{TrajID: fmt.Sprint("id-", i), Task: "tâche"}, example(i)
	})
	for i, row := range readShardFile[TokenRow](t, file) {
		ids := example(i).IDs
		labels := slices.Repeat([]int32{Ignored}, len(ids))
		copy(labels[i/2:i], ids[i/2:i])
		want := TokenRow{InputIDs: ids, AttentionMask: slices.Repeat([]int32{1}, len(ids)), Labels: labels, TrajID: fmt.Sprint("id-", i), Task: "tâche"}
		if !reflect.DeepEqual(row, want) {
			t.Fatalf("row %d came back as %v, want %v", i, row, want)
		}
	}
}

func TestAShardWithoutRowsIsAFile(t *testing.T) {
	file := writeShardFile(t, "messages", 0, nil)
	if rows := readShardFile[Row](t, file); len(rows) != 0 {
		t.Errorf("an empty shard holds %v", rows)
	}
}

func TestTheFooterAccountsForEveryByteOfTheFile(t *testing.T) {
	file := writeShardFile(t, "messages", 8, func(i int) (*Row, *chat.Example) {
		return &Row{Messages: []Message{{Role: "user", Content: strings.Repeat("x", 1000*i)}}}, nil
	})
	f, err := parquet.OpenFile(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	at := int64(len(parquetMagic))
	for i, group := range f.Metadata().RowGroups {
		begin, plain := at, int64(0)
		for _, c := range group.Columns {
			if c.MetaData.DataPageOffset != at {
				t.Errorf("%v of group %d begins at %d, want %d", c.MetaData.PathInSchema, i, c.MetaData.DataPageOffset, at)
			}
			at += c.MetaData.TotalCompressedSize
			plain += c.MetaData.TotalUncompressedSize
		}
		if group.FileOffset != begin || group.TotalCompressedSize != at-begin || group.TotalByteSize != plain || int(group.Ordinal) != i {
			t.Errorf("group %d says of itself %+v", i, group)
		}
	}
	footer := int64(binary.LittleEndian.Uint32(file[len(file)-8:]))
	if end := at + footer + 8; end != int64(len(file)) {
		t.Errorf("pages and footer end at %d, the file at %d", end, len(file))
	}
}
