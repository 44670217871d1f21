package behaviour

import (
	"slices"
	"strings"

	"trainyard/format"
	"trainyard/format/protocol"
	"trainyard/format/pyjson"
)

// A Tally counts what trajectories did. It holds whole numbers alone, so that
// the tallies of parts add up to that of the whole, in any order.
type Tally struct {
	Trajectories int64              `json:"trajectories"`
	Steps        int64              `json:"steps"`      // assistant messages
	Activities   map[Activity]int64 `json:"activities"` // steps by what they are for; they add up to Steps
	Lookups      map[string]int64   `json:"lookups"`    // shell lines that explore, by their first word
	Calls        map[string]int64   `json:"calls"`      // by tool; an editor's commands apart, as TOOL.COMMAND
	Spoken       int64              `json:"spoken"`     // steps that say something besides their calls
	Runs         int64              `json:"runs"`       // steps that run code

	// Calls of the three kinds that the Hybrid-Gym paper counts, whatever the
	// scaffold calls them.
	Shell   int64 `json:"shell"`
	View    int64 `json:"view"`
	Replace int64 `json:"replace"`

	// Trajectories that do so at least once.
	Explored      int64 `json:"explored"`
	SourceEdit    int64 `json:"source_edit"`
	RunBeforeEdit int64 `json:"run_before_edit"`
	RunAfterEdit  int64 `json:"run_after_edit"`
	FailEditPass  int64 `json:"fail_edit_pass"`
	TestRunner    int64 `json:"test_runner"`
	Loop          int64 `json:"loop"`  // the same action three times in a row
	Stuck         int64 `json:"stuck"` // OpenHands' detector would have stopped it
}

// Add counts one more trajectory, as it is now.
func (t *Tally) Add(traj *format.Trajectory) {
	steps := Steps(traj)
	t.Trajectories++
	t.Steps += int64(len(steps))
	t.countActivities(steps)
	t.countCalls(steps)
	t.Spoken += countThat(steps, func(s Step) bool { return speaks(traj.Messages[s.Message]) })
	t.Runs += int64(len(stepsThat(steps, func(a Action) bool { return a.Effect.runs })))
	var f Features
	f.edits(steps)
	t.countOnce(&f)
	t.Loop += one(isLoop(traj, steps))
	t.Stuck += one(isStuck(traj, steps))
}

func (t *Tally) countActivities(steps []Step) {
	t.Activities, t.Lookups = made(t.Activities), made(t.Lookups)
	explored := false
	for i, activity := range activities(steps) {
		t.Activities[activity]++
		if activity != Exploration {
			continue
		}
		explored = true
		for _, word := range lookupsOf(steps[i]) {
			t.Lookups[word]++
		}
	}
	t.Explored += one(explored)
}

// countCalls tells tools apart as Features do.
func (t *Tally) countCalls(steps []Step) {
	t.Calls = made(t.Calls)
	for name, n := range callsByTool(steps) {
		t.Calls[name] += int64(n)
	}
	for _, s := range steps {
		for _, a := range s.Actions {
			switch tool := strings.ToLower(a.Tool); {
			case slices.Contains(shellTools, tool):
				t.Shell++
			case slices.Contains(editorTools, tool) && a.Arg("command") == "view", slices.Contains(viewTools, tool):
				t.View++
			case slices.Contains(editorTools, tool) && a.Arg("command") == "str_replace", slices.Contains(replaceTools, tool):
				t.Replace++
			}
		}
	}
}

// The tools that show a file, and those that replace a text in one, apart from
// editors with commands.
var (
	viewTools    = namesIn("read read_file view view_file open")
	replaceTools = namesIn("edit replace str_replace str_replace_edit")
)

func (t *Tally) countOnce(f *Features) {
	t.SourceEdit += one(f.SourceEdit)
	t.RunBeforeEdit += one(f.RunBeforeEdit)
	t.RunAfterEdit += one(f.RunAfterEdit)
	t.FailEditPass += one(f.FailEditPass)
	t.TestRunner += one(f.TestRunner)
}

// Sum adds what another tally counted.
func (t *Tally) Sum(o *Tally) {
	for _, n := range []struct {
		to   *int64
		more int64
	}{
		{&t.Trajectories, o.Trajectories}, {&t.Steps, o.Steps}, {&t.Spoken, o.Spoken}, {&t.Runs, o.Runs},
		{&t.Shell, o.Shell}, {&t.View, o.View}, {&t.Replace, o.Replace},
		{&t.Explored, o.Explored}, {&t.SourceEdit, o.SourceEdit}, {&t.RunBeforeEdit, o.RunBeforeEdit},
		{&t.RunAfterEdit, o.RunAfterEdit}, {&t.FailEditPass, o.FailEditPass}, {&t.TestRunner, o.TestRunner},
		{&t.Loop, o.Loop}, {&t.Stuck, o.Stuck},
	} {
		*n.to += n.more
	}
	t.Activities = summed(t.Activities, o.Activities)
	t.Lookups = summed(t.Lookups, o.Lookups)
	t.Calls = summed(t.Calls, o.Calls)
}

func summed[K comparable](to, more map[K]int64) map[K]int64 {
	to = made(to)
	for key, n := range more {
		to[key] += n
	}
	return to
}

func made[K comparable](m map[K]int64) map[K]int64 {
	if m == nil {
		m = map[K]int64{}
	}
	return m
}

func one(holds bool) int64 {
	if holds {
		return 1
	}
	return 0
}

func countThat(steps []Step, holds func(Step) bool) (n int64) {
	for _, s := range steps {
		n += one(holds(s))
	}
	return n
}

// speaks says that an assistant message has words before its calls, or words
// and no call.
func speaks(m format.Message) bool {
	text := m.Content
	for _, opening := range []string{protocol.FunctionOpen, "<tool_call>"} {
		text, _, _ = strings.Cut(text, opening)
	}
	return strings.TrimSpace(text) != ""
}

// lookupsOf are the first words of the shell lines of a step.
func lookupsOf(s Step) (words []string) {
	for _, a := range s.Actions {
		if len(a.Effect.commands) > 0 {
			words = append(words, pyjson.Clip(a.Effect.commands[0].name()))
		}
	}
	return words
}
