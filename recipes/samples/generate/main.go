package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	repos := flag.String("repos", "repos", "directory of the sample repositories, as OWNER/NAME")
	out := flag.String("out", "samples.zip.zst", "archive to write")
	flag.Parse()
	if err := run(context.Background(), *repos, *out); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

// run plays every rollout and replaces the archive only when all succeeded.
func run(ctx context.Context, repos, out string) error {
	files, err := build(ctx, repos)
	if err != nil {
		return err
	}
	packed, err := pack(files)
	if err != nil {
		return err
	}
	part := out + ".part"
	if err := os.WriteFile(part, packed, 0o644); err != nil {
		return fmt.Errorf("write archive: %w", err)
	}
	if err := os.Rename(part, out); err != nil {
		return fmt.Errorf("replace archive: %w", err)
	}
	fmt.Printf("%s: %d files, %d bytes\n", filepath.Base(out), len(files), len(packed))
	return nil
}
