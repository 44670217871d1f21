package dialect

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"trainyard/format"
	"trainyard/format/container"
	"trainyard/format/pyjson"
)

// The files of a conversation that the OpenHands SDK persists: its state, and
// a file per event.
const stateFile = "base_state.json"

var eventFile = regexp.MustCompile(`^event-(\d{1,9})-[^/]*\.json$`)

// conversationFile cuts the path of a conversation's file into the directory
// of the conversation and the file's own name.
func conversationFile(name string) (dir, file string, ok bool) {
	name = filepath.ToSlash(name)
	cut := strings.LastIndexByte(name, '/') + 1
	dir, file = name[:cut], name[cut:]
	if file == stateFile {
		return strings.TrimSuffix(dir, "/"), file, true
	}
	outer, found := strings.CutSuffix("/"+dir, "/events/")
	if !found || !eventFile.MatchString(file) {
		return "", "", false
	}
	return strings.TrimPrefix(outer, "/"), file, true
}

// Dir is where the files lie.
func (c *conversation) Dir() string { return c.dir }

// A conversation is one record, made of the files of a directory.
type conversation struct {
	dir     string
	archive string // the name of the tar file that holds it; empty for a folder
	max     int64
	size    int64
	state   []byte
	events  []eventPart
	lost    *format.Reject
}

type eventPart struct {
	number int
	raw    []byte
}

// Add takes a file in. One that is not one whole JSON object costs the
// conversation, for the model saw what it held.
func (c *conversation) Add(file string, raw []byte) {
	if c.lost != nil {
		return
	}
	raw = bytes.TrimSpace(raw)
	c.size += int64(len(raw)) + 1
	if c.size > c.max {
		c.Lose(format.TooLarge, "a conversation of more than %d bytes is skipped", c.max)
		return
	}
	if n, done := new(pyjson.Skipper).Skip(raw); !done || n < len(raw) || raw[0] != '{' {
		c.Lose(format.NotJSON, "%s does not hold one whole JSON object; its conversation is left out", file)
		return
	}
	if file == stateFile {
		c.state = raw
		return
	}
	number, _ := strconv.Atoi(eventFile.FindStringSubmatch(file)[1])
	c.events = append(c.events, eventPart{number, raw})
}

// Lose gives the conversation up.
func (c *conversation) Lose(reason, detail string, args ...any) {
	c.lost = &format.Reject{Reason: reason, Detail: fmt.Sprintf(detail, args...)}
	c.state, c.events = nil, nil
}

// Hand gives the conversation on: a session whose lines are its events, in
// the order of their numbers. A state without events is none.
func (c *conversation) Hand(r *container.Reader) error {
	switch {
	case c.lost != nil:
		return r.Reject(1, c.lost.Reason, "%s", c.lost.Detail)
	case len(c.events) == 0:
		return r.Reject(1, format.NoMessages, "the state of conversation %q without its events", pyjson.Clip(c.dir))
	}
	slices.SortStableFunc(c.events, func(a, b eventPart) int { return cmp.Compare(a.number, b.number) })
	head := []byte(`{"archive":`)
	head = append(pyjson.QuoteJSON(head, c.archive), ',')
	if c.state != nil {
		head = append(append(append(head, `"base_state":`...), c.state...), ',')
	}
	b := container.NewSessionBuffer(append(head, `"lines":[`...))
	for i, event := range c.events {
		b.Add(i+1, event.raw, openhandsSDK.session())
		c.events[i].raw = nil
	}
	return r.Segments(b)
}

// areEvents knows the folder of a conversation's events by its files' names.
func areEvents(files []format.File) bool {
	return !slices.ContainsFunc(files, func(f format.File) bool {
		_, file, ok := conversationFile(f.Path)
		return !ok || file == stateFile
	})
}

// readConversation yields an unpacked conversation: the files of its events,
// and the state beside their folder if there is one.
func (s *Source) readConversation(ctx context.Context, files []format.File, yield func(format.Record) error) error {
	dir := filepath.Dir(filepath.Dir(files[0].Path))
	r := s.feed.Reader(ctx, dir, yield)
	c := conversation{dir: filepath.Base(dir), max: s.feed.Max}
	if state, err := s.feed.ReadWhole(format.File{Path: filepath.Join(dir, stateFile)}); err == nil {
		c.Add(stateFile, state)
		s.feed.Count(-int64(len(state))) // it is none of the source's files
	}
	for _, file := range files {
		if err := ctx.Err(); err != nil {
			return err
		}
		raw, err := s.feed.ReadWhole(file)
		var broken *format.Reject
		if errors.As(err, &broken) {
			c.Lose(broken.Reason, "%s: %s", filepath.Base(file.Path), broken.Detail)
			break
		}
		if err != nil {
			return err
		}
		c.Add(filepath.Base(file.Path), raw)
	}
	return c.Hand(r)
}
