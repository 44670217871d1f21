package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strings"
)

// dashscope is Alibaba's own SDK (Apache-2.0); it carries the rank file of the
// whole Qwen family.
var dashscope = archive{
	url:    "https://files.pythonhosted.org/packages/cc/19/3f729e67baa11da71b426eb83a2f591966042294337f8326aa4841071126/dashscope-2.0.2-py3-none-any.whl",
	sha256: "0602d1800f7433bdb7953560986eaf5146454ed3988636c0a91963ba24e74258",
}

// Digests of the files in the model repositories of Qwen2.5 and Qwen2.5-Coder.
const (
	mergesDigest = "599bab54075088774b1733fde865d5bd747cbcc7a547c5bc12610e874e26f5e3"
	vocabDigest  = "ca10d7e9fb3ed18575dd1e277a2579c16d108e32f27439684afa0e10b1440910"
)

// A pair is one merge: the token numbers it joins.
type pair struct{ left, right uint32 }

// buildVocabulary returns the blob that tokenize's vocabulary.go documents.
func buildVocabulary() ([]byte, error) {
	ranks, err := dashscope.zipFile("dashscope/resources/qwen.tiktoken")
	if err != nil {
		return nil, err
	}
	tokens, err := parseRanks(ranks)
	if err != nil {
		return nil, err
	}
	merges, err := deriveMerges(tokens)
	if err != nil {
		return nil, err
	}
	if err := checkDigest("merges.txt", mergesText(tokens, merges), mergesDigest); err != nil {
		return nil, err
	}
	if err := checkDigest("vocab.json", vocabJSON(tokens), vocabDigest); err != nil {
		return nil, err
	}
	return pack(tokens, merges)
}

func parseRanks(data []byte) ([]string, error) {
	var tokens []string
	for line := range bytes.Lines(data) {
		var encoded string
		var rank int
		if _, err := fmt.Sscanf(string(line), "%s %d", &encoded, &rank); err != nil {
			return nil, fmt.Errorf("rank %d: %w", len(tokens), err)
		}
		token, err := base64.StdEncoding.DecodeString(encoded)
		if err != nil || rank != len(tokens) || len(token) == 0 || len(token) > 255 {
			return nil, fmt.Errorf("line %d: unexpected entry %q", len(tokens)+1, line)
		}
		tokens = append(tokens, string(token))
	}
	return tokens, nil
}

// deriveMerges finds for every token the two it was made of: what is left of
// its bytes when only earlier merges apply.
func deriveMerges(tokens []string) ([]pair, error) {
	rank := make(map[string]uint32, len(tokens))
	for i, t := range tokens {
		rank[t] = uint32(i)
	}
	merges := make([]pair, 0, len(tokens)-256)
	for i := 256; i < len(tokens); i++ {
		parts := mergeBelow(tokens[i], uint32(i), rank)
		if len(parts) != 2 {
			return nil, fmt.Errorf("token %d %q ends as %d parts, not 2", i, tokens[i], len(parts))
		}
		merges = append(merges, pair{rank[parts[0]], rank[parts[1]]})
	}
	return merges, nil
}

func mergeBelow(token string, limit uint32, rank map[string]uint32) []string {
	var parts []string
	for i := range len(token) {
		parts = append(parts, token[i:i+1])
	}
	for {
		best, at := limit, -1
		for i := range len(parts) - 1 {
			if r, ok := rank[parts[i]+parts[i+1]]; ok && r < best {
				best, at = r, i
			}
		}
		if at < 0 {
			return parts
		}
		parts[at] += parts[at+1]
		parts = append(parts[:at+1], parts[at+2:]...)
	}
}

func pack(tokens []string, merges []pair) ([]byte, error) {
	blob := binary.LittleEndian.AppendUint32(nil, uint32(len(tokens)))
	blob = binary.LittleEndian.AppendUint32(blob, uint32(len(merges)))
	for _, t := range tokens {
		blob = append(blob, byte(len(t)))
	}
	for _, m := range merges {
		blob = binary.LittleEndian.AppendUint32(blob, m.left)
		blob = binary.LittleEndian.AppendUint32(blob, m.right)
	}
	for _, t := range tokens {
		blob = append(blob, t...)
	}
	return blob, nil
}

func mergesText(tokens []string, merges []pair) []byte {
	var text []byte
	for _, m := range merges {
		text = append(text, visible(tokens[m.left])...)
		text = append(text, ' ')
		text = append(text, visible(tokens[m.right])...)
		text = append(text, '\n')
	}
	return text
}

func vocabJSON(tokens []string) []byte {
	text := []byte("{")
	quote := strings.NewReplacer(`"`, `\"`, `\`, `\\`)
	for i, t := range tokens {
		if i > 0 {
			text = append(text, ',')
		}
		text = fmt.Appendf(text, `"%s":%d`, quote.Replace(visible(t)), i)
	}
	return append(text, '}')
}

// visible spells bytes as the printable characters that GPT-2 and every
// byte-level tokenizer after it stores in vocab.json and merges.txt.
func visible(token string) string {
	var b strings.Builder
	for i := range len(token) {
		b.WriteRune(visibleByte[token[i]])
	}
	return b.String()
}

var visibleByte = func() (table [256]rune) {
	next := rune(256)
	for b := range table {
		printable := b >= '!' && b <= '~' || b >= 0xA1 && b <= 0xAC || b >= 0xAE
		if table[b] = rune(b); !printable {
			table[b] = next
			next++
		}
	}
	return table
}()
