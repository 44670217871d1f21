package stage

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"trainyard/launch/backend/attempt"
	"trainyard/launch/task"
)

// A tree is a directory of this machine by its content.
type tree struct {
	dir   string
	dirs  []string // below it, slash separated, parents first
	files []treeFile
	links []treeLink
}

type treeFile struct {
	object
	name       string // slash separated
	executable bool
}

// A treeLink stays what it is: its target lies in the tree.
type treeLink struct{ name, target string }

// left are directories that make up no program and no data.
var left = []string{".git", "__pycache__"}

// readTree reads a directory whole. A link that leads out of it is followed to its
// file; one to a directory elsewhere is refused.
func readTree(ctx context.Context, dir string) (tree, error) {
	t := tree{dir: dir}
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || name == dir {
			return err
		}
		rel, err := filepath.Rel(dir, name)
		if err != nil {
			return err
		}
		if d.IsDir() {
			if slices.Contains(left, d.Name()) {
				return fs.SkipDir
			}
			t.dirs = append(t.dirs, filepath.ToSlash(rel))
			return nil
		}
		return t.add(ctx, name, filepath.ToSlash(rel), d)
	})
	return t, err
}

func (t *tree) add(ctx context.Context, name, rel string, d fs.DirEntry) error {
	if d.Type()&fs.ModeSymlink != 0 {
		target, err := os.Readlink(name)
		if err != nil {
			return err
		}
		if !filepath.IsAbs(target) && filepath.IsLocal(filepath.Join(filepath.Dir(filepath.FromSlash(rel)), target)) {
			t.links = append(t.links, treeLink{rel, target})
			return nil
		}
	}
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	if info.IsDir() {
		return fmt.Errorf("%s is a link to a directory outside %s: put that directory there", name, t.dir)
	}
	o, err := digest(ctx, name)
	t.files = append(t.files, treeFile{o, rel, info.Mode()&0o100 != 0})
	return err
}

// digest is of names, contents and modes.
func (t tree) digest() string {
	h := sha256.New()
	for _, d := range t.dirs {
		fmt.Fprintf(h, "dir %q\n", d)
	}
	for _, f := range t.files {
		fmt.Fprintf(h, "file %q %s %t\n", f.name, f.object.digest, f.executable)
	}
	for _, l := range t.links {
		fmt.Fprintf(h, "link %q %q\n", l.name, l.target)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// treesDir is where directories lie, below a machine's root.
const treesDir = "trees"

// lay makes the directory on the machine, of objects that are there, and returns its
// path. It is made beside its place and renamed, so that it is whole or not there.
func (t tree) lay(ctx context.Context, m attempt.Machine, box attempt.Box) (string, error) {
	final := path.Join(box.Root, treesDir, t.digest())
	if there, err := isThere(ctx, m, final); there || err != nil {
		return final, err
	}
	temp := path.Join(box.Root, treesDir, "."+rand.Text())
	steps := []struct {
		argv  []string
		words []string
	}{
		{[]string{"xargs", "-0", "mkdir", "-p", "--"}, t.dirsBelow(temp)},
		{[]string{"xargs", "-0", "-n", "2", "ln", "--"}, t.objects(box.Store, temp, false)},
		{[]string{"xargs", "-0", "-n", "2", "cp", "--"}, t.objects(box.Store, temp, true)},
		{[]string{"xargs", "-0", "chmod", "700", "--"}, t.executables(temp)},
		{[]string{"xargs", "-0", "-n", "2", "ln", "-s", "--"}, t.linksBelow(temp)},
		{[]string{"mv", "-T", "--", temp, final}, nil}, // -T: not into one that another launch made
	}
	for _, s := range steps {
		if s.argv[0] == "xargs" && len(s.words) == 0 {
			continue
		}
		if err := run(ctx, m, s.argv, s.words); err != nil {
			// What was begun is in no one's way, and is taken away if that can be done.
			_ = run(context.WithoutCancel(ctx), m, []string{"rm", "-rf", "--", temp}, nil)
			if there, _ := isThere(ctx, m, final); there {
				return final, nil // another launch made it meanwhile
			}
			return "", fmt.Errorf("lay out %s there: %w", t.dir, err)
		}
	}
	return final, nil
}

func isThere(ctx context.Context, m attempt.Machine, dir string) (bool, error) {
	_, err := m.List(ctx, dir, "")
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, task.ErrGone) {
		return false, nil
	}
	return err == nil, err
}

// run runs a program there with words on its standard input, each ended by a zero.
func run(ctx context.Context, m attempt.Machine, argv, words []string) error {
	var stdin bytes.Buffer
	for _, w := range words {
		stdin.WriteString(w)
		stdin.WriteByte(0)
	}
	result, err := m.Exec(ctx, argv, stdin.Bytes())
	if err == nil && result.Code != 0 {
		err = fmt.Errorf("%s ended with code %d: %s", argv[0], result.Code, strings.TrimSpace(string(result.Stderr)))
	}
	return err
}

func (t tree) dirsBelow(temp string) []string {
	all := []string{temp}
	for _, d := range t.dirs {
		all = append(all, path.Join(temp, d))
	}
	return all
}

// objects are pairs of what lies in the store and its name in the tree. Hard links
// share their mode, so that a program is a copy.
func (t tree) objects(store, temp string, executable bool) (pairs []string) {
	for _, f := range t.files {
		if f.executable == executable {
			pairs = append(pairs, path.Join(store, f.object.digest), path.Join(temp, f.name))
		}
	}
	return pairs
}

func (t tree) executables(temp string) (all []string) {
	for _, f := range t.files {
		if f.executable {
			all = append(all, path.Join(temp, f.name))
		}
	}
	return all
}

func (t tree) linksBelow(temp string) (pairs []string) {
	for _, l := range t.links {
		pairs = append(pairs, l.target, path.Join(temp, l.name))
	}
	return pairs
}
