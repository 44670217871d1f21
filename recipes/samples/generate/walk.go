package main

import (
	"fmt"
	"slices"
	"strings"
)

// A walk is what the script knows about the way: where it goes, what it looks
// for on the way and how it behaves.
type walk struct {
	*session
	manner manner
	files  tree
	target *span
	decoy  *span
	words  []string
	change editorArgs
	result string // what finish says
}

// play walks from the first look around to the finish.
func (w *walk) play() {
	w.about(w.target)
	w.orient(w.length(0, 1, 3))
	w.search(w.words[:min(len(w.words), w.length(1, 1, 3))])
	if w.manner.is(loops) {
		w.loop()
	}
	w.survey(w.length(0, 0, 5) + w.length(0, 0, 4))
	if w.manner.is(floods) {
		w.flood()
	}
	if !w.manner.is(short) {
		w.read("doubt", w.decoy)
	}
	if w.manner.is(abandoned) {
		w.act("give up", call{"finish", finishArgs{"I did not find the right place and changed nothing."}})
		return
	}
	w.read("read", w.target)
	w.consider()
	w.edit()
	w.check(w.length(0, 1, 2))
	w.act("finish", call{"finish", finishArgs{w.result}})
}

// length chooses by the manner of the walk and adds up to three steps.
func (w *walk) length(ifShort, ifMiddle, ifLong int) int {
	switch {
	case w.manner.is(short):
		return ifShort
	case w.manner.is(long):
		return ifLong + w.dice.roll(4)
	}
	return ifMiddle + w.dice.roll(4)
}

func (w *walk) about(s *span) {
	w.facts["func"], w.facts["file"], w.facts["decoy"] = s.Name, s.File, w.decoy.Name
}

func (w *walk) path(file string) string { return w.tree.root + "/" + file }

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

func (w *walk) search(words []string) {
	for _, word := range words {
		w.facts["word"] = word
		w.act("search", w.grep(word))
	}
}

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

// consider looks at the uses of the target and thinks, on walks that take their time.
func (w *walk) consider() {
	if w.manner.is(short) {
		return
	}
	w.act("callers", bash("grep -rnw '%s' --include='*.%s' . | sort", w.target.Name, w.target.lang.ext))
	if w.manner.is(long) || w.by == scriptedB {
		w.act("ponder", call{"think", thinkArgs{w.weigh()}})
	}
}

func (w *walk) weigh() string {
	return fmt.Sprintf(pick(w.dice, []string{
		"%[1]s lies in %[2]s, %[4]d lines long. %[3]s is near it but does something else. I will %[5]s and touch nothing more.",
		"Two candidates: %[1]s and %[3]s. Only %[1]s (%[2]s) matches every point, so there I %[5]s.",
		"Having read %[2]s I am sure about %[1]s: its %[4]d lines do what the task speaks of, %[3]s does not. Next: %[5]s.",
	}), w.target.Name, w.target.File, w.decoy.Name, w.target.BodyTo-w.target.Sig, w.facts["goal"])
}

func (w *walk) edit() {
	if w.manner.is(slips) {
		wrong := w.change
		wrong.OldStr = " " + wrong.OldStr + " "
		w.act("edit", editor(wrong))
		w.act("retry", editor(w.change))
		return
	}
	w.act("edit", editor(w.change))
}

func (w *walk) check(n int) {
	if w.target.lang.ext == "sh" {
		w.act("test", bash("sh tests/run.sh"))
	}
	ways := []call{bash("git diff"), bash("git status --short"), bash("git diff --stat"), bash("git diff -U1 -- %s", w.change.Path)}
	first := w.dice.roll(len(ways))
	for i := range n {
		w.act("check", ways[(first+i)%len(ways)])
	}
}
