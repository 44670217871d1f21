package behaviour

import (
	"strings"
	"testing"
)

// FuzzShell takes anything apart as a command line of a shell.
func FuzzShell(f *testing.F) {
	for _, line := range []string{
		"cd /w && python -m pytest -x tests/a.py 2>&1 | tail -n 3", "cat <<'E' > a.py\nx\nE\n", `for f in $(ls *.go); do sed -i "s/$a/'b'/" "$f"; done; (rm -rf x)`,
		"sudo -u me timeout 5 git -C x diff", "['bash', '-lc', 'ls']", "str_replace_editor view 'a", "tee", "perl",
	} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		for _, c := range shellEffect(line).commands {
			if c.words == nil && c.writes == nil && strings.TrimSpace(line) != "" {
				t.Errorf("%q holds a command without words", line)
			}
		}
	})
}

// A command line of a record may hold anything; the parser calls itself, and
// what it would have to hold at once is bounded before it sees a line.
func TestDeepCommandLinesAreCutAtWhiteSpace(t *testing.T) {
	for _, opener := range []string{"(", "$(", "{ ", "${a:-", "| ", "&& ", "f() ", "<(", "$((", "if ", "! ", "[[ ! "} {
		line := "cd /w && " + strings.Repeat(opener, 150_000)
		if got := shellEffect(line).commands; len(got) == 0 || got[0].name() != "cd" {
			t.Errorf("%q 150,000 times: the first of %d commands is not cd", opener, len(got))
		}
	}
}

func TestLongHereDocumentsHideNoCommand(t *testing.T) {
	body := strings.Repeat("if f(x) | g(y) { return a[i] && b; }\n", 2000)
	for _, line := range []string{
		"cat > a.py <<'EOF'\n" + body + "EOF\npython a.py",
		"cat <<EOF > a.py\n" + body + "EOF\npython a.py",
		"cat <<-\"E O\" > a.py\n" + body + "\tE O\npython a.py",
	} {
		effect := shellEffect(line)
		if len(effect.Writes) != 1 || effect.Writes[0] != "a.py" || !effect.runs {
			t.Errorf("%.30q: it writes %q, runs %v", line, effect.Writes, effect.runs)
		}
	}
}
