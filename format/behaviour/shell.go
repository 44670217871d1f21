package behaviour

import (
	"path"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// A shellCommand is one simple command of a command line.
type shellCommand struct {
	words  []string // the program and its arguments, quotes removed
	writes []string // files that > and >> name for its output
}

// shellCommands takes a command line apart: what &&, ;, | and newlines
// separate, and what stands inside substitutions and loops. A line that is
// no shell (tools have commands of their own) is cut at white space, and so is
// one that a parser which calls itself must not see.
func shellCommands(line string) []shellCommand {
	if len(line) > safeLine {
		line = withoutHereDocuments(line)
	}
	if nesting(line) > mostNesting {
		return roughCommands(line)
	}
	file, err := syntax.NewParser(syntax.RecoverErrors(3)).Parse(strings.NewReader(line), "")
	if err != nil {
		first, _, _ := strings.Cut(strings.TrimSpace(line), "\n")
		return []shellCommand{{words: strings.Fields(first)}}
	}
	var list []shellCommand
	syntax.Walk(file, func(node syntax.Node) bool {
		if statement, ok := node.(*syntax.Stmt); ok {
			if c := simpleCommand(statement); len(c.words)+len(c.writes) > 0 {
				list = append(list, c)
			}
		}
		return true
	})
	return list
}

func simpleCommand(statement *syntax.Stmt) shellCommand {
	var c shellCommand
	if call, ok := statement.Cmd.(*syntax.CallExpr); ok {
		for _, word := range call.Args {
			c.words = append(c.words, wordText(word))
		}
	}
	c.words = unwrapped(c.words)
	for _, redirect := range statement.Redirs {
		if redirect.N != nil && redirect.N.Value != "1" { // 2> keeps errors
			continue
		}
		switch redirect.Op {
		case syntax.RdrOut, syntax.AppOut, syntax.RdrClob, syntax.RdrAll, syntax.AppAll:
			c.writes = append(c.writes, wordText(redirect.Word))
		}
	}
	return c
}

// wordText is a word as written, quotes removed; expansions become "$".
func wordText(word *syntax.Word) string {
	if word == nil {
		return ""
	}
	var b strings.Builder
	writeParts(&b, word.Parts)
	return b.String()
}

func writeParts(b *strings.Builder, parts []syntax.WordPart) {
	for _, part := range parts {
		switch p := part.(type) {
		case *syntax.Lit:
			b.WriteString(p.Value)
		case *syntax.SglQuoted:
			b.WriteString(p.Value)
		case *syntax.DblQuoted:
			writeParts(b, p.Parts)
		default:
			b.WriteByte('$')
		}
	}
}

// wrappers run the command behind them; the number says how many words of
// their own follow before it.
var wrappers = map[string]int{"sudo": 0, "time": 0, "nohup": 0, "exec": 0, "command": 0, "env": 0, "timeout": 1, "xargs": 0}

// unwrapped drops wrappers with their options, and the directory of the
// program's path.
func unwrapped(words []string) []string {
	for len(words) > 1 {
		own, ok := wrappers[words[0]]
		if !ok {
			break
		}
		words = words[1:]
		for len(words) > 1 && (strings.HasPrefix(words[0], "-") || strings.Contains(words[0], "=")) {
			words = words[1:]
		}
		words = words[min(own, len(words)-1):]
	}
	if len(words) > 0 && !strings.HasPrefix(words[0], "./") {
		words = slices.Clone(words)
		words[0] = path.Base(words[0])
	}
	return words
}

// name is the program; "" for a lone redirection.
func (c shellCommand) name() string {
	if len(c.words) == 0 {
		return ""
	}
	return c.words[0]
}

// has says that one of the arguments is word.
func (c shellCommand) has(words ...string) bool {
	return slices.ContainsFunc(c.words, func(w string) bool { return slices.Contains(words, w) })
}

// sub is the first argument that is no option: git's subcommand, a script.
func (c shellCommand) sub() string {
	for _, word := range c.words[min(1, len(c.words)):] {
		if !strings.HasPrefix(word, "-") {
			return word
		}
	}
	return ""
}
