package yard

import (
	"os"
	"path/filepath"
	"testing"

	"trainyard/mix"
	"trainyard/recipes"
)

// A cell is its content, and the script that trains is some of it.
func TestAnEditedScriptMakesAnotherCell(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	script, config, program := write("train.py", "print(1)\n"), write("ds.yaml", "{}"), write("python", "\x7fELF\x00\x01")
	params := map[string]any{"argv": []any{program, script, "--config=" + config, "--out", "{output}", "--log", write("log.txt", ""), filepath.Join(dir, "not-here")}}
	hash := func() string {
		r := &recipes.Recipe{}
		r.Train.Trainer, r.Train.Params = "command", params
		return cellOf(r, &mix.Manifest{}, 0)
	}
	first := hash()
	write("python", "\x7fELF\x00\x02")
	write("not-named.py", "print(2)\n")
	write("log.txt", "it ran\n")
	if hash() != first {
		t.Error("another interpreter, or what a run wrote, makes another cell")
	}
	for _, edit := range [][2]string{{"train.py", "print(2)\n"}, {"ds.yaml", "[]"}} {
		before := hash()
		if write(edit[0], edit[1]); hash() == before {
			t.Errorf("%s was edited, and the cell is the same", edit[0])
		}
	}
	write("train.py", "print(1)\n")
	if write("ds.yaml", "{}"); hash() != first {
		t.Error("what was written back makes another cell")
	}
}
