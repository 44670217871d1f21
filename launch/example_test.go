package launch_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"trainyard/launch"
	"trainyard/launch/backend/local"
	"trainyard/launch/trainer"
)

// A Launcher starts a job, which goes on without this process, and any later
// process finds the run again by its ledger.
func ExampleLauncher() {
	ctx := context.Background()
	home, err := os.MkdirTemp("", "home")
	check(err)
	defer os.RemoveAll(home)
	ledger, err := launch.OpenLedger(launch.LedgerFile(home))
	check(err)
	defer ledger.Close()
	self, err := os.Executable() // the program that supervises: trainyard itself
	check(err)
	l := &launch.Launcher{
		Home: home, Ledger: ledger, Trainers: trainer.Trainers, Backends: map[string]launch.Backend{"local": local.Local{}}, Self: self, Poll: 5 * time.Millisecond,
	}

	run, err := l.Start(ctx, job(filepath.Join(home, "dataset"), "train", filepath.Join(home, "mark"), "{output}"))
	check(err)
	run, err = l.Watch(ctx, run, func(launch.Update) error { return nil })
	check(err)
	fmt.Println(run.State, "after step", run.Step, "of", run.TotalSteps)
	// Output:
	// succeeded after step 3 of 3
}
