package launch

import (
	"os"
)

// origin is this machine and state directory, as Run.Home.
func (l *Launcher) origin() string {
	host, err := os.Hostname()
	if err != nil {
		return ""
	}
	return host + ":" + l.Home
}

// mine reports whether the directory of a run lies here. That of another machine
// cannot be looked at, which is no evidence that it is gone: where a ledger is
// shared, such a run stands as its own machine told it last. A directory that is
// here is here, whatever the machine was called.
func (l *Launcher) mine(run Run) bool {
	if run.Home == "" || run.Home == l.origin() {
		return true
	}
	_, err := os.Stat(l.runDir(run.ID))
	return err == nil
}
