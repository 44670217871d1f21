package chat

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"trainyard/format"
)

var update = flag.Bool("update", false, "write golden files anew (qwen3.json needs TRAINYARD_QWEN3_JINJA)")

// renderer renders conversations by Jinja itself, set up as transformers does.
const renderer = `
import json, sys
from jinja2.sandbox import ImmutableSandboxedEnvironment
env = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True)
env.filters["tojson"] = lambda x: json.dumps(x, ensure_ascii=False)
job = json.load(sys.stdin)
template = env.from_string(job["template"])
json.dump([template.render(**case) for case in job["cases"]], sys.stdout)
`

// A jinjaCase is what a chat template is given.
type jinjaCase struct {
	Messages         []recorded      `json:"messages"`
	Tools            json.RawMessage `json:"tools"`
	GenerationPrompt bool            `json:"add_generation_prompt"`
}

func jinja(t *testing.T, template string, cases []jinjaCase) []string {
	t.Helper()
	if err := exec.Command("python3", "-c", "import jinja2").Run(); err != nil {
		t.Skipf("python3 with jinja2 is not here: %v", err)
	}
	job, err := json.Marshal(map[string]any{"template": template, "cases": cases})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("python3", "-c", renderer)
	cmd.Stdin, cmd.Stderr = bytes.NewReader(job), os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("render with jinja2: %v", err)
	}
	var texts []string
	if err := json.Unmarshal(out, &texts); err != nil {
		t.Fatal(err)
	}
	return texts
}

