package dialect_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"trainyard/format"
	"trainyard/format/dialect"
	"trainyard/format/formattest"
	"trainyard/format/goldentest"
	"trainyard/format/protocol"
	"trainyard/format/style"
	"trainyard/tokenize"
	"trainyard/tokenize/chat"
)

// golden is what a record becomes: its trajectory and its chat in every
// style, for a student that thinks and whose special strings are broken where
// they are no notation, or the reason that it does not.
type golden struct {
	Record     int
	Reject     string                      `json:",omitempty"`
	ID         string                      `json:",omitempty"`
	InstanceID string                      `json:",omitempty"`
	Repo       string                      `json:",omitempty"`
	Teacher    string                      `json:",omitempty"`
	ExitStatus string                      `json:",omitempty"`
	Patch      string                      `json:",omitempty"`
	CostUSD    float64                     `json:",omitempty"`
	Tokens     []int64                     `json:",omitempty"` // prompt, completion
	Tools      json.RawMessage             `json:",omitempty"`
	Messages   []goldenMessage             `json:",omitempty"`
	Chats      map[protocol.Style][]string `json:",omitempty"`
	Notes      map[protocol.Style][]string `json:",omitempty"`
}

type goldenMessage struct {
	Role      format.Role
	Content   string        `json:",omitempty"`
	Reasoning string        `json:",omitempty"`
	Calls     []format.Call `json:",omitempty"`
	CallID    string        `json:",omitempty"`
	Name      string        `json:",omitempty"`
	Untrained bool          `json:",omitempty"`
	Masked    format.Spans  `json:",omitempty"`
}

// Every dialect has a directory of its own files in testdata, and what each
// of their records becomes beside them.
func TestEveryDialectMatchesItsGoldenFiles(t *testing.T) {
	for _, name := range dialect.Names() {
		inputs, err := filepath.Glob(filepath.Join("testdata", name, "*"))
		if err != nil {
			t.Fatal(err)
		}
		checked := 0
		for _, input := range inputs {
			if strings.HasSuffix(input, ".golden") {
				continue
			}
			checkGolden(t, name, input)
			checked++
		}
		if checked == 0 {
			t.Errorf("dialect %s has no file in testdata/%s", name, name)
		}
	}
}

func checkGolden(t *testing.T, dialectName, input string) {
	var got []golden
	for _, format := range []string{dialectName, dialect.Auto} {
		got = nil
		for _, o := range formattest.ReadAll(t, dialect.Input{Path: input, Format: format}) {
			got = append(got, goldenOf(t, o))
		}
		goldentest.CheckJSON(t, input+".golden", got)
	}
}

// thinking is a template with a place for thoughts.
var thinking = func() *chat.Template {
	t, err := chat.NewTemplate("qwen3", tokenize.Qwen3())
	if err != nil {
		panic(err)
	}
	return t
}()

func goldenOf(t *testing.T, o formattest.Outcome) golden {
	g := golden{Record: o.Record.Line, Chats: map[protocol.Style][]string{}, Notes: map[protocol.Style][]string{}}
	if o.Err != nil {
		g.Reject = formattest.ReasonOf(t, o.Err) + ": " + o.Err.Error()
		return g
	}
	g.ID, g.InstanceID, g.Repo, g.Teacher, g.Tools = o.T.ID, o.T.InstanceID, o.T.Repo, o.T.Teacher, o.T.Tools
	g.ExitStatus, g.Patch, g.CostUSD = o.T.ExitStatus, o.T.Patch, o.T.CostUSD
	if o.T.PromptTokens+o.T.CompletionTokens > 0 {
		g.Tokens = []int64{o.T.PromptTokens, o.T.CompletionTokens}
	}
	for _, m := range o.T.Messages {
		g.Messages = append(g.Messages, goldenMessage{m.Role, m.Content, m.Reasoning, m.Calls, m.CallID, m.Name, m.Untrained, m.Masked})
	}
	opt := style.RenderOptions{DefaultSystem: "(default)", Specials: tokenize.Qwen3().Specials(), ThoughtsFrom: thinking.ThoughtsFrom()}
	if o.T.SystemUnrecorded {
		opt.System = "(supplied)"
	}
	if o.T.ToolsUnrecorded {
		opt.Tools = json.RawMessage(`[{"type":"function","function":{"name":"bash","parameters":{"type":"object","properties":{"command":{"type":"string"}}}}}]`)
	}
	for as := range style.Styles {
		chat, notes, err := style.Render(o.T, as, opt)
		var r *format.Reject
		if errors.As(err, &r) {
			notes = []string{"rejected: " + r.Reason}
		}
		for _, turn := range chat {
			who := string(turn.Role)
			if turn.Untrained {
				who += " (untrained)"
			}
			for _, s := range turn.Masked {
				who += fmt.Sprintf(" (not %q)", turn.Content[s.Start:s.End])
			}
			g.Chats[as] = append(g.Chats[as], who+": "+turn.Content)
		}
		g.Notes[as] = notes
	}
	return g
}
