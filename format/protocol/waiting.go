package protocol

import "trainyard/format"

// Waiting are the calls of one turn that wait for results, found without
// looking at every one: a turn may hold thousands.
type Waiting struct {
	done    []bool
	first   int   // all before it are done
	blank   []int // calls without an id, which any result answers
	byID    map[string][]int
	waiting int
}

// WaitFor starts with calls of these ids, "" where a call has none.
func WaitFor(ids []string) *Waiting {
	w := &Waiting{done: make([]bool, len(ids)), byID: make(map[string][]int, len(ids)), waiting: len(ids)}
	for i, id := range ids {
		if id == "" {
			w.blank = append(w.blank, i)
		} else {
			w.byID[id] = append(w.byID[id], i)
		}
	}
	return w
}

// Left is how many calls have no result yet.
func (w *Waiting) Left() int {
	if w == nil {
		return 0
	}
	return w.waiting
}

// Next is the first call that has no result yet; there must be one.
func (w *Waiting) Next() int {
	for w.done[w.first] {
		w.first++
	}
	return w.first
}

// Take finds the call that a result answers and counts it as answered: by id,
// or the first where either has none.
func (w *Waiting) Take(resultID string) (call int, found bool) {
	if w.Left() == 0 {
		return 0, false
	}
	call, found = -1, resultID == ""
	if found {
		call = w.Next()
	} else {
		w.blank = w.undone(w.blank)
		w.byID[resultID] = w.undone(w.byID[resultID])
		for _, list := range [][]int{w.blank, w.byID[resultID]} {
			if len(list) > 0 && (!found || list[0] < call) {
				call, found = list[0], true
			}
		}
	}
	if found {
		w.done[call] = true
		w.waiting--
	}
	return call, found
}

func (w *Waiting) undone(list []int) []int {
	for len(list) > 0 && w.done[list[0]] {
		list = list[1:]
	}
	return list
}

// CalledNames finds the tool behind a result whose own message does not name
// it, by the id of the call.
func CalledNames(calls []format.Call) func(id string) string {
	names := make(map[string]string, len(calls))
	for _, call := range calls {
		if _, known := names[call.ID]; !known {
			names[call.ID] = call.Name
		}
	}
	return func(id string) string {
		if id == "" && len(calls) == 1 {
			return calls[0].Name
		}
		return names[id]
	}
}
