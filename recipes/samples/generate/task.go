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
	// strays says that a misplaced walk of this task edits the decoy; in the
	// other tasks it edits the target and writes something wrong.
	strays bool
	change func(a aim) editorArgs
	// judge compares the files at the end with the original ones.
	judge    func(original, after tree, name string) bool
	rollouts []rollout
}

// An aim is what an edit is made from.
type aim struct {
	files    tree // prepared
	target   *span
	decoy    *span
	original *span // the target before prepare took something out
	at       *span // where the edit goes
	wrong    bool
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
