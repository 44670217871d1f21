package slurm

import (
	"context"
	"strings"

	"trainyard/launch"
)

// Render implements launch.DryRunner: the call of sbatch, as a shell takes it, and the
// files that it names. Values of secrets are in neither.
func (s *Slurm) Render(_ context.Context, task launch.Task) ([]launch.File, error) {
	b, err := s.newBatch([]launch.Task{task}, false)
	if err != nil {
		return nil, err
	}
	b.sub.Nonce = "NONCE"
	words := s.argv(b)
	for i, word := range words {
		if strings.ContainsFunc(word, special) {
			words[i] = quoted(word)
		}
	}
	return append([]launch.File{{Name: "submit", Content: strings.Join(words, " \\\n  ") + "\n"}}, b.texts()...), nil
}

// special are the characters that a shell does not take as they are.
func special(r rune) bool {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@%_+=:,./-"
	return !strings.ContainsRune(plain, r)
}
