// Command trainyard turns accepted trajectories of coding agents into Parquet
// shards, and shards into tracked fine-tunes.
//
// It has one file per command. Every command is a function runX(ctx, env,
// options) under a thin cobra shell, so that what a user can type is what
// tests run. stdout carries the answer (or --json), stderr the conversation.
// spf13/cobra parses the command line: the field's standard, with completion.
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
	ctx, stop := withSignals(context.Background())
	defer stop()
	root := newRoot(t)
	root.SetArgs(args)
	root.SetOut(t.Out)
	root.SetErr(t.Err)
	err := root.ExecuteContext(ctx)
	if err != nil {
		t.Fail(plainError(ctx, err))
	}
	return exitCode(ctx, err)
}
