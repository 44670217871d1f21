package behaviour

import (
	"path"
	"regexp"
	"slices"
	"strings"
)

// An Activity is what one step is for, judged by rules alone.
type Activity string

// The rules, the first that holds for any action of a step deciding:
//
//	implementation  a file is written that is neither test nor scratch
//	verification    a test or scratch file is written; or code runs (or git
//	                diff) once a file has been written
//	execution       code runs before that; or a command is no look-up and
//	                writes no file (mkdir, git stash, pip install)
//	exploration     files are read, listed or searched
//	reasoning       a thinking or planning tool, or text without an action
//	closing         the agent finishes, or its last text without an action
const (
	Implementation Activity = "implementation"
	Verification   Activity = "verification"
	Execution      Activity = "execution"
	Exploration    Activity = "exploration"
	Reasoning      Activity = "reasoning"
	Closing        Activity = "closing"
)

var activityOrder = []Activity{Implementation, Verification, Execution, Exploration, Reasoning, Closing}

// Effect is what one action does, before its place in the trajectory counts.
type Effect struct {
	explores, runs, tests, thinks, Closes bool
	acts                                  bool     // changes something that is no file of the task: mkdir, git stash, pip install
	diffs                                 bool     // looks at its own change
	source                                bool     // one of writes is part of what the agent was asked to change; only steps fills it in
	Writes                                []string // files, scratch and tests included; "?" where the name is unknown
	commands                              []shellCommand
}

// The tools of common scaffolds by what they do. Names are compared in lower
// case.
var (
	shellTools  = namesIn("execute_bash bash terminal shell local_shell exec_command run_shell_command run_command container.exec execute_command run cmd bashtool")
	pythonTools = namesIn("execute_ipython_cell ipython python run_ipython jupyter code_interpreter")
	editorTools = namesIn("str_replace_editor str_replace_based_edit_tool file_editor text_editor edit_anthropic")
	lookTools   = namesIn("read read_file view view_file open goto scroll_up scroll_down grep glob ls list list_directory list_files search search_file search_dir search_file_content search_files find_file find read_many_files view_range codebase_search file_search grep_search fetch webfetch websearch web_fetch web_search")
	writeTools  = namesIn("edit write multiedit write_file replace create insert apply_patch edit_file create_file str_replace str_replace_edit notebookedit undo_edit delete_file append")
	thinkTools  = namesIn("think sequentialthinking todowrite todo_write task_tracker update_plan planning plan")
	closeTools  = namesIn("finish submit final_answer exit attempt_completion complete exitplanmode")
)

// EffectOf judges one action by its tool and, for shells, its commands.
func EffectOf(a Action) Effect {
	tool := strings.ToLower(a.Tool)
	file := a.Arg("path", "file_path", "filename", "file", "target_file", "notebook_path")
	switch {
	case slices.Contains(shellTools, tool):
		return shellEffect(shellLine(a))
	case slices.Contains(pythonTools, tool):
		return codeEffect(a.Arg("code", "script", "input"))
	case slices.Contains(editorTools, tool):
		if a.Arg("command") == "view" {
			return Effect{explores: true}
		}
		return writing(file)
	case slices.Contains(lookTools, tool):
		return Effect{explores: true}
	case slices.Contains(writeTools, tool):
		if patched := patchedFiles(a.Arg("input", "patch", "patch_text")); file == "" && patched != nil {
			return Effect{Writes: patched}
		}
		return writing(file)
	case slices.Contains(thinkTools, tool):
		return Effect{thinks: true}
	case slices.Contains(closeTools, tool):
		return Effect{Closes: true}
	}
	return Effect{runs: true}
}

func writing(file string) Effect {
	if file = strings.Trim(file, `'"`); file == "" {
		file = "?"
	}
	return Effect{Writes: []string{file}}
}

// argvCommand is the command inside an argv list, ['bash', '-lc', '…'].
var argvCommand = regexp.MustCompile(`(?s)\A\[['"](?:/bin/)?(?:ba|z)?sh['"], ['"]-l?c['"], ['"](.*)['"]\]\z`)

func shellLine(a Action) string {
	line := a.Arg("command", "cmd", "script", "input")
	if m := argvCommand.FindStringSubmatch(line); m != nil {
		return m[1]
	}
	return line
}

