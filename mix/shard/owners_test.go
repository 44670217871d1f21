package shard

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"trainyard/tokenize/chat"
)

func TestOwnersAreReadOfRowsOfEveryKind(t *testing.T) {
	for as, instance := range map[string]string{"messages": "ant__hill-%d", "turns": "ant__hill-%d", "tokens": ""} {
		file := writeShardFile(t, as, 7, func(i int) (*Row, *chat.Example) {
			row := &Row{TrajID: fmt.Sprint("id-", i), InstanceID: fmt.Sprintf("ant__hill-%d", i), Messages: []Message{{Role: "user", Content: "hello"}}}
			return row, &chat.Example{IDs: []int32{1, 2}}
		})
		path := filepath.Join(t.TempDir(), "train-00000-of-00001.parquet")
		if err := os.WriteFile(path, file, 0o600); err != nil {
			t.Fatal(err)
		}
		n := 0
		err := ReadOwners(path, func(trajectory, got string) {
			want := instance
			if want != "" {
				want = fmt.Sprintf(want, n)
			}
			if trajectory != fmt.Sprint("id-", n) || got != want {
				t.Errorf("%s: row %d is of %q, %q", as, n, trajectory, got)
			}
			n++
		})
		if err != nil || n != 7 {
			t.Errorf("%s: %d rows, %v", as, n, err)
		}
	}
	if err := ReadOwners(filepath.Join(t.TempDir(), "none"), nil); err == nil {
		t.Error("a file that is not there was read")
	}
}
