package tokenize

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// hfFile is a tokenizer.json as far as it decides ids.
type hfFile struct {
	Added        []hfAdded `json:"added_tokens"`
	Normalizer   *hfStep   `json:"normalizer"`
	PreTokenizer *hfStep   `json:"pre_tokenizer"`
	Model        hfModel   `json:"model"`
}

type hfAdded struct {
	ID         int32  `json:"id"`
	Content    string `json:"content"`
	SingleWord bool   `json:"single_word"`
	LStrip     bool   `json:"lstrip"`
	RStrip     bool   `json:"rstrip"`
	Normalized bool   `json:"normalized"`
	Special    bool   `json:"special"`
}

// hfStep is a normalizer or a pre-tokenizer, or a sequence of them.
type hfStep struct {
	Type          string                 `json:"type"`
	Normalizers   []hfStep               `json:"normalizers"`
	PreTokenizers []hfStep               `json:"pretokenizers"`
	Pattern       struct{ Regex string } `json:"pattern"`
	Behavior      string                 `json:"behavior"`
	Invert        bool                   `json:"invert"`
	PrefixSpace   bool                   `json:"add_prefix_space"`
	UseRegex      *bool                  `json:"use_regex"`
}

type hfModel struct {
	Type         string            `json:"type"`
	Dropout      *float64          `json:"dropout"`
	Prefix       string            `json:"continuing_subword_prefix"`
	Suffix       string            `json:"end_of_word_suffix"`
	ByteFallback bool              `json:"byte_fallback"`
	IgnoreMerges bool              `json:"ignore_merges"`
	Vocab        map[string]int32  `json:"vocab"`
	Merges       []json.RawMessage `json:"merges"`
}

// LoadHF reads a byte-level BPE from a tokenizer.json, or the directory that
// holds one: Qwen, Llama 3, DeepSeek-V3, gpt-oss and others that split alike.
// Whatever the file asks for that would change ids and is not supported is an
// error that names the field. Its post-processor (a BOS token, say) is not
// run: content gets no tokens of its own.
func LoadHF(path string) (*Tokenizer, error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		path = filepath.Join(path, "tokenizer.json")
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("load tokenizer: %w", err)
	}
	var f hfFile
	if err := json.Unmarshal(data, &f); err != nil {
		return nil, fmt.Errorf("load tokenizer %s: %w", path, err)
	}
	t, err := f.tokenizer(filepath.Base(filepath.Dir(path)))
	if err != nil {
		return nil, fmt.Errorf("load tokenizer %s: %w", path, err)
	}
	return t, nil
}

func (f *hfFile) tokenizer(name string) (*Tokenizer, error) {
	nfc, errNorm := f.Normalizer.nfc()
	expression, errPre := f.PreTokenizer.expression()
	added, errAdded := f.added(nfc)
	if err := errors.Join(errNorm, errPre, errAdded, f.Model.check()); err != nil {
		return nil, err
	}
	v, err := f.Model.vocabulary(added)
	if err != nil {
		return nil, err
	}
	e, err := newEngine(v, expression, nfc)
	if err != nil {
		return nil, fmt.Errorf("pre_tokenizer: %w", err)
	}
	return newTokenizer(name, e, added), nil
}

func (s *hfStep) nfc() (bool, error) {
	switch {
	case s == nil:
		return false, nil
	case s.Type == "NFC":
		return true, nil
	case s.Type == "Sequence" && len(s.Normalizers) == 0:
		return false, nil
	case s.Type == "Sequence" && len(s.Normalizers) == 1:
		return s.Normalizers[0].nfc()
	}
	return false, fmt.Errorf("normalizer: %q is not supported, only NFC or none", s.Type)
}

// expression returns the split expressions, one a line.
func (s *hfStep) expression() (string, error) {
	steps := []hfStep{}
	if s != nil {
		steps = append(steps, *s)
		if s.Type == "Sequence" {
			steps = s.PreTokenizers
		}
	}
	if len(steps) < 2 || steps[len(steps)-1].Type != "ByteLevel" {
		return "", errors.New("pre_tokenizer: expected one or more of Split and then ByteLevel")
	}
	if last := steps[len(steps)-1]; last.PrefixSpace || last.UseRegex == nil || *last.UseRegex {
		return "", errors.New("pre_tokenizer: ByteLevel with add_prefix_space or use_regex is not supported")
	}
	escape := strings.NewReplacer("\r", `\r`, "\n", `\n`)
	var lines []string
	for _, step := range steps[:len(steps)-1] {
		// Removing what does not match is isolating what does, where one
		// expression matches everything, as all known ones do.
		kept := step.Behavior == "Removed" && step.Invert && len(steps) == 2
		if isolated := step.Behavior == "Isolated" && !step.Invert; step.Type != "Split" || !isolated && !kept {
			return "", fmt.Errorf("pre_tokenizer: %s with behavior %q and invert %v is not supported, only Split with Isolated", step.Type, step.Behavior, step.Invert)
		}
		lines = append(lines, escape.Replace(step.Pattern.Regex))
	}
	return strings.Join(lines, "\n"), nil
}

