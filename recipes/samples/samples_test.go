package samples

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

// overWindow is more text than 32,768 tokens of any kind of source code.
const overWindow = 150_000

type counts struct {
	records, accepted, refused, unknown, copies, overWindow int
}

func (c *counts) add(s sample, seen map[string]bool) {
	c.records++
	switch {
	case s.resolved == nil:
		c.unknown++
	case *s.resolved:
		c.accepted++
	default:
		c.refused++
	}
	if seen[s.raw] {
		c.copies++
	}
	seen[s.raw] = true
	if size(s) > overWindow {
		c.overWindow++
	}
}

func size(s sample) int {
	n := 0
	for _, m := range s.messages {
		n += len(m.Content)
	}
	return n
}

func TestEveryTaskHasTheDocumentedCounts(t *testing.T) {
	want := map[string]counts{
		"func_localize":  {28, 20, 5, 3, 2, 2},
		"issue_localize": {31, 22, 7, 2, 2, 2},
		"dep_search":     {25, 19, 4, 2, 0, 1},
		"func_gen":       {29, 20, 6, 3, 1, 2},
	}
	got, seen := map[string]counts{}, map[string]bool{}
	for _, s := range readAll(t) {
		c := got[s.task]
		c.add(s, seen)
		got[s.task] = c
	}
	for task := range want {
		if got[task] != want[task] {
			t.Errorf("%s: got %+v, want %+v; correct doc.go too", task, got[task], want[task])
		}
	}
}

func TestEveryRecordIsAWholeConversation(t *testing.T) {
	for _, s := range readAll(t) {
		if s.messages[0].Role != "system" || s.messages[1].Role != "user" || len(s.tools) != 4 {
			t.Errorf("%s %s: does not begin with a system prompt, a request and four tools", s.task, s.id)
		}
		var open []string
		for _, m := range s.messages[2:] {
			if m.Role == "assistant" && (len(open) > 0 || m.Content == "" || len(m.Calls) == 0) {
				t.Errorf("%s %s: an assistant message lacks a thought or a call, or comes before its results", s.task, s.id)
			}
			for _, call := range m.Calls {
				open = append(open, call.ID)
			}
			if m.Role == "tool" {
				open = slices.DeleteFunc(open, func(id string) bool { return id == m.CallID })
			}
		}
		last := s.messages[len(s.messages)-1]
		if len(open) != 1 || last.Calls[0].Function.Name != "finish" {
			t.Errorf("%s %s: does not end on the one unanswered call, finish", s.task, s.id)
		}
	}
}

func TestLengthsRangeFromAFewStepsToManyDozens(t *testing.T) {
	fewest, most := 1000, 0
	for _, s := range readAll(t) {
		steps := 0
		for _, m := range s.messages {
			if m.Role == "assistant" {
				steps++
			}
		}
		fewest, most = min(fewest, steps), max(most, steps)
	}
	if fewest > 5 || most < 30 {
		t.Errorf("steps range from %d to %d", fewest, most)
	}
}

func TestTwoTeachersWorkInTenRepositories(t *testing.T) {
	repos, teachers, instances := map[string]int{}, map[string]int{}, map[string]int{}
	for _, s := range readAll(t) {
		repos[s.repo]++
		teachers[s.teacher]++
		instances[s.id]++
	}
	if len(repos) != 10 {
		t.Errorf("repositories: %v", repos)
	}
	if names := slices.Sorted(maps.Keys(teachers)); !slices.Equal(names, []string{"scripted-a", "scripted-b"}) {
		t.Errorf("teachers: %v", names)
	}
	if len(instances) >= len(readAll(t)) {
		t.Error("no instance is repeated")
	}
}

func TestAwkwardOutputsOccur(t *testing.T) {
	found := map[string]int{"<|im_end|>": 0, "\r\n": 0, "\x1b[31m": 0, "[exit status": 0, "Nothing changed": 0}
	for _, s := range readAll(t) {
		for _, m := range s.messages {
			for text := range found {
				if m.Role == "tool" && strings.Contains(string(m.Content), text) {
					found[text]++
				}
			}
		}
	}
	for text, n := range found {
		if n == 0 {
			t.Errorf("no tool output holds %q", text)
		}
	}
}

func TestEightWalksLoop(t *testing.T) {
	looping := 0
	for _, s := range readAll(t) {
		if longestRun(s) >= 3 {
			looping++
		}
	}
	if looping != 8 {
		t.Errorf("%d walks repeat an action three times or more", looping)
	}
}

// longestRun counts the most equal actions in a row.
func longestRun(s sample) int {
	most, run, before := 0, 0, ""
	for _, m := range s.messages {
		if len(m.Calls) == 0 {
			continue
		}
		action := m.Calls[0].Function.Name + m.Calls[0].Function.Arguments
		if action != before {
			run = 0
		}
		run++
		before, most = action, max(most, run)
	}
	return most
}

// Nothing of the machine that ran the generator may show.
func TestNoTemporaryPathShows(t *testing.T) {
	for _, s := range readAll(t) {
		if strings.Contains(s.raw, "/samples-") || strings.Contains(s.raw, os.TempDir()+"/") {
			t.Errorf("%s %s: names a temporary directory", s.task, s.id)
		}
	}
}
