package trainer

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"trainyard/launch"
)

// The trainers' own parsers read what is rendered; see .ci/readers.
var (
	dump      = flag.String("dump", "", "write every command of the matrix into this directory, as TRAINER/VARIANT")
	dumpData  = flag.String("data", "", "with -dump: a directory with a dataset for each of messages, turns, tokens and packed")
	dumpModel = flag.String("model", "", "with -dump: the checkpoint to start from")
)

// TestCommandsAreWrittenForTheirTrainers writes what a backend would: the files,
// the links, and beside them the argv and the environment.
func TestCommandsAreWrittenForTheirTrainers(t *testing.T) {
	if *dump == "" {
		t.Skip("no -dump: nothing to write to")
	}
	cases(t, func(t *testing.T, name, variant string, j launch.Job, at launch.Site) {
		j = onRealData(t, j)
		at.Dir = filepath.Join(*dump, name, variant)
		if at.Resume != "" {
			at.Resume = filepath.Join(*dump, "before", "step_150")
			makeDir(t, at.Resume)
		}
		cmd, err := Trainers[name].Render(j, at)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range cmd.Files {
			putFile(t, filepath.Join(at.Dir, filepath.FromSlash(f.Name)), f)
		}
		told, err := json.MarshalIndent(cmd, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		putFile(t, filepath.Join(at.Dir, "command.json"), launch.File{Content: string(told)})
	})
}

func onRealData(t *testing.T, j launch.Job) launch.Job {
	t.Helper()
	none := len(j.Dataset.Validation.Shards) == 0
	d, err := launch.ReadDataset(filepath.Join(*dumpData, layout(j.Dataset)))
	if err != nil {
		t.Fatal(err)
	}
	if none {
		d.Validation = launch.Split{}
	}
	j.Dataset, j.Window, j.Model = d, d.Window, *dumpModel
	return j
}

func makeDir(t *testing.T, dir string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
}

func putFile(t *testing.T, path string, f launch.File) {
	t.Helper()
	makeDir(t, filepath.Dir(path))
	var err error
	if f.Link != "" {
		err = os.Symlink(f.Link, path)
	} else {
		err = os.WriteFile(path, []byte(f.Content), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}
