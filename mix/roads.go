package mix

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"trainyard/format/dialect"
	"trainyard/format/evidence"
	"trainyard/format/loss"
	"trainyard/mix/convert"
	"trainyard/mix/shard"
	"trainyard/tokenize/chat"
)

// converters makes the road of every source and reports all that is wrong. used
// are the files besides the data that each of them goes by.
func converters(cfg *Config, sources []*dialect.Source, judges []*evidence.Judge, files *companions) (all []*convert.Converter, used [][]FileDigest, err error) {
	prompt, err := convert.ToolPrompt(cfg.ToolPrompt, files.read) // of all sources: its faults are told once
	faults := []error{err}
	all = make([]*convert.Converter, len(cfg.Sources))
	for k := range cfg.Sources {
		files.usedSince()
		_, _ = files.read(cfg.ToolPrompt) // it was read above, with its faults
		_, _ = files.read(cfg.Sources[k].Instance)
		o := options(cfg, &cfg.Sources[k], judges[k], files)
		o.ToolPrompt = prompt
		if o.Keep, err = filter(cfg.Sources[k].Keep, files); err != nil {
			faults = append(faults, ofSource(cfg.Sources[k].Name, err))
		}
		if all[k], err = convert.New(sources[k], o); err != nil {
			faults = append(faults, ofSource(cfg.Sources[k].Name, err))
		}
		used = append(used, files.usedSince())
	}
	return all, used, errors.Join(faults...)
}

// filter compiles a source's keep; no expression keeps all.
func filter(keep string, files *companions) (*evidence.Filter, error) {
	if keep == "" {
		return nil, nil
	}
	return evidence.NewFilter(keep, files.read)
}

// ofSource names the source in every one of several faults.
func ofSource(name string, err error) error {
	list, several := err.(interface{ Unwrap() []error })
	if !several {
		return fmt.Errorf("source %s: %w", name, err)
	}
	var named []error
	for _, fault := range list.Unwrap() {
		named = append(named, fmt.Errorf("source %s: %w", name, fault))
	}
	return errors.Join(named...)
}

// options are what the recipe says of the records of one source.
func options(cfg *Config, s *Source, judge *evidence.Judge, files *companions) convert.Options {
	o := convert.Options{
		Template: cfg.Template, Chat: chat.Options{Convention: cfg.Convention}, Judge: judge, WantedOnly: true,
		Edits: slices.Concat(s.Edits, cfg.Edits), Style: cfg.Tools, Reasoning: cmp.Or(s.Reasoning, cfg.Reasoning), Verbatim: cfg.Verbatim, Values: cfg.Values,
		Supplied: s.Supplied, Main: s.Main, Subagent: s.Subagent,
		Loss: lossOf(cfg, s), Masks: shard.Outputs[cfg.Output].Flags, Parts: shard.Outputs[cfg.Output].Parts, ReadFile: files.read,
	}
	if convert.OverWindow[cfg.OverWindow].Fits() { // else planning leaves out what is over, and rows are the same for every window
		o.Window, o.OverWindow = cfg.Window, cfg.OverWindow
	}
	return o
}

// lossOf are the policies of one source: its own, or else those of all.
func lossOf(cfg *Config, s *Source) loss.Spec {
	if s.Loss != nil {
		return s.Loss
	}
	return cfg.Loss
}
