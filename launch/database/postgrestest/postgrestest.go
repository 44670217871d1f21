package postgrestest

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// Start gives the URL of the server's database.
func Start(t testing.TB) string {
	t.Helper()
	for _, program := range []string{"initdb", "postgres"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skip("needs PostgreSQL:", err)
		}
	}
	dir, err := os.MkdirTemp("", "pg") // short: the name of a socket has 107 bytes at most
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	s := server{dir: dir, user: unprivileged(t, dir)}
	s.run(t, "initdb", "-D", filepath.Join(dir, "data"), "-U", "trainyard", "-A", "trust", "-E", "UTF8", "--no-sync")
	s.serve(t)
	return "postgres://trainyard@/postgres?host=" + url.QueryEscape(dir)
}

type server struct {
	dir  string
	user *syscall.Credential // nil: this one
}

// unprivileged is who runs the server, which refuses root, and owns its directory.
func unprivileged(t testing.TB, dir string) *syscall.Credential {
	t.Helper()
	if os.Getuid() != 0 {
		return nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, errU := strconv.ParseUint(u.Uid, 10, 32)
		gid, errG := strconv.ParseUint(u.Gid, 10, 32)
		if err := errors.Join(errU, errG, os.Chown(dir, int(uid), int(gid))); err != nil {
			t.Fatal(err)
		}
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	}
	t.Skip("PostgreSQL does not run as root, and there is no user postgres or nobody")
	return nil
}

func (s server) command(words *bytes.Buffer, program string, args ...string) *exec.Cmd {
	cmd := exec.Command(program, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = s.dir, words, words
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.user}
	return cmd
}

func (s server) run(t testing.TB, program string, args ...string) {
	t.Helper()
	var words bytes.Buffer
	if err := s.command(&words, program, args...).Run(); err != nil {
		t.Fatalf("%s: %v\n%s", program, err, words.String())
	}
}

// serve starts the server and waits until it takes connections.
func (s server) serve(t testing.TB) {
	t.Helper()
	var words bytes.Buffer
	cmd := s.command(&words, "postgres", "-D", filepath.Join(s.dir, "data"), "-k", s.dir, "-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=200")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var failed error
	ended := make(chan struct{})
	go func() {
		failed = cmd.Wait()
		close(ended)
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGINT) // fast shutdown
		<-ended
	})
	socket := filepath.Join(s.dir, ".s.PGSQL.5432")
	for range 3000 {
		select {
		case <-ended:
			t.Fatalf("postgres ended: %v\n%s", failed, words.String())
		case <-time.After(10 * time.Millisecond):
		}
		if s.takes(socket) {
			return
		}
	}
	t.Fatal(fmt.Errorf("postgres took no connection in 30 s\n%s", words.String()))
}

// takes reports whether the server says in its lock file that it is ready.
func (s server) takes(socket string) bool {
	data, err := os.ReadFile(filepath.Join(s.dir, "data", "postmaster.pid"))
	_, errSocket := os.Stat(socket)
	return err == nil && errSocket == nil && bytes.Contains(data, []byte("\nready"))
}
