// Package corpus makes the text that tokenizers are measured and compared on:
// messages such as a coding agent's trajectories hold. Given the same trees it
// makes the same messages on every run.
//
// The raw material is whatever source trees the caller names; Go's own, which
// is wherever Go is, will do. Views of files with line numbers, search results,
// listings, edits in JSON, test logs and diffs are spun from it.
package corpus

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"
)

// A Corpus hands out messages.
type Corpus struct {
	rng   *rand.Rand
	files []file
	words []string
}

type file struct {
	path  string
	lines []string
}

const (
	maxFile  = 96 << 10
	maxFiles = 64 << 20 // bytes of raw material in all
)

// New reads the text files below roots, up to 64 MB of them. Seed chooses
// among them.
func New(seed uint64, roots ...string) (*Corpus, error) {
	c := &Corpus{rng: rand.New(rand.NewPCG(seed, 0))}
	for _, root := range roots {
		total := 0
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() || total > maxFiles/len(roots) {
				return nil
			}
			total += c.read(path)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	if len(c.files) == 0 {
		return nil, fmt.Errorf("no text files below %s", strings.Join(roots, ", "))
	}
	return c, nil
}

// sourceTypes keeps the material to what agents read.
const sourceTypes = " .go .py .c .h .js .ts .md .txt .html .json .yaml .toml .rst .s .sh .mod .css "

func (c *Corpus) read(path string) int {
	ext := filepath.Ext(path)
	if ext == "" || !strings.Contains(sourceTypes, " "+ext+" ") {
		return 0
	}
	data, err := os.ReadFile(path)
	if err != nil || len(data) > maxFile || len(data) < 200 || !utf8.Valid(data) || isTable(data) {
		return 0
	}
	lines := strings.Split(string(data), "\n")
	c.files = append(c.files, file{path, lines})
	if words := strings.Fields(lines[len(lines)/2]); len(words) > 0 {
		c.words = append(c.words, words[0])
	}
	return len(data)
}

// isTable tells generated tables of numbers, of which Go's tree has megabytes
// and agents see little.
func isTable(data []byte) bool {
	digits := 0
	for _, c := range data {
		if c >= '0' && c <= '9' {
			digits++
		}
	}
	return digits > len(data)/25
}

// Messages makes messages until they have size bytes.
func (c *Corpus) Messages(size int) []string {
	kinds := []func(*strings.Builder){
		c.view, c.view, c.view, c.edit, c.edit, c.edit, c.thought, c.thought, c.thought, c.thought, c.thought, c.thought,
		c.diff, c.diff, c.search, c.listing, c.testLog,
	}
	var all []string
	for total := 0; total < size; {
		var b strings.Builder
		kinds[c.rng.IntN(len(kinds))](&b)
		all = append(all, b.String())
		total += b.Len()
	}
	return all
}

func (c *Corpus) file() file { return c.files[c.rng.IntN(len(c.files))] }

func (c *Corpus) word() string { return c.words[c.rng.IntN(len(c.words))] }

// window returns some lines of a file and the number of the first.
func (c *Corpus) window(maxLines int) (file, []string, int) {
	f := c.file()
	from := c.rng.IntN(len(f.lines))
	to := min(len(f.lines), from+1+c.rng.IntN(maxLines))
	return f, f.lines[from:to], from + 1
}

func (c *Corpus) view(b *strings.Builder) {
	f, lines, first := c.window(120)
	fmt.Fprintf(b, "Here's the result of running `cat -n` on %s:\n", f.path)
	for i, line := range lines {
		fmt.Fprintf(b, "%6d\t%s\n", first+i, line)
	}
}

func (c *Corpus) search(b *strings.Builder) {
	fmt.Fprintf(b, "$ grep -rn %q .\n", c.word())
	for range 1 + c.rng.IntN(25) {
		f, lines, first := c.window(2)
		fmt.Fprintf(b, "./%s:%d:%s\n", filepath.Base(f.path), first, lines[0])
	}
	fmt.Fprintf(b, "[The command completed with exit code %d.]\n", c.rng.IntN(2))
}

func (c *Corpus) listing(b *strings.Builder) {
	fmt.Fprintf(b, "total %d\n", c.rng.IntN(4000))
	for range 3 + c.rng.IntN(30) {
		f := c.file()
		fmt.Fprintf(b, "-rw-r--r--  1 root root %8d Nov %2d %02d:%02d %s\n",
			c.rng.IntN(1<<20), 1+c.rng.IntN(30), c.rng.IntN(24), c.rng.IntN(60), filepath.Base(f.path))
	}
}

func (c *Corpus) edit(b *strings.Builder) {
	f, lines, _ := c.window(20)
	fmt.Fprintf(b, `{"command": "str_replace", "path": %q, "old_str": %q, "new_str": %q}`,
		f.path, strings.Join(lines, "\n"), strings.Join(lines[:len(lines)/2], "\n"))
}

func (c *Corpus) thought(b *strings.Builder) {
	f, lines, first := c.window(30)
	fmt.Fprintf(b, "Let me look at %s around line %d. I've seen that `%s` isn't handled there, so I'll check how %s is used first.\n\n",
		filepath.Base(f.path), first, c.word(), c.word())
	for _, line := range lines {
		if text := strings.TrimLeft(line, " \t/#*"); text != line {
			b.WriteString(text + "\n")
		}
	}
	fmt.Fprintf(b, "\nNow that we know this, the next step is to run the tests:\n<function=execute_bash>\n<parameter=command>cd /workspace && go test ./%s</parameter>\n</function>",
		filepath.Base(filepath.Dir(f.path)))
}

func (c *Corpus) testLog(b *strings.Builder) {
	for range 2 + c.rng.IntN(12) {
		f, lines, first := c.window(2)
		verdict := [...]string{"PASS", "FAIL", "SKIP"}[c.rng.IntN(3)]
		fmt.Fprintf(b, "--- %s: %s (%d.%02ds)\n    %s:%d: %s\n        got  0x%x\n        want 0x%x\n", verdict, c.word(),
			c.rng.IntN(9), c.rng.IntN(100), filepath.Base(f.path), first, strings.TrimSpace(lines[0]), c.rng.Uint32(), c.rng.Uint64())
	}
}

func (c *Corpus) diff(b *strings.Builder) {
	f, lines, first := c.window(40)
	fmt.Fprintf(b, "diff --git a/%[1]s b/%[1]s\nindex %08[2]x..%08[3]x 100644\n--- a/%[1]s\n+++ b/%[1]s\n@@ -%[4]d,%[5]d +%[4]d,%[5]d @@\n",
		f.path, c.rng.Uint32(), c.rng.Uint32(), first, len(lines))
	for i, line := range lines {
		fmt.Fprintf(b, "%c%s\n", " +- "[c.rng.IntN(4)], line)
		if i == len(lines)/2 {
			b.WriteString("+\t\treturn nil, fmt.Errorf(\"read %s: %w\", name, err)\n")
		}
	}
}
