package recipes

import (
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/token"
)

// unsetMark begins the plain scalar that stands for !unset between lexer and
// parser. Input cannot hold it: control characters are refused before.
const unsetMark = "\x00"

// refuse finds, before anything recursive runs, the parts of YAML that a
// recipe does not use. It returns the tokens with each "!unset" and "!unset
// NAME" made one plain scalar: the library's parser takes the mapping on the
// lines after a bare tag for the tag's value.
func (b *builder) refuse(tokens token.Tokens) token.Tokens {
	mendColumns(tokens)
	out := make(token.Tokens, 0, len(tokens))
	for i := 0; i < len(tokens); i++ {
		tk := tokens[i]
		if msg, hint := refused(tk); msg != "" {
			b.faults.add(b.at(tk), "", msg, hint)
		}
		if tk.Type == token.DirectiveType {
			return nil // its words and the "---" after it would be faulted as well
		}
		if tk.Type == token.DocumentHeaderType && len(out) > 0 {
			b.faults.add(b.at(tk), "", "a second document begins", "one recipe is one document; use extends")
		}
		if tk.Type == token.TagType && tk.Value == "!only" {
			b.takesOnly(tokens[i:])
			continue
		}
		if tk.Type == token.TagType && tk.Value == "!unset" {
			tk.Type, tk.Value = token.StringType, unsetMark
			if i+1 < len(tokens) && isName(tokens[i+1], tk) {
				i++
				tk.Value += tokens[i].Value
				tk.Next = tokens[i].Next
			}
		}
		if tk.Type != token.CommentType {
			out = append(out, tk)
		}
	}
	b.refuseDepth(out)
	return out
}

// mendColumns puts right what the library miscounts: behind a tag, columns are
// one too small.
func mendColumns(tokens token.Tokens) {
	line, tags := 0, 0
	for _, tk := range tokens {
		if tk.Position.Line != line {
			line, tags = tk.Position.Line, 0
		}
		tk.Position.Column += tags
		if tk.Type == token.TagType {
			tags++
		}
	}
}

// takesOnly marks the list, or the one name, that stands behind a "!only", the
// first of tokens.
func (b *builder) takesOnly(tokens token.Tokens) {
	i := slices.IndexFunc(tokens[1:], func(tk *token.Token) bool { return tk.Type != token.CommentType }) + 1
	if i > 0 && (tokens[i].Type == token.SequenceStartType || tokens[i].Type == token.SequenceEntryType || isName(tokens[i], tokens[0])) {
		b.only[b.at(tokens[i])] = true
		return
	}
	b.faults.add(b.at(tokens[0]), "", "!only stands before a list of names", "write sources: !only [NAME, NAME]")
}

func refused(tk *token.Token) (msg, hint string) {
	switch tk.Type {
	case token.AnchorType, token.AliasType:
		return fmt.Sprintf("%s: anchors and aliases are not used in recipes", seen(tk.Value)), "use extends; quote a value that begins with & or *"
	case token.MergeKeyType:
		return "merge keys (<<) are not used in recipes", "use extends"
	case token.DirectiveType:
		return "directives (%) are not used in recipes", "remove the line"
	case token.MappingKeyType:
		return `"?" keys are not used in recipes`, `write "key: value"`
	case token.TagType:
		if tk.Value != "!unset" && tk.Value != "!only" {
			return fmt.Sprintf("unknown tag %s", seen(tk.Value)), "!unset and !only are the only tags; quote a value that begins with !"
		}
	}
	return "", ""
}

// isName reports whether tk is the name of "!unset NAME".
func isName(tk, tag *token.Token) bool {
	if tk.Position.Line != tag.Position.Line {
		return false
	}
	switch tk.Type {
	case token.StringType, token.SingleQuoteType, token.DoubleQuoteType, token.IntegerType:
		return !strings.HasPrefix(tk.Value, unsetMark)
	}
	return false
}

// refuseDepth bounds nesting: brackets, and block collections by the columns
// at which they stand.
func (b *builder) refuseDepth(tokens token.Tokens) {
	brackets := 0
	var columns []int
	for i, tk := range tokens {
		opens := 0
		switch tk.Type {
		case token.SequenceStartType, token.MappingStartType:
			brackets++
		case token.SequenceEndType, token.MappingEndType:
			brackets--
		case token.SequenceEntryType:
			opens = tk.Position.Column
		case token.MappingValueType:
			if i > 0 {
				opens = tokens[i-1].Position.Column
			}
		}
		if opens > 0 && brackets <= 0 {
			for len(columns) > 0 && columns[len(columns)-1] >= opens {
				columns = columns[:len(columns)-1]
			}
			columns = append(columns, opens)
		}
		if len(columns)+brackets > maxDepth {
			b.faults.add(b.at(tk), "", fmt.Sprintf("nested deeper than %d levels", maxDepth), "")
			return
		}
	}
}
