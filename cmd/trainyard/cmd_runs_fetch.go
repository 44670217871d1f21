package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"trainyard/cmd/trainyard/face"
	"trainyard/cmd/trainyard/yard"
)

const fetchLong = `Bring files of a run from the machine that it ran on: the newest whole checkpoint, or
what NAME says, below the attempt's directory, such as checkpoint-150, out or log. The
directory has fetched.json, with the SHA-256 of every file, when all of it is there; a
fetch that was cut goes on when it is asked again.

--to s3://BUCKET/PREFIX brings it into a bucket instead, fetched.json last, and with
s3://BUCKET/PREFIX in place of ID it comes here from there, if fetched.json is there.
The bucket's credentials are AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and
AWS_ENDPOINT_URL names a server other than AWS's.`

func newRunsFetch(t *face.Terminal, s *settings) *cobra.Command {
	var req yard.FetchRequest
	cmd := &cobra.Command{Use: "fetch ID|s3://BUCKET/PREFIX [NAME]", Short: "Bring a checkpoint or another file of a run here", Long: fetchLong, Example: "  trainyard runs fetch 43c1597f\n  trainyard runs fetch 43c1597f checkpoint-150 --to best\n  trainyard runs fetch 43c1597f log"}
	cmd.Flags().StringVar(&req.To, "to", "", "directory or s3://BUCKET/PREFIX to bring it to (default: ID-NAME, here)")
	cmd.Flags().IntVar(&req.Attempt, "attempt", 0, "of which attempt (default: the newest that has it)")
	cmd = oneRun(s, cmd, func(context.Context, *yard.Yard, string) error { return nil })
	cmd.Args = cobra.RangeArgs(1, 2)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) == 2 {
			req.Name = args[1]
		}
		return withYard(s, func(y *yard.Yard) error { return runFetch(cmd.Context(), t, s, y, args[0], req) })
	}
	return cmd
}

func runFetch(ctx context.Context, t *face.Terminal, s *settings, y *yard.Yard, prefix string, req yard.FetchRequest) error {
	line := face.NewBytesLine(t, s.json(), "fetching")
	req.Tell = line.Update
	fetch := y.Fetch
	if strings.HasPrefix(prefix, "s3://") {
		fetch = y.FetchBack
	}
	got, err := fetch(ctx, prefix, req)
	line.Finish()
	switch {
	case err != nil:
		return err
	case s.json():
		return t.PrintJSON(got)
	}
	t.Print("%s of run %s, attempt %d: %s, %s, in %s\n", got.Name, got.Run, got.Attempt, face.Plural(len(got.Files), "file", "files"), face.Bytes(got.Bytes()), got.Dir)
	return nil
}
