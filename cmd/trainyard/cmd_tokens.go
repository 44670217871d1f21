package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/spf13/cobra"

	"trainyard/cmd/trainyard/face"
	"trainyard/format"
	"trainyard/format/container"
	"trainyard/format/regular"
	"trainyard/mix/convert"
	"trainyard/tokenize"
	"trainyard/tokenize/chat"
)

const tokensExample = `  trainyard tokens count README.md
  git diff | trainyard tokens show -
  trainyard tokens encode notes.txt | trainyard tokens decode -
  trainyard tokens encode --jsonl --as trl < chats.jsonl`

const tokensLong = `Count, encode, decode or show tokens of text, or of conversations with --jsonl.

With --jsonl, every line of the input is one JSON object, {"text": …} or
{"messages": […], "tools": […]}, and every line of the output is its answer:
{"ids": […]}, for conversations also "text", what was rendered, and "spans", the
[start, end) token offsets that a trainer puts its loss on. Messages are rendered
as they stand: arguments that are a JSON string are quoted a second time, as the
models' own templates do.

FILE - is standard input, and so is none. Files may be gzip or zstd.`

// tokenOptions are the flags of every tokens command.
type tokenOptions struct {
	tokenizer string
	template  string
	as        string
	added     bool
	jsonl     bool
	pattern   string
}

func newTokens(t *face.Terminal, s *settings) *cobra.Command {
	var opts tokenOptions
	cmd := &cobra.Command{
		Use:     "tokens",
		Short:   "Count, encode, decode or show the tokens of text and conversations",
		Long:    tokensLong,
		Example: tokensExample,
	}
	f := cmd.PersistentFlags()
	f.StringVar(&opts.tokenizer, "tokenizer", "", "vocabulary: a built-in name, a directory with tokenizer.json, or a .tiktoken file (default: the template's, or qwen2.5)")
	f.StringVar(&opts.pattern, "pattern", "", "split pattern of a .tiktoken file")
	f.StringVar(&opts.template, "template", "", "chat template (default: the tokenizer's own; trainyard list templates)")
	f.StringVar(&opts.as, "as", chat.DefaultConvention, "whose spans: a trainer's convention (trainyard list conventions)")
	f.BoolVar(&opts.added, "added-tokens", false, "match added tokens in content, as a trainer's tokenizer does")
	f.BoolVar(&opts.jsonl, "jsonl", false, "one JSON object a line")
	completes(cmd, "tokenizer", "tokenizers")
	completes(cmd, "template", "templates")
	completes(cmd, "as", "conventions")
	for _, verb := range tokenVerbs {
		cmd.AddCommand(newTokenVerb(t, s, &opts, verb))
	}
	return cmd
}

// A tokenVerb is one thing to do with tokens: of a whole text, or line by line.
type tokenVerb struct {
	name, short, example string
	text                 func(*tokenJob, []byte) error
	line                 func(*tokenJob, []byte) error
}

var tokenVerbs = []tokenVerb{
	{"count", "Count the tokens", "  trainyard tokens count README.md\n  trainyard tokens count --jsonl --template qwen3 chats.jsonl", countText, countLine},
	{"encode", "Print the ids", "  echo 'hello world' | trainyard tokens encode\n  trainyard tokens encode --jsonl --as trl chats.jsonl", encodeText, encodeLine},
	{"decode", "Print the text of ids", "  echo 14990 1879 | trainyard tokens decode", decodeText, decodeLine},
	{"show", "Print the text cut into tokens, trained ones marked", "  git diff | trainyard tokens show\n  trainyard tokens show --jsonl chats.jsonl", showText, showLine},
}

func newTokenVerb(t *face.Terminal, s *settings, opts *tokenOptions, verb tokenVerb) *cobra.Command {
	return &cobra.Command{
		Use:     verb.name + " [FILE|-]",
		Short:   verb.short,
		Example: verb.example,
		Args:    oneText,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := opts.check(cmd, verb.name); err != nil {
				return usageError{err}
			}
			job, err := newTokenJob(t, s, *opts)
			if err != nil {
				return err
			}
			in, err := openInput(cmd.InOrStdin(), args)
			if errors.Is(err, fs.ErrNotExist) {
				err = fmt.Errorf("%w\n%s", err, textHint(verb.name, args))
			}
			if err != nil {
				return err
			}
			defer in.close()
			if opts.jsonl {
				return job.eachLine(cmd.Context(), in, in.name, verb.line)
			}
			text, err := io.ReadAll(in)
			if err != nil {
				return readError(in.name, err)
			}
			if verb.name != "decode" && holdsChats(text) {
				t.Say("hint: %s holds conversations, one a line: with --jsonl each is taken as one", in.name)
			}
			return verb.text(job, text)
		},
	}
}

// oneText refuses the text itself, or ids, in place of the file that holds them.
func oneText(cmd *cobra.Command, args []string) error {
	if len(args) > 1 {
		return usageError{fmt.Errorf("tokens %s takes one file, and %d words were given\n%s", cmd.Name(), len(args), textHint(cmd.Name(), args))}
	}
	return nil
}

