package trainer

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"trainyard/launch"
)

// render writes a command as one text, in the order of its files.
func render(t *testing.T, trainer launch.Trainer, j launch.Job) string {
	t.Helper()
	return renderAt(t, trainer, j, site)
}

func renderAt(t *testing.T, trainer launch.Trainer, j launch.Job, at launch.Site) string {
	t.Helper()
	cmd, err := trainer.Render(j, at)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "progress %s\n", cmd.Progress)
	for _, arg := range cmd.Argv {
		fmt.Fprintf(&b, "arg %s\n", arg)
	}
	for _, env := range cmd.Env {
		stored, err := json.Marshal(env)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "env %s\n", stored)
	}
	for _, f := range cmd.Files {
		if f.Link != "" {
			fmt.Fprintf(&b, "link %s -> %s\n", f.Name, f.Link)
			continue
		}
		fmt.Fprintf(&b, "-- %s --\n%s", f.Name, f.Content)
	}
	return b.String()
}

// differing are the lines of text that base does not have, after a +, and those of
// base that text does not have, after a -, in the order of each.
func differing(base, text string) string {
	var b strings.Builder
	for _, side := range []struct {
		sign       string
		all, other string
	}{{"-", base, text}, {"+", text, base}} {
		left := strings.Split(side.other, "\n")
		for _, line := range strings.Split(side.all, "\n") {
			if at := slices.Index(left, line); at >= 0 {
				left = slices.Delete(left, at, at+1)
				continue
			}
			fmt.Fprintf(&b, "%s%s\n", side.sign, line)
		}
	}
	return b.String()
}
