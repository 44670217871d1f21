package main

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// A tree is the text of a repository by slash-separated path.
type tree map[string]string

// readTree reads every file under dir except git's own.
func readTree(dir string) (tree, error) {
	files := tree{}
	root := os.DirFS(dir)
	err := fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.Name() == ".git" {
			return fs.SkipDir
		}
		if entry.IsDir() {
			return nil
		}
		text, err := fs.ReadFile(root, name)
		files[name] = string(text)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read tree: %w", err)
	}
	return files, nil
}

// write lays the tree down under dir.
func (t tree) write(dir string) error {
	for name, text := range t {
		target := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return fmt.Errorf("write tree: %w", err)
		}
		if err := os.WriteFile(target, []byte(text), 0o644); err != nil {
			return fmt.Errorf("write tree: %w", err)
		}
	}
	return nil
}

// loadRepo reads one sample repository and adds the files that are made rather
// than kept: they are long or hold bytes that editors and git mangle.
func loadRepo(repos, repo string) (tree, error) {
	files, err := readTree(filepath.Join(repos, filepath.FromSlash(repo)))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", repo, err)
	}
	switch path.Base(repo) {
	case "rowtool":
		files["data/catalogue.csv"] = catalogue(3600)
	case "greenlog":
		files["samples/session.log"] = sessionLog(36)
	}
	return files, nil
}

// catalogue makes a price list of some 50 bytes a row: printed whole, it is far
// more than a window of 32,768 tokens.
func catalogue(rows int) string {
	kinds := []string{"bolt", "bracket", "hinge", "latch", "pulley", "washer"}
	metals := []string{"brass", "steel", "zinc", "copper", "tin"}
	var out strings.Builder
	out.WriteString("sku,name,metal,size,stock,price\n")
	for i := range rows {
		kind, metal := kinds[i%len(kinds)], metals[i*3%len(metals)]
		fmt.Fprintf(&out, "%s-%04d/%c,%s %s no. %d,%s,%d mm,%d,%d.%02d\n",
			strings.ToUpper(kind[:2]), i+1, 'A'+i%4, metal, kind, i%97, metal, 4+i*7%40, i*13%500, 1+i*11%90, i*17%100)
	}
	return out.String()
}

// sessionLog makes a log as a terminal saves it: CRLF line ends, coloured levels.
func sessionLog(lines int) string {
	levels := []string{"\x1b[32mINFO\x1b[0m", "\x1b[36mDEBUG\x1b[0m", "\x1b[33mWARN\x1b[0m", "\x1b[31mERROR\x1b[0m"}
	said := []string{"wheel at speed", "sluice half open", "belt slips", "hopper low on grain"}
	var out strings.Builder
	for i := range lines {
		fmt.Fprintf(&out, "%02d:%02d:%02d %s unit%d: %s\r\n",
			6+i/4, i*7%60, i*29%60, levels[i*5%7%4], 1+i%3, said[i*3%4])
	}
	return out.String()
}
