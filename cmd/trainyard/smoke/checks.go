package smoke

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"trainyard/format"
	"trainyard/mix"
	"trainyard/mix/shard"
	"trainyard/tokenize/chat"
)

// asChat is the row's conversation, if it is one that every trainer accepts
// (LLaMA-Factory, for one, empties any other in silence): one system message
// first, then user and assistant in turn, ending on assistant.
func asChat(row *shard.Row) (format.Chat, error) {
	chat := make(format.Chat, 0, len(row.Messages))
	for i, m := range row.Messages {
		want := format.System
		if i%2 == 1 {
			want = format.User
		} else if i > 0 {
			want = format.Assistant
		}
		if m.Role != string(want) {
			return nil, fmt.Errorf("message %d has role %q where %q belongs", i, m.Role, want)
		}
		chat = append(chat, format.Turn{Role: want, Content: m.Content, Untrained: m.Untrained})
	}
	if len(chat) < 3 || len(chat)%2 == 0 {
		return nil, fmt.Errorf("%d messages: a conversation is system, user, assistant, …, ending on assistant", len(chat))
	}
	if strings.TrimSpace(chat[0].Content) == "" {
		return nil, errors.New("the system message is empty: the template would put the model's default in its place")
	}
	return chat, nil
}

// checkExample compares what the tokenizer made of a row with the row's own
// numbers and with the window.
func checkExample(row *shard.Row, e *chat.Example, window int) error {
	tokens, trained := len(e.IDs), e.Trained()
	switch {
	case trained == 0:
		return errors.New("no trained token: its mask is empty, and its loss would be 0/0")
	case tokens > window:
		return overWindow(tokens, window)
	case tokens != int(row.NTokens):
		return fmt.Errorf("n_tokens says %d, the tokenizer counts %d", row.NTokens, tokens)
	case trained != int(row.NTrainedTokens):
		return fmt.Errorf("n_trained_tokens says %d, the mask holds %d", row.NTrainedTokens, trained)
	}
	return nil
}

func overWindow(tokens, window int) error {
	return fmt.Errorf("%d tokens, the window holds %d: a trainer would cut its end, the last assistant turns, off (prepare with this window, or train with a wider one)", tokens, window)
}

// checkFiles hashes every shard and names all that differ. The dataset's other
// files are none of a trainer's business: a copy may well lack them.
func checkFiles(d *mix.Dataset) error {
	var faults []error
	for _, s := range d.Manifest.Shards {
		faults = append(faults, checkFile(filepath.Join(d.Dir, s.File), s.SHA256))
	}
	return errors.Join(faults...)
}

func checkFile(path, want string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return fmt.Errorf("hash %s: %w", path, err)
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != want {
		return fmt.Errorf("%s: sha256 is %s, the manifest says %s", path, got, want)
	}
	return nil
}

// checkTotals compares what was read with what the manifest promised.
func checkTotals(what string, got, want Totals) error {
	var faults []error
	compare := func(unit string, got, want int64) {
		if got != want {
			faults = append(faults, fmt.Errorf("%s: %s %s read, %s expected", what, grouped(got), unit, grouped(want)))
		}
	}
	compare("rows", got.Rows, want.Rows)
	compare("tokens", got.Tokens, want.Tokens)
	compare("trained tokens", got.TrainedTokens, want.TrainedTokens)
	return errors.Join(faults...)
}

// orRead stands what was read in for what the Config leaves open.
func (t Totals) orRead(read Totals) Totals {
	if t.Rows == 0 {
		t.Rows = read.Rows
	}
	if t.Tokens == 0 {
		t.Tokens = read.Tokens
	}
	if t.TrainedTokens == 0 {
		t.TrainedTokens = read.TrainedTokens
	}
	return t
}

func (t Totals) minus(s Totals) Totals {
	return Totals{t.Rows - s.Rows, t.Tokens - s.Tokens, t.TrainedTokens - s.TrainedTokens}
}

func sideTotals(s mix.Side) Totals { return Totals{s.Rows, s.Tokens, s.TrainedTokens} }

func shardTotals(s mix.Shard) Totals { return Totals{s.Rows, s.Tokens, s.TrainedTokens} }
