package main

import (
	"os"

	"github.com/spf13/cobra"

	"trainyard/launch/backend/slurm/node"
)

// newSlurm is what the batch script of a job runs on the nodes; people do not.
func newSlurm() *cobra.Command {
	return &cobra.Command{
		Use:    "slurm claim|node DIR",
		Short:  "Run an attempt inside its Slurm job",
		Hidden: true,
		Args:   cobra.ExactArgs(2),
		Run: func(cmd *cobra.Command, args []string) {
			os.Exit(node.Main(cmd.Context(), args))
		},
	}
}
