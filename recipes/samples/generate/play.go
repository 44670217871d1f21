package main

import (
	"context"
	"fmt"
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
	s := &session{ctx: ctx, tree: c, by: r.By, said: map[string]int{}}
	s.dice = &dice{name: t.name + "/" + r.Func + "/" + r.By}
	s.facts = t.facts(files, original)
	s.facts["repo"], s.facts["root"], s.facts["goal"] = repo, c.root, t.goal
	a := aim{files: files, target: target, decoy: files.neighbour(target), original: original, at: target, wrong: r.Manner.is(misplaced)}
	w := &walk{session: s, manner: r.Manner, files: files, target: a.target, decoy: a.decoy, words: t.clues(files, original)}
	w.about(w.target)
	s.messages = []message{{Role: "system", Content: systemPrompt}, {Role: "user", Content: s.fill(pick(s.dice, t.asks))}}
	if a.wrong && t.strays {
		a.at = a.decoy
		w.target, w.decoy = w.decoy, w.target
		w.about(w.target)
	}
	w.change = t.change(a)
	w.change.Path = w.path(w.change.Path)
	w.result = s.fill(t.done)
	return w, nil
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