// testPrograms run tests whatever their arguments.
var testPrograms = namesIn("pytest py.test tox nox nosetests nosetests3 jest mocha vitest ctest rspec phpunit trial ava karma playwright cypress runtests.py runtests ./runtests.py")

// isTestRunner recognises test runners, and scripts whose name says test.
func isTestRunner(c shellCommand) bool {
	rest := c.words[1:]
	has := func(words ...string) bool {
		return slices.ContainsFunc(rest, func(w string) bool { return slices.Contains(words, w) })
	}
	switch name := c.name(); {
	case slices.Contains(testPrograms, name):
		return true
	case strings.HasPrefix(name, "python"), name == "uv", name == "poetry", name == "coverage", name == "hatch", name == "bin/python":
		return has("pytest", "unittest", "nose", "nose2", "tox", "test", "doctest") || slices.ContainsFunc(rest, isTestScript)
	case slices.Contains(namesIn("go cargo npm yarn pnpm bun deno mvn gradle gradlew ./gradlew ./mvnw dotnet swift rake bundle bazel ninja make gmake sbt mix zig stack cabal"), name):
		return has("test", "tests", "check", "verify", "nextest", "spec", "rspec") || slices.ContainsFunc(rest, func(w string) bool { return strings.HasPrefix(w, "test:") })
	case name == "bash", name == "sh", name == "node", name == "ruby", name == "php":
		return slices.ContainsFunc(rest, isTestScript)
	case strings.HasPrefix(name, "./"):
		return isTestFile(name) || strings.Contains(name, "test")
	}
	return false
}

// isTestScript says that a program's argument is a script of tests.
func isTestScript(word string) bool {
	base := path.Base(strings.SplitN(word, "::", 2)[0])
	return strings.Contains(base, ".") && (isTestFile(base) || strings.HasPrefix(base, "runtests"))
}

// testFile matches files that tests live in: by name, or by a directory.
var (
	testFile    = regexp.MustCompile(`(?i)(^|/)(test_[^/]*|[^/]*_tests?\.[^/.]+|[^/]*\.(test|spec)\.[^/]+|tests?\.[^/.]+|conftest\.py|[^/]*Tests?\.(java|kt|cs|swift|scala))$|(^|/)(tests?|testing|__tests__|spec)/`)
	scratchFile = regexp.MustCompile(`(?i)^/tmp/|^/var/tmp/|(^|/)(\.git|\.pytest_cache|__pycache__|\.mypy_cache|node_modules|build|dist|target|\.?venv|[^/]+\.egg-info)(/|$)|(^|/)(repro|reproduce|debug|verify|check|demo|try|tmp|temp|scratch|final_test|simple_test|comprehensive|edge_case)[^/]*\.[^/.]+$|\.(log|out|txt|patch|diff|orig|bak|pyc)$`)
)

func isTestFile(file string) bool    { return testFile.MatchString(file) }
func isScratchFile(file string) bool { return scratchFile.MatchString(file) }

// isSource says that a file is part of what the agent was asked to change.
func isSource(file string) bool { return !isTestFile(file) && !isScratchFile(file) }

// activities judges every step. Whether running code executes or verifies
// depends on what has been written before.
func activities(steps []Step) []Activity {
	list := make([]Activity, len(steps))
	written := false
	for i, s := range steps {
		list[i] = Reasoning
		if len(s.Actions) == 0 && i == len(steps)-1 {
			list[i] = Closing
		}
		for k, a := range s.Actions {
			now := activityOf(a.Effect, written)
			if k == 0 || slices.Index(activityOrder, now) < slices.Index(activityOrder, list[i]) {
				list[i] = now
			}
			written = written || len(a.Effect.Writes) > 0
		}
	}
	return list
}

func activityOf(d Effect, written bool) Activity {
	switch {
	case d.source:
		return Implementation
	case len(d.Writes) > 0, written && (d.runs || d.diffs):
		return Verification
	case d.runs, d.acts:
		return Execution
	case d.explores:
		return Exploration
	case d.Closes:
		return Closing
	}
	return Reasoning
}

func namesIn(list string) []string { return strings.Fields(list) }
