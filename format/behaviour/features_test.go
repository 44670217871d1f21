package behaviour_test

import (
	"maps"
	"reflect"
	"slices"
	"testing"

	"trainyard/format/behaviour"
	"trainyard/format/dialect"
	"trainyard/format/formattest"
)

func TestWhatAStepIsFor(t *testing.T) {
	for command, want := range map[string]behaviour.Activity{
		"cd /x && grep -rn foo . | head":                         behaviour.Exploration,
		"cat a.py 2>/dev/null":                                   behaviour.Exploration,
		"git log --oneline -3":                                   behaviour.Exploration,
		"sed -n 1,20p a.py":                                      behaviour.Exploration,
		"sed -i 's/a/b/' src/a.py":                               behaviour.Implementation,
		"cat > src/a.py <<'EOF'\nprint(1)\nEOF":                  behaviour.Implementation,
		"git checkout -- src/a.py":                               behaviour.Implementation,
		"cat > reproduce.py <<'EOF'\nx\nEOF":                     behaviour.Verification,
		"python reproduce.py > /tmp/out.log":                     behaviour.Execution,
		"python app.py 2> errors.txt":                            behaviour.Execution,
		"grep -rn foo . > found.txt":                             behaviour.Exploration,
		"git diff > fix.patch":                                   behaviour.Exploration,
		"git stash":                                              behaviour.Execution,
		"git stash list":                                         behaviour.Exploration,
		"git checkout -b fix":                                    behaviour.Execution,
		"git checkout main":                                      behaviour.Execution,
		"git checkout HEAD -- src/a.py":                          behaviour.Implementation,
		"git restore src/a.py":                                   behaviour.Implementation,
		"git apply fix.patch":                                    behaviour.Implementation,
		"git commit -am x":                                       behaviour.Execution,
		"mkdir -p src/new":                                       behaviour.Execution,
		"pip install flask":                                      behaviour.Execution,
		"rm -rf build __pycache__":                               behaviour.Verification,
		"rm -f reproduce.py":                                     behaviour.Verification,
		"rm src/old.py":                                          behaviour.Implementation,
		"black src":                                              behaviour.Implementation,
		"black --check src":                                      behaviour.Execution,
		"echo 'x = 1' >> src/a.py":                               behaviour.Implementation,
		"head -20 src/a.py > src/b.py":                           behaviour.Implementation,
		"cp src/a.py /tmp/a.py":                                  behaviour.Verification,
		"find src -name '*.py' -exec sed -i s/a/b/ {} +":         behaviour.Implementation,
		"find src -name '*.py' -exec grep -l x {} \\;":           behaviour.Exploration,
		"grep -rl old src | xargs sed -i s/old/new/":             behaviour.Implementation,
		"python - <<'EOF'\nopen('src/a.py','w').write('x')\nEOF": behaviour.Implementation,
		"python - <<'EOF'\nprint(open('src/a.py').read())\nEOF":  behaviour.Execution,
		"python3 -c \"p='src/a.py'; s=open(p).read(); open(p, 'w').write(s)\"":       behaviour.Implementation,
		"python3 -c \"from pathlib import Path; Path('tests/t.py').write_text('')\"": behaviour.Verification,
		"python -c $'edit_file_by_replace(\n  \"/w/src/b.js\",\n  to_replace=1)'":    behaviour.Implementation,
		"search_file(search_term=\"def f\")":                                         behaviour.Exploration,
		"finish(output=\"done\")":                                                    behaviour.Closing,
		"git tag v1":                                                                 behaviour.Execution,
		"git branch":                                                                 behaviour.Exploration,
		"python -m pip install x":                                                    behaviour.Execution,
		"python setup.py build":                                                      behaviour.Execution,
		"timeout 60 python -m pytest tests/a.py":                                     behaviour.Execution,
		"pip install -e .":                                                           behaviour.Execution,
		"for f in *.py; do wc -l \"$f\"; done":                                       behaviour.Exploration,
		"echo COMPLETE_TASK_AND_SUBMIT_FINAL_OUTPUT":                                 behaviour.Closing,
	} {
		tr := formattest.MustParse(t, "openai", `{"messages":[{"role":"user","content":"q"},`+bash(command)+closing+`]}`)
		if got := behaviour.Activities(behaviour.Steps(tr))[0]; got != want {
			t.Errorf("%s: got %s, want %s", command, got, want)
		}
	}
}

