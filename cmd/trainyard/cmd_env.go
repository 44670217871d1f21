package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"trainyard/cmd/trainyard/face"
	"trainyard/cmd/trainyard/yard"
)

const envLong = `Every trainer that is in a package index has a lock: all of its packages, each
with its version, as uv resolved them for one Python on one platform. A backend
makes an environment of it on the machine, once, and keeps it for later runs. By
hand:

  uv venv --python 3.11 trl && uv pip sync --python trl trl.txt`

const envExample = `  trainyard env list
  trainyard env lock trl --out trl.txt`

func newEnv(t *face.Terminal, s *settings) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "env",
		Short:   "List and print the pinned environments of trainers",
		Long:    envLong,
		Example: envExample,
		Args:    cobra.NoArgs,
		RunE:    func(*cobra.Command, []string) error { return listEnvs(t, s) },
	}
	cmd.AddCommand(newEnvList(t, s), newEnvLock(t))
	return cmd
}

func newEnvList(t *face.Terminal, s *settings) *cobra.Command {
	return &cobra.Command{
		Use:     "list",
		Short:   "List the locks, and why a trainer has none",
		Example: "  trainyard env list --json",
		Args:    cobra.NoArgs,
		RunE:    func(*cobra.Command, []string) error { return listEnvs(t, s) },
	}
}

func newEnvLock(t *face.Terminal) *cobra.Command {
	var out string
	var hashes bool
	cmd := &cobra.Command{
		Use:     "lock TRAINER",
		Short:   "Print the lock of a trainer, as uv pip sync reads it",
		Example: "  trainyard env lock trl\n  trainyard env lock axolotl --hashes --out axolotl.txt",
		Args:    needs("a trainer, such as trl (trainyard env list shows them)"),
		RunE: func(cmd *cobra.Command, args []string) error {
			text, err := yard.LockText(args[0])
			if err != nil {
				return usageError{err}
			}
			if hashes {
				text, err = yard.HashedLock(cmd.Context(), args[0])
			}
			switch {
			case err != nil:
				return err
			case out == "":
				t.Print("%s", text)
				return nil
			}
			if err := os.WriteFile(out, []byte(text), 0o644); err != nil {
				return fmt.Errorf("write the lock: %w", err)
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&hashes, "hashes", false, "with the hash of every file, which uv asks of the index now: a lock for env: FILE")
	cmd.Flags().StringVarP(&out, "out", "o", "", "file to write it to; default standard output")
	return cmd
}

func listEnvs(t *face.Terminal, s *settings) error {
	all, err := yard.Environments()
	return answerWith(t, s, all, err, printEnvs)
}

func printEnvs(t *face.Terminal, all []yard.Environment) error {
	tab := face.NewTable("trainer", "python", "packages", "hash", "asked for").Numbers(2).Gives(4)
	for _, e := range all {
		if e.Why == "" {
			tab.Row(e.Trainer, e.Python, fmt.Sprint(e.Packages), e.Hash[:12], e.Asked+builtWords(e.Built))
		}
	}
	if err := tab.Write(t.Out); err != nil {
		return err
	}
	for _, e := range all {
		if e.Why != "" {
			t.Print("\n%s: %s\n", e.Trainer, e.Why)
		}
	}
	return nil
}

func builtWords(built []string) string {
	if len(built) == 0 {
		return ""
	}
	return "; built there: " + strings.Join(built, " ")
}
