package trainer

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"trainyard/launch"
)

// Command runs any program by an argv template: the escape hatch. Its
// parameters, placeholders and progress lines are those of [Args].
type Command struct{}

// jobFile is the {config}: the whole job, all parameters with it.
const jobFile = "job.json"

var _ launch.Trainer = Command{}

// Name implements launch.Trainer.
func (Command) Name() string { return "command" }

// Summary implements launch.Trainer.
func (Command) Summary() string {
	return "any program by an argv template, for a trainer that has no adapter"
}

// Check implements launch.Trainer.
func (Command) Check(job launch.Job, lookPath func(string) (string, error)) error {
	argv, err := argvOf(job.Params)
	if err != nil {
		return err
	}
	if strings.Contains(argv[0], "{") {
		return nil // filled in later
	}
	if strings.Contains(argv[0], "/") && !filepath.IsAbs(argv[0]) {
		return fmt.Errorf("command: %q is a path from here, and a run starts in a directory of its own: give the full path in train.params.argv", argv[0])
	}
	if _, err := lookPath(argv[0]); err != nil {
		return fmt.Errorf("command: %q is not found: install it, put it on PATH, or give its full path in train.params.argv: %w", argv[0], err)
	}
	return nil
}

// Render implements launch.Trainer.
func (Command) Render(job launch.Job, site launch.Site) (launch.Command, error) {
	argv, err := argvOf(job.Params)
	if err != nil {
		return launch.Command{}, err
	}
	progress, err := progressOf(job.Params)
	if err != nil {
		return launch.Command{}, err
	}
	values := placeholders(job, site)
	filled := make([]string, len(argv))
	var faults []error
	for i, arg := range argv {
		filled[i], err = fill(arg, values)
		faults = append(faults, err)
	}
	if err := errors.Join(faults...); err != nil {
		return launch.Command{}, err
	}
	if site.Resume != "" && !slices.ContainsFunc(argv, func(arg string) bool { return strings.Contains(arg, "{resume}") }) {
		return launch.Command{}, fmt.Errorf("command: %w: train.params.argv does not say what to do with one, and %s is to be gone on from: put {resume} into it", launch.ErrNoResume, site.Resume)
	}
	config, err := json.MarshalIndent(job, "", "  ")
	if err != nil {
		return launch.Command{}, fmt.Errorf("command: %w", err)
	}
	files := shardLinks(job.Dataset)
	if slices.ContainsFunc(argv, func(arg string) bool { return strings.Contains(arg, "{dataset}") }) {
		files = append(files, datasetLinks(job.Dataset)...)
	}
	files = append(files, launch.File{Name: jobFile, Content: string(config) + "\n"})
	return launch.Command{Argv: filled, Env: slices.Concat(unbuffered, torchrunEnv(filled, site.Dir), job.Env), Files: files, Progress: output + "/" + progress, Output: output}, nil
}

// torchrunEnv gives each rank of a torchrun a file for its output.
func torchrunEnv(argv []string, dir string) []launch.Env {
	isModule := slices.Contains(argv, "torch.distributed.run") || slices.Contains(argv, "torch.distributed.launch")
	if filepath.Base(argv[0]) != "torchrun" && !isModule {
		return nil
	}
	return rankLogs(dir)
}

// argvExample has quotes, because YAML reads a bare {train} as a map.
const argvExample = `["python", "train.py", "--data", "{train}"]`

func argvOf(params launch.Params) ([]string, error) {
	v, set := params["argv"]
	if !set || v == nil {
		return nil, errors.New("command: train.params.argv is missing: give the program and its arguments, such as " + argvExample)
	}
	list, ok := v.([]any)
	if !ok || len(list) == 0 {
		return nil, fmt.Errorf("command: train.params.argv is %v: give a list of strings, such as %s", v, argvExample)
	}
	argv := make([]string, len(list))
	for i, v := range list {
		if argv[i], ok = v.(string); !ok {
			return nil, fmt.Errorf("command: train.params.argv[%d] is %v: give a string, in quotes", i, v)
		}
	}
	if argv[0] == "" {
		return nil, errors.New("command: train.params.argv[0] is empty: give a program")
	}
	return argv, nil
}

func progressOf(params launch.Params) (string, error) {
	v, ok := params["progress"]
	if !ok {
		return progressName, nil
	}
	name, ok := v.(string)
	if !ok || !filepath.IsLocal(name) {
		return "", fmt.Errorf("command: train.params.progress is %v: give a file inside the output directory", v)
	}
	return filepath.ToSlash(name), nil
}

// A filling is what one placeholder stands for.
type filling struct {
	summary string
	of      func(launch.Job, launch.Site) string
}

