package main

import (
	"slices"
	"strings"
)

// orient looks at the repository from outside, each time in another way.
func (w *walk) orient(n int) {
	views := []call{
		bash("ls"),
		bash("cat README.md"),
		bash("git ls-files | sort"),
		bash("git log --oneline"),
		bash("find . -type f -not -path './.git/*' | sort"),
		bash("cd %s && ls -1", w.tree.root),
		bash("find . -name '*.%s' | sort | xargs wc -l", w.target.lang.ext),
		editor(editorArgs{Command: "view", Path: w.tree.root}),
	}
	if w.manner.is(parallel) {
		w.act("orient", views[0], views[1])
	}
	first := w.dice.roll(len(views))
	for i := range n {
		w.act("orient", views[(first+3*i)%len(views)])
	}
	if n > 0 && w.files["samples/session.log"] != "" {
		w.act("colour", bash("head -n %d samples/session.log", 6+w.dice.roll(20)))
	}
}

// search looks for each clue in turn.
func (w *walk) search(words []string) {
	for _, word := range words {
		w.facts["word"] = word
		w.act("search", w.grep(word))
	}
}

// grep is one of the ways to search the sources for a word.
func (w *walk) grep(word string) call {
	ext := w.target.lang.ext
	return pick(w.dice, []call{
		bash("grep -rn --include='*.%s' '%s' . | sort", ext, word),
		bash("grep -rniE '%s' --include='*.%s' . | sort", word, ext),
		bash("git grep -n -i '%s'", word),
		bash("find . -name '*.%s' | sort | xargs grep -n '%s'", ext, word),
	})
}

// loop repeats one search that finds nothing.
func (w *walk) loop() {
	w.facts["word"] = pick(w.dice, []string{"HelperFactory", "legacy_mode", "do_everything", "TODO: here"})
	again := w.grep(w.facts["word"])
	for range 3 + w.dice.roll(3) {
		w.act("loop", again)
	}
}

// survey skims source files, most of them beside the point.
func (w *walk) survey(n int) {
	var files []string
	for _, s := range w.files.functions() {
		files = append(files, s.File)
	}
	files = slices.Compact(files)
	first := w.dice.roll(len(files))
	for i := range n {
		file := files[(first+i)%len(files)]
		w.facts["file"] = file
		w.act("survey", w.skim(file, i/len(files)))
	}
	w.about(w.target)
}

// skim looks at a file in another way on every round.
func (w *walk) skim(file string, round int) call {
	lines := len(splitLines(w.files[file]))
	ways := []call{
		bash("grep -nE '%s' %s", w.target.lang.grepDef, file),
		bash("sed -n '1,%dp' %s", min(lines, 30), file),
		editor(editorArgs{Command: "view", Path: w.path(file)}),
		bash("head -n %d %s", 8+w.dice.roll(12), file),
		bash("sed -n '%d,$p' %s", max(1, lines-25), file),
	}
	if w.by == scriptedB {
		slices.Reverse(ways)
	}
	return ways[(round*2+w.dice.roll(2))%len(ways)]
}

// flood prints the whole catalogue, at once or in pages.
func (w *walk) flood() {
	const file = "data/catalogue.csv"
	if w.by == scriptedA {
		w.act("flood", bash("cat %s", file))
		return
	}
	stage := "flood"
	for from := 1; from < 3600; from += 900 {
		w.act(stage, bash("sed -n '%d,%dp' %s", from, from+899, file))
		stage = "page"
	}
}

// read prints one function, with sed, grep or the editor by the teacher's habit.
func (w *walk) read(stage string, s *span) {
	from, to := max(1, min(s.DocFrom, s.Sig)+1), s.BodyTo
	ways := []call{
		bash("sed -n '%d,%dp' %s", from, to, s.File),
		bash("grep -n -A %d '%s' %s", to-from, strings.TrimSuffix(s.signature(), " {"), s.File),
		editor(editorArgs{Command: "view", Path: w.path(s.File), ViewRange: []int{max(1, from-2), to}}),
	}
	way := w.dice.roll(2)
	if w.by == scriptedB {
		way++
	}
	if way == 1 && strings.ContainsAny(s.signature(), "[]*") {
		way = 0 // the signature would be read as a pattern
	}
	w.act(stage, ways[way])
}
