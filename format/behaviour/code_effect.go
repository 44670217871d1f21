package behaviour

import (
	"regexp"
	"strings"
)

// codeEffect judges a program that is run as it stands. OpenHands V0 gave its
// notebook functions that are tools of their own (agent_skills).
func codeEffect(code string) Effect {
	d := Effect{Writes: writtenByCode(code)}
	m := skillCall.FindStringSubmatch(code)
	switch {
	case m == nil:
		d.runs = true
	case m[1] == "finish":
		d.Closes = true
	case d.Writes == nil:
		d.explores = true
	}
	return d
}

// skillCall is a program that starts with one of those functions; skillWrite is
// one that writes, with the file as its first argument.
var (
	skillCall  = regexp.MustCompile(`\A\s*(?:python[\d.]* -c \$?['"])?\s*(open_file|goto_line|scroll_down|scroll_up|search_dir|search_file|find_file|edit_file_by_replace|edit_file_by_line|edit_file|insert_content_at_line|append_file|create_file|finish)\(`)
	skillWrite = regexp.MustCompile(`\b(?:edit_file_by_replace|edit_file_by_line|edit_file|insert_content_at_line|append_file|create_file)\(\s*(?:\w+\s*=\s*)?(?:['"]([^'"\n]+)['"]|(\w+))`)
)

// Programs that a command line hands to an interpreter.
var interpreter = regexp.MustCompile(`(?m)(?:^|[\s;&|(/])(?:python[\d.]*|node|ruby|perl)\s+(?:-\w+\s+)*(?:-[ce]\s|-?\s*<<|-\s)`)

// inlineCode is the program that a line hands to an interpreter, with what stands
// around it; "" where there is none.
func inlineCode(line string) string {
	if at := interpreter.FindStringIndex(line); at != nil {
		return line[at[0]:]
	}
	return ""
}

// How programs name the files that they write: in Python and in JavaScript. The
// first group is a name in quotes, the second a variable.
var (
	codeWrites = []*regexp.Regexp{
		skillWrite,
		regexp.MustCompile(`\bopen\(\s*(?:['"]([^'"\n]+)['"]|(\w+))\s*,\s*(?:mode\s*=\s*)?['"][rb]?[wax]`),
		regexp.MustCompile(`(?:\bPath\(\s*(?:['"]([^'"\n]+)['"]|(\w+))\s*\)|\b(\w+))\.write_(?:text|bytes)\(`),
		regexp.MustCompile(`\b(?:writeFile|writeFileSync|appendFileSync)\(\s*(?:['"]([^'"\n]+)['"]|(\w+))`),
	}
	assigned = regexp.MustCompile(`(?m)(?:^|[\s;'"])(\w+)\s*=\s*(?:Path\(\s*)?['"]([^'"\n]+)['"]`)
)

// writtenByCode names the files that a program writes; one whose name it makes
// is "?".
func writtenByCode(code string) (files []string) {
	values := map[string]string{}
	for _, m := range assigned.FindAllStringSubmatch(code, -1) {
		values[m[1]] = m[2]
	}
	for _, pattern := range codeWrites {
		for _, m := range pattern.FindAllStringSubmatch(code, -1) {
			switch variable := strings.Join(m[2:], ""); {
			case m[1] != "":
				files = append(files, m[1])
			case values[variable] != "":
				files = append(files, values[variable])
			default:
				files = append(files, "?")
			}
		}
	}
	return files
}

var patchFile = regexp.MustCompile(`(?m)^\*\*\* (?:Update|Add|Delete) File: (.+)$`)

// patchedFiles are the files of a patch in the form of Codex.
func patchedFiles(patch string) (files []string) {
	for _, m := range patchFile.FindAllStringSubmatch(patch, -1) {
		files = append(files, strings.TrimSpace(m[1]))
	}
	return files
}
