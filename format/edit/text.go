package edit

import (
	"errors"
	"regexp"
	"strings"

	"trainyard/format"
	"trainyard/format/protocol"
)

// ansi matches terminal control sequences: CSI (colours, cursor), OSC
// (titles, links), character sets, and single-character escapes; ECMA-48.
var ansi = regexp.MustCompile("\x1b(?:\\[[0-?]*[ -/]*[@-~]|\\][^\x07\x1b]*(?:\x07|\x1b\\\\)?|[()*+#%][0-9A-Za-z]|[=>78cDEHMNOZ])")

var stripANSI = Edit{
	Name:    "strip_ansi",
	Summary: "remove terminal colours and cursor moves from every text",
	prepare: plain(func(t *format.Trajectory) (int, error) { return protocol.EditTexts(t, withoutANSI) }),
}

// withoutANSI removes until nothing matches: what stands around a sequence
// may become one when it goes. No terminal writes sequences that are nested
// more than a few deep, and each level costs a pass: the escapes of what is
// left then go by themselves.
func withoutANSI(_ format.Role, text string) (string, int) {
	const passes = 8
	n := 0
	for pass := 0; strings.IndexByte(text, '\x1b') >= 0; pass++ {
		found := len(ansi.FindAllStringIndex(text, -1))
		if found == 0 {
			break
		}
		if pass == passes {
			return strings.ReplaceAll(text, "\x1b", ""), n + found
		}
		text = ansi.ReplaceAllString(text, "")
		n += found
	}
	return text, n
}

var stripCRLF = Edit{
	Name:    "strip_crlf",
	Summary: `write "\n" for Windows line ends in every text`,
	Limits:  "a lone \\r stays; counts texts, not lines",
	prepare: plain(func(t *format.Trajectory) (int, error) { return protocol.EditTexts(t, withoutCRLF) }),
}

func withoutCRLF(_ format.Role, text string) (string, int) {
	if !strings.Contains(text, "\r\n") {
		return text, 0
	}
	return windowsLineEnd.ReplaceAllString(text, "\n"), 1
}

// windowsLineEnd takes "\r\r\n" for one line end too: some terminals double
// the return.
var windowsLineEnd = regexp.MustCompile(`\r+\n`)

var neutraliseSpecial = Edit{
	Name:    "neutralise_special",
	Summary: "break special-token strings by a space, so that no tokenizer takes them for the token",
	Limits:  "call tags of text dialects stay in assistant turns, and so do think tags unless strings names them",
	Args: []Arg{
		{Name: "strings", Kind: TextsArg, Summary: "the strings to break; default: the tokenizer's special tokens"},
	},
	prepare: func(given editArgs, env Env) (change, error) {
		specials := given.texts("strings")
		said := specials
		if len(specials) == 0 {
			specials, said = env.Specials, protocol.WithoutThinkTags(env.Specials)
		}
		if len(specials) == 0 {
			return nil, errors.New("no special tokens are known; name them (strings)")
		}
		return func(t *format.Trajectory) (int, error) { return neutraliseTexts(t, specials, said) }, nil
	},
}

// neutraliseTexts breaks specials, and in what an assistant says those of said.
func neutraliseTexts(t *format.Trajectory, specials, said []string) (int, error) {
	system := specials
	if protocol.HasRenderedCalls(t) {
		system, said = protocol.WithoutCallTags(specials), protocol.WithoutCallTags(said)
	}
	return protocol.EditTexts(t, func(role format.Role, text string) (string, int) {
		switch role {
		case format.Assistant:
			return protocol.Neutralise(text, said)
		case format.System:
			return protocol.Neutralise(text, system)
		}
		return protocol.Neutralise(text, specials)
	})
}
