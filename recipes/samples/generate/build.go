package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A record is a finished rollout, ready to be written in some format.
type record struct {
	rollout
	ID       string
	Repo     string
	Base     string // commit the walk started from
	Ask      string
	Patch    string
	Resolved bool
	Messages []message
}

// build plays every rollout of every task and returns the archive's files.
func build(ctx context.Context, repos string) (map[string][]byte, error) {
	all, err := loadRepos(repos)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for _, t := range tasks {
		var records []record
		for _, r := range t.rollouts {
			rec, err := play(ctx, all, t, r)
			if err != nil {
				return nil, fmt.Errorf("%s %s by %s: %w", t.name, r.Func, r.By, err)
			}
			records = append(records, rec)
		}
		if err := layouts[t.name](files, t.name, records); err != nil {
			return nil, fmt.Errorf("%s: %w", t.name, err)
		}
	}
	return files, nil
}

// loadRepos reads every OWNER/NAME below a directory.
func loadRepos(dir string) (map[string]tree, error) {
	found, err := filepath.Glob(filepath.Join(dir, "*", "*"))
	if err != nil || len(found) == 0 {
		return nil, fmt.Errorf("no repositories below %s", dir)
	}
	all := map[string]tree{}
	for _, path := range found {
		if info, err := os.Stat(path); err != nil || !info.IsDir() {
			continue
		}
		repo := filepath.ToSlash(strings.TrimPrefix(path, dir+string(filepath.Separator)))
		if all[repo], err = loadRepo(dir, repo); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// owner finds the one repository that defines a function.
func owner(all map[string]tree, name string) (string, *span, error) {
	var repo string
	var at *span
	for candidate, files := range all {
		s, err := files.find(name)
		if err != nil {
			continue
		}
		if at != nil {
			return "", nil, fmt.Errorf("%s and %s both define it", repo, candidate)
		}
		repo, at = candidate, s
	}
	if at == nil {
		return "", nil, fmt.Errorf("no repository defines it")
	}
	return repo, at, nil
}

// instanceID numbers the functions of a repository within the task's hundred.
func instanceID(t *task, repo string, files tree, name string) string {
	at := slices.IndexFunc(files.functions(), func(s *span) bool { return s.Name == name })
	return fmt.Sprintf("%s-%d", strings.Replace(repo, "/", "__", 1), 100*t.number+at+1)
}

// play runs one rollout and holds its verdict against what the table promises.
func play(ctx context.Context, all map[string]tree, t *task, r rollout) (record, error) {
	repo, original, err := owner(all, r.Func)
	if err != nil {
		return record{}, err
	}
	files := t.prepare(all[repo], original)
	c, err := newCheckout(ctx, repo, files)
	if err != nil {
		return record{}, err
	}
	defer c.close()
	rec := record{rollout: r, ID: instanceID(t, repo, all[repo], r.Func), Repo: repo, Base: c.base}
	w, err := newWalk(ctx, t, r, repo, c, files, original)
	if err != nil {
		return record{}, err
	}
	rec.Ask = w.messages[1].Content.(string)
	w.play()
	if w.err != nil {
		return record{}, w.err
	}
	rec.Messages = w.messages
	if rec.Patch, err = c.patch(ctx); err != nil {
		return record{}, err
	}
	after, err := readTree(c.real(c.root))
	if err != nil {
		return record{}, err
	}
	rec.Resolved = t.judge(all[repo], after, r.Func)
	if rec.Resolved != r.Manner.succeeds() {
		return record{}, fmt.Errorf("judged %v, the table says %v; patch:\n%s", rec.Resolved, r.Manner.succeeds(), rec.Patch)
	}
	return rec, nil
}

// newWalk puts the system prompt and the request into a fresh session.
func newWalk(ctx context.Context, t *task, r rollout, repo string, c *checkout, files tree, original *span) (*walk, error) {
	target, err := files.find(r.Func)
	if err != nil {
		return nil, err
	}
	s := &session{ctx: ctx, tree: c, by: r.By, dice: &dice{name: t.name + "/" + r.Func + "/" + r.By}}
	s.facts = t.facts(files, original)
	s.facts["repo"], s.facts["root"], s.facts["goal"] = repo, c.root, t.goal
	w := &walk{session: s, manner: r.Manner, files: files, target: target, decoy: files.neighbour(target)}
	w.words = t.clues(files, original)
	w.about(target)
	w.change = t.change(files, target, w.decoy, original, r.Manner.is(misplaced))
	at := target
	if w.change.OldStr != "" && !strings.Contains(w.change.OldStr, target.signature()) {
		at = w.decoy
	}
	w.result = s.fill(strings.ReplaceAll(t.done, "{func}", at.Name))
	w.change.Path = w.path(w.change.Path)
	s.messages = []message{{Role: "system", Content: systemPrompt}, {Role: "user", Content: s.fill(pick(s.dice, t.asks))}}
	return w, nil
}
