package dialect

// A branch is one line of a session whose lines form a tree: rewinding and
// editing a prompt leave the abandoned branch in the file.
type branch struct {
	id, parent string
	spoken     bool // part of the conversation, so that it can be its end
}

// A tree is the lines of a session by their links.
type tree struct {
	lines  []branch
	at     map[string]int // the first line of each id
	copied []bool         // a line of that id stood before, as some clients write lines again
	leaf   int            // the last line of the conversation, -1 where there is none
	linked bool           // some line names another as its parent
}

func newTree(lines []branch) tree {
	t := tree{lines: lines, at: make(map[string]int, len(lines)), copied: make([]bool, len(lines)), leaf: -1}
	for i, line := range lines {
		_, known := t.at[line.id]
		if t.copied[i] = known && line.id != ""; t.copied[i] {
			continue
		}
		if line.id != "" {
			t.at[line.id] = i
		}
		if line.spoken {
			t.leaf = i
		}
	}
	for _, line := range lines {
		_, known := t.at[line.parent]
		t.linked = t.linked || known
	}
	return t
}

// path says which lines lead to the leaf: that branch is the one the user went
// on with. Lines without any link between them are one path. lost is the parent
// that the path asks for and the file does not hold: what came before is not in
// the record.
func (t tree) path() (on []bool, lost string) {
	on = make([]bool, len(t.lines))
	if !t.linked {
		for i := range on {
			on[i] = !t.copied[i]
		}
		for _, line := range t.lines {
			if line.spoken && line.parent != "" {
				return on, line.parent
			}
		}
		return on, ""
	}
	for i := t.leaf; i >= 0 && !on[i]; {
		on[i] = true
		parent := t.lines[i].parent
		next, known := t.at[parent]
		if !known {
			return on, parent
		}
		i = next
	}
	return on, ""
}

// leftOut lists the lines of the conversation that are not on the path, from a
// line on.
func (t tree) leftOut(on []bool, from int) (list []int) {
	for i := from; i < len(on); i++ {
		if t.lines[i].spoken && !on[i] && !t.copied[i] {
			list = append(list, i)
		}
	}
	return list
}
