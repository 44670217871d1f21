package behaviour_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"trainyard/format"
	"trainyard/format/behaviour"
	"trainyard/format/dialect"
	"trainyard/format/evidence"
	"trainyard/format/formattest"
	"trainyard/format/pyjson"
	"trainyard/format/secret"
)

// call and answer write a step of an OpenAI record.
func bash(command string) string {
	arguments := string(pyjson.QuoteJSON(nil, `{"command": `+string(pyjson.QuoteJSON(nil, command))+`}`))
	return `{"role":"assistant","content":"t","tool_calls":[{"id":"1","function":{"name":"bash","arguments":` + arguments + `}}]},{"role":"tool","tool_call_id":"1","content":"ok"},`
}

// failing is a step that the scaffold could not carry out.
func failing(command string) string {
	return strings.Replace(bash(command), `"content":"ok"`, `"content":"Error executing tool bash"`, 1)
}

// parallel is a step of several calls.
func parallel(commands ...string) string {
	var calls, results []string
	for i, command := range commands {
		calls = append(calls, fmt.Sprintf(`{"id":"%d","function":{"name":"bash","arguments":{"command":%q}}}`, i, command))
		results = append(results, fmt.Sprintf(`{"role":"tool","tool_call_id":"%d","content":"ok"},`, i))
	}
	return `{"role":"assistant","content":"t","tool_calls":[` + strings.Join(calls, ",") + `]},` + strings.Join(results, "")
}

const same = `{"role":"assistant","content":"I wait."},`

const closing = `{"role":"assistant","content":"done"}`

func TestChatsAreNoRollouts(t *testing.T) {
	const user, reply = `{"role":"user","content":"q"},`, `{"role":"assistant","content":"a"}`
	for _, c := range []struct {
		messages string
		want     []string
	}{
		{user + reply, []string{behaviour.FlagNoAgent, behaviour.FlagSingleTurn}},
		{user + reply + "," + user + reply, []string{behaviour.FlagNoAgent}},
		{user + bash("ls") + closing, nil},
		{user + `{"role":"assistant","content":"<function=f>\n</function>"}`, []string{behaviour.FlagSingleTurn}},
	} {
		if got := behaviour.Flags(formattest.MustParse(t, "openai", `{"messages":[`+c.messages+`]}`), nil); !slices.Equal(got, c.want) {
			t.Errorf("%s\ngot %v, want %v", c.messages, got, c.want)
		}
	}
}

