package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"trainyard/launch/provider/providertest"
)

// TestMain makes this binary the program, so that scripts, supervisors and
// smoke trainers all run the real main.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"trainyard": func() {
		providerClock = &providertest.Haste{} // a fake lists at once what a provider lists after a minute
		if quick, ok := providertest.ReadQuick(os.Getenv(quickClock)); ok {
			providerClock = quick
		}
		main()
	}})
}

// TestScripts runs everything a user types, each script in its own home.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Cmds:                map[string]func(*testscript.TestScript, bool, []string){"rentals": rentals},
		Setup: func(env *testscript.Env) error {
			env.Setenv("TRAINYARD_HOME", filepath.Join(env.WorkDir, "home"))
			env.Setenv("XDG_CONFIG_HOME", filepath.Join(env.WorkDir, "config"))
			env.Setenv("HOME", env.WorkDir)
			fixtures, err := filepath.Abs(filepath.Join(root, "../shared/fixtures"))
			env.Setenv("FIXTURES", fixtures)
			env.Setenv("CASES", filepath.Join(filepath.Dir(fixtures), "cases"))
			return err
		},
		Condition: func(cond string) (bool, error) {
			_, err := os.Stat(filepath.Join(root, "../shared", cond))
			return err == nil, nil
		},
	})
}
