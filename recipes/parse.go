package recipes

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// The library's time grows with the square of the number of keys, and its
// stack with the depth of nesting; a recipe needs a hundredth of either.
const (
	maxFileBytes = 64 << 10
	maxDepth     = 32
)

// parse reads the YAML of one layer. A nil node without faults is an empty one.
func parse(file string, data []byte) (*node, Faults) {
	data = []byte(strings.TrimPrefix(string(data), "\ufeff"))
	if len(data) > 0 && len(data) < maxFileBytes && data[len(data)-1] != '\n' {
		data = append(data, '\n') // or the library loses a tag that ends the file
	}
	if fs := refuseBytes(file, data); len(fs) > 0 {
		return nil, fs
	}
	b := &builder{file: file, only: map[pos]bool{}}
	docs := b.documents(string(data))
	if len(b.faults) > 0 || len(docs) == 0 || docs[0].Body == nil {
		return nil, b.faults
	}
	root := b.build(docs[0].Body)
	return root, b.faults
}

// refuseBytes finds what is no text of a sensible size.
func refuseBytes(file string, data []byte) (fs Faults) {
	if len(data) > maxFileBytes {
		fs.add(pos{file, 1, 1}, "", fmt.Sprintf("%d bytes, a recipe has at most %d", len(data), maxFileBytes), "")
		return fs
	}
	at := pos{file, 1, 1}
	for rest := data; len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		switch {
		case r == utf8.RuneError && size == 1:
			fs.add(at, "", fmt.Sprintf("byte 0x%02x is not UTF-8", rest[0]), "save the file as UTF-8")
			return fs
		case r < ' ' && r != '\n' && r != '\r' && r != '\t', r == 0x7f:
			fs.add(at, "", fmt.Sprintf("control character 0x%02x", r), "")
			return fs
		case r == '\n':
			at.line, at.col = at.line+1, 0
		}
		at.col++
		rest = rest[size:]
	}
	return nil
}

// A builder turns the library's nodes into ours.
type builder struct {
	file   string
	only   map[pos]bool // where a list begins that stands behind !only
	spaces []pos        // that were put in, see spaced
	faults Faults
}

// documents runs the library. It panics on some input that is no YAML; a
// panic becomes a fault like any other syntax error.
func (b *builder) documents(text string) (docs []*ast.DocumentNode) {
	defer func() {
		if recover() != nil {
			b.faults.add(pos{b.file, 1, 1}, "", "not readable as YAML", "")
		}
	}()
	tokens := b.refuse(lexer.Tokenize(text))
	if len(b.faults) > 0 {
		return nil
	}
	f, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err == nil {
		return f.Docs
	}
	if strings.Contains(err.Error(), "tag character") && b.spaces == nil {
		clear(b.only)
		return b.documents(b.spaced(text))
	}
	b.syntax(err)
	return nil
}

// tagEnd matches a tag of ours and what the library takes for a part of it;
// before it, what is quoted or a comment, which is let alone.
var tagEnd = regexp.MustCompile(`"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|(?:^|\s)#.*|!(?:unset|only)[\]},]`)

// spaced puts a space between a tag and the bracket or comma behind it, and
// remembers where: {seed: !unset}.
func (b *builder) spaced(text string) string {
	b.spaces = []pos{}
	var out strings.Builder
	number := 0
	for line := range strings.Lines(text) {
		number++
		column, rest := 0, 0
		for _, m := range tagEnd.FindAllStringIndex(line, -1) {
			if line[m[0]] == '!' {
				column += utf8.RuneCountInString(line[rest:m[1]-1]) + 1
				b.spaces = append(b.spaces, pos{b.file, number, column})
				out.WriteString(line[rest:m[1]-1] + " ")
				rest = m[1] - 1
			}
		}
		out.WriteString(line[rest:])
	}
	return out.String()
}

func (b *builder) syntax(err error) {
	at, msg := pos{b.file, 1, 1}, err.Error()
	var ye yaml.Error
	if errors.As(err, &ye) {
		msg = ye.GetMessage()
		if tk := ye.GetToken(); tk != nil && tk.Position != nil {
			at = b.at(tk)
		}
	}
	msg, _, _ = strings.Cut(msg, "\n")
	hint := ""
	if strings.Contains(msg, "character '\t'") {
		msg, hint = "a tab where YAML wants spaces", "indent by spaces"
	}
	b.faults.add(at, "", "not readable as YAML: "+msg, hint)
}

func (b *builder) at(tk *token.Token) pos {
	if tk == nil || tk.Position == nil {
		return pos{b.file, 1, 1}
	}
	at := pos{b.file, tk.Position.Line, max(1, tk.Position.Column)}
	for _, put := range slices.Backward(b.spaces) {
		if put.line == at.line && at.col > put.col {
			at.col--
		}
	}
	return at
}

func (b *builder) build(n ast.Node) *node {
	at := b.at(n.GetToken())
	switch n := n.(type) {
	case *ast.MappingNode:
		return b.mapping(at, n.IsFlowStyle, n.Values)
	case *ast.MappingValueNode:
		return b.mapping(at, false, []*ast.MappingValueNode{n})
	case *ast.SequenceNode:
		out := &node{kind: list, at: at, only: b.only[at]}
		for _, v := range n.Values {
			out.items = append(out.items, b.build(v))
		}
		return out
	case *ast.LiteralNode:
		return &node{at: at, text: n.Value.Value, quoted: true}
	case *ast.StringNode:
		name := b.text(at, n)
		if b.only[at] {
			return &node{kind: list, at: at, only: true, items: []*node{name}}
		}
		return name
	case *ast.NullNode:
		if n.Token.Type == token.ImplicitNullType {
			return &node{at: at}
		}
		return &node{at: at, text: n.Token.Value}
	case *ast.BoolNode, *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		return &node{at: at, text: n.GetToken().Value}
	}
	b.faults.add(at, "", fmt.Sprintf("a recipe has no use for a YAML %s here", strings.ToLower(n.Type().String())), "")
	return &node{at: at}
}

func (b *builder) text(at pos, n *ast.StringNode) *node {
	if n.Token.Type == token.StringType {
		if name, ok := strings.CutPrefix(n.Value, unsetMark); ok {
			return &node{kind: unset, at: at, text: name}
		}
	}
	return &node{at: at, text: n.Value, quoted: n.Token.Type != token.StringType}
}

func (b *builder) mapping(at pos, flow bool, values []*ast.MappingValueNode) *node {
	out := &node{kind: mapping, at: at}
	first := map[string]pos{}
	for i, v := range values {
		key, keyAt := b.key(v.Key)
		if i == 0 && !flow {
			out.at = keyAt
		}
		if was, repeated := first[key]; repeated {
			b.faults.add(keyAt, "", fmt.Sprintf("key %s is repeated", seen(key)),
				fmt.Sprintf("first on line %d", was.line))
			continue
		}
		first[key] = keyAt
		out.keys = append(out.keys, entry{key, keyAt, b.build(v.Value)})
	}
	return out
}

func (b *builder) key(k ast.MapKeyNode) (string, pos) {
	at := b.at(k.GetToken())
	if s, ok := k.(*ast.StringNode); ok {
		if n := b.text(at, s); n.kind == scalar {
			return n.text, at
		}
		b.faults.add(at, "", "!unset stands for a key", `write "key: !unset"`)
		return "", at
	}
	return k.GetToken().Value, at
}
