package main

import (
	"testing"

	"github.com/spf13/cobra"

	"trainyard/cmd/trainyard/face"
)

// TestEveryHelpShowsAnExample holds the README to its word. Cobra's own commands,
// help and completion, say how they are used in their own way.
func TestEveryHelpShowsAnExample(t *testing.T) {
	root := newRoot(&face.Terminal{}, &signals{})
	var visit func(cmd *cobra.Command)
	visit = func(cmd *cobra.Command) {
		if cmd.Name() == "help" || cmd.Name() == "completion" || !cmd.IsAvailableCommand() {
			return
		}
		if cmd.HasParent() && cmd.Runnable() && cmd.Example == "" {
			t.Errorf("%s --help shows no example", cmd.CommandPath())
		}
		for _, sub := range cmd.Commands() {
			visit(sub)
		}
	}
	visit(root)
}
