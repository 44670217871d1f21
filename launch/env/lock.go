package env

import (
	"bufio"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

//go:embed locks/*.txt
var locks embed.FS

// A Lock is one resolved environment.
type Lock struct {
	Trainer  string
	Python   string // of uv, such as 3.11
	Platform string // as uv names it
	Before   string // nothing that was published later is in it
	Asked    string // what was resolved
	// Built are packages that are compiled on the machine once the others are
	// there; empty for none. The trainer starts without them, and is refused what
	// needs them: FlashAttention.
	Built []string
	Text  string
}

// Unlocked are trainers that have no lock, with the reason and the way out.
var Unlocked = map[string]string{
	"command":       "its environment is that of its program: make one, and name its python in train.params.argv",
	"evaluation":    "its environment is that of its program: make one, and name its python in eval.NAME.command",
	"open-instruct": "it is in no package index: clone https://github.com/allenai/open-instruct, run `uv sync` there, and put its .venv/bin first on PATH",
	"smoke":         "it needs no Python",
}

// Hash is the name of environments made of the lock: the first half of the sha256,
// in hex, of its text.
func (l Lock) Hash() string {
	sum := sha256.Sum256([]byte(l.Text))
	return hex.EncodeToString(sum[:16])
}

// Packages is how many are pinned.
func (l Lock) Packages() int { return strings.Count(l.Text, "==") - strings.Count(l.header(), "==") }

func (l Lock) header() string {
	var b strings.Builder
	for line := range strings.Lines(l.Text) {
		if strings.HasPrefix(line, "#") {
			b.WriteString(line)
		}
	}
	return b.String()
}

// Names are the trainers that have a lock, sorted.
func Names() []string {
	entries, err := fs.ReadDir(locks, "locks")
	if err != nil {
		panic("env: " + err.Error()) // they are embedded
	}
	var names []string
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".txt"))
	}
	return names
}

// Of is the lock of a trainer, or why there is none.
func Of(trainer string) (Lock, error) {
	text, err := locks.ReadFile("locks/" + trainer + ".txt")
	if err != nil {
		why, known := Unlocked[trainer]
		if !known {
			return Lock{}, fmt.Errorf("no lock for a trainer %q: there are %s", trainer, strings.Join(Names(), ", "))
		}
		return Lock{}, fmt.Errorf("no lock for %s: %s", trainer, why)
	}
	return parse(string(text))
}

// Read is a lock of one's own: packages with their versions, as `uv pip compile` writes
// them. A line `# python: 3.12` among its comments names the interpreter; those of our own
// locks about what is built there and what was published before count too.
func Read(file string) (Lock, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return Lock{}, fmt.Errorf("lock: %w", err)
	}
	l := Lock{Text: string(text)}
	if !strings.Contains(l.Text, "==") {
		return Lock{}, fmt.Errorf("lock %s: it pins no package: write NAME==VERSION lines, or let uv: uv pip compile requirements.in -o %s", file, filepath.Base(file))
	}
	for line := range strings.Lines(l.Text) {
		key, value, _ := strings.Cut(line, ": ")
		switch value = strings.TrimSpace(value); key {
		case "# python":
			l.Python = value
		case "# built there":
			l.Built = strings.Fields(value)
		case "# published before":
			l.Before = value
		}
	}
	return l, nil
}

// For is the lock that a place's option env means for a trainer: lock is the trainer's
// own, none is none, anything else is a file. why says why there is none.
func For(option, trainer string) (lock *Lock, why string, err error) {
	switch option {
	case "", None:
		return nil, "the trainer is the one on the machine's PATH", nil
	case OfTrainer:
		if trainer == "" {
			return nil, "no trainer is named", nil
		}
		if why, unlocked := Unlocked[trainer]; unlocked {
			return nil, why, nil
		}
		l, err := Of(trainer)
		return &l, "", err
	}
	l, err := Read(option)
	return &l, "", err
}

// The words of a place's option env; any other is the file of a lock.
const (
	None      = "none"
	OfTrainer = "lock"
)

// parse reads what stands at the head of a lock.
func parse(text string) (Lock, error) {
	l := Lock{Text: text}
	var built string
	said := map[string]*string{
		"trainer": &l.Trainer, "python": &l.Python, "platform": &l.Platform, "published before": &l.Before, "asked for": &l.Asked, "built there": &built,
	}
	lines := bufio.NewScanner(strings.NewReader(text))
	for lines.Scan() {
		head, comment := strings.CutPrefix(lines.Text(), "# ")
		if !comment {
			break
		}
		key, value, _ := strings.Cut(head, ": ")
		into, known := said[key]
		if !known {
			return Lock{}, fmt.Errorf("lock of %s: %q is no line of its head", l.Trainer, head)
		}
		*into = value
	}
	l.Built = strings.Fields(built)
	if slices.Contains([]string{l.Trainer, l.Python, l.Platform, l.Asked}, "") {
		return Lock{}, fmt.Errorf("lock of %q: its head lacks a trainer, python, platform or what was asked for", l.Trainer)
	}
	return l, nil
}
