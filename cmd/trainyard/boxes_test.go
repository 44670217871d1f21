package main

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"trainyard/launch/remote/boxtest"
)

// TestScriptsOverSSH runs what a user types about a machine that is reached over ssh. The
// agents are built once, by the Go here, and kept.
func TestScriptsOverSSH(t *testing.T) {
	box := boxtest.Up(t, boxtest.Options{})
	cache := t.TempDir()
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/boxes",
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("TRAINYARD_HOME", filepath.Join(env.WorkDir, "home"))
			env.Setenv("XDG_CONFIG_HOME", filepath.Join(env.WorkDir, "config"))
			env.Setenv("XDG_CACHE_HOME", cache)
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("BOX", box.Address())
			env.Setenv("BOX_CONFIG", box.Config)
			env.Setenv("GOFLAGS", "")
			for _, name := range []string{"GOCACHE", "GOMODCACHE", "GOPATH"} {
				env.Setenv(name, goEnv(t, name))
			}
			return nil
		},
	})
}

// goEnv is where Go keeps what it has built: the home of a script has nothing of it.
func goEnv(t *testing.T, name string) string {
	t.Helper()
	out, err := exec.Command("go", "env", name).Output()
	if err != nil {
		t.Skip(err)
	}
	return strings.TrimSpace(string(out))
}
