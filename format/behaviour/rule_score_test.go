package behaviour_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"trainyard/format/behaviour"
	"trainyard/format/formattest"
)

// The cases are those of the score's own tests (swe_data_process, test_rule_score).
func TestWhatTheRuleScoreTakesForAFailedCall(t *testing.T) {
	for _, c := range []struct {
		result       string
		failed, test bool // as the result of any call, and of a test run
	}{
		{"bash: foo: command not found", true, true},
		{"Permission denied", true, true},
		{"exit code: 1", true, true},
		{"Exit Code: 0", false, false},
		{"<tool_use_error>invalid", true, true},
		{"Traceback (most recent call last)", true, false},
		{"FAILED tests/test_foo.py", true, false},
		{"file1.py\nfile2.py\n", false, false},
		{"", false, false},
		{strings.Repeat("é", 3000) + "Permission denied", false, false},
	} {
		if got := behaviour.CallFailed(c.result, false); got != c.failed {
			t.Errorf("%.40q: got %v", c.result, got)
		}
		if got := behaviour.CallFailed(c.result, true); got != c.test {
			t.Errorf("%.40q of a test run: got %v", c.result, got)
		}
	}
}

func TestTheCommonestWordsComeFirst(t *testing.T) {
	if got := behaviour.Commonest("beta Alpha beta gamma_1 and 12delta alpha", 3); !slices.Equal(got, []string{"beta", "alpha", "gamma_1"}) {
		t.Errorf("got %q", got)
	}
}

// rolled is a trajectory of shell lines with their results.
func rolled(t *testing.T, lines ...[2]string) behaviour.Features {
	var b strings.Builder
	for i, line := range lines {
		fmt.Fprintf(&b, `{"role":"assistant","content":"","tool_calls":[{"id":"%d","function":{"name":"bash","arguments":{"command":%q}}}]},{"role":"tool","tool_call_id":"%d","content":%q},`, i, line[0], i, line[1])
	}
	return behaviour.Measure(formattest.MustParse(t, "openai", `{"messages":[{"role":"user","content":"q"},`+b.String()+`{"role":"assistant","content":"done"}]}`))
}

func TestTheRuleScoreFollowsItsParts(t *testing.T) {
	write := [2]string{"sed -i s/a/b/ src/a.py", ""}
	plain := rolled(t, write).RuleScore
	for _, c := range []struct {
		name  string
		lines [][2]string
		more  float64 // than one edit alone
	}{
		{"a test run", [][2]string{write, {"pytest", "1 passed"}}, 0.25 * 0.7 * 0.5},
		{"a test written too", [][2]string{write, {"cat > tests/test_a.py <<'E'\nx\nE", ""}, {"pytest", "1 passed"}}, 0.25 * 0.7},
		{"half of the calls fail", [][2]string{write, {"nosuch", "bash: nosuch: command not found"}}, -0.25 * 0.9 * 0.5},
		{"one file edited three times", [][2]string{write, write, write}, -0.15 * 0.85 * 0.5},
		{"one file under two mounts", [][2]string{{"sed -i s/a/b/ /testbed/src/a.py", ""}, {"sed -i s/a/b/ /workspace/src/a.py", ""}}, -0.15 * 0.85 * 0.25},
		{"a file written again after it was removed", [][2]string{write, {"rm src/a.py", ""}, write}, -0.15 * (0.85*0.25 + 0.15/3)},
		{"words of a result are used", [][2]string{{"ls", "utils"}, {"sed -i s/a/b/ src/utils.py", ""}}, 0.15 * 0.6},
	} {
		if got := rolled(t, c.lines...).RuleScore - plain; math.Abs(got-c.more) > 1e-9 {
			t.Errorf("%s: %+.4f, want %+.4f", c.name, got, c.more)
		}
	}
}

func TestHowASuccessCameToPass(t *testing.T) {
	edit, pass, fail := [2]string{"sed -i s/a/b/ src/a.py", ""}, [2]string{"pytest", "3 passed"}, [2]string{"pytest", "1 failed"}
	for _, c := range []struct {
		name  string
		lines [][2]string
		want  string
	}{
		{"passes throughout", [][2]string{pass, edit, pass}, behaviour.CleanSuccess},
		{"fails first", [][2]string{fail, edit, pass}, behaviour.RecoverySuccess},
		{"fails between edits", [][2]string{edit, fail, edit, pass}, behaviour.RecoverySuccess},
		{"fails at last", [][2]string{pass, edit, fail}, ""},
		{"edited after the tests", [][2]string{edit, pass, edit}, ""},
		{"nothing is edited", [][2]string{pass}, ""},
		{"no test is run", [][2]string{edit, {"python a.py", "ok"}}, ""},
	} {
		if got := rolled(t, c.lines...).Verified; got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// On real trajectories the score stays within its bounds and tells them apart.
func TestTheRuleScoreOfRealTrajectories(t *testing.T) {
	low, high := 1.0, 0.0
	for _, tr := range formattest.Parsed(t, "adp/swe-gym_openhands_sampled_trajectories/sample_raw.json") {
		score := behaviour.Measure(tr).RuleScore
		if score < 0 || score > 1 {
			t.Errorf("%s: %v", tr.ID, score)
		}
		low, high = min(low, score), max(high, score)
	}
	if low == high {
		t.Errorf("every trajectory scores %v", low)
	}
}

// Looking for the signs one by one finds what expressions would.
func TestSignsOfAFailedCallAreThoseOfTheirExpressions(t *testing.T) {
	hard := regexp.MustCompile(`command not found|Permission denied|(?i:exit code[:\s]+[1-9])|returned non-zero exit status|<tool_use_error>|The arguments provided to the tool are invalid`)
	soft := regexp.MustCompile(`Traceback \(most recent call last\)|No such file or directory|\bFAILED\b|\b(?:SyntaxError|TypeError|ValueError|KeyError|OSError|IOError|StopIteration)\b`)
	parts := []string{"exit code", "Exit Code", "EXIT CODE", "exit ", "xit code", ":", " ", "\n", "0", "1", "9", "TypeError", "MyTypeError", "OSError", "OSErrors", "_IOError", "FAILED", "FAILED_", "StopIteration", "Permission denied", "é", "x", "Traceback (most recent call last)"}
	rng := rand.New(rand.NewPCG(3, 4))
	for range 20_000 {
		text := ""
		for range 1 + rng.IntN(7) {
			text += parts[rng.IntN(len(parts))]
		}
		if got, want := behaviour.CallFailed(text, true), hard.MatchString(text); got != want {
			t.Fatalf("%q of a test run: got %v", text, got)
		}
		if got, want := behaviour.CallFailed(text, false), hard.MatchString(text) || soft.MatchString(text); got != want {
			t.Fatalf("%q: got %v", text, got)
		}
	}
}
