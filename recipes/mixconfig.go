package recipes

import (
	"fmt"

	"trainyard/format"
	"trainyard/format/evidence"
	"trainyard/format/protocol"
	"trainyard/format/regular"
	"trainyard/mix"
)

// MixConfig is the recipe as the mix package takes it: paths resolved on this
// machine, everything else as the recipe says. Where the dataset goes, and how
// it is made, is the caller's to add.
func (r *Recipe) MixConfig(files Files) mix.Config {
	cfg := mix.Config{
		Recipe:   mix.RecipeID{Name: r.Name, Fingerprint: r.Fingerprint(), Data: r.DataFingerprint()},
		YAML:     r.YAML(),
		Template: r.Model.Template, Tools: protocol.Style(r.Tools.As), Output: r.Mix.Output, Convention: r.Mix.Convention,
		ToolPrompt: r.Tools.Prompt, Verbatim: r.Tools.Verbatim, Values: r.Tools.Values, Edits: r.Edits, Reasoning: format.Reasoning(r.Reasoning), Loss: r.Loss.spec(), Flags: r.Report.Flags,
		ReadFile: func(path string) ([]byte, error) { return regular.ReadFile(r.Beside(files.home(path), files.Samples)) },
		Sampler:  r.Mix.Sampler, Unit: mix.Unit(r.Mix.Unit), Budget: r.Mix.Budget.Units, Amounts: r.amounts(), Order: r.Mix.Order.order(), Seed: r.Mix.Seed, ValidationSeed: r.Mix.ValidationSeed, Strict: r.Mix.Strict,
		Window: r.Mix.Window, OverWindow: r.Mix.OverWindow, Packing: r.Mix.Packing, Unique: r.Mix.Unique, Near: r.Mix.Near, Decontaminate: mix.Decontamination{Files: r.Decontaminate.Files, By: r.Decontaminate.By}, Validation: r.Mix.Validation,
	}
	for _, src := range r.Sources {
		cfg.Sources = append(cfg.Sources, r.mixSource(src, files))
	}
	return cfg
}

func (r *Recipe) mixSource(src Source, files Files) mix.Source {
	resolve := func(path string) string { return r.Resolve(files.home(path), files.Data, files.Samples) }
	accept := evidence.Accept{Field: src.Accept.Field, Where: src.Accept.Where, Any: src.Accept.Any}
	if src.Accept.Report != "" {
		accept.Report = resolve(src.Accept.Report)
	}
	var inputs []mix.Place
	for _, path := range src.Path {
		inputs = append(inputs, mix.Place{Path: resolve(path), Given: path})
	}
	return mix.Source{
		Name: src.Name, Inputs: inputs, GivenReport: src.Accept.Report, Format: src.Format,
		Task: src.Task, Teacher: src.Teacher, Repo: src.Repo, Accept: accept, Keep: src.Keep,
		PerInstance: src.PerInstance, Share: src.Share, Amount: src.amount(), Most: src.Most,
		Select: src.Select.args(), PerRepo: src.PerRepo, PerTeacher: src.PerTeacher, Reference: src.Reference,
		Supplied: mix.Supplied{System: src.System, Tools: src.Tools}, Main: mix.Supplied(src.Main), Subagent: mix.Supplied(src.Subagent), Instance: src.Instance, Edits: src.Edits, Reasoning: format.Reasoning(src.Reasoning), Loss: src.Loss.spec(),
		Images: src.Images, SetupCost: src.setupCost(),
	}
}

// DatasetName is the directory of the recipe's dataset, one for each that
// recipes describe and each version of what makes them, so that neither a
// changed mix nor a newer program meets the old one: a dataset never changes.
func (r *Recipe) DatasetName() string { return r.NameOfDataset(r.DataFingerprint()) }

// NameOfDataset is [Recipe.DatasetName] for a caller that has the data fingerprint, most
// of the work. What comes after the recipe's name is alike for recipes of the same data.
func (r *Recipe) NameOfDataset(data string) string {
	return fmt.Sprintf("%s-%.12s-p%d", r.Name, data, mix.Pipeline)
}

// setupCost is nil where the recipe does not say it.
func (s *Source) setupCost() *float64 {
	if s.SetupCost == unsaid {
		return nil
	}
	return &s.SetupCost
}
