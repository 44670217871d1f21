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
