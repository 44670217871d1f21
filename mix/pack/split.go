package pack

// A Part is a stretch of a conversation that fits into a window behind its head:
// steps [Context, From) are there to be read, [From, To) to learn from, and the
// answer to the last of them is left out.
type Part struct{ Context, From, To int }

// overlapPart of the room behind the head goes to steps that the part before has
// trained, so that a part does not begin with an answer to what it cannot see. It
// costs a third more tokens at most; more of it costs more, and the step just
// before is there in any case.
const overlapPart = 4

// Split divides a conversation into parts, each with its head, so that every
// trained step is trained in exactly one of them. Parts that would train nothing
// are not made. It tells no parts where a step does not fit together with the one
// before it: it would be learned without what it answers.
func (c Conversation) Split(window int) (parts []Part) {
	for from := c.trained(0); from < len(c.Steps); from = c.trained(from) {
		context, ok := c.context(from, window)
		if !ok {
			return nil
		}
		part := Part{Context: context, From: from, To: c.end(context, from, window)}
		parts = append(parts, part)
		from = part.To
	}
	return parts
}

// trained is the first trained step from n on, or the end.
func (c Conversation) trained(n int) int {
	for n < len(c.Steps) && c.Steps[n].Trained == 0 {
		n++
	}
	return n
}

// context is the first of the steps in front of one that are read with it.
func (c Conversation) context(from, window int) (first int, ok bool) {
	room := window - c.Head - c.Steps[from].Acts
	if from == 0 {
		return 0, room >= 0
	}
	first = from - 1
	if room -= c.Steps[first].whole(); room < 0 {
		return 0, false
	}
	overlap := (window-c.Head)/overlapPart - c.Steps[first].whole()
	for first > 0 && c.Steps[first-1].whole() <= min(room, overlap) {
		first--
		room, overlap = room-c.Steps[first].whole(), overlap-c.Steps[first].whole()
	}
	return first, true
}

// end is behind the last trained step that fits into the window with those from
// context on. That of from itself does.
func (c Conversation) end(context, from, window int) (to int) {
	tokens := c.Head
	for n := context; n < len(c.Steps); n++ {
		if tokens+c.Steps[n].Acts > window {
			break
		}
		if n >= from && c.Steps[n].Trained > 0 {
			to = n + 1
		}
		tokens += c.Steps[n].whole()
	}
	return to
}
