//go:build unix

package regular

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// None of these may be opened: a pipe without a writer waits for one.
func TestWhatIsNoRegularFileIsNamedAndNotOpened(t *testing.T) {
	dir := t.TempDir()
	pipe, socket, file, link := filepath.Join(dir, "pipe"), filepath.Join(dir, "socket"), filepath.Join(dir, "file"), filepath.Join(dir, "link")
	if err := errors.Join(syscall.Mkfifo(pipe, 0o600), os.WriteFile(file, []byte("text"), 0o600), os.Symlink(file, link)); err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Skip("no sockets here:", err)
	}
	defer listener.Close()
	for path, want := range map[string]string{pipe: "a pipe", socket: "a socket", dir: "a directory", os.DevNull: "a device"} {
		_, err := ReadFile(path)
		if !errors.Is(err, ErrNotRegular) || !strings.Contains(err.Error(), path+" is "+want) {
			t.Errorf("%s: got %v", path, err)
		}
	}
	for _, path := range []string{file, link} {
		if got, err := ReadFile(path); string(got) != "text" || err != nil {
			t.Errorf("%s: got %q, %v", path, got, err)
		}
	}
}
