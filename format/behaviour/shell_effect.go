package behaviour

import (
	"path"
	"slices"
	"strings"
)

func shellEffect(line string) Effect {
	if skillCall.MatchString(line) { // functions of the notebook, given to a shell
		return codeEffect(line)
	}
	d := Effect{commands: shellCommands(line)}
	for _, c := range d.commands {
		d.add(c)
	}
	if code := inlineCode(line); code != "" {
		d.Writes = append(d.Writes, writtenByCode(code)...)
	}
	return d
}

func (d *Effect) add(c shellCommand) {
	written := writtenBy(c)
	if c.name() == "" || slices.Contains(textCommands, c.name()) {
		written = append(written, c.writes...)
	}
	written = slices.DeleteFunc(written, func(file string) bool { return file == "" || strings.HasPrefix(file, "/dev/") })
	d.Writes = append(d.Writes, written...)
	switch {
	case c.name() == "", len(written) > 0:
	case c.name() == "submit", c.name() == "exit", strings.Contains(strings.Join(c.words, " "), "COMPLETE_TASK_AND_SUBMIT_FINAL_OUTPUT"):
		d.Closes = true
	case isTestRunner(c):
		d.tests, d.runs = true, true
	case c.name() == "git" && (c.sub() == "diff" || c.sub() == "status"):
		d.diffs, d.explores = true, true
	case looksUp(c):
		d.explores = true
	case handles(c):
		d.acts = true
	default:
		d.runs = true
	}
}

// textCommands print text that they were given or made of a file: what they
// print into a file is written there. What other commands print into one is
// their output kept, no change of a file: grep … > found.txt.
var textCommands = namesIn("cat echo printf sed awk gawk perl tr cut paste head tail sort uniq tac rev base64 envsubst yes tee dd xxd fold fmt")

// lookups are commands that only tell something.
var lookups = namesIn("grep egrep fgrep rg ag ack find fd fdfind ls cat head tail less more wc tree file stat cd pwd pushd popd sed awk gawk cut sort uniq which whereis type " +
	"echo printf nl bat xxd hexdump od strings diff cmp comm du df env printenv basename dirname realpath readlink tr tee xargs true test [ [[ ps date whoami uname hostname jq column seq read locate zcat zgrep " +
	"open goto scroll_up scroll_down search_dir search_file find_file export set unset source . sleep history clear paste tac rev fold fmt base64 md5sum sha256sum yes")

func looksUp(c shellCommand) bool {
	if c.name() == "git" {
		return slices.Contains(namesIn("log show blame status diff grep ls-files rev-parse describe shortlog cat-file ls-tree reflog rev-list merge-base"), c.sub()) ||
			slices.Contains(namesIn("branch tag remote config"), c.sub()) && len(c.operands()) == 1 || c.sub() == "stash" && c.has("list", "show")
	}
	return slices.Contains(lookups, c.name()) || len(c.words) == 2 && c.has("--version", "--help", "-V")
}

// handlers are commands that change something and run no code of the task.
var handlers = namesIn("mkdir rmdir chmod chown ln kill pkill killall wget curl tar unzip zip gunzip gzip rsync scp apt apt-get yum dnf apk brew conda mamba pip pip3 pipx install alias wait mktemp su useradd git hg svn")

// installs are the words with which a tool that also runs code fetches some.
var installs = namesIn("install add ci sync lock get mod update upgrade uninstall remove init fetch")

func handles(c shellCommand) bool {
	switch c.name() {
	case "npm", "yarn", "pnpm", "uv", "poetry", "cargo", "go", "bundle", "gem", "composer", "pdm", "rustup":
		return slices.Contains(installs, c.sub())
	case "python", "python3":
		return c.has("-m") && c.has("pip", "venv", "virtualenv", "ensurepip")
	}
	return slices.Contains(handlers, c.name())
}

// writtenBy names the files that a command changes by itself, "?" where the name
// is not told.
func writtenBy(c shellCommand) []string {
	files := c.operands()
	last := files[max(0, len(files)-1):]
	switch c.name() {
	case "sed", "perl":
		if slices.ContainsFunc(c.words[1:], isInPlace) {
			return last
		}
	case "tee", "mv", "cp", "touch", "truncate", "ed", "create":
		return last
	case "patch", "apply_patch", "edit", "insert", "str_replace_editor":
		return []string{"?"}
	case "rm":
		return files
	case "find":
		return writtenBy(c.inner())
	case "git":
		return writtenByGit(c, files)
	}
	if rewrites(c) {
		return []string{"?"}
	}
	return nil
}

// writtenByGit: of git's commands some bring changes into files of the task; a
// stash, another branch or a reset only puts the agent's own aside.
func writtenByGit(c shellCommand, files []string) []string {
	switch c.sub() {
	case "apply", "am", "revert", "cherry-pick":
		return []string{"?"}
	case "rm", "mv", "restore":
		return files[min(1, len(files)):]
	case "checkout":
		if at := slices.Index(c.words, "--"); at >= 0 {
			return c.words[at+1:]
		}
		return slices.DeleteFunc(slices.Clone(files[min(1, len(files)):]), func(word string) bool { return path.Ext(word) == "" || c.has("-b", "-B") })
	}
	return nil
}

// formatters rewrite files with one of these flags or words; "" needs none.
var formatters = map[string]string{
	"black": "", "isort": "", "autopep8": "-i", "yapf": "-i", "ruff": "--fix", "gofmt": "-w", "goimports": "-w", "prettier": "--write", "eslint": "--fix", "rustfmt": "", "clang-format": "-i",
	"2to3": "-w", "cargo": "fmt", "go": "fmt", "dos2unix": "", "pyupgrade": "",
}

func rewrites(c shellCommand) bool {
	flag, known := formatters[c.name()]
	return known && (flag == "" || c.has(flag)) && !c.has("--check", "--diff", "--version")
}

// operands are the arguments that are no options.
func (c shellCommand) operands() []string {
	if len(c.words) == 0 {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(c.words[1:]), func(word string) bool { return strings.HasPrefix(word, "-") })
}

// inner is the command that find runs for each file, whose name it does not
// know.
func (c shellCommand) inner() shellCommand {
	at := slices.IndexFunc(c.words, func(word string) bool { return word == "-exec" || word == "-execdir" })
	if c.has("-delete") {
		return shellCommand{words: []string{"rm", "?"}}
	}
	if at < 0 {
		return shellCommand{}
	}
	words := slices.Clone(c.words[at+1:])
	if end := slices.IndexFunc(words, func(word string) bool { return word == ";" || word == "+" || word == `\;` }); end >= 0 {
		words = words[:end]
	}
	for i, word := range words {
		words[i] = strings.ReplaceAll(word, "{}", "?")
	}
	return shellCommand{words: unwrapped(words)}
}

// isInPlace recognises sed -i and perl -pi, suffixes and bundles included.
func isInPlace(word string) bool {
	return strings.HasPrefix(word, "-") && !strings.HasPrefix(word, "--") && strings.Contains(word, "i") || strings.HasPrefix(word, "--in-place")
}
