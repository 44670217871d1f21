package mix

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"trainyard/format"
	"trainyard/format/edit"
	"trainyard/format/protocol"
	"trainyard/format/style"
	"trainyard/tokenize"
)

// A treatment is what happens to the accepted trajectories of one source on
// their way to a chat: edits first, then rendering.
type treatment struct {
	edits  *edit.Editing
	render style.RenderOptions
}

// treatments prepares the treatment of every source and reports all that is
// wrong.
func treatments(cfg *Config, tok *tokenize.Tokenizer, files *companions) ([]treatment, error) {
	prompt, err := toolPrompt(cfg, files)
	faults := []error{err}
	all := make([]treatment, len(cfg.Sources))
	for k := range cfg.Sources {
		treat, wrong := newTreatment(cfg, &cfg.Sources[k], tok, files)
		treat.render.ToolPrompt = prompt
		all[k] = treat
		for _, err := range wrong {
			faults = append(faults, fmt.Errorf("source %s: %w", cfg.Sources[k].Name, err))
		}
	}
	return all, errors.Join(faults...)
}

func toolPrompt(cfg *Config, files *companions) (*style.ToolPrompt, error) {
	if cfg.ToolPrompt == "" {
		return nil, nil
	}
	text, err := files.read(cfg.ToolPrompt)
	if err != nil {
		return nil, fmt.Errorf("tool prompt: %w", err)
	}
	prompt, err := style.ParseToolPrompt(text)
	if err != nil {
		return nil, fmt.Errorf("tool prompt %s: %w", cfg.ToolPrompt, err)
	}
	return prompt, nil
}

func newTreatment(cfg *Config, s *Source, tok *tokenize.Tokenizer, files *companions) (t treatment, faults []error) {
	fault := func(err error) {
		if err != nil {
			faults = append(faults, err)
		}
	}
	var err error
	t.render.KeepCRLF, t.render.KeepLead = cfg.Verbatim, cfg.Verbatim
	t.render.Specials = tok.Specials()
	t.render.System, err = supplied(files, "system", s.System, style.ReadSystem)
	fault(err)
	t.render.Tools, err = supplied(files, "tools", s.Tools, style.ReadTools)
	fault(err)
	t.edits, err = edit.NewEdits(slices.Concat(s.Edits, cfg.Edits), edit.EditEnv{
		CountTokens: tok.Count, ReadFile: files.read, Specials: t.render.Specials,
	})
	fault(err)
	return t, faults
}

// supplied reads one file of a source; none gives nothing.
func supplied[T string | json.RawMessage](files *companions, what, path string, read func([]byte) (T, error)) (got T, err error) {
	if path == "" {
		return got, nil
	}
	text, err := files.read(path)
	if err == nil {
		got, err = read(text)
	}
	if err != nil {
		return got, fmt.Errorf("%s: %s: %w", what, path, err)
	}
	return got, nil
}

// apply takes an accepted trajectory to its chat. The notes are the edits
// made, those of the recipe first.
func (t *treatment) apply(traj *format.Trajectory, as protocol.Style) (format.Chat, []string, error) {
	edited, err := t.edits.Apply(traj)
	if err != nil {
		return nil, nil, err
	}
	chat, rendered, err := style.Render(traj, as, t.render)
	return chat, append(edited, rendered...), err
}
