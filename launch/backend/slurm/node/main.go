package node

import (
	"context"
	"fmt"
	"os"
)

// Main is the program that the batch script runs, `slurm claim DIR` and
// `slurm node DIR`, and gives the code to exit with.
func Main(ctx context.Context, args []string) int {
	code, err := 2, fmt.Errorf("slurm %q: it takes claim DIR or node DIR; the batch script of a job runs it", args)
	switch {
	case len(args) == 2 && args[0] == "claim":
		if code, err = 0, Claim(ctx, args[1]); err != nil {
			code = 1
		}
	case len(args) == 2 && args[0] == "node":
		code, err = Run(ctx, args[1])
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "trainyard:", err)
	}
	return code
}