// fillings are the placeholders of argv, by name.
var fillings = map[string]filling{
	"dataset":    {"directory of the dataset, manifest.json in it", func(_ launch.Job, s launch.Site) string { return filepath.Join(s.Dir, datasetDir) }},
	"train":      {"directory of the training shards alone", func(_ launch.Job, s launch.Site) string { return filepath.Join(s.Dir, trainDir) }},
	"validation": {"directory of the validation shards alone", func(_ launch.Job, s launch.Site) string { return filepath.Join(s.Dir, validationDir) }},
	"output":     {"directory for checkpoints and the progress file", func(_ launch.Job, s launch.Site) string { return filepath.Join(s.Dir, output) }},
	"config":     {"the whole job as JSON", func(_ launch.Job, s launch.Site) string { return filepath.Join(s.Dir, jobFile) }},
	"model":      {"model.base", func(j launch.Job, _ launch.Site) string { return j.Model }},
	"template":   {"model.template", func(j launch.Job, _ launch.Site) string { return j.Template }},
	"window":     {"mix.window", func(j launch.Job, _ launch.Site) string { return strconv.Itoa(j.Window) }},
	"epochs":     {"train.epochs", func(j launch.Job, _ launch.Site) string { return strconv.FormatFloat(j.Epochs, 'g', -1, 64) }},
	"batch":      {"train.batch", func(j launch.Job, _ launch.Site) string { return strconv.Itoa(j.Batch) }},
	"lr":         {"train.lr", func(j launch.Job, _ launch.Site) string { return strconv.FormatFloat(j.LR, 'g', -1, 64) }},
	"seed":       {"the seed of the training", func(j launch.Job, _ launch.Site) string { return strconv.FormatInt(j.Seed, 10) }},
	"gpus":       {"--gpus, the devices of one node", func(j launch.Job, _ launch.Site) string { return strconv.Itoa(j.Devices()) }},
	"nodes":      {"--nodes", func(j launch.Job, _ launch.Site) string { return strconv.Itoa(j.NodeCount()) }},
	"method":     {"train.method", func(j launch.Job, _ launch.Site) string { return orFull(j.Method) }},
	"schedule":   {"train.schedule", func(j launch.Job, _ launch.Site) string { return orCosine(j.Schedule) }},
	"precision":  {"train.precision", func(j launch.Job, _ launch.Site) string { return j.Float() }},
	"save_every": {"train.save_every", func(j launch.Job, _ launch.Site) string { save, _, _ := j.Steps(); return strconv.Itoa(save) }},
	"resume":     {"the checkpoint to go on from, empty for none", func(_ launch.Job, s launch.Site) string { return s.Resume }},
	"self":       {"the trainyard program", func(_ launch.Job, s launch.Site) string { return s.Self }},
}

func placeholders(job launch.Job, site launch.Site) map[string]string {
	values := map[string]string{}
	for name, f := range fillings {
		values[name] = f.of(job, site)
	}
	return values
}

// commandArgs lists the parameters, the placeholders and the progress lines.
func commandArgs() []Arg {
	args := []Arg{
		{Name: "argv", Kind: "list of text", Required: true, Summary: "the program and its arguments, such as " + argvExample + "; there is no shell, {{ and }} are braces"},
		{Name: "progress", Kind: "text", Summary: "file of JSON lines below {output} that the program appends to; default " + progressName},
	}
	args = append(args, placeholderArgs(fillings)...)
	for _, a := range progressArgs {
		a.Kind = "progress line"
		args = append(args, a)
	}
	return args
}

func placeholderArgs(all map[string]filling) (args []Arg) {
	for _, name := range slices.Sorted(maps.Keys(all)) {
		args = append(args, Arg{Name: "{" + name + "}", Kind: "placeholder", Summary: all[name].summary})
	}
	return args
}

var placeholder = regexp.MustCompile(`\{\{|\}\}|\{[^{}]*\}|[{}]`)

// fill replaces the placeholders of one argument. A value is never looked at
// again, so braces in it are safe.
func fill(arg string, values map[string]string) (string, error) {
	return fillOf("command", arg, values)
}

// fillOf is fill; what names, in errors, of what the argument is.
func fillOf(what, arg string, values map[string]string) (string, error) {
	var faults []error
	filled := placeholder.ReplaceAllStringFunc(arg, func(m string) string {
		switch m {
		case "{{", "}}":
			return m[:1]
		case "{", "}":
			faults = append(faults, fmt.Errorf("%s: argument %q has a single %s: write %s%s for a brace", what, arg, m, m, m))
			return m
		}
		value, ok := values[m[1:len(m)-1]]
		if m == "{model}" && value == "" {
			faults = append(faults, fmt.Errorf("%s: argument %q asks for the model, and model.base is missing", what, arg))
		}
		if !ok {
			faults = append(faults, fmt.Errorf("%s: argument %q has the unknown placeholder %s: there are {%s}",
				what, arg, m, strings.Join(slices.Sorted(maps.Keys(values)), "}, {")))
		}
		return value
	})
	return filled, errors.Join(faults...)
}
