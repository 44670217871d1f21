package recipes

import (
	"cmp"
	"reflect"
	"strings"
)

// A Key is one key that a recipe can say: what lists, completion and the help
// offer. All of it but the sentence comes from the schema that reads recipes.
type Key struct {
	// Name is the dotted path, with NAME for the name of a list's item.
	Name string `json:"name"`
	Type string `json:"type"` // text, integer, number, true or false, word, or the shape of a larger value
	// Default is what holds where nothing is said, as a recipe would write it,
	// or which key it follows; empty for none, and where Required.
	Default  string   `json:"default,omitempty"`
	Required bool     `json:"required,omitempty"`
	Words    []string `json:"words,omitempty"` // all that a word can be
	Summary  string   `json:"summary"`
	Identity Identity `json:"identity"`
}

// Identity is what a change of a key's value makes new.
type Identity string

// A change makes a new dataset, and with it a new run; or a run alone; or
// nothing.
const (
	OfDataset Identity = "dataset"
	OfRun     Identity = "run"
	OfNothing Identity = "none"
)

// identities are the tags of [Recipe].
var identities = map[string]Identity{"": OfDataset, "run": OfRun, "none": OfNothing}

// docs say in one line what each key is for, by schema path. A test holds that
// every key has its line and every line its key.
var docs = map[string]string{
	"extends": "recipes to build on: a built-in name, a path beside the file, or a list of them",
	"sweep":   "the cells of a sweep: matrix, zip, seeds, arms, mixes, include, exclude, repeat, stages, stop, benchmarks, published (trainyard sweep plan)",
	"name":    "names the dataset's directory and the run",
	"summary": "the line that lists show",
	"seed":    "default of mix.seed, mix.validation_seed and train.seed",

	"model.base":     "checkpoint to start from: a hub name, or a path on the machine that trains",
	"model.template": "chat template, which implies the tokenizer",
	"model.context":  "longest sequence that the student reads, in tokens",

	"tools.as":       "how tool lists, calls and results become text",
	"tools.prompt":   "file with the scaffold's wording of its tools (trainyard tools learn)",
	"tools.verbatim": "keep line ends and leading empty lines as recorded",
	"tools.values":   "how arguments that are no text are written between function tags; openhands' own is json, the others' python",

	"sources.name":            "names the source in reports, files and overrides",
	"sources.path":            "file, directory or glob of trajectories, or a list of them",
	"sources.format":          "dialect of the records; auto tells by content",
	"sources.task":            "task family written beside every row",
	"sources.teacher":         "acting model in place of what the records say",
	"sources.repo":            "repository of records that name none, owner/name",
	"sources.accept":          "what success is: exactly one of the four below",
	"sources.accept.field":    "success is a truth value of the record, at this dotted path",
	"sources.accept.where":    "success is what this expression says (trainyard list where)",
	"sources.accept.report":   "success is what this evaluation report says, a file or a directory of them",
	"sources.accept.any":      "true takes every record: you vouch for it",
	"sources.keep":            "an expression that chooses among the accepted: lengths, flags, features, lists in files (list where)",
	"sources.per_instance":    "keep at most so many trajectories of one instance; 0 is no limit",
	"sources.share":           "weight under the sampler shares, on any scale; a fraction of the budget where a source gets the rest",
	"sources.take":            "so many units of this source, in place of a share",
	"sources.epochs":          "so many times all that the source has, in place of a share: 0.5 is half, above 1 rows are repeated",
	"sources.rest":            "this source gets what the others leave of the budget",
	"sources.select":          "which of the trajectories, one selection or several in turn: {by: quantile, of: n_steps, to: 0.25} (trainyard list selections)",
	"sources.per_repo":        "keep at most so many trajectories of one repository; 0 is no limit",
	"sources.per_teacher":     "keep at most so many trajectories of one teacher, on each side; 0 is no limit",
	"sources.reference":       "keeps the source out of the mix: others are matched to it",
	"sources.most":            "all that may be taken of this source, in units; 0 is no limit",
	"sources.system":          "file with the system text that stands in place of the records' own",
	"sources.tools":           "file with the JSON list of tools for records that hold none",
	"sources.main.system":     "system text of the main agent alone, in sessions that hold subagents too",
	"sources.main.tools":      "tools of the main agent alone",
	"sources.subagent.system": "system text of subagents alone",
	"sources.subagent.tools":  "tools of subagents alone",
	"sources.instance":        "file with the first user turn for records that do not hold theirs, {problem_statement} and the like in it",
	"sources.edits":           "changes to this source's trajectories, in this order (trainyard list edits)",

	"edits": "changes to the trajectories of every source, after the source's own",

	"reasoning":         "what becomes of recorded thoughts",
	"sources.reasoning": "what becomes of this source's recorded thoughts",

	"loss":               "which of the assistant's turns are learned from: all, or policies that take turns out (trainyard list loss); it needs mix.output: tokens or turns",
	"sources.loss":       "the same for this source, in place of the recipe's",
	"sources.images":     "container images that all instances of the source take, for reports; 0 is unknown",
	"sources.setup_cost": "US cents that setting up one instance takes, for reports",

	"mix.sampler":         "how trajectories are chosen",
	"mix.seed":            "decides which trajectories are chosen and in which order they stand",
	"mix.validation_seed": "decides what is set aside",
	"mix.unit":            "what budget and amounts count; trained are the tokens inside the loss",
	"mix.budget":          "the most to take, in units, or in percent of all there is (5%); 0 is no limit",
	"mix.temperature":     "of the sampler temperature: 1 is proportional, a large one equal",
	"mix.short":           "what happens where a source has less than is asked",
	"mix.repeat.max":      "how often a row may stand in the mix, under epochs above 1 and short: repeat",
	"mix.order":           "order of the train rows: shuffle, a feature, or {by: n_tokens, first: least, stages: [SOURCE, SOURCE]}",
	"mix.fraction":        "front of the mix to take, of each source: 0.05 lies inside 0.25, and both inside 1",
	"mix.drop":            "sources to leave out, the total as it is with them: the others have their part",
	"mix.only":            "the sources to take, and no other, the total as it is with all",
	"mix.scale":           "what to multiply the parts of sources by, against the others', the total as it is: {NAME: 2}",
	"mix.window":          "longest example, in tokens",
	"mix.over_window":     "what becomes of a longer one: dropped and counted, cut behind a trained turn, split into rows that overlap, elided (marks for its oldest observations), or fail",
	"mix.unique":          "which repeats are dropped: of the same rendered conversation, or none",
	"mix.near":            "Jaccard similarity (words in fives, without system text) from which on trajectories are repeats, such as 0.8; 0 looks for none",
	"mix.validation":      "fraction of what could be used to set aside, or the nearest that whole repositories give",
	"mix.strict":          "make an error of what a prepare tells as short: or far:",
	"mix.convention":      "whose spans are learned from within a turn (trainyard list conventions); exact with mix.output: tokens, else a matter of counts",
	"mix.output":          "what the rows hold: text that every trainer reads, token ids with labels, windows packed with those, or text with what is learned from beside every message (trainyard list outputs)",
	"mix.packing":         "how windows are packed",

	"decontaminate.files": "files of benchmarks that must not be trained on: SWE-bench rows (JSON lines, a list, Parquet) or ids",
	"decontaminate.by":    "what counts as having something of them; all that the files can serve",

	"report.flags": "count loops, error turns, secrets and the like; a fifth more time",

	"train.trainer":     "program that trains",
	"train.method":      "train all weights, or adapters, or adapters on weights held in 4 bits",
	"train.epochs":      "passes over the training rows, 0.5 for half of one",
	"train.max_steps":   "ends after so many optimizer steps, whatever epochs says; 0 goes by epochs",
	"train.batch":       "rows per optimizer step, over all devices",
	"train.lr":          "peak learning rate",
	"train.schedule":    "course of the learning rate",
	"train.warmup":      "fraction of the steps in which the rate rises",
	"train.stall_after": "ends a trainer that has told nothing for as long, such as 30m or 2h",
	"train.seed":        "the trainer's seed",

	"train.micro_batch":            "rows that one device computes side by side",
	"train.precision":              "what is computed in",
	"train.packing":                "the trainer joins rows up to the window, none of which sees another; batch then counts windows",
	"train.sequence_parallel":      "devices that share one row, for rows that are too long for one",
	"train.gradient_checkpointing": "compute activations again in place of keeping them",
	"train.weight_decay":           "of AdamW",
	"train.max_grad_norm":          "what gradients are clipped to",
	"train.lora.rank":              "rank of the adapters",
	"train.lora.alpha":             "what adapters are scaled by, over their rank",
	"train.lora.dropout":           "share of the adapters' inputs that is left out in training",
	"train.lora.targets":           "linear layers that get adapters, such as [q_proj, v_proj]",
	"train.save_every":             "optimizer steps between checkpoints",
	"train.eval_every":             "optimizer steps between evaluations, where there are validation rows",
	"train.keep_checkpoints":       "how many of the newest checkpoints are kept",

	"eval.name":      "names the evaluation",
	"eval.command":   "program and arguments, with placeholders such as {checkpoint} and {output} (trainyard list evaluations); {{ and }} are braces",
	"eval.benchmark": "of what results are, and have to be",
	"eval.split":     "split of the benchmark",
	"eval.scaffold":  "scaffold that the model worked in",
	"eval.seed":      "seed of the evaluation; {seed} is that of the training where it has none",
	"eval.instances": "how many instances are to be judged, where reports do not tell; rates are over all of them",
	"eval.reports":   "globs of report files below {output}, ** for any depth; all that may be reports where none is said",
	"eval.backend":   "where it runs; where the run ran, where none is said",
	"eval.gpus":      "GPUs that it has, on one machine",
	"eval.gpu":       "kind of GPU, such as h100, for prices",
	"eval.gpu_hour":  "price of one GPU for an hour in dollars",
	"eval.deadline":  "ends an attempt, such as 2h",
	"eval.attempts":  "how many attempts there may be where one lost its machine",
	"eval.env":       "variables: NAME for this environment's value, which is not stored, or NAME=value",

	"train.params": "the trainer's own parameters, passed on as they are (trainyard list trainers)",
}

