package stage

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"trainyard/launch/backend/attempt"
	"trainyard/launch/task"
)

// A Site is how a command was rendered before its machine was asked, in words that
// stand for paths there.
type Site struct {
	Root string // what the machine's root is called, such as ~/.trainyard
	Self string // the trainyard program, below it
}

// A Bringing is a command, with all that it needs, on its way to a machine.
type Bringing struct {
	Command task.Command
	Site    Site
	Self    string // the trainyard program here, brought only where the command names it
	// Tell hears how far it has come; it may be nil.
	Tell func(Progress)
	Name string // of the machine, for Tell
}

// Bring brings all that the command needs and returns it as it runs there.
func (s *Stager) Bring(ctx context.Context, b Bringing) (task.Command, error) {
	needs, err := b.needs(ctx)
	if err != nil {
		return task.Command{}, err
	}
	if err := s.sendAll(ctx, needs.objects(), b); err != nil {
		return task.Command{}, err
	}
	box, err := s.machine.Hello(ctx)
	if err != nil {
		return task.Command{}, err
	}
	paths, err := needs.lay(ctx, s.machine, box)
	if err != nil {
		return task.Command{}, err
	}
	return b.there(box.Root, paths), nil
}

// Program brings a program of this machine, and returns its path there.
func (s *Stager) Program(ctx context.Context, file, name string, b Bringing) (there string, err error) {
	o, err := digest(ctx, file)
	if err != nil {
		return "", fmt.Errorf("bring %s: %w", file, err)
	}
	if err := s.sendAll(ctx, []object{o}, b); err != nil {
		return "", err
	}
	box, err := s.machine.Hello(ctx)
	if err != nil {
		return "", err
	}
	dir, err := tree{dir: file, files: []treeFile{{o, name, true}}}.lay(ctx, s.machine, box)
	return path.Join(dir, name), err
}

// needs are the files and directories of this machine that a command names.
type needs struct {
	files []object
	trees []tree
	self  string // Site.Self, where the command names it
}

func (b Bringing) needs(ctx context.Context) (n needs, err error) {
	seen := map[string]bool{}
	for _, local := range b.local() {
		if seen[local] {
			continue
		}
		seen[local] = true
		if err := n.add(ctx, local); err != nil {
			return n, fmt.Errorf("bring %s: %w", local, err)
		}
	}
	if b.namesSelf() {
		o, err := digest(ctx, b.Self)
		if err != nil {
			return n, fmt.Errorf("bring the trainyard program: %w", err)
		}
		n.self = b.Self
		n.trees = append(n.trees, tree{dir: b.Self, files: []treeFile{{o, "trainyard", true}}})
	}
	return n, nil
}

func (n *needs) add(ctx context.Context, local string) error {
	info, err := os.Stat(local)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		o, err := digest(ctx, local)
		n.files = append(n.files, o)
		return err
	}
	t, err := readTree(ctx, local)
	n.trees = append(n.trees, t)
	return err
}

// local are the targets of links that lie here, and the command's own directory where
// it is one of this machine. What lies below the machine's root is there.
func (b Bringing) local() (all []string) {
	for _, f := range b.Command.Files {
		if f.Link != "" && !b.inSite(f.Link) {
			all = append(all, f.Link)
		}
	}
	if dir := b.Command.Dir; filepath.IsAbs(dir) && !b.inSite(dir) {
		if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
			all = append(all, dir)
		}
	}
	return all
}

func (b Bringing) inSite(name string) bool {
	return name == b.Site.Root || strings.HasPrefix(name, b.Site.Root+"/")
}

func (b Bringing) namesSelf() bool {
	texts := append([]string{b.Command.Dir}, b.Command.Argv...)
	for _, e := range b.Command.Env {
		texts = append(texts, e.Value)
	}
	for _, f := range b.Command.Files {
		texts = append(texts, f.Content)
	}
	for _, t := range texts {
		if strings.Contains(t, b.Site.Self) {
			return true
		}
	}
	return false
}

func (n needs) objects() []object {
	all := n.files
	for _, t := range n.trees {
		for _, f := range t.files {
			all = append(all, f.object)
		}
	}
	seen := map[string]bool{}
	var once []object
	for _, o := range all {
		if !seen[o.digest] {
			seen[o.digest] = true
			once = append(once, o)
		}
	}
	return once
}

// lay lays out the directories, and gives every path of this machine its path there.
func (n needs) lay(ctx context.Context, m attempt.Machine, box attempt.Box) (map[string]string, error) {
	paths := map[string]string{}
	for _, o := range n.files {
		paths[o.path] = path.Join(box.Store, o.digest)
	}
	for _, t := range n.trees {
		there, err := t.lay(ctx, m, box)
		if err != nil {
			return nil, err
		}
		paths[t.dir] = there
		if t.dir == n.self {
			paths[t.dir] = path.Join(there, "trainyard")
		}
	}
	return paths, nil
}

// sendAll brings the objects, one after the other: each has several chunks under way.
func (s *Stager) sendAll(ctx context.Context, all []object, b Bringing) error {
	p := Progress{Machine: b.Name}
	for _, o := range all {
		p.Total += o.size
	}
	for _, o := range all {
		err := s.send(ctx, o, func(n int64) {
			if p.Done += n; b.Tell != nil {
				b.Tell(p)
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// there is the command with the paths of the machine in place of those of this one.
func (b Bringing) there(root string, paths map[string]string) task.Command {
	words := []string{b.Site.Root + "/", root + "/"}
	if self := paths[b.Self]; self != "" {
		words = append([]string{b.Site.Self, self}, words...) // the first that fits is taken
	}
	fill := strings.NewReplacer(words...).Replace
	to := func(name string) string {
		if there, ok := paths[name]; ok {
			return there
		}
		return fill(name)
	}
	cmd := b.Command
	cmd.Dir = to(cmd.Dir)
	cmd.Argv = nil
	for _, a := range b.Command.Argv {
		cmd.Argv = append(cmd.Argv, fill(a))
	}
	cmd.Env = nil
	for _, e := range b.Command.Env {
		cmd.Env = append(cmd.Env, task.Env{Name: e.Name, Value: fill(e.Value)})
	}
	cmd.Files = nil
	for _, f := range b.Command.Files {
		f.Content = fill(f.Content)
		if f.Link != "" {
			f.Link = to(f.Link)
		}
		cmd.Files = append(cmd.Files, f)
	}
	return cmd
}
