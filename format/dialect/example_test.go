package dialect_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"trainyard/format"
	"trainyard/format/dialect"
)

// Open lists the files of an input, Records reads them one record at a time, and
// Parse makes a trajectory of each, or says why there is none.
func ExampleOpen() {
	dir, err := os.MkdirTemp("", "rollouts")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	rollouts := filepath.Join(dir, "rollouts.jsonl")
	lines := `{"id":"a","messages":[{"role":"user","content":"Fix it."},{"role":"assistant","content":"Done."}]}
{"id":"b","messages":[]}
`
	if err := os.WriteFile(rollouts, []byte(lines), 0o644); err != nil {
		panic(err)
	}

	src, err := dialect.Open(dialect.Input{Path: rollouts})
	if err != nil {
		panic(err)
	}
	err = src.Records(context.Background(), func(rec format.Record) error {
		traj, err := src.Parse(rec)
		if reject, ok := err.(*format.Reject); ok {
			fmt.Printf("line %d: %s\n", reject.Line, reject.Reason)
			return nil
		}
		fmt.Printf("line %d: %s, %d messages, read as %s\n", rec.Line, traj.ID, len(traj.Messages), traj.Format)
		return err
	})
	if err != nil {
		panic(err)
	}
	// Output:
	// line 1: a, 2 messages, read as openai
	// line 2: no_messages
}
