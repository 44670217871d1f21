package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"trainyard/cmd/trainyard/yard"
	"trainyard/mix"
	"trainyard/mix/shard"
	"trainyard/recipes"
)

// rolloutsOf writes what the built-in recipes read: for every task a folder with
// rollouts of OpenHands, graded in the rows, by two teachers on the same instances.
func rolloutsOf(t *testing.T, repos func(task int) []string) string {
	t.Helper()
	dir := t.TempDir()
	for n, task := range []string{"func_localize", "issue_localize", "dep_search", "func_gen", "swe_play", "o3_mini"} {
		r := rand.New(rand.NewPCG(7, uint64(n)))
		var file strings.Builder
		for i := range 48 {
			for _, teacher := range []string{"claude-sonnet-4-5", "qwen3-235b-a22b-instruct-2507"} {
				line, err := json.Marshal(rollout(r, repos(n), task, i, teacher))
				if err != nil {
					t.Fatal(err)
				}
				file.Write(append(line, '\n'))
			}
		}
		if err := os.MkdirAll(filepath.Join(dir, task), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, task, "output.jsonl"), []byte(file.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

var domains = []string{"django/django", "sympy/sympy", "acme/widgets", "acme/gears", "bolt/nuts", "bolt/screws", "cave/bats", "dune/sand"}

// rollout is one record, which fails one time in four. A rationale stands in a
// turn of its own, as the teacher of o3_mini writes it.
func rollout(r *rand.Rand, repos []string, task string, i int, teacher string) map[string]any {
	type object = map[string]any
	repo := repos[min(r.IntN(len(repos)), r.IntN(len(repos)))]
	say := func(role, text string) object { return object{"role": role, "content": text} }
	messages := []object{say("system", "You work on code."), say("user", fmt.Sprintf("Task %s %d of %s.", task, i, repo))}
	call := func(k int, tool string, arguments object) {
		given, _ := json.Marshal(arguments)
		id := fmt.Sprintf("call_%d", k)
		if task == "o3_mini" {
			messages = append(messages, say("assistant", fmt.Sprintf("I would look at place %d.", k)))
		}
		messages = append(messages,
			object{"role": "assistant", "content": "", "tool_calls": []object{{"id": id, "type": "function", "function": object{"name": tool, "arguments": string(given)}}}},
			object{"role": "tool", "tool_call_id": id, "name": tool, "content": fmt.Sprintf("%s saw %d.", teacher, r.IntN(1000))})
	}
	for k := range 2 + r.IntN(12) {
		command := "grep -rn name src"
		if r.IntN(3) == 0 {
			command = "python -m pytest tests"
		}
		call(k, "execute_bash", object{"command": command})
	}
	call(99, "str_replace_editor", object{"command": "str_replace", "path": "/w/a.py", "old_str": "x = 1", "new_str": fmt.Sprintf("x = %d", r.IntN(99))})
	messages = append(messages, say("assistant", "It is done."))
	tool := func(name string) object {
		return object{"type": "function", "function": object{"name": name, "description": name, "parameters": object{"type": "object", "properties": object{}}}}
	}
	return object{
		"instance_id": fmt.Sprintf("%s-%d", strings.ReplaceAll(repo, "/", "__"), i), "instance": object{"repo": repo},
		"metadata":        object{"llm_config": object{"model": teacher}},
		"eval_result":     object{"success": r.IntN(4) > 0, "full_success": r.IntN(4) > 0},
		"raw_completions": object{"messages": messages, "tools": []object{tool("execute_bash"), tool("str_replace_editor")}},
	}
}

func experiment(t *testing.T, data, recipe string, overrides ...string) (*mix.Manifest, []shard.Row) {
	t.Helper()
	y := &yard.Yard{Home: filepath.Join(data, ".home"), Data: data}
	req := yard.PrepareRequest{Recipe: recipe, Overrides: append(overrides, "mix.validation=0"), Out: filepath.Join(t.TempDir(), "out")}
	dry := req
	dry.DryRun = true
	planned, err := y.Prepare(context.Background(), dry, nil)
	if err != nil {
		t.Fatalf("%s: %v", recipe, err)
	}
	done, err := y.Prepare(context.Background(), req, nil)
	if err != nil {
		t.Fatalf("%s: %v", recipe, err)
	}
	if planned.Manifest.Totals.Train != done.Manifest.Totals.Train {
		t.Errorf("%s: planned %+v, prepared %+v", recipe, planned.Manifest.Totals.Train, done.Manifest.Totals.Train)
	}
	d, err := mix.OpenDataset(done.Out)
	if err != nil {
		t.Fatal(err)
	}
	var rows []shard.Row
	for _, path := range d.Shards("train") {
		err := shard.ReadRows(path, func(row *shard.Row) error {
			keep := *row
			keep.Messages = slices.Clone(row.Messages)
			rows = append(rows, keep)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return done.Manifest, rows
}

func distinct(rows []shard.Row, of func(shard.Row) string) map[string]int {
	seen := map[string]int{}
	for _, row := range rows {
		seen[of(row)]++
	}
	return seen
}

// Every experiment of the paper is planned and prepared, and shows what its
// recipe says.
func TestTheExperimentsOfThePaperArePrepared(t *testing.T) {
	data := rolloutsOf(t, func(int) []string { return domains })
	instance := func(row shard.Row) string { return row.Task + " " + row.InstanceID }
	repo := func(row shard.Row) string { return row.Repo }
	task := func(row shard.Row) string { return row.Task }
	steps := func(rows []shard.Row) (n int) {
		for _, row := range rows {
			n += int(row.NSteps)
		}
		return n
	}
	_, all := experiment(t, data, "hybrid-gym-7b")
	if n := len(distinct(all, task)); n != 4 || len(all) < 100 {
		t.Fatalf("the main mix has %d rows of %d tasks", len(all), n)
	}
	t.Run("single task", func(t *testing.T) {
		for _, name := range []string{"func-localize", "issue-localize", "dep-search", "func-gen"} {
			m, rows := experiment(t, data, "hybrid-gym-500-"+name, "sources."+strings.ReplaceAll(name, "-", "_")+".take=10")
			if got := distinct(rows, task); len(got) != 1 || got[strings.ReplaceAll(name, "-", "_")] != 10 || m.Mix[0].Asked != 10 {
				t.Errorf("%s: %v", name, got)
			}
		}
	})
	t.Run("scaling", func(t *testing.T) {
		inside := distinct(all, instance)
		for _, name := range []string{"hybrid-gym-25-percent", "hybrid-gym-5-percent"} {
			_, rows := experiment(t, data, name)
			for id := range distinct(rows, instance) {
				if inside[id] == 0 {
					t.Errorf("%s: %s is in no larger one", name, id)
				}
			}
			inside = distinct(rows, instance)
			if n := len(distinct(rows, task)); n != 4 {
				t.Errorf("%s has %d tasks", name, n)
			}
		}
	})
	t.Run("union", func(t *testing.T) {
		if _, rows := experiment(t, data, "hybrid-gym-swe-play"); distinct(rows, task)["swe_play"] == 0 || len(rows) <= len(all) {
			t.Error("nothing of SWE-Play")
		}
	})
	t.Run("output format", func(t *testing.T) {
		_, rows := experiment(t, data, "hybrid-gym-no-edits")
		for _, row := range rows {
			last := row.Messages[len(row.Messages)-1].Content
			for _, m := range row.Messages[2:] {
				if strings.Contains(m.Content, "<function=str_replace_editor>") || !strings.Contains(last, "x = ") {
					t.Fatalf("%s ends on %q", row.TrajID, last)
				}
			}
		}
	})
	t.Run("length", func(t *testing.T) {
		_, short := experiment(t, data, "hybrid-gym-short")
		_, long := experiment(t, data, "hybrid-gym-long")
		if off := len(short) - len(long); max(off, -off) > 4 || 2*steps(short) > steps(long) { // one a task
			t.Errorf("%d short ones of %d steps, %d long ones of %d", len(short), steps(short), len(long), steps(long))
		}
	})
	t.Run("repositories", func(t *testing.T) {
		_, many := experiment(t, data, "hybrid-gym-many-repos", "mix.budget=32")
		_, few := experiment(t, data, "hybrid-gym-few-repos", "mix.budget=32")
		_, own := experiment(t, data, "hybrid-gym-in-domain")
		if len(distinct(many, repo)) != len(domains) || len(distinct(few, repo)) > 3 {
			t.Errorf("many: %v, few: %v", distinct(many, repo), distinct(few, repo))
		}
		for name := range distinct(own, repo) {
			if name != "django/django" && name != "sympy/sympy" {
				t.Errorf("%s is not of the domain", name)
			}
		}
	})
	t.Run("teacher", func(t *testing.T) {
		_, claude := experiment(t, data, "hybrid-gym-teacher-claude")
		_, qwen := experiment(t, data, "hybrid-gym-teacher-qwen")
		a, b := distinct(claude, instance), distinct(qwen, instance)
		if len(a) == 0 || len(a) != len(b) {
			t.Errorf("%d and %d instances", len(a), len(b))
		}
		for id := range a {
			if b[id] == 0 {
				t.Errorf("%s is of one teacher alone", id)
			}
		}
	})
	t.Run("stitching", func(t *testing.T) {
		m, rows := experiment(t, data, "hybrid-gym-stitched")
		if m.Sources[0].Notes["stitch_rationale"] == 0 || len(rows) == 0 {
			t.Errorf("nothing was stitched: %v", m.Sources[0].Notes)
		}
	})
	t.Run("matched controls", func(t *testing.T) {
		_, high := experiment(t, data, "hybrid-gym-runs-code-high")
		_, low := experiment(t, data, "hybrid-gym-runs-code-low")
		if len(high) == 0 || len(high) != len(low) {
			t.Errorf("%d and %d", len(high), len(low))
		}
		m, rows := experiment(t, data, "hybrid-gym-matched")
		if got := distinct(rows, task); len(got) != 1 || got["func_localize"] == 0 || m.Mix[0].Match == nil {
			t.Errorf("%v, %+v", got, m.Mix[0].Match)
		}
	})
}

// Every task has many of some repositories and few of others, and not of the same:
// all tasks by one order are of fewer repositories than each by its own.
func TestFewRepositoriesAreFewInAll(t *testing.T) {
	data := rolloutsOf(t, func(task int) []string {
		var repos []string
		for i := range 24 {
			repos = append(repos, fmt.Sprintf("owner/repo%d", (i+5*task)%24))
		}
		return repos
	})
	var apart []string
	for _, task := range []string{"func_localize", "issue_localize", "dep_search", "func_gen"} {
		apart = append(apart, "sources."+task+".select={by: repositories, want: min}")
	}
	repo := func(row shard.Row) string { return row.Repo }
	_, together := experiment(t, data, "hybrid-gym-few-repos", "mix.budget=60")
	_, alone := experiment(t, data, "hybrid-gym-few-repos", append(apart, "mix.budget=60")...)
	one, own := len(distinct(together, repo)), len(distinct(alone, repo))
	if t.Logf("%d rows of %d repositories by one order, %d by each task's own", len(together), one, own); one >= own || len(together) != len(alone) {
		t.Errorf("%d rows of %d repositories by one order, %d of %d by each task's own", len(together), one, len(alone), own)
	}
}

// Each of them takes the user's own rollouts, and the list says what it shows.
func TestEveryBuiltInExperimentSaysWhatItShows(t *testing.T) {
	for _, info := range recipes.List() {
		r, err := recipes.Load(info.Name, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range r.Sources {
			if info.Name != "demo" && (s.Path[0] == "" || strings.HasPrefix(s.Path[0], "samples:")) {
				t.Errorf("%s: source %s reads %q", info.Name, s.Name, s.Path)
			}
		}
	}
}

// The experiments take the sample trajectories too, wherever these lie and
// whatever says that they succeeded.
func TestTheExperimentsTakeTheSamples(t *testing.T) {
	t.Parallel()
	// The samples have no instance that two teachers solved, and no two trajectories
	// of one repository of which one alone runs code: that is told.
	apart := map[string]bool{"hybrid-gym-runs-code-high": true, "hybrid-gym-runs-code-low": true, "hybrid-gym-teacher-claude": true, "hybrid-gym-teacher-qwen": true}
	demo, err := recipes.Load("demo", nil)
	if err != nil {
		t.Fatal(err)
	}
	y := &yard.Yard{Home: t.TempDir()}
	for _, info := range recipes.List() {
		if info.Name == "demo" {
			continue
		}
		r, err := recipes.Load(info.Name, nil)
		if err != nil {
			t.Fatal(err)
		}
		overrides := []string{"mix.validation=0"}
		for _, s := range r.Sources {
			overrides = append(overrides, fromSamples(demo, s, info.Name)...)
		}
		planned, err := y.Prepare(context.Background(), yard.PrepareRequest{Recipe: info.Name, Overrides: overrides, DryRun: true}, nil)
		if apart[info.Name] {
			if err == nil || !strings.Contains(err.Error(), "short: func_localize has none of its") {
				t.Errorf("plan %s: %v", info.Name, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("plan %s: %v", info.Name, err)
			continue
		}
		done, err := y.Prepare(context.Background(), yard.PrepareRequest{Recipe: info.Name, Overrides: overrides, Out: filepath.Join(t.TempDir(), "out")}, nil)
		if err != nil || done.Manifest.Totals.Train != planned.Manifest.Totals.Train || done.Manifest.Totals.Train.Rows == 0 {
			t.Errorf("%s: planned %+v, prepared %+v, %v", info.Name, planned.Manifest.Totals.Train, done.Manifest.Totals.Train, err)
		}
	}
}

// fromSamples has a source of an experiment read the samples of its task, whose
// repositories and teachers are made up.
func fromSamples(demo *recipes.Recipe, s recipes.Source, experiment string) []string {
	task := strings.TrimSuffix(strings.TrimSuffix(s.Name, "_claude"), "_qwen")
	at := slices.IndexFunc(demo.Sources, func(d recipes.Source) bool { return d.Name == task })
	if at < 0 {
		at = 0 // another family's
	}
	d, set := demo.Sources[at], "sources."+s.Name+"."
	accept := "{field: " + d.Accept.Field + "}"
	if d.Accept.Report != "" {
		accept = fmt.Sprintf("{report: %q}", d.Accept.Report)
	}
	overrides := []string{set + "path=" + d.Path[0], set + "accept=" + accept}
	switch {
	case experiment == "hybrid-gym-in-domain":
		overrides = append(overrides, set+`keep=repo contains "t"`)
	case strings.HasPrefix(experiment, "hybrid-gym-teacher-"):
		mine := strings.HasSuffix(experiment, "claude") != strings.Contains(s.Name, "_")
		overrides = append(overrides, set+fmt.Sprintf("keep=teacher contains %q", map[bool]string{true: "scripted-a", false: "scripted-b"}[mine]))
	}
	return overrides
}
