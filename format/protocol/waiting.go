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

// Called finds the tool behind a result whose own message does not name it, by
// the id of the call.
type Called struct {
	calls []format.Call
	names map[string]string // of many calls
}

// CalledBy makes ready to look among the calls of one turn.
func CalledBy(calls []format.Call) Called {
	const few = 8
	c := Called{calls: calls}
	if len(calls) <= few {
		return c
	}
	c.names = make(map[string]string, len(calls))
	for _, call := range calls {
		if _, known := c.names[call.ID]; !known {
			c.names[call.ID] = call.Name
		}
	}
	return c
}

// Name is the tool of the call with that id; a lone call is meant by "" too.
func (c Called) Name(id string) string {
	if c.names != nil {
		return c.names[id]
	}
	for _, call := range c.calls {
		if call.ID == id || len(c.calls) == 1 && id == "" {
			return call.Name
		}
	}
	return ""
}
