package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"trainyard/format/evidence"
	"trainyard/format/protocol"
	"trainyard/mix"
	"trainyard/recipes"
	"trainyard/recipes/samples"
)

// loadRecipe reads a recipe with its overrides and sees to it that the sample
// trajectories are on disk if it names any.
func loadRecipe(s *settings, name string, overrides []string) (*recipes.Recipe, error) {
	r, err := recipes.LoadWithFiles(name, overrides, recipes.Files{Data: s.data(), Samples: s.samplesDir(), Home: atHome})
	if err != nil {
		return nil, err
	}
	if r.UsesSamples() {
		if err := samples.Extract(s.samplesDir()); err != nil {
			return nil, fmt.Errorf("unpack sample trajectories: %w", err)
		}
	}
	return r, nil
}

// mixConfig is the recipe as the mix package takes it: paths resolved on this
// machine, everything else as the recipe says.
func mixConfig(s *settings, r *recipes.Recipe) mix.Config {
	cfg := mix.Config{
		Recipe:   mix.RecipeID{Name: r.Name, Fingerprint: r.Fingerprint(), Data: r.DataFingerprint()},
		YAML:     r.YAML(),
		Template: r.Model.Template, Tools: protocol.Style(r.Tools.As), Output: r.Mix.Output,
		ToolPrompt: r.Tools.Prompt, Verbatim: r.Tools.Verbatim, Values: r.Tools.Values, Edits: r.Edits, Flags: r.Report.Flags,
		ReadFile: func(path string) ([]byte, error) { return os.ReadFile(r.Beside(atHome(path), s.samplesDir())) },
		Sampler:  r.Mix.Sampler, Unit: mix.Unit(r.Mix.Unit), Budget: r.Mix.Budget, Seed: r.Mix.Seed,
		Window: r.Mix.Window, Unique: r.Mix.Unique, Validation: r.Mix.Validation,
		Out:     filepath.Join(s.datasetsDir(), datasetName(r)),
		Workers: s.workers(),
	}
	for _, src := range r.Sources {
		cfg.Sources = append(cfg.Sources, mixSource(s, r, src))
	}
	return cfg
}

func mixSource(s *settings, r *recipes.Recipe, src recipes.Source) mix.Source {
	resolve := func(path string) string { return r.Resolve(atHome(path), s.data(), s.samplesDir()) }
	accept := evidence.Accept{Field: src.Accept.Field, Where: src.Accept.Where, Any: src.Accept.Any}
	if src.Accept.Report != "" {
		accept.Report = resolve(src.Accept.Report)
	}
	return mix.Source{
		Name: src.Name, Path: resolve(src.Path), Given: src.Path, GivenReport: src.Accept.Report, Format: src.Format,
		Task: src.Task, Teacher: src.Teacher, Accept: accept,
		PerInstance: src.PerInstance, Share: src.Share,
		System: src.System, Tools: src.Tools, Instance: src.Instance, Edits: src.Edits,
	}
}

// atHome expands a leading ~/, which no shell does inside a file.
func atHome(path string) string {
	home, err := os.UserHomeDir()
	if rest, ok := strings.CutPrefix(path, "~/"); ok && err == nil {
		return filepath.Join(home, rest)
	}
	return path
}

// datasetName is the default output directory: one for each dataset that a
// recipe describes, so that changing the mix never meets the old one.
func datasetName(r *recipes.Recipe) string {
	return fmt.Sprintf("%s-%.12s", r.Name, r.DataFingerprint())
}
