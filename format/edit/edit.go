package edit

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync/atomic"

	"trainyard/format"
)

// An Edit is a named change to trajectories that a recipe asks for. Edits
// happen before rendering, in the order of the recipe, and each says how
// often it did something. None adds a word of its own but the markers that
// its summary names.
type Edit struct {
	Name    string // the registry's key
	Summary string // one line for lists
	Limits  string // what it leaves alone; empty where nothing is known
	Args    []Arg
	// prepare builds the change from checked arguments.
	prepare func(given editArgs, env Env) (change, error)
	// tools are those that the arguments name; nil where they name none.
	tools func(given editArgs) []string
}

// A change edits a trajectory in place and says how often.
type change func(*format.Trajectory) (int, error)

// plain prepares an edit that takes no arguments.
func plain(c change) func(editArgs, Env) (change, error) {
	return func(editArgs, Env) (change, error) { return c, nil }
}

// counts prepares one that cannot fail either.
func counts(edit func(*format.Trajectory) int) func(editArgs, Env) (change, error) {
	return plain(func(t *format.Trajectory) (int, error) { return edit(t), nil })
}

// Edits holds every edit by name. Adding one is a file and a line.
var Edits = map[string]Edit{
	"close_function":       closeFunction,
	"cut_after_last_edit":  cutAfterLastEdit,
	"diversify_tools":      diversifyTools,
	"drop_duplicate_tools": dropDuplicateTools,
	"drop_format_errors":   dropFormatErrors,
	"drop_icl_example":     dropExample,
	"drop_tool":            dropTool,
	"elide_observations":   elideObservations,
	"merge_format_errors":  mergeFormatErrors,
	"neutralise_special":   neutraliseSpecial,
	"redact_secrets":       redactSecrets,
	"rename_argument":      renameArgument,
	"rename_tool":          renameTool,
	"scaffold_exit":        scaffoldExit,
	"split_parallel_calls": splitParallelCalls,
	"stitch_rationale":     stitchRationale,
	"strip_ansi":           stripANSI,
	"strip_argument":       stripArgument,
	"strip_crlf":           stripCRLF,
	"system":               systemText,
	"text_to_reasoning":    textToReasoning,
	"think_first":          thinkFirst,
	"think_to_reasoning":   thinkToReasoning,
}

// Names lists the edits in alphabetical order.
func Names() []string { return slices.Sorted(maps.Keys(Edits)) }

// A Spec is one edit of a recipe: a plain name, or a name and arguments.
type Spec struct {
	Name string
	Args map[string]any
}

// Env is what edits take from outside this package.
type Env struct {
	// CountTokens counts a text's tokens, safe for concurrent use; nil where
	// there is no tokenizer, and edits that count are refused then.
	CountTokens func(string) int
	// ReadFile reads a file that an argument names; nil means regular.ReadFile.
	ReadFile func(path string) ([]byte, error)
	// Specials are the special-token strings of the tokenizer in use.
	Specials []string
}

// Faults are all that is wrong with a list of edits.
type Faults []Fault

// A Fault is one thing wrong with one edit.
type Fault struct {
	Index  int    // 0-based in the list
	Arg    string // the argument it is about; empty for the edit itself
	Detail string
}

func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i, fault := range f {
		lines[i] = fmt.Sprintf("edit %d: %s", fault.Index+1, fault.Detail)
	}
	return strings.Join(lines, "\n")
}

// An Editing is a prepared list of edits, safe for concurrent use.
type Editing struct {
	names   []string
	changes []change
	watches []*toolWatch // nil for edits that name no tool
	applied atomic.Bool
}

// NewEdits prepares edits in order. Its error is Faults, all at once.
func NewEdits(specs []Spec, env Env) (*Editing, error) {
	e := &Editing{}
	var faults Faults
	for i, spec := range specs {
		made, watch, wrong := prepareEdit(spec, env)
		for _, f := range wrong {
			f.Index = i
			faults = append(faults, f)
		}
		e.names = append(e.names, spec.Name)
		e.changes, e.watches = append(e.changes, made), append(e.watches, watch)
	}
	if len(faults) > 0 {
		return nil, faults
	}
	return e, nil
}

func prepareEdit(spec Spec, env Env) (change, *toolWatch, Faults) {
	edit, ok := Edits[spec.Name]
	if !ok {
		return nil, nil, Faults{{Detail: format.UnknownName("edit", spec.Name, Names()).Error()}}
	}
	given, faults := checkArgs(edit, spec.Args)
	if len(faults) > 0 {
		return nil, nil, faults
	}
	made, err := edit.prepare(given, env)
	if err != nil {
		return nil, nil, Faults{{Detail: edit.Name + ": " + err.Error()}}
	}
	return made, newToolWatch(edit, given), nil
}

// Apply edits t in place and returns the name of an edit once for every time
// it did something, so counting equal notes counts edits. The error is a
// *Reject without a place: the trajectory is not to be used then.
func (e *Editing) Apply(t *format.Trajectory) (notes []string, err error) {
	notes, _, err = e.Watch(t)
	return notes, err
}

// Watch is Apply that also tells which tools came past the edits that name some;
// they are taken note of already.
func (e *Editing) Watch(t *format.Trajectory) (notes []string, met []Sighting, err error) {
	defer func() { e.Saw(met) }()
	for i, change := range e.changes {
		for _, tool := range e.watches[i].look(t) {
			met = append(met, Sighting{i, tool})
		}
		n, err := change(t)
		if err != nil {
			return notes, met, editFailed(e.names[i], err)
		}
		for range n {
			notes = append(notes, e.names[i])
		}
	}
	return notes, met, nil
}

func editFailed(name string, err error) error {
	var r *format.Reject
	if errors.As(err, &r) {
		return format.Rejectf(r.Reason, "edit %s: %s", name, r.Detail)
	}
	return format.Rejectf(format.EditFailed, "edit %s: %v", name, err)
}
