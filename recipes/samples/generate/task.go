package main

import (
	"slices"
	"strings"
)

// A task is one of the four kinds of work: what is taken out of the repository
// beforehand, what the agent is told, what it should write, and how the files
// it leaves are judged.
type task struct {
	name   string
	number int      // hundreds of the instance numbers
	goal   string   // completes "I want to …" in a thought
	asks   []string // wordings of the request; {repo}, {root} and the task's own facts
	done   string   // what finish says
	// prepare returns the files the walk starts from.
	prepare func(files tree, target *span) tree
	// facts fills the request, clues lists what the walk searches for.
	facts func(files tree, target *span) map[string]string
	clues func(files tree, target *span) []string
	// change is the right edit of the target in the prepared files. original
	// is the target before prepare; wrong asks for a mistake.
	change func(files tree, target, decoy, original *span, wrong bool) editorArgs
	// judge compares the files at the end with the original ones.
	judge    func(original, after tree, name string) bool
	rollouts []rollout
}

// tasks in the order of the archive.
var tasks = []*task{funcLocalize, issueLocalize, depSearch, funcGen}

// replaceLines makes the edit that puts lines in place of others.
func replaceLines(s *span, old, with []string) editorArgs {
	return editorArgs{Command: "str_replace", Path: s.File, OldStr: strings.Join(old, "\n"), NewStr: strings.Join(with, "\n")}
}

// unchanged is the prepare of tasks that take nothing out.
func unchanged(files tree, _ *span) tree { return files }

// neighbour returns the function that stands after s in its file, else before
// it, else anywhere.
func (t tree) neighbour(s *span) *span {
	all := t.functions()
	at := slices.IndexFunc(all, func(other *span) bool { return other.Name == s.Name })
	if at+1 < len(all) && all[at+1].File == s.File || at == 0 {
		return all[at+1]
	}
	return all[at-1]
}
