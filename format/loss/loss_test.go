package loss_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"trainyard/format"
	"trainyard/format/behaviour"
	"trainyard/format/dialect"
	"trainyard/format/edit"
	"trainyard/format/formattest"
	"trainyard/format/loss"
)

// session has a turn of each kind: 1 looks, 2 cannot be read, 3 cannot be carried
// out, 4 edits, 5 runs tests that fail, 6 edits again, 7 closes.
const session = `{"messages":[{"role":"user","content":"q"},` +
	`{"role":"assistant","content":"look","tool_calls":[{"id":"1","function":{"name":"bash","arguments":"{\"command\":\"ls\"}"}}]},{"role":"tool","tool_call_id":"1","content":"a.py"},` +
	`{"role":"assistant","content":"mumble"},{"role":"user","content":"Your output was not formatted correctly. Try again."},` +
	`{"role":"assistant","content":"broken","tool_calls":[{"id":"2","function":{"name":"str_replace_editor","arguments":"{\"command\":\"str_replace\",\"path\":\"/w/a.py\"}"}}]},{"role":"tool","tool_call_id":"2","content":"ERROR:\nNo replacement was performed."},` +
	`{"role":"assistant","content":"edit","tool_calls":[{"id":"3","function":{"name":"bash","arguments":"{\"command\":\"sed -i s/a/b/ src/a.py\"}"}}]},{"role":"tool","tool_call_id":"3","content":""},` +
	`{"role":"assistant","content":"test","tool_calls":[{"id":"4","function":{"name":"bash","arguments":"{\"command\":\"pytest\"}"}}]},{"role":"tool","tool_call_id":"4","content":"1 failed"},` +
	`{"role":"assistant","content":"again","tool_calls":[{"id":"5","function":{"name":"bash","arguments":"{\"command\":\"sed -i s/b/c/ src/a.py\"}"}}]},{"role":"tool","tool_call_id":"5","content":""},` +
	`{"role":"assistant","content":"done"}]}`

func prepared(tb testing.TB, spec loss.Spec) *loss.Loss {
	tb.Helper()
	l, err := loss.New(spec)
	if err != nil {
		tb.Fatal(err)
	}
	return l
}

// learned are the contents of the assistant's messages inside the loss.
func learned(t *format.Trajectory) string {
	var said []string
	for _, m := range t.Messages {
		if m.Role == format.Assistant && !m.Untrained {
			said = append(said, m.Content)
		}
	}
	return strings.Join(said, " ")
}

func TestPoliciesTakeTurnsOutOfTheLoss(t *testing.T) {
	for _, c := range []struct {
		spec  loss.Spec
		left  string
		notes map[string]int
	}{
		{nil, "look mumble broken edit test again done", nil},
		{loss.Spec{"last": 2}, "again done", map[string]int{"loss_last": 5}},
		{loss.Spec{"last": 99}, "look mumble broken edit test again done", nil},
		{loss.Spec{"from": "first_edit"}, "broken edit test again done", map[string]int{"loss_from": 2}},
		{loss.Spec{"not": "errors"}, "look mumble edit test again done", map[string]int{"loss_errors": 1}},
		{loss.Spec{"not": []any{"format_errors", "errors"}}, "look edit test again done", map[string]int{"loss_errors": 1, "loss_format_errors": 1}},
		{loss.Spec{"not": []any{"failed_runs"}}, "look mumble broken edit again done", map[string]int{"loss_failed_runs": 1}},
		{loss.Spec{"last": 3, "not": "failed_runs"}, "again done", map[string]int{"loss_last": 4, "loss_failed_runs": 1}},
		{loss.Spec{"where": `tool == "bash" && not failed_run`}, "look edit again", map[string]int{"loss_where": 4}},
		{loss.Spec{"where": `activity == "implementation" and edits_before > 0`}, "edit again", map[string]int{"loss_where": 5}},
		{loss.Spec{"where": `index == 2 or from_end == 1`}, "mumble done", map[string]int{"loss_where": 5}},
		{loss.Spec{"where": `result contains "failed"`}, "test", map[string]int{"loss_where": 6}},
		{loss.Spec{"where": "format_error"}, "mumble", map[string]int{"loss_where": 6}},
		{loss.Spec{"where": "false"}, "", map[string]int{"loss_where": 7}},
	} {
		tr := formattest.MustParse(t, "openai", session)
		notes, err := prepared(t, c.spec).Apply(tr)
		counts := map[string]int{}
		for _, n := range notes {
			counts[n]++
		}
		if err != nil || learned(tr) != c.left || len(counts)+len(c.notes) > 0 && !maps.Equal(counts, c.notes) {
			t.Errorf("%v leaves %q with %v, want %q with %v (%v)", c.spec, learned(tr), counts, c.left, c.notes, err)
		}
	}
}

func TestAnExpressionThatFailsRejectsTheRecord(t *testing.T) {
	tr := formattest.MustParse(t, "openai", session)
	_, err := prepared(t, loss.Spec{"where": `tools[3] == "bash"`}).Apply(tr)
	if formattest.ReasonOf(t, err) != format.LossFailed || !strings.Contains(err.Error(), "turn 1: where: ") {
		t.Errorf("got %v", err)
	}
}

