//go:build unix

package convert

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"trainyard/format"
	"trainyard/format/behaviour"
	"trainyard/format/dialect"
	"trainyard/format/edit"
	"trainyard/format/evidence"
	"trainyard/format/loss"
	"trainyard/format/style"
)

// worst are texts that a scanner which starts anew at every hit reads again and
// again. Each stands in a record thousands of times over.
var worst = []string{
	"<function=f>", "<function=f><parameter=p>", "</function>", "<parameter=", "<tool_call>", "<tool_call>{", "</tool_call>", "<tool_response>", "```", "```bash\n", "~~~\n",
	"\x1b[", "\x1b[0m", "\x1b]0;", "\x1b", "\r\n", "\r", "a\r", "\n", "\n\n", " ", "\t", "\u00a0", "-----BEGIN RSA PRIVATE KEY-----\n", "-----BEGIN PRIVATE KEY-----", "-",
	"AKIA", "ghp_", "eyJhbGciOiJIUzI1NiJ9.", "sk-ant-", "secret_access_key=", "https://user:pw@", "<think>", "</think>", "<think></think>", "(", "$(", "{ ", "${a:-", "| ", "&& ", "f() { ",
	"<(", "$((", "if ", "! ", "a=(", "[[ ", "f() ", "`", "'", `"`, `\`, "<<E\n", "cat <<E\n", "[", "{", "<|im_end|>", "<|im_start|>assistant\n", "EXECUTION RESULT of [f]:\n", "Observation: ",
	"\x00", "\u0301", "é", "\U0001F600", "--------------------- START OF EXAMPLE ---------------------", "x", "=", "a.b.", "&lt;", "Traceback (most recent call last)\n", "1 failed", "diff --git a/x b/x\n",
}

// recordOf is a record that holds text in every place where text can stand.
func recordOf(t testing.TB, text string) []byte {
	call := func(id string) map[string]any {
		return map[string]any{"id": id, "type": "function", "function": map[string]any{"name": "execute_bash", "arguments": map[string]any{"command": text}}}
	}
	raw, err := json.Marshal(map[string]any{"id": "x", "resolved": true, "patch": text, "messages": []any{
		map[string]any{"role": "system", "content": text},
		map[string]any{"role": "user", "content": text},
		map[string]any{"role": "assistant", "content": text, "reasoning_content": text, "tool_calls": []any{call("1")}},
		map[string]any{"role": "tool", "tool_call_id": "1", "content": text},
		map[string]any{"role": "assistant", "content": text},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// parallel is a record of one turn with n calls.
func parallel(t testing.TB, n int) []byte {
	calls, messages := []any{}, []any{map[string]any{"role": "user", "content": "q"}}
	for i := range n {
		calls = append(calls, map[string]any{"id": fmt.Sprint(i), "type": "function", "function": map[string]any{"name": "f", "arguments": map[string]any{"command": "ls"}}})
	}
	messages = append(messages, map[string]any{"role": "assistant", "content": "a", "tool_calls": calls})
	for i := range n {
		messages = append(messages, map[string]any{"role": "tool", "tool_call_id": fmt.Sprint(n - 1 - i), "content": "r"})
	}
	raw, err := json.Marshal(map[string]any{"messages": append(messages, map[string]any{"role": "assistant", "content": "b"})})
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// A way is what a record goes through: a dialect, edits, a style, and what is
// measured of it.
type way struct {
	name string
	run  func(format.Record)
}

// argsOf are arguments for the edits that need some.
var argsOf = map[string]map[string]any{
	"rename_tool":        {"tools": []any{map[string]any{"from": "execute_bash", "to": "bash"}}},
	"rename_argument":    {"arguments": []any{map[string]any{"from": "command", "to": "cmd"}}},
	"diversify_tools":    {"tools": []any{map[string]any{"from": "execute_bash", "to": []any{"bash", "terminal"}}}},
	"think_first":        {"empty": true},
	"replace":            {"pattern": "zz+", "with": "y"},
	"elide_observations": {"tokens": 100},
	"drop_tool":          {"tool": "execute_bash"},
	"strip_argument":     {"arguments": []any{"x"}},
	"system":             {"policy": "drop"},
	"scaffold_exit":      {"to": "drop"},
}

func ways(t *testing.T) (list []way) {
	src := func(name string) *dialect.Source {
		path := filepath.Join(t.TempDir(), "x.jsonl")
		if err := os.WriteFile(path, []byte("{}\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		s, err := dialect.Open(dialect.Input{Path: path, Format: name})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	add := func(name string, s *dialect.Source, o Options, until Stage) {
		o.Template, o.Masks, o.Parts = "qwen2.5", true, true
		c, err := New(s, o)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		list = append(list, way{name, func(rec format.Record) { c.Convert(rec, until) }})
	}
	for _, name := range dialect.Names() {
		add("dialect "+name, src(name), Options{}, Parsed)
	}
	chat := src("openai")
	for as := range style.Styles {
		add("style "+string(as), chat, Options{Style: as}, Tokenised)
	}
	for _, name := range slices.Sorted(maps.Keys(edit.Edits)) {
		add("edit "+name, chat, Options{Edits: []edit.Spec{{Name: name, Args: argsOf[name]}}}, Edited)
	}
	for name, given := range map[string]any{"last": 1, "from": "first_edit", "not": []any{"errors", "failed_runs", "format_errors"}, "where": `content contains "zz" or result matches "z+$"`} {
		add("loss "+name, chat, Options{Loss: loss.Spec{name: given}}, Edited)
	}
	for _, name := range behaviour.FlagNames() {
		if raised := behaviour.FlagList[name].Raised; raised != nil {
			list = append(list, way{"flag " + name, func(rec format.Record) {
				if traj, err := chat.Parse(rec); err == nil {
					raised(traj, behaviour.Steps(traj))
				}
			}})
		}
	}
	return append(list, way{"features", func(rec format.Record) {
		if traj, err := chat.Parse(rec); err == nil {
			behaviour.Measure(traj)
			evidence.RecordFlags(rec, traj, nil)
			evidence.Clues(rec, traj)
		}
	}})
}

// Every edit is there with the arguments it needs, also where the slow test is
// left out.
func TestEveryWayCanBeGone(t *testing.T) {
	record := format.Record{File: "x.jsonl", Line: 1, Raw: recordOf(t, "words\n")}
	for _, w := range ways(t) {
		w.run(record)
	}
}

// No record costs more than linear time, whatever stands in it: with twice the
// text it takes twice as long, give or take the noise of a shared machine.
func TestEveryWayIsLinearInTheRecord(t *testing.T) {
	if os.Getenv("TRAINYARD_SLOW_TESTS") == "" {
		t.Skip("minutes of work; TRAINYARD_SLOW_TESTS=1 runs it")
	}
	const size = 64 << 10
	for _, w := range ways(t) {
		for _, unit := range worst {
			checkLinear(t, w, fmt.Sprintf("%q", unit), func(n int) []byte { return recordOf(t, strings.Repeat(unit, n*size/len(unit))) })
		}
		checkLinear(t, w, "parallel calls", func(n int) []byte { return parallel(t, n*4000) })
	}
}

// checkLinear compares the time for a record with that for one of four times the
// size. A single slow run is taken for noise.
func checkLinear(t *testing.T, w way, what string, record func(n int) []byte) {
	t.Helper()
	cost := func(n int) time.Duration {
		rec := format.Record{File: "x.jsonl", Line: 1, Raw: record(n)}
		start := cpuTime()
		w.run(rec)
		return cpuTime() - start
	}
	const floor = 5 * time.Millisecond // under which times say nothing
	one := max(cost(1), floor)
	for range 3 {
		four := cost(4)
		if four < 8*one {
			return
		}
		one = max(cost(1), one)
	}
	t.Errorf("%s, %s: %v for 64 KB, over 8 times that for 256 KB", w.name, what, one)
}

// cpuTime is what this process has used: the clock of a shared machine says
// less.
func cpuTime() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		panic("convert: " + err.Error())
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
