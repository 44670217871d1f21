package launch

import (
	"fmt"
	"testing"

	"trainyard/launch/database"
)

// A colleague who may read the ledger sees how runs stand, not how they stood.
func TestARunIsRightWhereTheLedgerMayOnlyBeRead(t *testing.T) {
	l := &Launcher{Home: t.TempDir(), Ledger: openLedger(t)}
	run := create(t, l.Ledger, "0199aaaa")
	advance(t, l.Ledger, run, Starting, Running)
	l.Ledger.db.ReadOnly = fmt.Errorf("%w: runs.db", database.ErrReadOnly)
	now, err := l.record(t.Context(), run, Status{State: Failed, Reason: "exited with code 1", Code: 1})
	if !Unrecorded(err) || now.State != Failed || now.ExitCode == nil || *now.ExitCode != 1 {
		t.Errorf("%+v, %v", now.Attempt, err)
	}
	if joined := joinOnce([]error{err, err}); fmt.Sprint(joined) != fmt.Sprint(err) {
		t.Errorf("told twice: %v", joined)
	}
}
