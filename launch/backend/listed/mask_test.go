package listed

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"trainyard/launch"
	"trainyard/launch/backend/carry"
	"trainyard/launch/files"
)

func TestLogsOfEveryNodeOnAMountAreMasked(t *testing.T) {
	home, mount := t.TempDir(), t.TempDir()
	b, err := New(Place{Name: "service", Runs: "/bucket", Volumes: carry.Volumes{{There: "/bucket", Here: mount}}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(home, "0199aaaa-1111-4111-8111-111111111111", "attempt-1")
	there := filepath.Join(mount, "0199aaaa-1111-4111-8111-111111111111", "attempt-1")
	for _, d := range []string{dir, filepath.Join(there, "out")} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := files.WriteJSON(dir, specName, launch.Task{Command: launch.Command{Progress: "out/log.jsonl"}}); err != nil {
		t.Fatal(err)
	}
	text := "login with hf_" + strings.Repeat("Ab3", 12) + "\n"
	for name, masked := range map[string]bool{"log": true, "log-node-1": true, "out/log.jsonl": true, "weights": false} {
		if err := os.WriteFile(filepath.Join(there, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		b.mask(dir)
		got, err := os.ReadFile(filepath.Join(there, name))
		if err != nil || len(got) != len(text) || strings.Contains(string(got), "Ab3") == masked {
			t.Errorf("%s is %q, %v", name, got, err)
		}
	}
}