func TestFlags(t *testing.T) {
	const user = `{"role":"user","content":"q"},`
	token := "ghp_" + "aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5"
	for _, c := range []struct {
		messages string
		want     []string
	}{
		{user + bash("ls") + closing, nil},
		{user + bash("ls") + bash("ls") + closing, nil},
		{user + bash("ls") + bash("ls") + bash("ls") + closing, []string{behaviour.FlagLoop}},
		{user + bash("ls") + bash("ls") + `{"role":"assistant","content":"hm"},` + user + bash("ls") + closing, nil},
		{user + bash("ls") + bash("ls") + bash("pwd") + bash("ls") + bash("ls") + closing, nil},
		{user + bash("a") + bash("b") + bash("a") + bash("b") + bash("a") + bash("b") + closing, []string{behaviour.FlagStuck}},
		{user + bash("a") + bash("b") + bash("a") + bash("b") + bash("a") + closing, nil},
		{user + bash("a") + bash("a") + bash("a") + bash("a") + closing, []string{behaviour.FlagLoop, behaviour.FlagStuck}},
		{user + failing("a") + failing("a") + failing("a") + closing, []string{behaviour.FlagErrorTurn, behaviour.FlagLoop, behaviour.FlagStuck}},
		{user + same + user + same + user + same + user + closing, []string{behaviour.FlagStuck}},
		{user + same + user + same + user + bash("ls") + same + user + closing, nil},
		{user + parallel("a", "a", "a") + closing, []string{behaviour.FlagParallel}},
		{user + parallel("a", "a") + bash("a") + closing, []string{behaviour.FlagParallel}},
		{user + parallel("a", "b") + parallel("a", "b") + parallel("a", "b") + closing, []string{behaviour.FlagLoop, behaviour.FlagParallel}},
		{user + bash("git log --oneline -5 && git blame f.py && git diff") + closing, nil},
		{user + bash("cd /x && git log --all -p") + closing, []string{behaviour.FlagGitHistory}},
		{user + bash("git show 3f2a9c1:src/a.py | head") + closing, []string{behaviour.FlagGitHistory}},
		{user + bash("git show HEAD~1") + closing, nil},
		{user + bash("echo 'git reflog'") + closing, nil},
		{user + bash("curl -s http://localhost:8000/x") + closing, nil},
		{user + bash("curl -sL https://github.com/o/n/pull/3.diff") + closing, []string{behaviour.FlagNetwork}},
		{user + bash("git fetch origin") + closing, []string{behaviour.FlagNetwork}},
		{user + bash("pip install flask && pip download flask==3") + closing, []string{behaviour.FlagNetwork}},
		{user + bash("pip install -e .") + closing, nil},
		{user + bash("export T="+token) + closing, []string{behaviour.FlagSecret}},
		{user + `{"role":"assistant","content":"a","tool_calls":[{"id":"1","function":{"name":"f","arguments":""}}]},` + user + closing, []string{behaviour.FlagUnanswered}},
		{user + `{"role":"assistant","content":"a"},{"role":"tool","tool_call_id":"9","content":"r"},` + closing, []string{behaviour.FlagOrphanResult}},
		{user + user + closing, []string{behaviour.FlagConsecutive}},
		{user + `{"role":"assistant","content":" "},` + user + closing, []string{behaviour.FlagEmptyAssistant}},
		{user + `{"role":"assistant","content":"\u001b[1mx\r\n"}`, []string{behaviour.FlagANSI, behaviour.FlagCRLF}},
		{user + `{"role":"assistant","content":"it says <|im_end|>"}`, []string{behaviour.FlagSpecial}},
		{user + `{"role":"assistant","content":"<function=f>\n<parameter=p>v</parameter>\n"}`, []string{behaviour.FlagUnclosed}},
		{user + `{"role":"assistant","content":"x"},{"role":"user","content":"EXECUTION RESULT of [f]:\nno\n[Error occurred in processing last action]"},` + closing, []string{behaviour.FlagErrorTurn}},
		{user + `{"role":"assistant","content":"x"},{"role":"user","content":"Your output was not formatted correctly. "},` + closing, []string{behaviour.FlagFormatError}},
		{`{"role":"user","content":"---- START OF EXAMPLE ----\nx\n---- END OF EXAMPLE ----\nq"},` + closing, []string{behaviour.FlagExample}},
		{user + `{"role":"assistant","content":"x"},{"role":"user","content":"<PREVIOUS SUMMARY>"},` + closing, []string{behaviour.FlagCondensed}},
		{`{"role":"user","content":"![](data:image/png;base64,AA)"},` + closing, []string{behaviour.FlagImage}},
	} {
		got := behaviour.Flags(formattest.MustParse(t, "openai", `{"messages":[`+c.messages+`]}`), nil)
		got = slices.DeleteFunc(got, func(f string) bool { return f == behaviour.FlagNoAgent || f == behaviour.FlagSingleTurn })
		if !slices.Equal(got, c.want) {
			t.Errorf("%s\ngot %v, want %v", c.messages, got, c.want)
		}
	}
}

func TestARecordWhoseVerdictsDisagreeIsFlagged(t *testing.T) {
	for record, want := range map[string]bool{
		`{"resolved":true,"reward":0.0}`:                true,
		`{"resolved":true,"reward":1}`:                  false,
		`{"resolved":true,"reward":0.5}`:                false,
		`{"resolved":true,"report":{"resolved":false}}`: true,
		`{}`: false,
	} {
		rec := format.Record{Raw: []byte(record)}
		tr := formattest.MustParse(t, "openai", `{"messages":[`+formattest.AskOK+`]}`)
		if got := slices.Contains(evidence.RecordFlags(rec, tr, nil), behaviour.FlagRewardMismatch); got != want {
			t.Errorf("%s: got %v", record, got)
		}
	}
}

