package recipes

import (
	"cmp"
	"fmt"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"time"

	"trainyard/format"
	"trainyard/format/evidence"
	"trainyard/launch/trainer"
	"trainyard/mix"
)

// required holds the keys that have no default, by schema path, with the way
// to write them.
var required = map[string]string{
	"name":           "add name: NAME",
	"sources":        "add sources: [{name: NAME, path: PATH, accept: {field: NAME}}]",
	"sources.name":   "add name: NAME",
	"sources.path":   "add path: PATH",
	"sources.accept": acceptHint,
	"eval.name":      "add name: NAME",
	"eval.command":   argvHint,
}

// mappingHints say how to write a mapping, by schema path, where the list of its
// keys would not.
var mappingHints = map[string]string{"sources.accept": acceptHint}

const acceptHint = "say what success is: {field: NAME}, {where: EXPRESSION}, {report: PATH} or {any: true}"

// A rule returns what is wrong with one value, or "".
type rule func(v reflect.Value) (msg, hint string)

// rules holds the range of each field, by schema path. Fields of closed
// vocabulary are in words instead.
var rules = map[string]rule{
	"name":    nameRule,
	"summary": oneLine,

	"tools.prompt": pathRule,

	"model.base":    oneLine,
	"model.context": atLeast(1, "tokens"),

	"sources.name":          sourceNameRule,
	"sources.path":          pathRule,
	"sources.system":        pathRule,
	"sources.tools":         pathRule,
	"sources.instance":      pathRule,
	"sources.format":        filled,
	"sources.task":          oneLine,
	"sources.teacher":       oneLine,
	"sources.repo":          repoRule,
	"sources.accept.field":  filled,
	"sources.accept.where":  whereRule,
	"sources.accept.report": pathRule,
	"sources.accept.any":    mustBeTrue,
	"sources.keep":          keepRule,
	"sources.per_instance":  atLeast(0, "0 is no limit"),
	"sources.share":         within(0, maxNumber, false, "a weight"),
	"sources.images":        atLeast(0, "0 is unknown"),
	"sources.setup_cost":    within(0, maxNumber, false, "US cents for each instance"),

	"seed":                atLeast(0, ""),
	"mix.seed":            atLeast(0, ""),
	"mix.validation_seed": atLeast(0, ""),
	"sources.take":        atLeast(0, "0 leaves it to the sampler"),
	"sources.epochs":      within(0, 1000, false, "times all that the source has"),
	"sources.most":        atLeast(0, "0 is no limit"),
	"sources.per_repo":    atLeast(0, "0 is no limit"),
	"sources.per_teacher": atLeast(0, "0 is no limit"),
	"mix.temperature":     temperatureRule,
	"mix.repeat.max":      atLeast(0, ""),
	"mix.fraction":        fractionRule,
	"mix.drop":            nameRule,
	"mix.only":            nameRule,
	"mix.scale":           within(0, maxNumber, false, "0 leaves the source out"),

	"mix.budget":     atLeast(0, "0 is no limit"),
	"mix.window":     atLeast(1, "tokens"),
	"mix.near":       nearRule,
	"mix.validation": within(0, 1, false, "a fraction"),

	"decontaminate.files": pathRule,

	"train.seed":   atLeast(0, ""),
	"train.epochs": within(0, maxCount, true, "passes over the training rows"),
	"train.batch":  atLeast(1, "sequences per step"),
	"train.lr":     within(0, maxNumber, true, ""),
	"train.warmup": within(0, 1, false, "a fraction of the steps"),

	"train.max_steps":         counted(0),
	"train.micro_batch":       counted(1),
	"train.sequence_parallel": counted(1),
	"train.save_every":        counted(1),
	"train.eval_every":        counted(1),
	"train.keep_checkpoints":  counted(1),
	"train.weight_decay":      within(0, maxNumber, false, ""),
	"train.max_grad_norm":     within(0, maxNumber, true, ""),
	"train.lora.rank":         counted(0),
	"train.lora.alpha":        counted(0),
	"train.lora.dropout":      within(0, 1, false, "a share of the inputs"),
	"train.lora.targets":      filled,

	"train.stall_after": stallRule,
}

// whereRule compiles the expression, so that its fault has a place.
func whereRule(v reflect.Value) (msg, hint string) {
	if msg, hint = filled(v); msg != "" {
		return msg, hint
	}
	_, err := evidence.NewJudge(evidence.Accept{Where: v.String()})
	return expressionFault(err, "an expression over the record's members, such as resolved && n_steps < 100")
}

// keepRule compiles the expression; the files it names are looked for later.
func keepRule(v reflect.Value) (msg, hint string) {
	if msg, hint = filled(v); msg != "" {
		return msg, hint
	}
	_, err := evidence.NewFilter(v.String(), nil)
	return expressionFault(err, `an expression, such as n_tokens < 20000 && not ("loop" in flags) && id in file("ids.txt")`)
}

var numberInExpression = regexp.MustCompile(`bad number syntax: "([^"]*)"`)

// expressionFault is what is wrong with an expression, on one line: without the
// drawing of the expression with a mark below it, which takes three. The example
// is for faults that do not name the way out themselves.
func expressionFault(err error, example string) (msg, hint string) {
	if err == nil {
		return "", ""
	}
	msg, _, _ = strings.Cut(err.Error(), "\n |")
	msg = strings.TrimPrefix(strings.TrimPrefix(msg, "accept where: "), "keep: ") // the key's name stands before it
	msg = strings.Join(strings.Fields(msg), " ")
	if bad := numberInExpression.FindStringSubmatch(msg); bad != nil {
		return msg, cmp.Or(numberHint(&node{text: bad[1]}), example)
	}
	if strings.Contains(msg, "did you mean") {
		return msg, ""
	}
	return msg, example
}

