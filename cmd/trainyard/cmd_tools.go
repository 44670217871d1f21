package main

import (
	"context"

	"github.com/spf13/cobra"

	"trainyard/cmd/trainyard/face"
	"trainyard/format"
	"trainyard/format/dialect"
	"trainyard/format/style"
)

const learnLong = `Write a template of the wording that a scaffold puts around its tools, learned from
recordings: one with tools and calls as text, and the same conversation, or at
least its tool list, as structure. The template gives the recording again byte for
byte, or there is none. Recipes name it as tools.prompt, convert as --tool-prompt.
trainyard tools --help says what its sections and slots mean, and so does the file.`

func newTools(t *face.Terminal) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "tools",
		Short:   "Learn how a scaffold words its tools",
		Example: "  trainyard tools learn text.jsonl structured.jsonl > words.txt",
		Long:    "Learn how a scaffold words its tools, as a template that recipes name as tools.prompt and\nconvert as --tool-prompt. It can be written by hand too.\n\n" + style.PromptWords(),
	}
	cmd.AddCommand(newToolsLearn(t))
	return cmd
}

func newToolsLearn(t *face.Terminal) *cobra.Command {
	var dialect string
	cmd := &cobra.Command{
		Use:     "learn FILE…",
		Short:   "Write a tool prompt template from recorded trajectories",
		Long:    learnLong,
		Example: "  trainyard tools learn text.jsonl structured.jsonl > words.txt",
		Args:    needs("recordings of the scaffold"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runToolsLearn(cmd.Context(), t, args, dialect)
		},
	}
	cmd.Flags().StringVar(&dialect, "format", "auto", "dialect of the recordings")
	completes(cmd, "format", "formats")
	return cmd
}

func runToolsLearn(ctx context.Context, t *face.Terminal, paths []string, dialectName string) error {
	sources, err := openAll(paths, dialect.Input{Format: dialectName})
	if err != nil {
		return err
	}
	var recorded []*format.Trajectory
	rejects := newRejectLog(t)
	for _, src := range sources {
		err := src.Records(ctx, func(rec format.Record) error {
			traj, err := src.Parse(rec)
			if err != nil {
				rejects.tell(rec.File, rec.Line, err)
				return nil
			}
			recorded = append(recorded, traj)
			// Most records hold no second side, which is no fault of theirs.
			if text, err := src.ParseText(rec); err == nil {
				recorded = append(recorded, text)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	rejects.hint()
	file, err := style.LearnToolPrompt(recorded)
	if err != nil {
		return err
	}
	_, err = t.Out.Write(file)
	return err
}
