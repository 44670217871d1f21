package tokenize

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"trainyard/tokenize/unicode"
)

// A cutter finds the end of the piece that starts at i < len(text), text being
// valid UTF-8.
type cutter interface {
	next(text string, i int) int
}

// Split expressions as the tokenizer files of their families spell them. Each
// is run by code written for it; there is no general regular expression engine
// here, so an unknown one is refused.
const (
	qwenExpression = `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`
	// Llama 3 writes the expression of OpenAI's cl100k_base without its
	// possessive marks.
	llamaExpression  = `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`
	cl100kExpression = `'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s`
	o200kExpression  = `[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+`
	// DeepSeek-V3 splits three times over; here one a line.
	deepseekExpression = `\p{N}{1,3}` + "\n" + `[一-龥぀-ゟ゠-ヿ]+` + "\n" +
		`[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_` + "`" + `{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`
)

// expressions maps a split expression, or several on a line each, to its code.
var expressions = map[string]func() cutter{
	qwenExpression:     func() cutter { return &splitter{unicode.LoadClasses(), 1} },
	llamaExpression:    func() cutter { return &splitter{unicode.LoadClasses(), 3} },
	cl100kExpression:   func() cutter { return &splitter{unicode.LoadClasses(), 3} },
	o200kExpression:    func() cutter { return &caseSplitter{splitter{unicode.LoadClasses(), 3}} },
	deepseekExpression: func() cutter { return &deepseekSplitter{unicode.LoadClasses()} },
}

// expressionNames are what a person may say instead.
var expressionNames = map[string]string{
	"qwen2": qwenExpression, "llama3": llamaExpression, "cl100k": llamaExpression,
	"o200k": o200kExpression, "deepseek-v3": deepseekExpression,
}

func cutterFor(expression string) (cutter, error) {
	build, ok := expressions[expression]
	if !ok {
		names := slices.Sorted(maps.Keys(expressionNames))
		return nil, fmt.Errorf("split expression %q is not one of those known here: %s", expression, strings.Join(names, ", "))
	}
	return build(), nil
}