func TestEveryFlagIsExplained(t *testing.T) {
	for name, flag := range behaviour.FlagList {
		if flag.Name != name || flag.Summary == "" || strings.HasSuffix(flag.Summary, ".") {
			t.Errorf("%s: %+v", name, flag)
		}
	}
}

// Every secret here is made up, and put together at run time so that no
// scanner takes this file for a leak.
func TestSecretsAndWhatOnlyLooksLikeThem(t *testing.T) {
	letters := "aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5bC7dE9fG1hJ3kL5mN7pQ9rS1tU3vW5xY7zA9bC1dE3fG5hJ7kL9mN1pQ3rS5tU7vW9"
	hex := "3f9a1c7e5b2d8046af13ce975d8b2604e1f7a93c5b8d2e6047f1a9c3b5d7e2f8"
	for want, text := range map[string]string{
		"anthropic_key":      "sk-ant-" + "api03-" + letters,
		"aws_secret_key":     "aws_secret_" + `access_key = "wJ7rXUtnF9MI/K7MDeNG/bPxRfiCYzQ3pLkW8v2T"`,
		"github_token":       "x=ghp_" + letters[:36] + ";",
		"github_fine_token":  "github_pat_" + letters[:22] + "_" + letters[:59],
		"google_api_key":     "AIza" + letters[:35],
		"json_web_token":     "eyJ" + "hbGciOiJIUzI1NiJ9.eyJ" + "zdWIiOiIxMjM0NTY3ODkwIn0." + letters[:43],
		"openai_key":         "OPENAI=sk-proj-" + letters[:60],
		"slack_token":        "xoxb-" + "123456789012-1234567890123-" + letters[:24],
		"stripe_key":         "sk_live_" + letters[:24],
		"telegram_token":     "123456789:" + "AA" + letters[:33],
		"digitalocean_token": "dop_v1_" + hex,
		"huggingface_token":  "hf_" + letters[:34],
		"private_key":        "-----BEGIN " + "PRIVATE KEY-----\\n" + letters + "\\n-----END " + "PRIVATE KEY-----",
	} {
		got := secret.Find("see " + text + " here")
		if len(got) != 1 || got[0].Rule != want {
			t.Errorf("%s: got %v", want, got)
		}
	}
	for _, text := range []string{
		"AKIAIOSFODNN7EXAMPLE", "ghp_" + strings.Repeat("x", 36), hex, "commit " + hex[:40], "asyncio and associations", "key-value store",
		"sk-learn sk-proj-", "npm_config_registry", "-----BEGIN PRIVATE KEY-----", "data:image/png;base64," + letters,
	} {
		if got := secret.Find(text); len(got) > 0 {
			t.Errorf("%q: got %v", text, got)
		}
	}
}

func BenchmarkFlags(b *testing.B) {
	benchRecords(b, func(tr *format.Trajectory) { behaviour.Flags(tr, nil) })
}
func BenchmarkMeasure(b *testing.B) {
	benchRecords(b, func(tr *format.Trajectory) { behaviour.Measure(tr) })
}
func BenchmarkSecrets(b *testing.B) {
	benchRecords(b, func(tr *format.Trajectory) { behaviour.HasSecret(tr, nil) })
}

func benchRecords(b *testing.B, do func(*format.Trajectory)) {
	list := formattest.ReadAll(b, dialect.Input{Path: formattest.Fixture(b, "adp/swe-gym_openhands_sampled_trajectories/sample_raw.json")})
	bytes := 0
	for _, o := range list {
		bytes += len(o.Record.Raw)
	}
	b.SetBytes(int64(bytes))
	for b.Loop() {
		for _, o := range list {
			do(o.T)
		}
	}
}