// added checks the ids too: the library ignores those of the file. A token of
// the vocabulary keeps the id it has there, others are numbered behind it in
// order.
func (f *hfFile) added(nfc bool) ([]addedToken, error) {
	var added []addedToken
	next := int32(len(f.Model.Vocab))
	for _, a := range f.Added {
		if a.SingleWord || a.LStrip || a.RStrip || a.Normalized && nfc {
			return nil, fmt.Errorf("added_tokens: %q asks for single_word, lstrip, rstrip or normalized, which is not supported", a.Content)
		}
		if a.Content == "" {
			return nil, fmt.Errorf("added_tokens: %d is empty", a.ID)
		}
		id, ok := f.Model.Vocab[a.Content]
		if !ok {
			id = next
		}
		if a.ID != id {
			return nil, fmt.Errorf("added_tokens: %q has id %d where the library would give it %d", a.Content, a.ID, id)
		}
		next = max(next, id+1)
		added = append(added, addedToken{id: a.ID, text: a.Content, control: a.Special, late: a.Normalized})
	}
	return added, nil
}

func (m *hfModel) check() error {
	switch {
	case m.Type != "BPE":
		return fmt.Errorf("model.type: %q is not supported, only BPE", m.Type)
	case m.Dropout != nil && *m.Dropout != 0:
		return errors.New("model.dropout: ids would be random")
	case m.Prefix != "" || m.Suffix != "":
		return errors.New("model: continuing_subword_prefix and end_of_word_suffix are not supported")
	case m.ByteFallback:
		return errors.New("model.byte_fallback: only byte-level vocabularies are supported")
	}
	return nil
}

// vocabulary leaves out tokens whose text stands for no bytes, which nothing
// merges into; they must be among the added ones.
func (m *hfModel) vocabulary(added []addedToken) (*vocabulary, error) {
	isAdded := make(map[int32]bool, len(added))
	for _, a := range added {
		isAdded[a.id] = true
	}
	highest := int32(-1)
	for text, id := range m.Vocab {
		if id >= 1<<idBits {
			return nil, fmt.Errorf("model.vocab: id %d of %q is more than %d, the greatest supported", id, text, 1<<idBits-1)
		}
		highest = max(highest, id)
	}
	tokens := make([]string, highest+1)
	for text, id := range m.Vocab {
		token, err := fromVisible(text)
		if err != nil && isAdded[id] {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("model.vocab: token %q is not byte-level: %w", text, err)
		}
		if id < 0 || tokens[id] != "" {
			return nil, fmt.Errorf("model.vocab: id %d of %q is negative or used twice", id, text)
		}
		tokens[id] = token
	}
	v := newVocabulary(tokens)
	v.direct = m.IgnoreMerges
	for i, raw := range m.Merges {
		left, right, err := splitMerge(raw)
		if err != nil {
			return nil, fmt.Errorf("model.merges: merge %d: %w", i, err)
		}
		l, okLeft := m.Vocab[left]
		r, okRight := m.Vocab[right]
		into, ok := m.Vocab[left+right]
		if !ok || !okLeft || !okRight {
			return nil, fmt.Errorf("model.merges: merge %d of %q and %q is not in the vocabulary", i, left, right)
		}
		v.merges = append(v.merges, merge{l, r, into})
	}
	return v, v.check()
}

// splitMerge reads "left right" or ["left", "right"].
func splitMerge(raw json.RawMessage) (left, right string, err error) {
	var pair [2]string
	if raw[0] == '[' {
		err := json.Unmarshal(raw, &pair)
		return pair[0], pair[1], err
	}
	var text string
	if err := json.Unmarshal(raw, &text); err != nil {
		return "", "", err
	}
	left, right, ok := strings.Cut(text, " ")
	if !ok {
		return "", "", fmt.Errorf("%q is not two tokens", text)
	}
	return left, right, nil
}
