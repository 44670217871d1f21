package corpus

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Strings returns every long string in the JSON files below root, whatever
// they mean: in a folder of trajectories that is their messages, repeats and
// all. The order is that of the files and their lines.
func Strings(root string) []string {
	var all []string
	_ = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch filepath.Ext(path) {
		case ".json", ".jsonl", ".traj":
			data, err := os.ReadFile(path)
			if err == nil {
				all = append(all, fromJSON(data)...)
			}
		}
		return nil
	})
	return all
}

const longString = 80

func fromJSON(data []byte) (all []string) {
	if d := json.NewDecoder(bytes.NewReader(data)); json.Valid(data) {
		var v any
		if d.Decode(&v) == nil {
			return walk(nil, v)
		}
	}
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(nil, len(data)+1)
	for lines.Scan() {
		var v any
		if json.Unmarshal(lines.Bytes(), &v) == nil {
			all = walk(all, v)
		}
	}
	return all
}

func walk(all []string, v any) []string {
	switch v := v.(type) {
	case string:
		if len(v) >= longString && !isBinary(v) {
			all = append(all, v)
		}
	case []any:
		for _, x := range v {
			all = walk(all, x)
		}
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			all = walk(all, v[k])
		}
	}
	return all
}

// isBinary tells pictures in base64, which no trainer tokenises, from text.
func isBinary(s string) bool {
	return len(s) > 1000 && strings.IndexByte(s[:1000], ' ') < 0
}
