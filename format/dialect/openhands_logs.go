package dialect

import (
	"cmp"
	"context"
	"errors"
	"hash/maphash"
	"slices"
	"strconv"

	"trainyard/format"
	"trainyard/format/api"
	"trainyard/format/pyjson"
)

// A completion is the log of one model call: it repeats the conversation so
// far, and may be the last of its kind.
type completion struct {
	file   format.File
	time   float64
	prompt []uint64 // a digest of each message
	turns  int      // of the assistant in the prompt
	held   int      // of those, how many its stretch began with: an earlier one trains them
	// Of logs that name no conversation: what each message of the prompt says
	// if an assistant does, and what the response says; 0 is no answer.
	said   []uint64
	answer uint64
}

// readFolder yields what a folder of cumulative logs ends on: the last call,
// in order of the time written inside them. Where the prompt changed, because
// a condenser cut the history, each stretch that only grew ends in a record, in
// which the turns that the stretch began with are out of the loss.
// Calls of other conversations that share the folder (a condenser's, a draft
// editor's) are told apart by their first message; the conversation with most
// calls wins. A folder with a file that cannot be read is one rejected
// record, for that file may be the last.
func (s *Source) readFolder(ctx context.Context, files []format.File, yield func(format.Record) error) error {
	var last completion // which is handed on
	r := s.feed.Reader(ctx, "", func(rec format.Record) error { return yield(last.told(rec)) })
	var calls []completion
	for _, file := range files {
		if err := ctx.Err(); err != nil {
			return err
		}
		r.Path = file.Path
		c, err := s.readCompletion(file)
		var broken *format.Reject
		if errors.As(err, &broken) {
			return r.Reject(1, broken.Reason, "%s; this may be the end of its folder's trajectory, so the folder is left out", broken.Detail)
		}
		if err != nil {
			return err
		}
		calls = append(calls, c)
	}
	for _, last = range stretches(mainCalls(calls)) {
		if err := s.feed.ReadAgain(r, last.file); err != nil {
			return err
		}
	}
	return nil
}

// told says of the record of a log what the stretches before it hold.
func (c completion) told(rec format.Record) format.Record {
	if c.held > 0 {
		rec.Kin = format.Kin{Turns: c.held, Condensed: true}
	}
	return rec
}

// mainCalls keeps the conversation with the most calls; on a tie, the one that ran
// later. Its calls come in order of time.
func mainCalls(calls []completion) []completion {
	slices.SortFunc(calls, func(a, b completion) int {
		return cmp.Or(cmp.Compare(a.time, b.time), cmp.Compare(a.file.Path, b.file.Path))
	})
	count, last := map[uint64]int{}, calls[0]
	for _, c := range calls {
		count[c.first()]++
	}
	for _, c := range calls {
		if count[c.first()] >= count[last.first()] {
			last = c
		}
	}
	return slices.DeleteFunc(calls, func(c completion) bool { return c.first() != last.first() })
}

func (c completion) first() uint64 {
	if len(c.prompt) == 0 {
		return 0
	}
	return c.prompt[0]
}

// stretches follows the calls, each of which continues the latest one whose
// prompt it repeats, and returns those that no other continues.
func stretches(calls []completion) []completion {
	var ends []completion
	for _, c := range calls {
		i := continued(ends, c.prompt)
		if c.held = heldBy(ends, i, c); i >= 0 {
			ends = slices.Delete(ends, i, i+1)
		}
		ends = append(ends, c)
	}
	return ends
}

// heldBy counts the turns that the stretch of a call began with: as many as that
// of the end it continues, none in the first stretch, and all that a later one
// finds in its first prompt, for no answer to it is among them.
func heldBy(ends []completion, i int, c completion) int {
	switch {
	case i >= 0:
		return ends[i].held
	case len(ends) > 0:
		return c.turns
	}
	return 0
}

// continued finds the end that prompt goes on from, -1 if there is none. The
// last message of a prompt may differ a little (scaffolds put a reminder
// there and take it away again), but not one of the first two.
func continued(ends []completion, prompt []uint64) int {
	for _, mayDiffer := range []int{0, 1} {
		for i := len(ends) - 1; i >= 0; i-- {
			old := ends[i].prompt
			same := len(old) - mayDiffer
			if len(prompt) >= len(old) && (mayDiffer == 0 || same >= 2) && slices.Equal(old[:same], prompt[:same]) {
				return i
			}
		}
	}
	return -1
}

// readCompletion reads what a log is chosen by.
func (s *Source) readCompletion(file format.File) (completion, error) {
	c := completion{file: file}
	err := s.lookInto(file, func(v pyjson.Value) error {
		c.time = loggedAt(v, file.Path)
		messages, _ := loggedPair(v)
		return api.Decoded(messages, func(messages pyjson.Value) error {
			for _, m := range messages.Elements() {
				c.add(m)
			}
			return nil
		})
	})
	return c, err
}

func (c *completion) add(m pyjson.Value) {
	c.prompt = append(c.prompt, messageDigest(m))
	if m.Get("role").Text() == "assistant" {
		c.turns++
	}
}

// lookInto reads a file that holds one object. What is wrong with it is a
// *Reject.
func (s *Source) lookInto(file format.File, look func(pyjson.Value) error) error {
	raw, err := s.feed.ReadWhole(file)
	if err != nil {
		return err
	}
	err = pyjson.WithIndex(raw, func(v pyjson.Value) error {
		if v.Kind() != pyjson.KindObject {
			return format.Rejectf(format.NotJSON, "the file holds %s, not an object", v.Kind())
		}
		return look(v)
	})
	var syntax *pyjson.SyntaxError
	if errors.As(err, &syntax) {
		err = format.Rejectf(format.NotJSON, "the file does not hold one whole JSON object: %v", syntax)
	}
	return err
}

var digestSeed = maphash.MakeSeed()

// messageDigest stands for what a message says. Marks for the provider's
// cache are not part of that: they move from call to call.
func messageDigest(m pyjson.Value) uint64 {
	var h maphash.Hash
	h.SetSeed(digestSeed)
	h.Write(m.Get("role").Bytes())
	h.WriteByte(0)
	content := m.Get("content")
	h.Write(content.Bytes())
	for _, part := range content.Elements() {
		if text := part.Get("text"); text.Present() {
			h.Write(text.Bytes())
		} else {
			h.Write(part.Raw())
		}
	}
	h.Write(m.Get("tool_calls").Raw())
	return h.Sum64()
}

// loggedAt is the time written in the log, else the one in its name.
func loggedAt(log pyjson.Value, path string) float64 {
	if t, ok := log.Get("timestamp").Float(); ok {
		return t
	}
	if m := completionName.FindStringSubmatch(path); m != nil {
		t, _ := strconv.ParseFloat(m[1], 64)
		return t
	}
	return 0
}