// nearRule keeps a similarity from being asked for as a part of a hundred, or so
// small that templates pass for repeats.
func nearRule(v reflect.Value) (msg, hint string) {
	if f := v.Float(); f == 0 || f >= mix.MinNear && f <= 1 {
		return "", ""
	}
	return fmt.Sprintf("%v is neither 0 nor in [%v, 1]", v.Float(), mix.MinNear), "0.8 is usual; 0 looks for none"
}

const maxNumber = 1e300 // so that sums of a few stay finite

// maxCount bounds what launch multiplies with other counts.
const maxCount = 1 << 24

func counted(low int64) rule {
	return func(v reflect.Value) (msg, hint string) {
		if n := v.Int(); n < low || n > maxCount {
			return fmt.Sprintf("%d is not from %d to %d", n, low, maxCount), ""
		}
		return "", ""
	}
}

// minStall keeps a pause between two steps from passing for a stall.
const minStall = time.Minute

func stallRule(v reflect.Value) (msg, hint string) {
	hint = "a time such as 30m or 2h, at least 1m"
	d, err := time.ParseDuration(v.String())
	switch {
	case err != nil:
		return seen(v.String()) + " is no length of time", hint
	case d < minStall:
		return seen(v.String()) + " is shorter than a step may take", hint
	}
	return "", ""
}

func atLeast(low int64, hint string) rule {
	return func(v reflect.Value) (string, string) {
		if v.Int() >= low {
			return "", ""
		}
		return fmt.Sprintf("%d is below %d", v.Int(), low), hint
	}
}

// fractionRule bounds a number to (0, 1].
func fractionRule(v reflect.Value) (msg, hint string) {
	if f := v.Float(); f <= 0 || f > 1 {
		return fmt.Sprintf("%v is not above 0 and up to 1", f), "a fraction of the mix"
	}
	return "", ""
}

// temperatureRule leaves out those at which every part but the largest is gone.
func temperatureRule(v reflect.Value) (msg, hint string) {
	const coldest = 0.01
	if t := v.Float(); t != 0 && !(t >= coldest && t <= maxNumber) {
		return fmt.Sprintf("%v is not from %v on", t, coldest), "1 is proportional, a large one equal, 0 none"
	}
	return "", ""
}

// within bounds a number to [low, high), or to (low, high) where open.
func within(low, high float64, open bool, hint string) rule {
	return func(v reflect.Value) (string, string) {
		f := v.Float()
		switch {
		case f < low:
			return fmt.Sprintf("%v is below %v", f, low), hint
		case open && f == low:
			return fmt.Sprintf("%v is not above %v", f, low), hint
		case f >= high:
			return fmt.Sprintf("%v is not below %v", f, high), hint
		}
		return "", ""
	}
}

func oneOf(known []string) rule {
	return func(v reflect.Value) (string, string) {
		for _, w := range known {
			if v.String() == w {
				return "", ""
			}
		}
		return seen(v.String()) + " is not known", choose(v.String(), known)
	}
}

// trainerRule knows the trainers that were given up too.
func trainerRule(v reflect.Value) (msg, hint string) {
	if why := trainer.Archived[v.String()]; why != "" {
		return seen(v.String()) + " is archived", why
	}
	return oneOf(words["train.trainer"])(v)
}

func filled(v reflect.Value) (msg, hint string) {
	if strings.TrimSpace(v.String()) == "" {
		return "is empty", ""
	}
	return "", ""
}

func oneLine(v reflect.Value) (msg, hint string) {
	if strings.ContainsFunc(v.String(), func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return seen(v.String()) + " is not one line of text", ""
	}
	return "", ""
}

func repoRule(v reflect.Value) (msg, hint string) {
	if msg, hint = oneLine(v); msg == "" && format.NormalRepo(v.String()) == "" {
		return seen(v.String()) + " names no repository", "write owner/name"
	}
	return msg, hint
}

func mustBeTrue(v reflect.Value) (msg, hint string) {
	if !v.Bool() {
		return "false says nothing", acceptHint
	}
	return "", ""
}

// pathRule keeps a samples: path inside the samples.
func pathRule(v reflect.Value) (msg, hint string) {
	if msg, hint := filled(v); msg != "" {
		return msg, hint
	}
	rest, isSample := strings.CutPrefix(v.String(), samplesPrefix)
	if isSample && !filepath.IsLocal(filepath.FromSlash(rest)) {
		return seen(v.String()) + " leaves the samples", "write samples:DIRECTORY/FILE"
	}
	return oneLine(v)
}

// nameForm has no dot or = (overrides are split there), no slash or space.
var nameForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$`)

func nameRule(v reflect.Value) (msg, hint string) {
	if nameForm.MatchString(v.String()) {
		return "", ""
	}
	return seen(v.String()) + " is not a name", "letters, digits, - and _, at most 64, a letter or digit first"
}

// splitWord finds the words by which HF datasets assigns files to splits
// (datasets/data_files.py, SPLIT_KEYWORDS), between the separators it knows. A
// source whose name became part of a file's name would turn into the test
// split and silently leave training.
var splitWord = regexp.MustCompile(`(?i)(?:^|[-_0-9])(train|training|validation|valid|dev|val|test|testing|eval|evaluation)(?:[-_0-9]|$)`)

func sourceNameRule(v reflect.Value) (msg, hint string) {
	if msg, hint := nameRule(v); msg != "" {
		return msg, hint
	}
	if m := splitWord.FindStringSubmatch(v.String()); m != nil {
		return fmt.Sprintf("%s holds %q, which dataset readers take for a split", seen(v.String()), m[1]),
			"glue it to its neighbour: " + strings.NewReplacer("_", "", "-", "").Replace(v.String())
	}
	return "", ""
}