func qwen3Jinja(t *testing.T) string {
	path := os.Getenv("TRAINYARD_QWEN3_JINJA")
	if path == "" {
		t.Skip("TRAINYARD_QWEN3_JINJA does not name Qwen3's chat template (trl/chat_templates/qwen3.jinja in the wheel of trl)")
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// Plain ChatML has no upstream file; this is its definition.
const chatML = `{% for message in messages %}{{ '<|im_start|>' + message.role + '\n' + message.content + '<|im_end|>\n' }}{% endfor %}` +
	`{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}`

func TestTextIsThatOfJinja(t *testing.T) {
	for name, text := range map[string]func(t *testing.T) string{
		"qwen2.5":      func(t *testing.T) string { return string(fixture(t, "chat_template.jinja")) },
		"qwen2.5-base": func(t *testing.T) string { return string(fixture(t, "chat_template.base.jinja")) },
		"qwen3":        qwen3Jinja,
		"chatml":       func(*testing.T) string { return chatML },
	} {
		t.Run(name, func(t *testing.T) {
			cases := append(situations(name), randomCases(600, !Templates[name].noTools)...)
			expectJinja(t, name, cases, jinja(t, text(t), cases))
		})
	}
}

func expectJinja(t *testing.T, name string, cases []jinjaCase, texts []string) {
	t.Helper()
	for i, c := range cases {
		tp := template(t, name, Options{GenerationPrompt: c.GenerationPrompt})
		got, err := tp.Text(messages(c.Messages), c.Tools)
		if err != nil {
			t.Fatal(err)
		}
		if got != texts[i] {
			input, _ := json.Marshal(c)
			t.Fatalf("%s: text\n%q, expected\n%q, of %s", name, got, texts[i], input)
		}
	}
}

// Qwen3's template is not at hand everywhere, so what Jinja made of some
// conversations of ours is kept.
func TestQwen3TextIsWhatJinjaMadeOfIt(t *testing.T) {
	type kept struct {
		Case jinjaCase
		Text string
	}
	path := filepath.Join("testdata", "qwen3.json")
	if *update {
		var file []kept
		cases := append(thinking, situations("qwen3")...)
		for i, text := range jinja(t, qwen3Jinja(t), cases) {
			file = append(file, kept{cases[i], text})
		}
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		e.SetIndent("", " ")
		if err := e.Encode(file); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var file []kept
	if err := json.Unmarshal(b, &file); err != nil {
		t.Fatal(err)
	}
	for _, k := range file {
		expectJinja(t, "qwen3", []jinjaCase{k.Case}, []string{k.Text})
	}
}

// thinking goes through Qwen3's rules: which thoughts stay, where they come
// from, what stands around calls.
var thinking = func() []jinjaCase {
	say := func(role, content string) recorded { return recorded{Role: role, Content: &content} }
	call := func(content, thought string) recorded {
		m := format.Message{Role: format.Assistant, Content: content, Reasoning: thought, Calls: []format.Call{
			{Name: "run", Arguments: json.RawMessage(`{"n":1.0}`)}, {Name: "stop", Arguments: json.RawMessage(`"now"`)}}}
		return record(m)
	}
	thought := record(format.Message{Role: format.Assistant, Content: "\nso", Reasoning: "\nhm\n"})
	inline := say("assistant", "<think>\nhm\n</think>\n\nso")
	tools := json.RawMessage(`[{"name": "run"}]`)
	return []jinjaCase{
		{Messages: []recorded{say("user", "u"), say("assistant", "a")}},
		{Messages: []recorded{say("system", ""), say("user", "u"), inline, say("user", "u"), inline}},
		{Messages: []recorded{say("user", "u"), thought, say("tool", "r"), say("tool", "r"), thought}, Tools: tools},
		{Messages: []recorded{say("system", "s"), say("user", "u"), call("", "hm"), say("tool", "r"), say("assistant", "a")}, Tools: tools},
		{Messages: []recorded{say("user", "u"), call("", ""), say("user", "<tool_response>\nr\n</tool_response>"), call("go", ""), inline}},
		{Messages: []recorded{say("user", "u"), inline, say("system", "s")}, GenerationPrompt: true},
	}
}()

// situations are what every template must have right, each by itself; the
// random cases mix them.
func situations(name string) []jinjaCase {
	say := func(role, content string) recorded { return recorded{Role: role, Content: &content} }
	chat := func(list ...recorded) jinjaCase { return jinjaCase{Messages: list} }
	system, user, answer := say("system", "You fix bugs."), say("user", "Fix it."), say("assistant", "Done.")
	cases := []jinjaCase{
		chat(system, user, answer),                           // messages
		chat(user, answer),                                   // the default system prompt
		chat(say("system", ""), user, answer),                // an empty one
		chat(user, system, answer),                           // one that comes late
		chat(system), chat(answer), chat(user, user, answer), // turns that do not alternate
		{Messages: []recorded{user}, GenerationPrompt: true},    // a turn to be written
		chat(user, say("assistant", ""), user, say("user", "")), // nothing said
	}
	if Templates[name].noTools {
		return cases
	}
	call := func(content string, arguments ...string) recorded {
		m := format.Message{Role: format.Assistant, Content: content}
		for _, a := range arguments {
			m.Calls = append(m.Calls, format.Call{Name: "execute_bash", Arguments: json.RawMessage(a)})
		}
		return record(m)
	}
	one, two, text := `{"command": "ls"}`, `{"command": "cd a && ls", "timeout": 1.50}`, `"{\"command\": \"ls\"}"`
	result, silent := say("tool", "a.py\nb.py\n"), call("", one)
	tools := []jinjaCase{
		chat(system, user, answer),                                     // tools
		chat(user, answer),                                             // and no system prompt
		chat(say("system", ""), user, answer),                          // or an empty one
		chat(user, call("Look:", one), result, answer),                 // a call and its result
		chat(user, silent, result, answer),                             // without a word
		chat(user, call("Both:", one, two), result, result, answer),    // parallel calls, parallel results
		chat(user, call("", one, two, one), result, result, result),    // ending on results
		chat(user, silent, result, silent, result, call("", two)),      // ending on a call
		chat(user, call("", text), result, user, call("", "{}"), user), // arguments that are a string, or none
	}
	if name != "qwen3" { // whose template fails on null
		silent.Content = nil
		tools = append(tools, chat(user, silent, result, answer))
	}
	schema := json.RawMessage(`[{"type": "function", "function": {"name": "execute_bash", "description": "Runs <b>it</b> & \"waits\"; 日本",
		"parameters": {"type": "object", "properties": {"command": {"type": "string"}, "timeout": {"type": "number", "default": 30.0}}, "required": ["command"]}}},
		{"type": "function", "function": {"name": "finish", "parameters": {}}}]`)
	for _, c := range tools {
		cases = append(cases, c, jinjaCase{c.Messages, schema, false})
	}
	return cases
}

// randomCases are conversations without regard for sense: any role after any
// other, contents made to trip the seams of the templates.
func randomCases(n int, tools bool) []jinjaCase {
	r := rand.New(rand.NewPCG(7, 11))
	cases := make([]jinjaCase, n)
	for i := range cases {
		c := &cases[i]
		c.GenerationPrompt = r.IntN(3) == 0
		for range 1 + r.IntN(7) {
			c.Messages = append(c.Messages, record(randomMessage(r, tools)))
		}
		if tools && r.IntN(2) == 0 {
			c.Tools = json.RawMessage(pick(r, "null", "[]", `[{"b": 1, "a": [ ]}]`, fmt.Sprintf("[%s, %s]", randomJSON(r, 3), randomJSON(r, 2))))
		}
	}
	return cases
}

func randomMessage(r *rand.Rand, tools bool) format.Message {
	roles := []format.Role{format.System, format.User, format.Assistant, format.Assistant, format.ToolRole, format.ToolRole}
	m := format.Message{Role: roles[r.IntN(len(roles))]}
	for range r.IntN(3) {
		m.Content += pick(r, "", "\n", "\n\n", " \n x", "ok", "é<b>&'\"", "<think>\nhm\n</think>\n\nso", "</think>", "<think>",
			"<tool_response>\nr\n</tool_response>", "<tool_response>", "</tool_response>", "<|im_end|>", "日本", "  ", "$ ls)\n")
	}
	if !tools || m.Role != format.Assistant {
		return m
	}
	m.Reasoning = pick(r, "", "", "", "hm", "\nhm\n\n", "\n")
	for range r.IntN(3) {
		m.Calls = append(m.Calls, format.Call{Name: pick(r, "f", `a"b`, "execute_bash"), Arguments: json.RawMessage(randomJSON(r, 3))})
	}
	return m
}

func randomJSON(r *rand.Rand, depth int) string {
	if depth == 0 || r.IntN(4) == 0 {
		return pick(r, `"x"`, `""`, `"a\nb\u0007\u001f\"\\\/\ud83d\ude00\u00e9 <&>"`, `"{\"command\": \"ls\"}"`, "null", "true", "1", "-0", "0.0", "-0.0",
			"1e-5", "1E5", "0.0001", "1e16", "123456789012345678901234567890", "1.0", "3.14", "5e-324", "1e400", "-1e400", "1e22", "9007199254740993.0")
	}
	a, b := randomJSON(r, depth-1), randomJSON(r, depth-1)
	return pick(r, "{}", "[ ]", fmt.Sprintf("[%s,\n%s]", a, b), fmt.Sprintf(`{"z" : %s, "a":%s}`, a, b),
		fmt.Sprintf(`{"k": %s, "m": 0, "\u006b": %s, "k\t": {}}`, a, b))
}

func pick(r *rand.Rand, from ...string) string { return from[r.IntN(len(from))] }
