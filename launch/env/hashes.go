package env

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"

	"trainyard/launch/redact"
)

// ErrNoUV says that there is no uv here to ask a package index.
var ErrNoUV = errors.New("there is no uv here, which asks the index for the hashes: install it (pip install uv)")

// Hashed is the lock's text with the sha256 of every file of every package, as the index
// tells them to uv now: 111 KB for the 1.7 KB of trl, too much to carry in the program
// for all trainers. uv takes no file then that has another hash.
func (l Lock) Hashed(ctx context.Context) (string, error) {
	uv, err := exec.LookPath("uv")
	if err != nil {
		return "", ErrNoUV
	}
	cmd := exec.CommandContext(ctx, uv, "pip", "compile", "--quiet", "--generate-hashes", "--no-deps", "--no-header", "--no-annotate",
		"--python-version", l.Python, "--python-platform", l.Platform, "--exclude-newer", l.Before, "-")
	cmd.Stdin = strings.NewReader(l.Text)
	var out, words bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &words
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("ask the index for the hashes of %s: %w: %s", l.Trainer, err, strings.TrimSpace(redact.Here(words.String())))
	}
	return l.header() + out.String(), nil
}
