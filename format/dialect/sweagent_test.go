package dialect_test

import (
	"strings"
	"testing"

	"trainyard/format"
	"trainyard/format/dialect"
	"trainyard/format/formattest"
	"trainyard/format/style"
)

func TestATrajFileIsOneRecordWhateverItHolds(t *testing.T) {
	const list = `[{"role":"user","content":"q"},{"role":"assistant","content":"a"}]`
	for _, c := range []struct{ name, file, content, want string }{
		{"a bare list", "i.traj.json", list, "1 parsed"},
		{"a bare list under the other name", "i.traj", list, "1 parsed"},
		{"an object", "i.traj", `{"history":[{"role":"user","agent":"main","content":"q"},{"role":"assistant","content":"a"}]}`, "1 parsed"},
		{"a list of messages in a file of many records", "i.json", list, "1 parsed"},
		{"a list that is no conversation", "i.traj.json", `[1,2]`, "1 unknown_format"},
		{"a file that is cut off", "i.traj", list[:40], "1 not_json"},
		{"something after the record", "i.traj", list + ` 7`, "1 not_json, 1 parsed"},
		{"white space alone", "i.traj", " \n", "1 empty_file"},
		{"a number", "i.traj", "7", "1 unknown_format"},
	} {
		if got := formattest.Tally(t, formattest.ReadAll(t, dialect.Input{Path: formattest.Write(t, c.file, c.content)})); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}

func TestRecordsOfTheSWEAgentFamilyAreRejectedWithAReason(t *testing.T) {
	const steps = `"trajectory_steps":[{"thought":"t","action":"a","observation":"o"}]`
	for _, c := range []struct{ name, format, record, reason, detail string }{
		{"no conversation at all", "sweagent", `{"info":{}}`, format.NoMessages, "neither history, nor messages or query"},
		{"an unknown role", "sweagent", `{"history":[{"role":"robot"}]}`, format.BadRole, `role "robot"`},
		{"a replay_config that is no JSON", "sweagent", `{"history":[` + formattest.AskOK + `],"replay_config":"{"}`, format.NotJSON, "replay_config"},
		{"no messages", "swe-smith", `{"instance_id":"i","traj_id":"t"}`, format.NoMessages, "no messages in a record with"},
		{"messages of another kind", "mini-swe-agent", `{"messages":{}}`, format.NoMessages, "no list of messages"},
		{"an item of another kind", "mini-swe-agent", `{"messages":[{"type":"web_search_call"}]}`, format.BadMessage, `message 1: an item of type "web_search_call"`},
		{"output of another kind", "mini-swe-agent", `{"messages":[{"object":"response","output":[{"type":"computer_call"}]}]}`, format.UnknownPart, `output 1: an output item of type "computer_call"`},
		{"a response without output", "mini-swe-agent", `{"messages":[{"object":"response"}]}`, format.BadMessage, "output is nothing"},
		{"an image in an output", "mini-swe-agent", `{"messages":[{"type":"function_call_output","output":[{"type":"input_image"}]}]}`, format.ImagePart, "input_image"},
		{"text of another kind", "nebius-swe-agent", `{"trajectory":[{"role":"ai","text":7}]}`, format.BadMessage, "turn 1: text is a number"},
		{"no turns", "nebius-swe-agent", `{"trajectory":{}}`, format.NoMessages, "trajectory is an object"},
		{"no trajectory", "nebius-openhands", `{"instance_id":"i"}`, format.NoMessages, "no trajectory"},
		{"no templates", "r2e-gym", `{` + steps + `}`, format.NoPrompt, "no agent_args.instance_prompt"},
		{"a slot that stays open", "r2e-gym", `{` + steps + `,"agent_args":{"instance_prompt":"a {problem_statement"}}`, format.NoPrompt, `"{problem_statement}"`},
		{"a slot without a name", "r2e-gym", `{` + steps + `,"agent_args":{"instance_prompt":"a {}"}}`, format.NoPrompt, `"{}"`},
		{"a lone brace", "r2e-gym", `{` + steps + `,"agent_args":{"instance_prompt":"a } b"}}`, format.NoPrompt, "which the record does not fill"},
		{"an action of another kind", "r2e-gym", `{"trajectory_steps":[{"action":{}}],"agent_args":{"instance_prompt":"p"}}`, format.BadMessage, "step 1: action is an object"},
	} {
		_, err := formattest.ParseRecord(c.format, c.record)
		if got := formattest.ReasonOf(t, err); got != c.reason || !strings.Contains(err.Error(), c.detail) {
			t.Errorf("%s: got %s %v, want %s …%s", c.name, got, err, c.reason, c.detail)
		}
	}
}

// The history is the whole conversation; what a step holds of it may have
// been cut for the model.
func TestTheHistoryIsPreferredToTheLastStep(t *testing.T) {
	const elided = `{"role":"user","content":"(2 lines elided)"},{"role":"assistant","content":"a"}`
	history := formattest.MustParse(t, "sweagent", `{"history":[`+formattest.AskOK+`],"trajectory":[{"messages":[`+elided+`]}]}`)
	if got := history.Messages[0].Content; strings.Contains(got, "elided") {
		t.Errorf("got %q", got)
	}
	for _, member := range []string{"messages", "query"} {
		step := formattest.MustParse(t, "sweagent", `{"history":[],"trajectory":[{},{"`+member+`":[`+elided+`]}]}`)
		if len(step.Messages) != 2 || !strings.Contains(step.Messages[0].Content, "elided") {
			t.Errorf("%s: got %+v", member, step.Messages)
		}
	}
}

func TestRepliesThatAreOnlyShownAreNotLearnedFrom(t *testing.T) {
	for _, c := range []struct{ format, record string }{
		{"sweagent", `{"history":[{"role":"user","content":"q"},{"role":"assistant","content":"a","is_demo":true},{"role":"assistant","content":"b","is_demo":false}]}`},
		{"sweagent", `{"history":[{"role":"user","content":"q"},{"role":"assistant","content":"a","message_type":"demonstration"},{"role":"assistant","content":"b","message_type":"action"}]}`},
		{"nebius-swe-agent", `{"trajectory":[{"role":"user","text":"q","mask":false},{"role":"ai","text":"a","mask":false},{"role":"ai","text":"b","mask":true}]}`},
	} {
		m := formattest.MustParse(t, c.format, c.record).Messages
		if m[0].Untrained || !m[1].Untrained || m[2].Untrained {
			t.Errorf("%s: got %+v", c.record, m)
		}
	}
}

func TestAnInstanceTemplateCanBeSupplied(t *testing.T) {
	path := formattest.Write(t, "run.jsonl", `{"trajectory_steps":[{"thought":"t","action":"a","observation":"o"}],"problem_statement":"P"}`)
	o := formattest.ReadAll(t, dialect.Input{Path: path, Instance: "Fix {problem_statement}."})[0]
	if o.Err != nil || o.T.Messages[0].Content != "Fix P." {
		t.Fatalf("got %+v, %v", o.T, o.Err)
	}
	if _, _, err := style.Render(o.T, "keep", style.RenderOptions{DefaultSystem: "D"}); formattest.ReasonOf(t, err) != format.NoSystem {
		t.Errorf("a system prompt that is not recorded: got %v", err)
	}
	chat, _, err := style.Render(o.T, "keep", style.RenderOptions{System: "S"})
	if err != nil || formattest.Flat(chat) != formattest.Flat(format.Chat{{Role: format.System, Content: "S"}, {Role: format.User, Content: "Fix P."}, {Role: format.Assistant, Content: "t\n\na"}}) {
		t.Errorf("got %+v, %v", chat, err)
	}
}