// follows are the defaults that come from another key.
var follows = map[string]string{
	"model.template":      "model.base's, else qwen2.5",
	"tools.values":        "the style's own",
	"sources.task":        "the source's name",
	"sources.reasoning":   "the recipe's",
	"sources.loss":        "the recipe's",
	"sources.setup_cost":  "unknown",
	"sources.main.system": "sources.NAME.system", "sources.subagent.system": "sources.NAME.system",
	"sources.main.tools": "sources.NAME.tools", "sources.subagent.tools": "sources.NAME.tools",
	"reasoning":           "as the template does: qwen3 keeps, others drop",
	"mix.repeat.max":      "4",
	"mix.seed":            "seed",
	"mix.validation_seed": "seed",
	"mix.convention":      "default: content and <|im_end|>, what the student must produce",
	"mix.window":          "model.context",
	"mix.packing":         "best-fit, where mix.output is packed",
	"train.seed":          "seed",
	"eval.seed":           "train.seed",
	"eval.backend":        "that of the run",
	"eval.gpu_hour":       "the backend's",
	"eval.deadline":       "never",
	"train.lora.rank":     "64",
	"train.lora.alpha":    "twice the rank",
	"train.lora.targets":  "all",
}

// Keys lists every key of a recipe, in the order in which one is written.
func Keys() []Key {
	extends := Key{Name: "extends", Type: "text, or a list", Summary: docs["extends"], Identity: OfNothing}
	sweep := Key{Name: "sweep", Type: "mapping", Summary: docs["sweep"], Identity: OfNothing}
	return append(append([]Key{extends}, keysOfStruct(reflect.ValueOf(defaults()).Elem(), "", "", "")...), sweep)
}

