// Command trainyard turns accepted trajectories of coding agents into Parquet
// shards, and shards into tracked fine-tunes.
//
// It has one file per command. What a command does is a function of the yard
// that returns values; the file says what can be typed, and prints them.
// stdout carries the answer (or --json), stderr the conversation. spf13/cobra
// parses the command line: the field's standard, with completion.
package main

import (
	"context"
	"os"

	"trainyard/cmd/trainyard/face"
)

func main() {
	os.Exit(run(os.Args[1:], face.NewTerminal()))
}

// run is the whole program: arguments in, exit code out.
func run(args []string, t *face.Terminal) int {
	sig := &signals{}
	sig.giveUp = func(cause error) {
		t.ClearLine()
		t.Fail(cause)
		os.Exit(signalCode(cause))
	}
	ctx, stop := sig.watch(context.Background())
	defer stop()
	root := newRoot(t, sig)
	root.SetArgs(args)
	root.SetOut(t.Out)
	root.SetErr(t.Err)
	err := root.ExecuteContext(ctx)
	if err != nil {
		t.Fail(plainError(ctx, err))
	}
	return exitCode(ctx, err)
}
