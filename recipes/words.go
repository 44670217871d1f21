package recipes

import (
	"maps"
	"slices"

	"trainyard/format"
	"trainyard/format/dialect"
	"trainyard/format/style"
	"trainyard/launch"
	"trainyard/launch/trainer"
	"trainyard/mix"
	"trainyard/mix/convert"
	"trainyard/mix/pack"
	"trainyard/mix/sample"
	"trainyard/mix/shard"
	"trainyard/tokenize/chat"
)

// words lists what a field of closed vocabulary may say, by its key. Where a
// registry knows the words, it is asked: adding to it is enough.
var words = map[string][]string{
	"model.template":    names(chat.Templates),
	"tools.as":          style.StyleNames(),
	"reasoning":         {string(format.KeepReasoning), string(format.DropReasoning)},
	"sources.reasoning": {string(format.KeepReasoning), string(format.DropReasoning)},
	"tools.values":      style.ValueNames(),
	"sources.format":    append([]string{dialect.Auto}, dialect.Names()...),
	"mix.sampler":       names(sample.Samplers),
	"mix.unit":          texts(mix.Units),
	"mix.short":         names(sample.Shorts),
	"mix.over_window":   names(convert.OverWindow),
	"mix.unique":        {mix.UniqueContent, mix.UniqueNone},
	"mix.output":        names(shard.Outputs),
	"decontaminate.by":  mix.DecontaminationRules,
	"mix.packing":       names(pack.Packers),
	"mix.convention":    names(chat.Conventions),
	"train.trainer":     names(trainer.Trainers),
	"train.method":      launch.Methods,
	"train.schedule":    launch.Schedules,
	"train.precision":   launch.Precisions,
}

func names[K ~string, V any](registry map[K]V) []string {
	return texts(slices.Sorted(maps.Keys(registry)))
}

func texts[K ~string](list []K) (all []string) {
	for _, k := range list {
		all = append(all, string(k))
	}
	return all
}