func TestAllThatIsWrongWithALossIsToldAtOnce(t *testing.T) {
	_, err := loss.New(loss.Spec{"lasst": 1, "last": "x", "where": "index >"})
	for _, want := range []string{`did you mean "last"`, "last: want a whole number above zero, got x", "where: unexpected token EOF"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in %v", want, err)
		}
	}
}

// specs has every policy, and each kind of turns.
func specs(t *testing.T) []loss.Spec {
	all := []loss.Spec{{"last": 1}, {"last": 3}, {"from": "first_edit"}, {"where": "n_calls > 0 && not error"}, {"where": "len(content) + len(result) > 200"}, {"last": 4, "not": "errors"}}
	for kind := range loss.Kinds {
		all = append(all, loss.Spec{"not": kind})
	}
	for _, name := range loss.Names() {
		if !slices.ContainsFunc(all, func(s loss.Spec) bool { return s[name] != nil }) {
			t.Errorf("policy %s is not tried", name)
		}
	}
	return all
}

// On every record of the dialects' own files and of real ones, policies change
// nothing but which turns are learned from; they only take out, they count each
// turn that they take, and made again they do nothing.
func TestPoliciesKeepTheirPromises(t *testing.T) {
	records, taken := 0, 0
	for _, path := range []string{
		"../dialect/testdata/openai", "../dialect/testdata/openhands", "../dialect/testdata/sweagent", "../dialect/testdata/mini-swe-agent",
		formattest.FixturesDir + "/adp/swe-gym_openhands_sampled_trajectories/sample_raw.json", formattest.FixturesDir + "/mini_swe_agent/upstream_testdata",
		formattest.FixturesDir + "/sweagent/demos", formattest.FixturesDir + "/sweagent/swesmith/trajectories",
	} {
		if _, err := dialect.Open(dialect.Input{Path: path}); err != nil {
			t.Logf("not read: %v", err)
			continue
		}
		for _, o := range formattest.ReadAll(t, dialect.Input{Path: path}) {
			if o.Err != nil {
				continue
			}
			records++
			for _, spec := range specs(t) {
				taken += checkPromises(t, spec, o.T)
			}
		}
	}
	if records < 5 || taken < 50 {
		t.Errorf("%d records were tried, and %d turns taken out", records, taken)
	}
}

func checkPromises(t *testing.T, spec loss.Spec, before *format.Trajectory) (taken int) {
	after := *before
	after.Messages = slices.Clone(before.Messages)
	l := prepared(t, spec)
	notes, err := l.Apply(&after)
	if err != nil {
		t.Errorf("%v: %v", spec, err)
		return 0
	}
	for i, m := range after.Messages {
		was := before.Messages[i]
		if was.Untrained && !m.Untrained {
			t.Errorf("%v puts message %d back into the loss", spec, i+1)
		}
		if m.Untrained && !was.Untrained {
			taken++
		}
		if m.Untrained = was.Untrained; fmt.Sprint(m) != fmt.Sprint(was) {
			t.Errorf("%v changes message %d", spec, i+1)
		}
	}
	if len(notes) != taken {
		t.Errorf("%v takes out %d turns and counts %d", spec, taken, len(notes))
	}
	if again, err := l.Apply(&after); err != nil || len(again) > 0 {
		t.Errorf("%v takes out %d more when it is asked again, %v", spec, len(again), err)
	}
	return taken
}

// The edit merge_format_errors looks for the same replies in its own way.
func TestFormatErrorsAreThoseThatTheEditFinds(t *testing.T) {
	found := 0
	for _, path := range []string{"../dialect/testdata/openai", "../dialect/testdata/sweagent", "../dialect/testdata/r2e-gym", formattest.FixturesDir + "/mini_swe_agent/upstream_testdata", formattest.FixturesDir + "/sweagent/swesmith/trajectories"} {
		if _, err := dialect.Open(dialect.Input{Path: path}); err != nil {
			t.Logf("not read: %v", err)
			continue
		}
		for _, o := range append(formattest.ReadAll(t, dialect.Input{Path: path}), formattest.Outcome{T: formattest.MustParse(t, "openai", session)}) {
			if o.Err != nil {
				continue
			}
			ours, theirs := *o.T, *o.T
			ours.Messages, theirs.Messages = slices.Clone(o.T.Messages), slices.Clone(o.T.Messages)
			notes, err := prepared(t, loss.Spec{"not": "format_errors"}).Apply(&ours)
			merge, errEdit := edit.NewEdits([]edit.Spec{{Name: "merge_format_errors"}}, edit.Env{})
			if err != nil || errEdit != nil {
				t.Fatal(err, errEdit)
			}
			if _, err := merge.Apply(&theirs); err != nil {
				t.Fatal(err)
			}
			if found += len(notes); learned(&ours) != learned(&theirs) {
				t.Errorf("%s: %q and %q", o.T.ID, learned(&ours), learned(&theirs))
			}
		}
	}
	if found == 0 {
		t.Error("no reply was tried")
	}
}

func TestEveryNameOfATurnHasAValue(t *testing.T) {
	turns := behaviour.Turns(formattest.MustParse(t, "openai", session))
	if len(turns) != 7 || turns[0].FromEnd != 7 || turns[6].Index != 7 {
		t.Fatalf("got %d turns", len(turns))
	}
	for name := range loss.TurnNames {
		if _, err := loss.New(loss.Spec{"where": name + " == " + name}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
