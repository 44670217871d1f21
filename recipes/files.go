package recipes

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Files says where the files that a recipe names lie on this machine.
type Files struct {
	Data    string                   // the directory of --data; may be empty
	Samples string                   // the directory of the sample trajectories
	Home    func(path string) string // expands ~/; nil leaves paths alone
}

// home expands path where there is a way to.
func (f Files) home(path string) string {
	if f.Home == nil {
		return path
	}
	return f.Home(path)
}

// A fileCheck finds the files that the recipe names and that are not there,
// with the places of their names. Samples are not looked for: they are
// unpacked later.
type fileCheck struct {
	r      *Recipe
	files  Files
	faults Faults
}

func (c *fileCheck) check(root *node) {
	c.beside(root.get("tools").get("prompt"), "tools.prompt")
	sources := root.get("sources")
	for i, it := range sources.items {
		path := itemPath(it, "sources", i)
		for _, n := range it.get("path").each() {
			c.dataAt(n, dotted(path, "path"), fmt.Sprintf("sources.%s.path=PATH names the place of this one", c.r.Sources[i].Name))
		}
		c.data(it.get("accept").get("report"), dotted(path, "accept.report"))
		for _, key := range []string{"system", "tools", "instance"} {
			c.beside(it.get(key), dotted(path, key))
		}
		for _, agent := range []string{"main", "subagent"} {
			for _, key := range []string{"system", "tools"} {
				c.beside(it.get(agent).get(key), dotted(dotted(path, agent), key))
			}
		}
		c.keep(it.get("keep"), dotted(path, "keep"))
	}
}

// keep looks for the lists that an expression names.
func (c *fileCheck) keep(n *node, path string) {
	if n == nil {
		return
	}
	for _, file := range keepFiles(n.text) {
		c.beside(&node{at: n.at, text: file}, path)
	}
}

// beside looks for a file that belongs to the recipe itself.
func (c *fileCheck) beside(n *node, path string) {
	c.look(n, path, "", "such files lie beside the recipe")
}

// data looks for a file, a directory or a glob of data.
func (c *fileCheck) data(n *node, path string) { c.dataAt(n, path, "") }

// dataAt is data for a place that an override may name; one says how.
func (c *fileCheck) dataAt(n *node, path, one string) {
	hint := "--data names the directory of the data"
	switch {
	case c.files.Data != "":
		hint = one
	case one != "":
		hint += ", and " + one
	}
	c.look(n, path, c.files.Data, hint)
}

func (c *fileCheck) look(n *node, path, dataDir, hint string) {
	if n == nil || n.text == "" || strings.HasPrefix(n.text, samplesPrefix) {
		return
	}
	at := c.r.Resolve(c.files.home(n.text), dataDir, c.files.Samples)
	if _, err := os.Stat(at); !errors.Is(err, fs.ErrNotExist) {
		return
	}
	if strings.ContainsAny(at, "*?[") {
		if found, err := filepath.Glob(at); err != nil || len(found) > 0 {
			return
		}
	}
	if filepath.IsAbs(n.text) {
		hint = ""
	}
	if abs, err := filepath.Abs(at); err == nil {
		at = abs
	}
	c.faults.add(n.at, path, fmt.Sprintf("%s is not there: looked for %s", seen(n.text), at), hint)
}
