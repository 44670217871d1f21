package recipes

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Whatever the bytes and the override, loading ends soon in a recipe that
// writes and loads to itself, or in faults of one line each.
func FuzzLoad(f *testing.F) {
	files, _ := filepath.Glob("testdata/*/*.yaml")
	for _, path := range files {
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(data), "mix.seed=3")
	}
	for _, name := range builtinNames() {
		data, _ := BuiltIn(name)
		f.Add(string(data), "sources.func_gen=!unset")
	}
	f.Add(small+"\n", "loss={last: 3, not: [errors, format_errors], where: 'n_calls > 0'}")
	f.Add("{name: s, loss: {from: first_edit}, sources: [{name: a, path: a, accept: {any: true}, loss: all}], mix: {output: tokens}}", "loss={last: 2.0}")
	f.Add(small, "train.params.a.b={x: [1, !unset a]}")
	f.Fuzz(func(t *testing.T, text, arg string) {
		start := time.Now()
		r, err := load(memory(text), []string{arg})
		if took := time.Since(start); took > 20*time.Second {
			t.Fatalf("took %v", took)
		}
		if err != nil {
			checkFaults(t, err)
			return
		}
		again, err := load(memory(string(r.YAML())), nil)
		if err != nil || again.Fingerprint() != r.Fingerprint() {
			t.Fatalf("not itself after writing: %v\n%s", err, r.YAML())
		}
	})
}

func checkFaults(t *testing.T, err error) {
	var faults Faults
	if !errors.As(err, &faults) || len(faults) == 0 {
		t.Fatalf("error is %T %v", err, err)
	}
	for _, fault := range faults {
		if fault.File == "" || fault.Msg == "" || strings.ContainsAny(fault.Error(), "\n\r") {
			t.Fatalf("bad fault %#v", fault)
		}
	}
}

func TestALargeOrDeepFileIsAnsweredSoon(t *testing.T) {
	n := maxFileBytes
	for name, text := range map[string]string{
		"keys":     manyKeys(n),
		"one key":  strings.Repeat("a: 1\n", n/5),
		"items":    "a:\n" + strings.Repeat("- b\n", n/4-1),
		"brackets": strings.Repeat("[", n),
		"braces":   strings.Repeat("{", n),
		"dashes":   strings.Repeat("- ", n/2),
		"colons":   strings.Repeat("a: ", n/3),
		"steps":    steps(300),
		"quotes":   strings.Repeat(`"a" `, n/4),
		"tags":     strings.Repeat("!unset ", n/7),
		"too long": strings.Repeat("#", n+1),
	} {
		start := time.Now()
		_ = faultsOf(t, text)
		if took := time.Since(start); took > 20*time.Second {
			t.Errorf("%s took %v", name, took)
		}
	}
}

func manyKeys(n int) string {
	var b strings.Builder
	for i := 0; b.Len() < n-16; i++ {
		b.WriteString("k" + strings.Repeat("x", i%7) + string(rune('a'+i%26)) + ": 1\n")
	}
	return b.String()
}

func steps(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return b.String()
}
