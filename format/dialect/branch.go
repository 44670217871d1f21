package dialect

// A branch is one line of a session whose lines form a tree: rewinding and
// editing a prompt leave the abandoned branch in the file.
type branch struct {
	id, parent string
	spoken     bool // part of the conversation, so that it can be its end
}

// leafPath says which lines lead to the last line of the conversation: that
// branch is the one the user went on with. Lines without any link between
// them are one path.
func leafPath(lines []branch) []bool {
	at := make(map[string]int, len(lines))
	for i, line := range lines {
		if line.id != "" {
			at[line.id] = i
		}
	}
	on := make([]bool, len(lines))
	leaf, linked := -1, false
	for i, line := range lines {
		_, known := at[line.parent]
		linked = linked || known
		if line.spoken {
			leaf = i
		}
	}
	if !linked {
		for i := range on {
			on[i] = true
		}
		return on
	}
	for leaf >= 0 && !on[leaf] {
		on[leaf] = true
		parent, known := at[lines[leaf].parent]
		if !known {
			break
		}
		leaf = parent
	}
	return on
}
