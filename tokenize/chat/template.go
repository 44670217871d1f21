package chat

import (
	"encoding/json"
	"fmt"

	"trainyard/format"
	"trainyard/tokenize"
)

// Options vary what a template does; the zero value is right for training.
type Options struct {
	// Convention is a name in Conventions; "" is DefaultConvention.
	Convention string
	Literals   Literals
	// GenerationPrompt appends the header of an assistant turn to be written.
	GenerationPrompt bool
}

// A Template turns conversations into examples. It is immutable and safe for
// concurrent use; the Example it writes to is not.
type Template struct {
	name       string
	layout     Layout
	tok        *tokenize.Tokenizer
	options    Options
	convention Convention
	imStart    marker
	imEnd      marker
	toolCall   marker
	toolCalled marker
	result     marker
	resulted   marker
	think      marker
	thought    marker
	header     []int32 // "assistant\n"
}

// NewTemplate takes a name of Templates and the vocabulary to write in, which
// must know <|im_start|> and <|im_end|>.
func NewTemplate(name string, tok *tokenize.Tokenizer) (*Template, error) {
	layout, ok := Templates[name]
	if !ok {
		return nil, fmt.Errorf("unknown chat template %q: known are %s", name, names(Templates))
	}
	t := &Template{name: name, layout: layout, tok: tok, convention: Conventions[DefaultConvention]}
	t.imStart, t.imEnd = t.marker("<|im_start|>"), t.marker("<|im_end|>")
	if !t.imStart.known || !t.imEnd.known {
		return nil, fmt.Errorf("chat template %q: the vocabulary has no <|im_start|> and <|im_end|>", name)
	}
	t.toolCall, t.toolCalled = t.marker("<tool_call>"), t.marker("</tool_call>")
	t.result, t.resulted = t.marker("<tool_response>"), t.marker("</tool_response>")
	t.think, t.thought = t.marker("<think>"), t.marker("</think>")
	t.header = tok.Append(nil, string(format.Assistant)+"\n")
	return t, nil
}

func (t *Template) marker(text string) marker {
	id, ok := t.tok.Special(text)
	return marker{text, id, ok}
}

func (t *Template) isNotation(text string, by speaker) bool {
	return t.layout.notation[text]&by != 0
}

// With is a copy of the template with other options.
func (t *Template) With(o Options) (*Template, error) {
	c, err := convention(o.Convention)
	if err != nil {
		return nil, err
	}
	w := *t
	w.options, w.convention = o, c
	return &w, nil
}

// Name is the template's name in Templates.
func (t *Template) Name() string { return t.name }

// Tokenizer is what the template's token ids are of.
func (t *Template) Tokenizer() *tokenize.Tokenizer { return t.tok }

// DefaultSystem is the system prompt that the template adds to a conversation
// without one, "" where it adds none.
func (t *Template) DefaultSystem() string { return t.layout.defaultSystem }

// ThoughtsFrom finds the first turn of a chat whose thought, standing in a think
// block before its words, the template shows: it drops those of earlier turns.
// It is nil for templates that have no place for thoughts.
func (t *Template) ThoughtsFrom() func(format.Chat) int {
	if t.layout.thoughtsFrom == nil {
		return nil
	}
	return func(chat format.Chat) int {
		return t.layout.thoughtsFrom(func(i int) (format.Role, string) { return chat[i].Role, chat[i].Content }, len(chat))
	}
}

// Apply writes the ids and spans of a rendered chat into dst, whose memory it
// reuses: no allocation once dst has grown to the longest chat. An empty chat
// is an empty example.
func (t *Template) Apply(dst *Example, chat format.Chat) {
	p := t.page(dst)
	if len(chat) == 0 {
		return
	}
	p.messages = appendMessages(p.messages[:0], chat)
	t.write(p, conversation{messages: p.messages})
	clear(p.messages) // let go of the chat's strings
}

// ApplyTools writes a conversation with its tools, calls and results the way
// the model's own template does. A tool result is data: no string in it is
// notation. Reasoning is used by templates that have a place for it (qwen3).
func (t *Template) ApplyTools(dst *Example, messages []format.Message, tools json.RawMessage) error {
	p := t.page(dst)
	tools, err := t.check(messages, tools)
	if err != nil {
		return err
	}
	t.write(p, conversation{messages, tools})
	return nil
}

// Text is the rendered conversation, the string that ApplyTools encodes.
func (t *Template) Text(messages []format.Message, tools json.RawMessage) (string, error) {
	tools, err := t.check(messages, tools)
	if err != nil {
		return "", err
	}
	return t.render(conversation{messages, tools}), nil
}

func (t *Template) render(c conversation) string {
	p := t.page(new(Example))
	p.plain = true
	t.write(p, c)
	return string(p.text)
}

func (t *Template) page(dst *Example) *chatWriter {
	dst.reset()
	p := &dst.page
	p.t, p.ex, p.plain, p.text = t, dst, false, p.text[:0]
	return p
}

func (t *Template) write(p *chatWriter, c conversation) {
	t.layout.write(p, c)
	if t.options.GenerationPrompt {
		p.prompt()
	}
}

func appendMessages(dst []format.Message, chat format.Chat) []format.Message {
	for _, turn := range chat {
		dst = append(dst, format.Message{Role: turn.Role, Content: turn.Content, Untrained: turn.Untrained, Masked: turn.Masked})
	}
	return dst
}
