package tokenize

import (
	"fmt"
	"strings"
)

// Tokenizer files spell bytes as printable characters, as GPT-2 did: those
// that are printable in Latin-1 as themselves, the others from U+0100 on.
var (
	visibleRunes = func() (table [256]rune) {
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
	visibleBytes = func() map[rune]byte {
		bytes := make(map[rune]byte, len(visibleRunes))
		for b, r := range visibleRunes {
			bytes[r] = byte(b)
		}
		return bytes
	}()
)

func toVisible(token string) string {
	var b strings.Builder
	for i := range len(token) {
		b.WriteRune(visibleRunes[token[i]])
	}
	return b.String()
}

func fromVisible(text string) (string, error) {
	var b strings.Builder
	for _, r := range text {
		c, ok := visibleBytes[r]
		if !ok {
			return "", fmt.Errorf("%q stands for no byte", r)
		}
		b.WriteByte(c)
	}
	return b.String(), nil
}
