package main

import "fmt"

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
