package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"trainyard/cmd/trainyard/face"
	"trainyard/cmd/trainyard/yard"
	"trainyard/format/regular"
	"trainyard/mix"
	"trainyard/tokenize"
)

// findTokenizer takes a built-in name or a path, and tells which chat
// template is the vocabulary's own; "" for none. pattern splits the text for
// a rank file, which holds no pattern itself.
func findTokenizer(name, pattern string) (tok *tokenize.Tokenizer, template string, err error) {
	if pattern != "" && filepath.Ext(name) != ".tiktoken" {
		return nil, "", usageError{errors.New("--pattern is that of a .tiktoken file: name one with --tokenizer")}
	}
	if b, ok := yard.Vocabularies[name]; ok {
		return b.Open(), b.Template, nil
	}
	if _, err := os.Stat(name); err != nil {
		return nil, "", usageError{fmt.Errorf("no tokenizer %q: neither built in (%s) nor a directory, tokenizer.json or .tiktoken file: %w",
			name, strings.Join(names(yard.Vocabularies), ", "), err)}
	}
	if filepath.Ext(name) == ".tiktoken" {
		tok, err = tokenize.LoadTiktoken(name, pattern, nil)
	} else {
		tok, err = tokenize.LoadHF(name)
	}
	return tok, "", err
}

func newTokenizer(t *face.Terminal, s *settings) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "tokenizer",
		Short:   "Write tokenizer files for machines that cannot fetch them",
		Example: "  trainyard tokenizer export ./qwen2.5",
	}
	cmd.AddCommand(newTokenizerExport(t, s))
	return cmd
}

const exportLong = `Write tokenizer.json, vocab.json, merges.txt and tokenizer_config.json as Hugging
Face's libraries load them. The chat template is the model's own and not part of
this program: give its text with --chat-template, or copy it from the model.`

func newTokenizerExport(t *face.Terminal, s *settings) *cobra.Command {
	var name, pattern, template string
	var replace bool
	cmd := &cobra.Command{
		Use:     "export DIR",
		Short:   "Write the files that Hugging Face's libraries load",
		Long:    exportLong,
		Example: "  trainyard tokenizer export ./qwen2.5 --chat-template chat_template.jinja",
		Args:    exactly("the directory to write into"),
		RunE: func(_ *cobra.Command, args []string) error {
			return runExport(t, s, args[0], name, pattern, template, replace)
		},
	}
	cmd.Flags().StringVar(&name, "tokenizer", "qwen2.5", "which: "+strings.Join(names(yard.Vocabularies), ", ")+", or a path")
	cmd.Flags().StringVar(&pattern, "pattern", "", "split pattern of a .tiktoken file")
	cmd.Flags().StringVar(&template, "chat-template", "", "Jinja file to put into tokenizer_config.json")
	cmd.Flags().BoolVar(&replace, "replace", false, "write over files of the same names that hold something else")
	completes(cmd, "tokenizer", "tokenizers")
	return cmd
}

func runExport(t *face.Terminal, s *settings, dir, name, pattern, templateFile string, replace bool) error {
	tok, _, err := findTokenizer(name, pattern)
	if err != nil {
		return err
	}
	var template []byte
	if templateFile != "" {
		if template, err = regular.ReadFile(templateFile); err != nil {
			return err
		}
	}
	other, err := tok.OtherHF(dir, string(template))
	if err == nil && other != "" && !replace {
		err = fmt.Errorf("export into %s: %w: its %s is another\nhint: choose another directory, or write over it with --replace", dir, mix.ErrOccupied, other)
	}
	if err != nil {
		return err
	}
	if err := tok.WriteHF(dir, string(template)); err != nil {
		return err
	}
	if s.json() {
		return t.PrintJSON(map[string]any{"dir": dir, "tokenizer": tok.Name(), "vocabulary": tok.VocabSize()})
	}
	t.Print("%s: %s ids, in %s\n", tok.Name(), face.Thousands(tok.VocabSize()), dir)
	if templateFile == "" {
		t.Say("without a chat template: trainers need one from the model, or --chat-template FILE")
	}
	return nil
}