func TestFeaturesOfAWholeTrajectory(t *testing.T) {
	fail := `{"role":"assistant","content":"t","tool_calls":[{"id":"1","function":{"name":"bash","arguments":"{\"command\":\"pytest\"}"}}]},{"role":"tool","tool_call_id":"1","content":"1 failed\n[Command finished with exit code 1]"},`
	tr := formattest.MustParse(t, "openai", `{"messages":[{"role":"user","content":"q"},`+
		bash("grep -rn foo src")+bash("cd src && ls")+fail+bash("sed -i s/a/b/ src/a.py")+bash("pytest")+closing+`]}`)
	tr.Patch, tr.CostUSD = "--- a/src/a.py\n+++ b/src/a.py\n@@ -1 +1 @@\n-a\n+b\n", 0.25
	want := behaviour.Features{
		Steps: 6, Exploration: 2. / 6, Implementation: 1. / 6, Verification: 1. / 6, Execution: 1. / 6, Closing: 1. / 6,
		Grep: 0.5, Cd: 0.5, Calls: map[string]int{"bash": 5}, RunsCode: 2. / 6,
		TestRunner: true, RunBeforeEdit: true, RunAfterEdit: true, FailEditPass: true, SourceEdit: true, Verified: behaviour.RecoverySuccess,
		// 0.20 × 1, for with one tool a retry is chance; 0.25 × 0.9 × 4/5; 0.25 × (0.3 × 1 + 0.7 × 0.5); 0.15 × 1
		RuleScore: 0.6925, FirstEdit: 4,
		PatchFiles: 1, PatchLines: 2, CostUSD: 0.25,
	}
	if got := behaviour.Measure(tr); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

// The same steps written in another dialect are the same steps.
func TestDialectsAreMeasuredAlike(t *testing.T) {
	for name, reply := range map[string]string{
		"function tags": `t\n\n<function=bash>\n<parameter=command>grep foo a.py</parameter>\n</function>`,
		"JSON in tags":  `t\n<tool_call>\n{\"name\": \"bash\", \"arguments\": {\"command\": \"grep foo a.py\"}}\n</tool_call>`,
		"a fence":       "t\\n\\n```bash\\ngrep foo a.py\\n```",
	} {
		tr := formattest.MustParse(t, "openai", `{"messages":[{"role":"user","content":"Reply with one command:\n`+"```"+`bash\nls\n`+"```"+`"},{"role":"assistant","content":"`+reply+`"},{"role":"user","content":"r"},`+closing+`]}`)
		f := behaviour.Measure(tr)
		if f.Exploration != 0.5 || f.Closing != 0.5 || f.Grep != 1 || f.Calls["bash"] != 1 {
			t.Errorf("%s: got %+v", name, f)
		}
	}
}

// A fence in a conversation whose prompt asks for no command shows code.
func TestFencesOfPlainChatsAreNoCalls(t *testing.T) {
	for name, prompt := range map[string]string{
		"a question":      "sum?",
		"code to mend":    "This command fails:\\n```\\nls x\\n```",
		"a programme":     "Write one program between these:\\n```python\\n# yours\\n```",
		"a format of own": "Answer in a single block:\\n```\\nanswer\\n```",
	} {
		for _, reply := range []string{"t\\n\\n```bash\\nls\\n```", "t\\n```python\\nopen('src/a.py','w').write('x')\\n```", "```cpp\\nint main(){}\\n```"} {
			tr := formattest.MustParse(t, "openai", `{"messages":[{"role":"user","content":"`+prompt+`"},{"role":"assistant","content":"`+reply+`"}]}`)
			if f := behaviour.Measure(tr); len(f.Calls) > 0 || f.RunsCode > 0 || f.Execution > 0 || f.SourceEdit {
				t.Errorf("%s, %q: got %+v", name, reply, f)
			}
		}
	}
	for format, record := range map[string]string{
		"swe-smith": `{"instance_id":"a__b-1","traj_id":"t","messages":[{"role":"user","content":"q"},{"role":"assistant","content":"t\n\n` + "```" + `\nls\n` + "```" + `"}]}`,
	} {
		if f := behaviour.Measure(formattest.MustParse(t, format, record)); f.Calls["bash"] != 1 {
			t.Errorf("%s: got %+v", format, f)
		}
	}
}

// The activities of every real record add up to one.
func TestSharesAddUp(t *testing.T) {
	for _, path := range []string{"adp/swe-gym_openhands_sampled_trajectories/sample_raw.json", "mini_swe_agent/gemini3pro_swebv/trajs", "sweagent/swesmith/trajectories"} {
		var sum behaviour.Features
		n := 0.0
		for _, o := range formattest.ReadAll(t, dialect.Input{Path: formattest.Fixture(t, path)}) {
			if o.Err != nil {
				continue
			}
			f := behaviour.Measure(o.T)
			if all := f.Exploration + f.Implementation + f.Verification + f.Execution + f.Reasoning + f.Closing; all < 0.999 || all > 1.001 {
				t.Errorf("%s:%d: %v", o.Record.File, o.Record.Line, all)
			}
			n++
			sum.Exploration += f.Exploration
			sum.Implementation += f.Implementation
			sum.Verification += f.Verification
		}
		t.Logf("%s: exploration %.2f, implementation %.2f, verification %.2f of %v records", path, sum.Exploration/n, sum.Implementation/n, sum.Verification/n, n)
	}
}

func TestEveryFeatureIsExplained(t *testing.T) {
	var features []string
	for i, f := 0, reflect.TypeFor[behaviour.Features](); i < f.NumField(); i++ {
		features = append(features, f.Field(i).Tag.Get("expr"))
	}
	slices.Sort(features)
	if explained := slices.Sorted(maps.Keys(behaviour.FeatureRules)); !slices.Equal(explained, features) {
		t.Errorf("FeatureRules explains %q, there are %q", explained, features)
	}
}
