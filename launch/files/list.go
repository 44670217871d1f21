package files

import (
	"os"
	"path/filepath"

	"trainyard/launch/task"
)

// List tells the regular files and the directories of a directory, sorted by name, a link
// as what it leads to. What is neither is left out, as is what goes away meanwhile.
func List(dir string) ([]task.Entry, error) {
	found, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var entries []task.Entry
	for _, d := range found {
		info, err := os.Stat(filepath.Join(dir, d.Name()))
		if err == nil && (info.IsDir() || info.Mode().IsRegular()) {
			entries = append(entries, task.Entry{Name: d.Name(), Dir: info.IsDir(), Size: info.Size(), ModTime: info.ModTime()})
		}
	}
	return entries, nil
}
