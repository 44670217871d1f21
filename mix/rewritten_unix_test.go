//go:build linux || darwin

package mix

import (
	"bytes"
	"context"
	"errors"
	"os"
	"strings"
	"sync"
	"testing"
)

// A file that is rewritten with its size and its time set back is another file.
func TestAnInputThatIsRewrittenInPlaceIsNotPassedOff(t *testing.T) {
	path := writeSource(t, t.TempDir(), "a.jsonl", 60)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	cfg := prepareConfig(t, path)
	rewrite := sync.OnceFunc(func() {
		text, err := os.ReadFile(path)
		err = errors.Join(err, os.WriteFile(path, bytes.ToUpper(text), 0o644), os.Chtimes(path, info.ModTime(), info.ModTime()))
		if err != nil {
			t.Error(err)
		}
	})
	cfg.Progress = func(p Progress) {
		if p.Stage == "read" {
			rewrite()
		}
	}
	if _, err := Prepare(context.Background(), cfg); err == nil || !strings.Contains(err.Error(), "changed while it was read") {
		t.Errorf("the error is %v", err)
	}
}
