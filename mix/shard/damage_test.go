package shard

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"trainyard/format"
	"trainyard/format/dialect"
	"trainyard/tokenize/chat"
)

func shardOf(t *testing.T, as string) []byte {
	t.Helper()
	return writeShardFile(t, as, 7, func(i int) (*Row, *chat.Example) {
		text := fmt.Sprint("text ", i)
		row := &Row{Messages: []Message{{Role: "system", Content: "You work."}, {Role: "user", Content: text}, {Role: "assistant", Content: text}}, TrajID: fmt.Sprint("t", i), NTokens: 3}
		return row, &chat.Example{IDs: []int32{1, 2, int32(i)}, Spans: []chat.Span{{Start: 1, End: 3}}}
	})
}

// rowsOf reads a shard of either kind.
func rowsOf(as, path string) (n int, err error) {
	if as == "tokens" {
		err = ReadTokens(path, func(*TokenRow) error { n++; return nil })
	} else {
		err = ReadRows(path, func(*Row) error { n++; return nil })
	}
	return n, err
}

// TestNoDamageOfAFooterPasses walks over every byte from the footer's first to
// the file's last, and the four that begin the file.
func TestNoDamageOfAFooterPasses(t *testing.T) {
	for as := range Outputs {
		t.Run(as, func(t *testing.T) {
			t.Parallel()
			whole := shardOf(t, as)
			footer := len(whole) - 8 - int(binary.LittleEndian.Uint32(whole[len(whole)-8:]))
			path := filepath.Join(t.TempDir(), "train-00000-of-00001.parquet")
			for at := range whole {
				if at >= 4 && at < footer {
					continue
				}
				for _, flip := range []byte{0x01, 0x80} {
					damaged := append([]byte(nil), whole...)
					damaged[at] ^= flip
					if err := os.WriteFile(path, damaged, 0o644); err != nil {
						t.Fatal(err)
					}
					checkDamaged(t, as, path, fmt.Sprintf("byte %d of %d, xor %x", at, len(whole), flip))
				}
			}
			for cut := range 40 {
				if err := os.WriteFile(path, whole[:len(whole)*cut/40], 0o644); err != nil {
					t.Fatal(err)
				}
				checkDamaged(t, as, path, fmt.Sprintf("cut to %d of 40", cut))
			}
		})
	}
}

func checkDamaged(t *testing.T, as, path, what string) {
	t.Helper()
	if output, err := OutputOf(path); err == nil {
		t.Errorf("%s: taken for %q", what, output)
	}
	if n, err := rowsOf(as, path); err == nil {
		t.Errorf("%s: %d rows without a word", what, n)
	}
	src, err := dialect.Open(dialect.Input{Path: path})
	if err != nil {
		return // an empty file
	}
	err = src.Records(t.Context(), func(rec format.Record) error {
		var reject *format.Reject
		if !errors.As(rec.Err, &reject) {
			return fmt.Errorf("a record was read")
		}
		return nil
	})
	if err != nil {
		t.Errorf("%s, as a source: %v", what, err)
	}
}

// TestDamageOfRowsEndsInRowsOrAnError: pages have no checksum of their own, the
// manifest has one of the file; here it is enough that nothing panics, spins or
// loses rows without a word.
func TestDamageOfRowsEndsInRowsOrAnError(t *testing.T) {
	for as := range Outputs {
		whole := shardOf(t, as)
		path := filepath.Join(t.TempDir(), "x.parquet")
		for at := 4; at < len(whole)-8; at++ {
			damaged := append([]byte(nil), whole...)
			damaged[at] ^= 0xff
			if err := os.WriteFile(path, damaged, 0o644); err != nil {
				t.Fatal(err)
			}
			if n, err := rowsOf(as, path); err == nil && n != 7 {
				t.Errorf("%s, byte %d: %d of 7 rows without a word", as, at, n)
			}
		}
	}
}

func TestOnlyShardsAreTakenForShards(t *testing.T) {
	dir := t.TempDir()
	for as := range Outputs {
		for _, name := range []string{as + ".parquet", as + ".bin"} {
			path := filepath.Join(dir, name)
			if err := os.WriteFile(path, shardOf(t, as), 0o644); err != nil {
				t.Fatal(err)
			}
			if output, err := OutputOf(path); output != as || err != nil {
				t.Errorf("%s is taken for %q: %v", name, output, err)
			}
		}
	}
	for name, content := range map[string]string{"a.jsonl": "{}\n", "empty.jsonl": "", "short": "PA"} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		if output, err := OutputOf(path); output != "" || err != nil {
			t.Errorf("%s is taken for %q: %v", name, output, err)
		}
	}
	for _, path := range []string{dir, filepath.Join(dir, "gone")} {
		if output, err := OutputOf(path); output != "" || err != nil {
			t.Errorf("%s is taken for %q: %v", path, output, err)
		}
	}
}
