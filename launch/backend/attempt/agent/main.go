// Command agent is what trainyard puts on a box: the supervisor of attempts, and the
// end of a session there. It has no ledger, knows no trainer, and needs no library of
// the box.
//
//	agent supervise DIR  runs the command of an attempt and records how it ended
//	agent serve ROOT     answers a session on standard input and output
//	agent slurm …        runs an attempt inside its Slurm job
//	agent inside …       runs an attempt inside a container that no session reaches
//	agent build          makes a Python environment of a plan on standard input
//	agent version        says which protocol it speaks, and for which machine it is
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"trainyard/launch/backend/attempt"
	"trainyard/launch/backend/carry/inside"
	"trainyard/launch/backend/slurm/node"
	"trainyard/launch/env/build"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "agent:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	switch {
	case len(args) == 2 && args[0] == "supervise":
		return attempt.Supervise(args[1])
	case len(args) == 2 && args[0] == "serve":
		root, err := filepath.Abs(args[1])
		if err != nil {
			return err
		}
		return attempt.Serve(context.Background(), os.Stdin, os.Stdout, root)
	case len(args) == 3 && args[0] == "slurm":
		os.Exit(node.Main(context.Background(), args[1:]))
	case len(args) > 1 && args[0] == "inside":
		os.Exit(inside.Main(context.Background(), args[1:]))
	case len(args) == 1 && args[0] == "build":
		return build.Serve(context.Background(), os.Stdin, os.Stdout)
	case len(args) == 1 && args[0] == "version":
		_, err := fmt.Printf("trainyard agent, protocol %d, %s/%s\n", attempt.Protocol, runtime.GOOS, runtime.GOARCH)
		return err
	}
	return fmt.Errorf("%q: it takes supervise DIR, serve ROOT, slurm …, inside …, build or version; trainyard starts it", args)
}