func textHint(verb string, words []string) string {
	return fmt.Sprintf("hint: text and ids come in a file or by standard input: echo %s | trainyard tokens %s", shellWord(strings.Join(words, " ")), verb)
}

// shellWord quotes text for a shell.
func shellWord(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }

// check refuses flags that would mean nothing.
func (o *tokenOptions) check(cmd *cobra.Command, verb string) error {
	if verb == "show" && cmd.Flags().Changed("json") {
		return errors.New("--json: show prints for people\nhint: tokens encode --json, or encode --jsonl, prints the ids as JSON")
	}
	for _, flag := range []string{"template", "as"} {
		switch {
		case !cmd.Flags().Changed(flag):
		case verb == "decode":
			return fmt.Errorf("--%s is about conversations, and ids are decoded without one", flag)
		case !o.jsonl:
			return fmt.Errorf("--%s is about conversations, and this is read as text\nhint: --jsonl reads conversations, one JSON object a line", flag)
		}
	}
	return nil
}

// A tokenInput is a file or standard input, decompressed where it has to be.
type tokenInput struct {
	io.Reader
	name  string
	close func()
}

func openInput(stdin io.Reader, args []string) (*tokenInput, error) {
	in, file := &tokenInput{name: "standard input"}, io.NopCloser(stdin)
	if len(args) > 0 && args[0] != format.Stdin {
		in.name = args[0]
		var err error
		if file, err = regular.OpenInput(in.name); err != nil {
			return nil, err
		}
	}
	plain, free, err := container.Decompress(file)
	if err != nil {
		file.Close()
		return nil, readError(in.name, err)
	}
	in.Reader, in.close = plain, func() { free(); file.Close() }
	return in, nil
}

// readError names what was read, once: errors of the file system do already.
func readError(name string, err error) error {
	if _, named := errors.AsType[*fs.PathError](err); named {
		return err
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("read %s: the compressed data is cut off: %w", name, err)
	}
	return fmt.Errorf("read %s: %w", name, err)
}

// holdsChats says that text starts with a line that --jsonl would read.
func holdsChats(text []byte) bool {
	first, _, _ := bytes.Cut(bytes.TrimSpace(text), []byte("\n"))
	var line struct{ Messages []json.RawMessage }
	return json.Unmarshal(first, &line) == nil && line.Messages != nil
}

// A tokenJob is what all verbs work with.
type tokenJob struct {
	t        *face.Terminal
	s        *settings
	tok      *tokenize.Tokenizer
	road     *convert.Converter // of conversations; nil where the vocabulary has no chat markers
	in       lineInput          // the line that is answered
	added    bool
	ids      []int32
	out      []byte
	place    string           // FILE:LINE of the line that is answered
	warnings map[string]int64 // by kind
}

func newTokenJob(t *face.Terminal, s *settings, opts tokenOptions) (*tokenJob, error) {
	j := &tokenJob{t: t, s: s, added: opts.added, warnings: map[string]int64{}}
	var own string
	var err error
	if j.tok, own, err = opts.pair(); err != nil || own == "" {
		return j, err
	}
	o := convert.Options{Template: own, Tokenizer: j.tok, Chat: chat.Options{Convention: opts.as, Literals: chat.AsText}, Parse: j.conversation}
	if opts.added {
		o.Chat.Literals = chat.AsTokens
	}
	if j.road, err = convert.New(nil, o); err != nil {
		return nil, usageError{err}
	}
	return j, nil
}

// pair finds the vocabulary and the template, each the other's own where one of
// them is named: tokens that only one of them knows would be counted wrongly.
func (o tokenOptions) pair() (tok *tokenize.Tokenizer, template string, err error) {
	if o.template == "" {
		return findTokenizer(cmp.Or(o.tokenizer, "qwen2.5"), o.pattern)
	}
	family, err := chat.ForTemplate(o.template)
	if err != nil {
		return nil, "", usageError{err}
	}
	if o.tokenizer == "" && o.pattern == "" {
		return family, o.template, nil
	}
	tok, own, err := findTokenizer(o.tokenizer, o.pattern)
	// Plain ChatML belongs to no vocabulary, and a vocabulary from a file to
	// whichever template the user says.
	if err == nil && own != "" && tok != family && o.template != "chatml" {
		err = usageError{fmt.Errorf("--template %s is not written in the vocabulary of --tokenizer %s\nhint: leave one of them out: the other implies it", o.template, o.tokenizer)}
	}
	return tok, o.template, err
}

// encode gives the ids of plain text; they stay valid until the next call.
func (j *tokenJob) encode(text string) []int32 {
	if j.added {
		j.ids = j.tok.AppendAdded(j.ids[:0], text)
	} else {
		j.ids = j.tok.Append(j.ids[:0], text)
	}
	return j.ids
}