// keysOfStruct lists the keys below v, whose fields hold the defaults.
func keysOfStruct(v reflect.Value, name, schema, identity string) (all []Key) {
	for _, f := range fields(v.Type()) {
		field, path := v.Field(f.index), dotted(schema, f.key)
		all = append(all, keysAt(field, dotted(name, f.key), path, cmp.Or(f.identity, identity))...)
	}
	return all
}

func keysAt(v reflect.Value, name, schema, identity string) []Key {
	_, needed := required[schema]
	k := Key{
		Name: name, Type: typeOf(v, schema), Required: needed, Words: words[schema],
		Summary: docs[schema], Identity: identities[identity],
	}
	switch {
	case isWhole(v.Type()) && !needed:
		k.Default = cmp.Or(follows[schema], defaultText(v))
	case v.Kind() == reflect.Struct && wholes[schema]:
		return append([]Key{k}, keysOfStruct(v, name, schema, identity)...)
	case v.Kind() == reflect.Struct:
		return keysOfStruct(v, name, schema, identity)
	case isNamedList(v):
		return keysOfStruct(newItem(v.Type().Elem()), dotted(name, "NAME"), schema, identity)
	case !needed:
		k.Default = cmp.Or(follows[schema], defaultText(v))
	}
	return []Key{k}
}

// isNamedList says that v is a list of things with names, such as sources.
func isNamedList(v reflect.Value) bool {
	return v.Kind() == reflect.Slice && v.Type() != reflect.TypeFor[Edits]() && v.Type().Elem().Kind() == reflect.Struct
}

// newItem is a list's item in which nothing was said.
func newItem(t reflect.Type) reflect.Value {
	item := reflect.New(t)
	if s, ok := item.Interface().(interface{ setDefaults() }); ok {
		s.setDefaults()
	}
	return item.Elem()
}

func defaultText(v reflect.Value) string {
	if v.Type() == reflect.TypeFor[Loss]() {
		return allTurns
	}
	if isEmpty(v, "empty") && (v.Kind() == reflect.Slice || v.Kind() == reflect.Map) {
		return ""
	}
	return yamlText(canonical(v, nil))
}

// typeOf names the type of a value in the words of faults.
func typeOf(v reflect.Value, schema string) string {
	switch {
	case v.Type() == reflect.TypeFor[Edits]():
		return "list of edits"
	case isWhole(v.Type()):
		return wholeOf(v).typeName()
	case v.Type() == reflect.TypeFor[Paths]():
		return "text, or a list"
	case v.Type() == reflect.TypeFor[Loss]():
		return "all, or a mapping"
	case v.Kind() == reflect.Map, v.Kind() == reflect.Struct:
		return "mapping"
	case len(words[schema]) > 0:
		return "word"
	}
	return strings.TrimPrefix(strings.TrimPrefix(wants[v.Kind()], "an "), "a ")
}

// yamlText is a value as an override spells it, on one line.
func yamlText(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	return string(appendJSON(nil, v))
}
