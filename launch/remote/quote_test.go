package remote

import (
	"os/exec"
	"testing"
)

// nasty has what a shell takes for its own.
var nasty = []string{
	"", " ", "a b", "$(touch /tmp/pwned)", "`id`", "'; rm -rf / #", `"double"`, `back\slash`, "new\nline", "*?[a]", "~/x", "-n", "--", "&|<>", "é", "a'b'c", "$HOME", "!!", "{a,b}", "\t",
}

func TestAShellReadsQuotedWordsBack(t *testing.T) {
	for _, shell := range []string{"sh", "bash", "dash"} {
		if _, err := exec.LookPath(shell); err != nil {
			continue
		}
		out, err := exec.Command(shell, "-c", Quote(append([]string{"printf", `%s\0`}, nasty...)...)).Output()
		var want string
		for _, w := range nasty {
			want += w + "\x00"
		}
		if err != nil || string(out) != want {
			t.Errorf("%s read %q, %v", shell, out, err)
		}
	}
}

func TestPlainWordsStandBare(t *testing.T) {
	if got := Quote("/usr/bin/x", "--a=b", "c d"); got != "/usr/bin/x --a=b 'c d'" {
		t.Error(got)
	}
}
