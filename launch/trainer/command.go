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

// Command runs any program by an argv template: the escape hatch.
//
// Parameters:
//
//	argv      list of strings, required; {dataset} and the like are filled in,
//	          {{ and }} are braces. There is no shell.
//	progress  file of JSON lines in LLaMA-Factory's shape, relative to {output};
//	          trainer_log.jsonl by default
//
// All other parameters are in the {config} file, with the rest of the job.
type Command struct{}

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
	const name = "job.json"
	values := placeholders(job, site, name)
	filled := make([]string, len(argv))
	var faults []error
	for i, arg := range argv {
		filled[i], err = fill(arg, values)
		faults = append(faults, err)
	}
	if err := errors.Join(faults...); err != nil {
		return launch.Command{}, err
	}
	config, err := json.MarshalIndent(job, "", "  ")
	if err != nil {
		return launch.Command{}, fmt.Errorf("command: %w", err)
	}
	files := append(shardLinks(job.Dataset), launch.File{Name: name, Content: string(config) + "\n"})
	return launch.Command{Argv: filled, Env: job.Env, Files: files, Progress: output + "/" + progress, Output: output}, nil
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

func placeholders(job launch.Job, site launch.Site, config string) map[string]string {
	return map[string]string{
		"dataset":    job.Dataset.Dir,
		"train":      filepath.Join(site.Dir, trainDir),
		"validation": filepath.Join(site.Dir, validationDir),
		"output":     filepath.Join(site.Dir, output),
		"config":     filepath.Join(site.Dir, config),
		"model":      job.Model,
		"template":   job.Template,
		"window":     strconv.Itoa(job.Window),
		"epochs":     strconv.FormatFloat(job.Epochs, 'g', -1, 64),
		"batch":      strconv.Itoa(job.Batch),
		"lr":         strconv.FormatFloat(job.LR, 'g', -1, 64),
		"seed":       strconv.FormatInt(job.Seed, 10),
		"gpus":       strconv.Itoa(job.Devices()),
		"self":       site.Self,
	}
}

var placeholder = regexp.MustCompile(`\{\{|\}\}|\{[^{}]*\}|[{}]`)

// fill replaces the placeholders of one argument. A value is never looked at
// again, so braces in it are safe.
func fill(arg string, values map[string]string) (string, error) {
	var faults []error
	filled := placeholder.ReplaceAllStringFunc(arg, func(m string) string {
		switch m {
		case "{{", "}}":
			return m[:1]
		case "{", "}":
			faults = append(faults, fmt.Errorf("command: argument %q has a single %s: write %s%s for a brace", arg, m, m, m))
			return m
		}
		value, ok := values[m[1:len(m)-1]]
		if m == "{model}" && value == "" {
			faults = append(faults, fmt.Errorf("command: argument %q asks for the model, and model.base is missing", arg))
		}
		if !ok {
			faults = append(faults, fmt.Errorf("command: argument %q has the unknown placeholder %s: there are {%s}",
				arg, m, strings.Join(slices.Sorted(maps.Keys(values)), "}, {")))
		}
		return value
	})
	return filled, errors.Join(faults...)
}
